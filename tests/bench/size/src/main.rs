//! A node with a network card that is a few registers: an echo server and a client over TCP, and four UDP ports that
//! echo. It prints nothing and is never run: what is linked is the stack and little else, as in the images that others'
//! sizes were read from (`docs/footprint.md`).
#![no_std]
#![no_main]

use core::cell::UnsafeCell;
use core::net::Ipv4Addr;
use core::ptr::{read_volatile, write_volatile};
use lwip::addr::ANY;
use lwip::{Device, Error, Event, Instant, IpAddr, NetifConfig, SocketAddr, Stack, TcpHandle, UdpHandle};

core::arch::global_asm!(".section .init", ".globl _start", "_start:", "la sp, __stack_top", "j main");

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// What one program alone uses.
struct Alone<T>(UnsafeCell<T>);

// SAFETY: there is one core, and no interrupt touches it.
unsafe impl<T> Sync for Alone<T> {}

static STACK: Alone<Stack> = Alone(UnsafeCell::new(Stack::new([0; 16])));
static FRAME: Alone<[u8; 1536]> = Alone(UnsafeCell::new([0; 1536]));

/// The card: length of a received frame or 0, length of a frame to send, milliseconds.
const CARD: *mut u32 = 0x1000_0000 as *mut u32;

fn register(at: usize) -> u32 {
    // SAFETY: the card's registers can be read at any time.
    unsafe { read_volatile(CARD.wrapping_add(at)) }
}

fn set_register(at: usize, value: u32) {
    // SAFETY: the card's registers can be written at any time.
    unsafe { write_volatile(CARD.wrapping_add(at), value) }
}

struct Card<'a>(&'a mut [u8; 1536]);

impl Device for Card<'_> {
    fn receive(&mut self, read: impl FnOnce(&[u8])) -> bool {
        let len = register(0) as usize;
        let Some(frame) = self.0.get(..len).filter(|frame| !frame.is_empty()) else { return false };
        read(frame);
        set_register(0, 0);
        true
    }

    fn transmit(&mut self, len: usize, write: impl FnOnce(&mut [u8])) -> bool {
        let Some(frame) = self.0.get_mut(..len) else { return false };
        write(frame);
        set_register(1, len as u32);
        true
    }
}

#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    // SAFETY: called once.
    let (stack, frame) = unsafe { (&mut *STACK.0.get(), &mut *FRAME.0.get()) };
    let _ = serve(stack, Card(frame));
    loop {}
}

fn now() -> Instant {
    Instant::from_millis(register(2))
}

fn serve(stack: &mut Stack, mut card: Card<'_>) -> Result<(), Error> {
    stack.set_seed([register(3) as u8; 16]);
    let eth = stack.add_netif(NetifConfig { mac: [2, 0, 0, 0, 0, 1], mtu: 1500 })?;
    stack.set_ipv4(eth, Ipv4Addr::new(10, 0, 0, 1), 24, Some(Ipv4Addr::new(10, 0, 0, 254)))?;
    stack.set_link(eth, true);
    let listener = stack.tcp_listen(ANY, 7)?;
    for port in 7..11 {
        stack.udp_bind(ANY, port)?;
    }
    let server = SocketAddr::new(IpAddr::from(Ipv4Addr::new(10, 0, 0, 2)), 7);
    let mut client = stack.tcp_connect(server, now())?;
    loop {
        stack.service(eth, &mut card, now());
        while let Some(event) = stack.poll_event() {
            match event {
                Event::Accept(_) => while stack.tcp_accept(listener).is_ok() {},
                Event::Tcp(conn, _) if conn == client => client = ask(stack, client, server)?,
                Event::Tcp(conn, _) => echo(stack, conn),
                Event::Udp(socket) => answer(stack, socket),
                _ => {}
            }
        }
    }
}

/// The client: sends a word, reads what comes back, and begins anew when the server has gone.
fn ask(stack: &mut Stack, client: TcpHandle, server: SocketAddr) -> Result<TcpHandle, Error> {
    let mut bytes = [0; 64];
    match stack.tcp_recv(client, &mut bytes) {
        Ok(0) | Err(_) => {
            let _ = stack.tcp_close(client, now());
            return stack.tcp_connect(server, now());
        }
        Ok(_) => drop(stack.tcp_send(client, b"hello")),
    }
    Ok(client)
}

fn echo(stack: &mut Stack, conn: TcpHandle) {
    let mut bytes = [0; 256];
    while let Ok(room) = stack.tcp_send_room(conn).map(|room| room.min(bytes.len())) {
        match stack.tcp_recv(conn, &mut bytes[..room]) {
            Ok(0) if room > 0 => {
                let _ = stack.tcp_close(conn, now());
                return;
            }
            Ok(n) if n > 0 => drop(stack.tcp_send(conn, &bytes[..n])),
            _ => return,
        }
    }
}

fn answer(stack: &mut Stack, socket: UdpHandle) {
    let mut bytes = [0; 1472];
    while let Ok((len, from)) = stack.udp_recv_from(socket, &mut bytes) {
        let _ = stack.udp_send_to(socket, &bytes[..len], from);
    }
}
