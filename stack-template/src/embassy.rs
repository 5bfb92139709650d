//! Any driver of `embassy-net-driver` as an interface of the stack: Wi-Fi of esp-radio, the ESP32's Ethernet,
//! W5500, ENC28J60, CYW43, …
//!
//! Frames pass through the driver's tokens: a received one is read where the driver keeps it, and one to be sent is
//! written where the driver wants it.

use core::convert::Infallible;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::{Context, Poll};

use embassy_net_driver::{Capabilities, Checksum, Driver, HardwareAddress, LinkState, RxToken, TxToken};

#[cfg(test)]
mod tests;

use crate::{Device, Error, Instant, NetifConfig, NetifId, Stack};

/// Bytes of a frame in front of the packet.
#[cfg(feature = "ethernet")]
const LINK_HEADER: usize = crate::wire::ethernet::HEADER_LEN;
/// Bytes of a frame in front of the packet.
#[cfg(not(feature = "ethernet"))]
const LINK_HEADER: usize = 0;

/// An interface of a stack and the driver that it lies on.
pub struct EmbassyNetif<D> {
    driver: D,
    netif: NetifId,
}

/// Time, for [`EmbassyNetif::run`]: whatever the executor has.
pub trait Clock {
    /// The time now.
    fn now(&self) -> Instant;

    /// Ends after `ms` milliseconds, not before.
    fn sleep(&self, ms: u32) -> impl Future<Output = ()>;
}

impl<D: Driver> EmbassyNetif<D> {
    /// Adds an interface to `stack` with the driver's hardware address, and its MTU or the profile's, whichever is less.
    ///
    /// # Errors
    /// [`Error::Value`] when the driver's frames are of another kind than the profile's, when its MTU is too small
    /// ([`Stack::add_netif`]), or when the profile leaves a checksum of what is sent to hardware that does not compute
    /// it; [`Error::Memory`] when all interfaces of the profile exist.
    pub fn new<H: crate::Hooks>(stack: &mut Stack<H>, driver: D) -> Result<Self, Error> {
        let capabilities = driver.capabilities();
        if !computes_what_the_profile_does_not(&capabilities) {
            return Err(Error::Value);
        }
        let mac = match driver.hardware_address() {
            #[cfg(feature = "ethernet")]
            HardwareAddress::Ethernet(mac) => mac,
            #[cfg(not(feature = "ethernet"))]
            HardwareAddress::Ip => [0; 6],
            _ => return Err(Error::Value),
        };
        let mtu = capabilities.max_transmission_unit.saturating_sub(LINK_HEADER);
        let mtu = u16::try_from(mtu).unwrap_or(u16::MAX).min(crate::config::NETIF_MTU);
        let netif = stack.add_netif(NetifConfig { mac, mtu })?;
        Ok(Self { driver, netif })
    }

    /// The interface.
    pub fn netif(&self) -> NetifId {
        self.netif
    }

    /// The driver.
    pub fn driver(&mut self) -> &mut D {
        &mut self.driver
    }

    /// Tells the stack the state of the link, hands it what the driver received, runs the timers that are due, and sends
    /// what is ready.
    ///
    /// Gives the time of the next call as [`Stack::service`] does. The driver wakes the task of `cx` when there is
    /// something to do for it earlier.
    pub fn service<H: crate::Hooks>(
        &mut self,
        stack: &mut Stack<H>,
        now: Instant,
        cx: &mut Context<'_>,
    ) -> Option<Instant> {
        stack.set_link(self.netif, self.driver.link_state(cx) == LinkState::Up);
        let mut tokens = Tokens { driver: &mut self.driver, cx };
        stack.service(self.netif, &mut tokens, now)
    }

    /// Drives the stack for ever: sleeps until a deadline of the stack has come, or the driver or something that `serve`
    /// waits for wakes the task.
    ///
    /// `serve` is the application. It is called each time the task was woken: takes events, answers them, lets `cx` be
    /// woken for what else it waits for, and says whether it did anything that may have left frames to be sent.
    pub async fn run<H: crate::Hooks>(
        &mut self,
        stack: &mut Stack<H>,
        clock: &impl Clock,
        mut serve: impl FnMut(&mut Stack<H>, Instant, &mut Context<'_>) -> bool,
    ) -> ! {
        let mut timer = pin!(None);
        let mut awaited = None;
        match poll_fn(|cx| -> Poll<Infallible> {
            let now = clock.now();
            let next = self.service(stack, now, cx);
            if serve(stack, now, cx) || next == Some(now) {
                // Other tasks have their turn in between.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if next != awaited {
                timer.set(next.map(|next| clock.sleep(next.since(now))));
                awaited = next;
            }
            if timer.as_mut().as_pin_mut().is_some_and(|timer| timer.poll(cx).is_ready()) {
                timer.set(None);
                awaited = None;
                cx.waker().wake_by_ref();
            }
            Poll::Pending
        })
        .await {}
    }
}

/// The driver while a task is polled, as the stack's device.
struct Tokens<'a, 'c, D> {
    driver: &'a mut D,
    cx: &'a mut Context<'c>,
}

impl<D: Driver> Device for Tokens<'_, '_, D> {
    fn receive(&mut self, read: impl FnOnce(&[u8])) -> bool {
        let Some((token, _)) = self.driver.receive(self.cx) else { return false };
        token.consume(|frame| read(frame));
        true
    }

    fn transmit(&mut self, len: usize, write: impl FnOnce(&mut [u8])) -> bool {
        let Some(token) = self.driver.transmit(self.cx) else { return false };
        token.consume(len, write);
        true
    }
}

/// Whether the hardware computes the checksums of packets sent that the profile leaves to it.
///
/// What a profile does not verify is its own decision: without hardware that does, damaged packets pass.
fn computes_what_the_profile_does_not(capabilities: &Capabilities) -> bool {
    let checksum = &capabilities.checksum;
    let suits = |is_left: bool, by: &Checksum| !is_left || matches!(by, Checksum::Rx | Checksum::None);
    suits(cfg!(all(feature = "ipv4", not(feature = "checksum-gen-ip"))), &checksum.ipv4)
        && suits(cfg!(all(feature = "icmp", not(feature = "checksum-gen-icmp"))), &checksum.icmpv4)
        && suits(cfg!(all(feature = "ipv6", not(feature = "checksum-gen-icmp"))), &checksum.icmpv6)
        && suits(cfg!(all(feature = "udp", not(feature = "checksum-gen-udp"))), &checksum.udp)
        && suits(cfg!(all(feature = "tcp", not(feature = "checksum-gen-tcp"))), &checksum.tcp)
}
