//! Datagrams: small, large, too large for a frame, to a port where nobody listens, and to the sender itself.

use crate::world::{A, B, World};
use lwip::{IpAddr, SocketAddr};

const PORT: u16 = 7;
/// Where nobody listens.
const CLOSED: u16 = 99;

static mut BUFFER: [u8; 4000] = [0; 4000];

/// Has A and B exchange them over the version of IP of B's address.
pub fn exchange(world: &mut World, to: IpAddr) {
    // SAFETY: one hart, and only this function names it.
    let buffer = unsafe { &mut *(&raw mut BUFFER) };
    let [asking, serving] = &mut *world.stacks;
    let (Ok(client), Ok(server)) = (measured!(udp_bind(asking, 0)), measured!(udp_bind(serving, PORT)))
    else {
        return;
    };
    let own = world.own(to);
    for remote in [SocketAddr::new(to, PORT), SocketAddr::new(to, CLOSED), SocketAddr::new(own, CLOSED)] {
        for len in [1, 64, 1400, 4000] {
            let (asking, payload) = (&mut world.stacks[A], buffer.get(..len).unwrap_or_default());
            // What the profile has no room for is refused, which is as good.
            let _ = measured!(udp_send_to(asking, client, payload, remote));
            world.pass(8, 20);
            let (serving, out) = (&mut world.stacks[B], buffer.as_mut_slice());
            if let Ok((len, from)) = measured!(udp_recv_from(serving, server, out)) {
                let _ = measured!(udp_send_with(serving, server, len, from));
            }
            world.pass(8, 20);
            let (asking, out) = (&mut world.stacks[A], buffer.as_mut_slice());
            while measured!(udp_recv_from(asking, client, out)).is_ok() {}
        }
    }
    let (asking, remote) = (&mut world.stacks[A], SocketAddr::new(to, PORT));
    let _ = measured!(udp_connect(asking, client, remote));
    let payload = buffer.get(..64).unwrap_or_default();
    let _ = measured!(udp_send(asking, client, payload));
    world.pass(8, 20);
    let [asking, serving] = &mut *world.stacks;
    let _ = measured!(udp_close(asking, client));
    let _ = measured!(udp_close(serving, server));
}
