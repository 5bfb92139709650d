//! A TCP/IP stack for microcontrollers.
#![no_std]
