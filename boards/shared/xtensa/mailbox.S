# Two mailboxes of a frame each: a word that says how long it is, then its bytes. Here, and not in Rust, so that the
# compiler knows nothing of what else writes and reads them.
.macro mailbox name
.section .bss.\name, "aw", @nobits
.balign 4
.globl \name
.type \name, @object
\name:
    .space 4 + 1536
.size \name, . - \name
.endm

mailbox received
mailbox sent
