//! Connections: data in both directions with and without loss, closed by both ends, refused, aborted, and to the own address.

use crate::world::{A, B, World};
use lwip::{IpAddr, SocketAddr, TcpHandle, TcpListener};

const PORT: u16 = 9;
/// Where nobody listens.
const CLOSED: u16 = 99;

/// Bytes that go in each direction.
const AMOUNT: usize = 60_000;

/// Has A connect to B over the version of IP of B's address.
pub fn exchange(world: &mut World, to: IpAddr) {
    let serving = &mut world.stacks[B];
    let Ok(listener) = measured!(tcp_listen(serving, PORT)) else { return };
    for loses in [0, 7] {
        let Some((client, server)) = connect(world, to, listener) else { continue };
        world.rings.iter_mut().for_each(|ring| ring.loses = loses);
        send(world, (A, client), (B, server));
        send(world, (B, server), (A, client));
        world.rings.iter_mut().for_each(|ring| ring.loses = 0);
        world.pass(50, 100);
        let (now, asking) = (world.now(), &mut world.stacks[A]);
        let _ = measured!(tcp_shutdown(asking, client));
        let _ = measured!(tcp_close(asking, client, now));
        world.pass(20, 100);
        let (now, serving) = (world.now(), &mut world.stacks[B]);
        let _ = measured!(tcp_close(serving, server, now));
        world.pass(20, 100);
        let asking = &mut world.stacks[A];
        let _ = measured!(tcp_state(asking, client));
    }
    if let Some((_, server)) = connect(world, to, listener) {
        let serving = &mut world.stacks[B];
        let _ = measured!(tcp_abort(serving, server));
        world.pass(20, 100);
    }
    // What was not read when the connection is closed makes a reset; so does what waits when nobody listens any more.
    if let Some((client, server)) = connect(world, to, listener) {
        let (asking, bytes) = (&mut world.stacks[A], [7; 64].as_slice());
        let _ = measured!(tcp_send(asking, client, bytes));
        world.pass(20, 20);
        let (now, serving) = (world.now(), &mut world.stacks[B]);
        let _ = measured!(tcp_close(serving, server, now));
        world.pass(20, 100);
    }
    let own = world.own(to);
    for remote in [SocketAddr::new(to, CLOSED), SocketAddr::new(own, CLOSED)] {
        let (now, asking) = (world.now(), &mut world.stacks[A]);
        let _ = measured!(tcp_connect(asking, remote, now));
        world.pass(20, 100);
    }
    let (now, remote, asking) = (world.now(), SocketAddr::new(to, PORT), &mut world.stacks[A]);
    let _ = measured!(tcp_connect(asking, remote, now));
    world.pass(20, 20);
    let serving = &mut world.stacks[B];
    let _ = measured!(tcp_close_listener(serving, listener));
    world.pass(20, 100);
}

fn connect(world: &mut World, to: IpAddr, listener: TcpListener) -> Option<(TcpHandle, TcpHandle)> {
    let (now, remote, asking) = (world.now(), SocketAddr::new(to, PORT), &mut world.stacks[A]);
    let client = measured!(tcp_connect(asking, remote, now)).ok()?;
    world.pass(20, 20);
    let serving = &mut world.stacks[B];
    measured!(tcp_accept(serving, listener)).ok().map(|server| (client, server))
}

/// Sends from one end to the other, in two ways at both.
fn send(world: &mut World, (from, sender): (usize, TcpHandle), (to, receiver): (usize, TcpHandle)) {
    let (bytes, mut out) = ([7; 512], [0; 512]);
    let (mut sent, mut received) = (0, 0);
    for round in 0..4000 {
        let stack = &mut world.stacks[from];
        while sent < AMOUNT {
            let piece = bytes.as_slice();
            let result = match round % 2 {
                0 => measured!(tcp_send(stack, sender, piece)),
                _ => measured!(tcp_send_with(stack, sender)),
            };
            match result {
                Ok(len) if len > 0 => sent += len,
                _ => break,
            }
        }
        world.pass(1, 20);
        let stack = &mut world.stacks[to];
        loop {
            let piece = out.as_mut_slice();
            let len = match round % 2 {
                0 => measured!(tcp_recv(stack, receiver, piece)).unwrap_or(0),
                _ => measured!(tcp_peek(stack, receiver)).unwrap_or(0),
            };
            if len == 0 {
                break;
            }
            if round % 2 == 1 {
                let _ = measured!(tcp_consume(stack, receiver, len));
            }
            received += len;
        }
        if received >= AMOUNT {
            return;
        }
    }
}
