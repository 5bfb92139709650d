//! The two stacks, their wire and their clock.

use crate::link::{Port, Ring};
use lwip::{Instant, IpAddr, NetifConfig, NetifId, Stack};

static mut STACKS: [Stack; 2] = [Stack::new([1; 16]), Stack::new([2; 16])];
static mut RINGS: [Ring; 2] = [Ring::new(), Ring::new()];

/// Two stacks and what is between them.
pub struct World {
    pub stacks: &'static mut [Stack; 2],
    pub rings: &'static mut [Ring; 2],
    netifs: [NetifId; 2],
    /// Milliseconds.
    ms: u32,
    rounds: u32,
}

/// The one that asks, and the one that serves.
pub const A: usize = 0;
pub const B: usize = 1;

#[cfg(feature = "ipv4")]
const IPV4: [core::net::Ipv4Addr; 2] =
    [core::net::Ipv4Addr::new(10, 0, 0, 1), core::net::Ipv4Addr::new(10, 0, 0, 2)];
#[cfg(feature = "ipv6")]
const IPV6: [core::net::Ipv6Addr; 2] = [
    core::net::Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, 1),
    core::net::Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, 2),
];

impl World {
    /// Brings both up. To be called once.
    pub fn take() -> Option<Self> {
        // SAFETY: one hart, and only this function names the two.
        let (stacks, rings) = unsafe { (&mut *(&raw mut STACKS), &mut *(&raw mut RINGS)) };
        let mut netifs = [None, None];
        for ((stack, netif), number) in stacks.iter_mut().zip(&mut netifs).zip([1, 2]) {
            let config = NetifConfig { mac: [2, 0, 0, 0, 0, number], mtu: lwip::config::NETIF_MTU };
            *netif = measured!(add_netif(stack, config)).ok();
        }
        let mut world = Self { stacks, rings, netifs: [netifs[A]?, netifs[B]?], ms: 1000, rounds: 0 };
        for end in [A, B] {
            let (now, netif) = (world.now(), world.netifs[end]);
            let stack = &mut world.stacks[end];
            measured!(set_link(stack, netif, true));
            #[cfg(feature = "ipv4")]
            {
                let (address, gateway) = (IPV4[end], Some(IPV4[1 - end]));
                measured!(set_ipv4(stack, netif, address, 24, gateway)).ok()?;
            }
            #[cfg(feature = "ipv6")]
            {
                let address = IPV6[end];
                measured!(add_ipv6(stack, netif, address, 64, now)).ok()?;
            }
            let _ = now;
        }
        // Addresses are tried before they are used.
        world.pass(50, 100);
        Some(world)
    }

    /// The addresses of B, one of each version that there is.
    pub fn families(&self) -> impl Iterator<Item = IpAddr> + use<> {
        [
            #[cfg(feature = "ipv4")]
            IpAddr::from(IPV4[B]),
            #[cfg(feature = "ipv6")]
            IpAddr::from(IPV6[B]),
        ]
        .into_iter()
    }

    /// The address of A of the same version.
    pub fn own(&self, remote: IpAddr) -> IpAddr {
        let own = [
            #[cfg(feature = "ipv4")]
            IpAddr::from(IPV4[A]),
            #[cfg(feature = "ipv6")]
            IpAddr::from(IPV6[A]),
        ];
        self.families().zip(own).find(|(theirs, _)| *theirs == remote).map_or(remote, |(_, own)| own)
    }

    pub fn now(&self) -> Instant {
        Instant::from_millis(self.ms)
    }

    /// Takes the link of A away for a while.
    pub fn unplug(&mut self) {
        for up in [false, true] {
            let (stack, netif) = (&mut self.stacks[A], self.netifs[A]);
            measured!(set_link(stack, netif, up));
            self.pass(50, 100);
        }
    }

    /// Lets time pass: so many rounds of so many milliseconds, in which frames go to and fro.
    pub fn pass(&mut self, rounds: u32, ms: u32) {
        for _ in 0..rounds {
            self.ms += ms;
            self.rounds += 1;
            // By turns the drivers lend their buffers, or copy frames.
            match self.rounds % 3 {
                0 => self.copy(),
                _ => self.service(),
            }
            for stack in self.stacks.iter_mut() {
                while measured!(poll_event(stack)).is_some() {}
                measured!(next_deadline(stack));
            }
        }
    }

    fn service(&mut self) {
        let (now, netifs) = (self.now(), self.netifs);
        for end in [A, B, A] {
            let [to_b, to_a] = &mut *self.rings;
            let mut port = if end == A { Port { rx: to_a, tx: to_b } } else { Port { rx: to_b, tx: to_a } };
            let (stack, netif, device) = (&mut self.stacks[end], netifs[end], &mut port);
            measured!(service(stack, netif, device, now));
        }
    }

    fn copy(&mut self) {
        let (now, netifs) = (self.now(), self.netifs);
        for end in [A, B, A] {
            let (stack, netif) = (&mut self.stacks[end], netifs[end]);
            while let Some(frame) = self.rings[1 - end].pop() {
                measured!(input(stack, netif, frame, now));
            }
            measured!(poll(stack, now));
            while let Some(buffer) = self.rings[end].vacant() {
                let Some(len) = measured!(egress(stack, netif, now, buffer)) else { break };
                self.rings[end].push(len);
            }
        }
    }
}
