# From reset to main on a core with register windows: window handlers, a painted call stack, zeroed memory; and the cycle
# counter, which Rust has no instruction for. Functions are of the windowed ABI: a2 to a5 are their first arguments, a2
# their result.

# Exceptions enter at fixed offsets from here. The first six move a caller's registers out of and back into the
# register file, when calls nest deeper than it has room for (Xtensa ISA Reference Manual §4.7.1).
.section .vectors, "ax"
.balign 16
.globl vectors
vectors:
# A frame with 4 registers out of the file, and back.
    s32e a0, a5, -16
    s32e a1, a5, -12
    s32e a2, a5, -8
    s32e a3, a5, -4
    rfwo
.org 0x40
    l32e a0, a5, -16
    l32e a1, a5, -12
    l32e a2, a5, -8
    l32e a3, a5, -4
    rfwu
# One with 8.
.org 0x80
    s32e a0, a9, -16
    l32e a0, a1, -12
    s32e a1, a9, -12
    s32e a2, a9, -8
    s32e a3, a9, -4
    s32e a4, a0, -32
    s32e a5, a0, -28
    s32e a6, a0, -24
    s32e a7, a0, -20
    rfwo
.org 0xc0
    l32e a0, a9, -16
    l32e a1, a9, -12
    l32e a2, a9, -8
    l32e a7, a1, -12
    l32e a3, a9, -4
    l32e a4, a7, -32
    l32e a5, a7, -28
    l32e a6, a7, -24
    l32e a7, a7, -20
    rfwu
# One with 12.
.org 0x100
    s32e a0, a13, -16
    l32e a0, a1, -12
    s32e a1, a13, -12
    s32e a2, a13, -8
    s32e a3, a13, -4
    s32e a4, a0, -48
    s32e a5, a0, -44
    s32e a6, a0, -40
    s32e a7, a0, -36
    s32e a8, a0, -32
    s32e a9, a0, -28
    s32e a10, a0, -24
    s32e a11, a0, -20
    rfwo
.org 0x140
    l32e a0, a13, -16
    l32e a1, a13, -12
    l32e a2, a13, -8
    l32e a11, a1, -12
    l32e a3, a13, -4
    l32e a4, a11, -48
    l32e a5, a11, -44
    l32e a6, a11, -40
    l32e a7, a11, -36
    l32e a8, a11, -32
    l32e a9, a11, -28
    l32e a10, a11, -24
    l32e a11, a11, -20
    rfwu
# Kernel, user and double exceptions.
.org 0x300
    j exception
.org 0x340
    j exception
.org 0x3c0
    j fault

.balign 4
constants:
    .long __stack_top
    .long __stack_bottom
    .long __bss_start
    .long __bss_end
    .long vectors
    .long 0xa5a5a5a5
    .long main
    .long trapped
# Windows on, user vector, interrupts off.
    .long 0x4002f

# The machine comes here; what it has in a2 is the argument of main.
.globl _start
_start:
    movi a3, 0
    wsr a3, windowbase
    rsync
    movi a3, 1
    wsr a3, windowstart
    rsync
    movi a0, 0
    wsr a0, intenable
    l32r a3, constants+32
    wsr a3, ps
    l32r a3, constants+16
    wsr a3, vecbase
    rsync
    l32r a3, constants+8
    l32r a4, constants+12
1:  bgeu a3, a4, 2f
    s32i a0, a3, 0
    addi a3, a3, 4
    j 1b
2:  l32r a3, constants+4
    l32r a1, constants
    l32r a4, constants+20
3:  bgeu a3, a1, 4f
    s32i a4, a3, 0
    addi a3, a3, 4
    j 3b
4:  mov a6, a2
    l32r a4, constants+24
    callx4 a4

# Interrupts end a sleep and nothing else: all are masked again. Any other exception is a fault.
exception:
    wsr a0, excsave1
    rsr a0, exccause
    addi a0, a0, -4
    bnez a0, fault
    wsr a0, intenable
    rsync
    rsr a0, excsave1
    rfe

# Ends the program with the cause, the place and the address that was accessed.
fault:
    movi a0, 0
    wsr a0, windowbase
    rsync
    movi a0, 1
    wsr a0, windowstart
    rsync
    l32r a1, constants
    l32r a0, constants+32
    wsr a0, ps
    rsync
    movi a0, 0
    rsr a6, exccause
    rsr a7, epc1
    rsr a8, excvaddr
    l32r a4, constants+28
    callx4 a4

.text
# The cycle counter.
.balign 4
.globl cycles
.type cycles, @function
cycles:
    entry a1, 16
    rsr a2, ccount
    retw
.size cycles, . - cycles
