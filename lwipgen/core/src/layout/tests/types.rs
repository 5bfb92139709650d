//! Types that the compiler and the layout calculator must agree on.
#![allow(dead_code, missing_docs)]

use core::cell::Cell;
use core::marker::PhantomData;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::num::{NonZero, NonZeroU16};
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize};

pub const PCBS: usize = 5;
const WND: usize = 4 * 1440;
const BLOCKS: usize = WND.div_ceil(512) + if PCBS > 4 { 1 } else { 2 };
type Index = u8;
type Bytes<const N: usize> = [u8; N];

#[repr(C)]
pub struct Padded {
    a: u8,
    b: u32,
    c: u16,
}

#[repr(C)]
pub struct Nested {
    a: [Padded; 3],
    b: bool,
    c: u64,
    d: char,
}

#[repr(C)]
pub struct Addresses {
    a: Ipv4Addr,
    b: Ipv6Addr,
    c: IpAddr,
    d: u16,
}

#[repr(transparent)]
pub struct Handle(NonZeroU16);

#[repr(C)]
pub struct Handles {
    a: Option<Handle>,
    b: Option<NonZero<u32>>,
    c: Handle,
    d: PhantomData<u64>,
}

#[repr(u8)]
pub enum Plain {
    A,
    B = 7,
}

#[repr(u16)]
pub enum Wide {
    A,
}

#[repr(u8)]
pub enum Tagged {
    None,
    Short(u8),
    Long { a: u32, b: u8 },
    Twice(u16, u16),
}

#[repr(C, u8)]
pub enum CTagged {
    None,
    Short(u8),
    Long { a: u32, b: u8 },
    Odd([u8; 9]),
}

#[repr(C)]
pub struct Pointers {
    a: Option<Box<Padded>>,
    b: Box<[u8]>,
    c: &'static str,
    d: Option<&'static mut [u8; 3]>,
    e: *const u8,
    f: Option<fn(u8) -> u8>,
    g: &'static dyn Fn(),
    h: *const [u8],
}

#[repr(C)]
pub struct Arrays {
    a: [[u16; 3]; PCBS],
    b: [Index; BLOCKS],
    c: Bytes<{ PCBS * 2 + 1 }>,
    d: [u8; u8::MAX as usize],
    e: [u32; 0],
    f: [u8; (300u16 as u8) as usize],
    g: [u8; core::mem::size_of::<Padded>()],
}

#[repr(C, align(16))]
pub struct Aligned {
    a: u8,
}

#[repr(C)]
pub struct HoldsAligned {
    a: u8,
    b: Aligned,
    c: u8,
}

#[repr(C)]
pub struct Cells {
    a: Cell<u16>,
    b: AtomicU32,
    c: AtomicBool,
    d: AtomicUsize,
    e: u128,
    f: f32,
    g: f64,
    h: i8,
}

#[repr(C)]
pub struct Table<T, const N: usize> {
    slots: [Slot<T>; N],
    used: u8,
}

#[repr(C)]
pub struct Slot<T> {
    value: T,
    generation: u16,
}

pub type Instance = Table<Slot<u32>, PCBS>;

pub struct Unit;

#[repr(C)]
pub struct Units {
    a: Unit,
    b: (),
    c: u8,
}

pub fn measured() -> Vec<(&'static str, usize, usize)> {
    macro_rules! measure {
        ($($T:ident)*) => { vec![$((stringify!($T), size_of::<$T>(), align_of::<$T>())),*] };
    }
    measure! {
        u8 u16 u32 u64 u128 usize bool char Ipv4Addr Ipv6Addr IpAddr Padded Nested Addresses Handle Handles Plain Wide
        Tagged CTagged Pointers Arrays Aligned HoldsAligned Cells Instance Unit Units
    }
}
