# From reset to main: the stack pointer, zeroed memory, a painted call stack, and a trap handler that ends the program.
.section .init, "ax"
.globl _start
_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la t0, trap
    csrw mtvec, t0
    la sp, __stack_top
    la t0, __bss_start
    la t1, __bss_end
1:  bgeu t0, t1, 2f
    sw zero, 0(t0)
    addi t0, t0, 4
    j 1b
2:  la t0, __stack_bottom
    li t2, 0xa5a5a5a5
3:  bgeu t0, sp, 4f
    sw t2, 0(t0)
    addi t0, t0, 4
    j 3b
4:  call main
.align 4
trap:
    csrr a0, mcause
    csrr a1, mepc
    csrr a2, mtval
    la sp, __stack_top
    call trapped
