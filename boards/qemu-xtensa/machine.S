# What Rust has no instruction for. Functions are of the windowed ABI: a2 to a5 are their first arguments, a2 their result.
.text

# Lets the timer interrupt be pending when the cycle counter is a2.
.balign 4
.globl set_alarm
.type set_alarm, @function
set_alarm:
    entry a1, 16
    wsr a2, ccompare0
    rsync
    retw
.size set_alarm, . - set_alarm

# Sleeps until an interrupt of the mask in a2 is pending.
.balign 4
.globl sleep
.type sleep, @function
sleep:
    entry a1, 16
    wsr a2, intenable
    rsync
    waiti 0
    rsil a2, 15
    retw
.size sleep, . - sleep

# Asks QEMU for the service a2 with the arguments a3 to a5.
.balign 4
.globl ask_host
.type ask_host, @function
ask_host:
    entry a1, 16
    # simcall
    .byte 0x00, 0x51, 0x00
    retw
.size ask_host, . - ask_host

# Fills the words from a2 on with a3, up to the end of the call stack, which is its result.
.balign 4
.globl paint_free
.type paint_free, @function
paint_free:
    entry a1, 16
1:  bgeu a2, a1, 2f
    s32i a3, a2, 0
    addi a2, a2, 4
    j 1b
2:  mov a2, a1
    retw
.size paint_free, . - paint_free
