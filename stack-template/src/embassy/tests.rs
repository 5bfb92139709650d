//! The stack on a driver of the trait, with a clock and an executor that the tests turn by hand.

use super::*;
#[cfg(feature = "ethernet")]
use crate::testing::OWN_MAC;
use crate::testing::stack;
use core::cell::{Cell, RefCell};
use core::task::Waker;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Wake;
use std::vec::Vec;

const MTU: usize = LINK_HEADER + crate::config::NETIF_MTU as usize;

/// The other end of the driver.
struct Wire {
    received: VecDeque<Vec<u8>>,
    sent: Vec<Vec<u8>>,
    /// Frames that can still be sent.
    room: usize,
    up: bool,
    /// Who waits for a frame or the link, and who for room.
    receiver: Option<Waker>,
    sender: Option<Waker>,
}

#[derive(Clone)]
struct Fake {
    wire: Rc<RefCell<Wire>>,
    capabilities: Capabilities,
    address: HardwareAddress,
}

fn fake() -> Fake {
    let mut capabilities = Capabilities::default();
    capabilities.max_transmission_unit = MTU;
    let checksum = &mut capabilities.checksum;
    for checksum in
        [&mut checksum.ipv4, &mut checksum.icmpv4, &mut checksum.icmpv6, &mut checksum.udp, &mut checksum.tcp]
    {
        *checksum = Checksum::Rx;
    }
    let wire = Wire {
        received: VecDeque::new(),
        sent: Vec::new(),
        room: 100,
        up: true,
        receiver: None,
        sender: None,
    };
    #[cfg(feature = "ethernet")]
    let address = HardwareAddress::Ethernet(OWN_MAC);
    #[cfg(not(feature = "ethernet"))]
    let address = HardwareAddress::Ip;
    Fake { wire: Rc::new(RefCell::new(wire)), capabilities, address }
}

struct Received(Vec<u8>);
struct Room(Rc<RefCell<Wire>>);

impl RxToken for Received {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(mut self, f: F) -> R {
        f(&mut self.0)
    }
}

impl TxToken for Room {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        assert!(len <= MTU, "the driver cannot send this");
        let mut frame = std::vec![0; len];
        let result = f(&mut frame);
        let mut wire = self.0.borrow_mut();
        wire.room -= 1;
        wire.sent.push(frame);
        result
    }
}

impl Driver for Fake {
    type RxToken<'a> = Received;
    type TxToken<'a> = Room;

    fn receive(&mut self, cx: &mut Context<'_>) -> Option<(Received, Room)> {
        let mut wire = self.wire.borrow_mut();
        let frame = wire.received.pop_front();
        if frame.is_none() {
            wire.receiver = Some(cx.waker().clone());
        }
        frame.map(|frame| (Received(frame), Room(self.wire.clone())))
    }

    fn transmit(&mut self, cx: &mut Context<'_>) -> Option<Room> {
        let mut wire = self.wire.borrow_mut();
        if wire.room == 0 {
            wire.sender = Some(cx.waker().clone());
            return None;
        }
        Some(Room(self.wire.clone()))
    }

    fn link_state(&mut self, cx: &mut Context<'_>) -> LinkState {
        let mut wire = self.wire.borrow_mut();
        wire.receiver = Some(cx.waker().clone());
        if wire.up { LinkState::Up } else { LinkState::Down }
    }

    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    fn hardware_address(&self) -> HardwareAddress {
        self.address
    }
}

/// Counts the times that the task was woken.
#[derive(Default)]
struct Woken(AtomicU32);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A clock that stands, and what was last asked of it: the milliseconds and who waits.
#[derive(Default)]
struct Hand {
    now: Cell<u32>,
    until: Cell<Option<u32>>,
    sleeps: Cell<u32>,
}

impl Clock for Hand {
    fn now(&self) -> Instant {
        Instant::from_millis(self.now.get())
    }

    fn sleep(&self, ms: u32) -> impl Future<Output = ()> {
        let until = self.now.get() + ms;
        self.sleeps.set(self.sleeps.get() + 1);
        self.until.set(Some(until));
        poll_fn(move |_| if self.now.get() >= until { Poll::Ready(()) } else { Poll::Pending })
    }
}

/// A request that the stack answers without more ado, and whether a frame is the answer.
#[cfg(feature = "arp")]
mod asking {
    use super::*;
    use crate::testing::{OWN_IP, arp_frame, parse_arp, settle};
    use crate::wire::arp::{REPLY, REQUEST};
    use std::boxed::Box;

    pub fn request() -> Vec<u8> {
        arp_frame(REQUEST)
    }

    pub fn is_reply(frame: &[u8]) -> bool {
        parse_arp(frame).is_some_and(|(_, packet)| packet.operation == REPLY)
    }

    /// A stack on the driver that knows its address, and has said all that it says by itself.
    pub fn host(fake: &Fake) -> (Box<Stack>, EmbassyNetif<Fake>) {
        let mut stack = stack([9; 16]);
        let netif = EmbassyNetif::new(&mut stack, fake.clone()).unwrap();
        stack.set_ipv4(netif.netif(), OWN_IP.into(), 24, None).unwrap();
        stack.set_link(netif.netif(), true);
        settle(&mut stack, netif.netif(), Instant::from_millis(0));
        (stack, netif)
    }
}

fn is_refused(change: impl FnOnce(&mut Fake)) -> bool {
    let mut fake = fake();
    change(&mut fake);
    EmbassyNetif::new(&mut stack([9; 16]), fake).err() == Some(Error::Value)
}

#[test]
fn a_driver_of_another_kind_is_refused() {
    assert!(!is_refused(|_| ()));
    assert!(is_refused(|fake| fake.address = HardwareAddress::Ieee802154([2; 8])));
    #[cfg(feature = "ethernet")]
    assert!(is_refused(|fake| fake.address = HardwareAddress::Ip));
    #[cfg(not(feature = "ethernet"))]
    assert!(is_refused(|fake| fake.address = HardwareAddress::Ethernet([2; 6])));
    assert!(is_refused(|fake| fake.capabilities.max_transmission_unit = LINK_HEADER + 575));
    assert!(is_refused(|fake| fake.capabilities.max_transmission_unit = 0));
}

#[test]
fn the_mtu_is_the_lesser_one() {
    let mtu = |driver: usize| {
        let mut fake = fake();
        fake.capabilities.max_transmission_unit = driver;
        let mut stack = stack([9; 16]);
        let netif = EmbassyNetif::new(&mut stack, fake).unwrap();
        usize::from(stack.netifs[usize::from(netif.netif().0)].mtu)
    };
    assert_eq!(mtu(MTU), crate::config::NETIF_MTU.into());
    assert_eq!(mtu(MTU + 1000), crate::config::NETIF_MTU.into());
    assert_eq!(mtu(usize::MAX), crate::config::NETIF_MTU.into());
    let least = if cfg!(feature = "ipv6") { 1280 } else { 576 };
    assert_eq!(mtu(LINK_HEADER + least), least);
}

/// What neither the profile nor the driver computes would leave the host wrong.
#[test]
fn checksums_that_nobody_computes_are_refused() {
    type Choose = fn(&mut embassy_net_driver::ChecksumCapabilities) -> &mut Checksum;
    let cases: [(bool, Choose); 5] = [
        (cfg!(all(feature = "ipv4", not(feature = "checksum-gen-ip"))), |of| &mut of.ipv4),
        (cfg!(all(feature = "icmp", not(feature = "checksum-gen-icmp"))), |of| &mut of.icmpv4),
        (cfg!(all(feature = "ipv6", not(feature = "checksum-gen-icmp"))), |of| &mut of.icmpv6),
        (cfg!(all(feature = "udp", not(feature = "checksum-gen-udp"))), |of| &mut of.udp),
        (cfg!(all(feature = "tcp", not(feature = "checksum-gen-tcp"))), |of| &mut of.tcp),
    ];
    for (needed, choose) in cases {
        for (capability, computes) in
            [(Checksum::Both, false), (Checksum::Tx, false), (Checksum::Rx, true), (Checksum::None, true)]
        {
            let refused = is_refused(|fake| *choose(&mut fake.capabilities.checksum) = capability);
            assert_eq!(refused, needed && !computes, "{capability:?}");
        }
    }
}

#[cfg(feature = "arp")]
#[test]
fn frames_pass_through_the_tokens() {
    let fake = fake();
    let (mut stack, mut netif) = asking::host(&fake);
    fake.wire.borrow_mut().received.extend([asking::request(), asking::request()]);
    let cx = &mut Context::from_waker(Waker::noop());
    netif.service(&mut stack, Instant::from_millis(0), cx);
    let wire = fake.wire.borrow();
    assert!(wire.received.is_empty());
    assert_eq!(wire.sent.len(), 2);
    assert!(wire.sent.iter().all(|frame| asking::is_reply(frame)));
}

#[cfg(feature = "arp")]
#[test]
fn without_room_a_frame_waits_and_the_task_is_woken() {
    let fake = fake();
    let (mut stack, mut netif) = asking::host(&fake);
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    let cx = &mut Context::from_waker(&waker);
    fake.wire.borrow_mut().room = 1;
    fake.wire.borrow_mut().received.extend([asking::request(), asking::request()]);
    netif.service(&mut stack, Instant::from_millis(0), cx);
    assert_eq!(fake.wire.borrow().sent.len(), 1);
    fake.wire.borrow_mut().room = 1;
    fake.wire.borrow_mut().sender.take().expect("somebody waits").wake();
    assert_eq!(woken.0.load(Ordering::Relaxed), 1);
    netif.service(&mut stack, Instant::from_millis(0), cx);
    assert_eq!(fake.wire.borrow().sent.len(), 2);
    assert!(fake.wire.borrow().sender.is_none(), "nothing waits for room any more");
}

#[cfg(feature = "arp")]
#[test]
fn the_link_is_the_drivers() {
    let fake = fake();
    let (mut stack, mut netif) = asking::host(&fake);
    let cx = &mut Context::from_waker(Waker::noop());
    let now = Instant::from_millis(0);
    fake.wire.borrow_mut().up = false;
    netif.service(&mut stack, now, cx);
    assert!(!stack.netifs[usize::from(netif.netif().0)].up);
    assert!(fake.wire.borrow().receiver.is_some(), "the driver knows whom to wake");
    fake.wire.borrow_mut().up = true;
    netif.service(&mut stack, now, cx);
    assert!(stack.netifs[usize::from(netif.netif().0)].up);
    #[cfg(feature = "arp-gratuitous")]
    assert!(!fake.wire.borrow().sent.is_empty(), "the address is announced anew");
}

/// Sleeps end at the deadlines of the stack, and there is none when it has none.
#[test]
fn the_task_sleeps_until_the_deadline() {
    let fake = fake();
    let mut stack = stack([9; 16]);
    let mut netif = EmbassyNetif::new(&mut stack, fake.clone()).unwrap();
    #[cfg(feature = "ipv4")]
    stack.set_ipv4(netif.netif(), crate::testing::OWN_IP.into(), 24, None).unwrap();
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    let cx = &mut Context::from_waker(&waker);
    let clock = Hand::default();
    let deadline = Cell::new(None);
    let mut asked = false;
    let mut task = pin!(netif.run(&mut stack, &clock, |stack, now, _| {
        // A datagram to somebody who is not there gives neighbour discovery something to do.
        #[cfg(all(feature = "udp", feature = "arp"))]
        if !asked {
            let socket = stack.udp_bind(crate::addr::ANY, 7).unwrap();
            let to = crate::addr::socket(crate::addr::v4([10, 0, 0, 99].into()), 9);
            stack.udp_send_to(socket, b"x", to).unwrap();
        }
        let _ = now;
        deadline.set(stack.next_deadline());
        !core::mem::replace(&mut asked, true)
    }));
    let mut ends = 0;
    for _ in 0..100 {
        // What was left to do at once is done in further turns.
        while {
            let before = woken.0.swap(0, Ordering::Relaxed);
            assert!(task.as_mut().poll(cx).is_pending());
            before > 0 || woken.0.load(Ordering::Relaxed) > 0
        } {}
        let Some(next) = deadline.get() else { break };
        assert_eq!(clock.until.get(), Some(next.as_millis()));
        let sleeps = clock.sleeps.get();
        assert!(task.as_mut().poll(cx).is_pending());
        assert_eq!(clock.sleeps.get(), sleeps, "woken for nothing, it goes on with the same sleep");
        clock.now.set(next.as_millis());
        ends += 1;
    }
    #[cfg(all(feature = "udp", feature = "arp"))]
    assert!(ends >= usize::from(crate::config::ARP_RETRIES), "{ends}");
    let _ = ends;
}

/// Whatever the application waits for wakes the task, and what it did goes out.
#[cfg(all(feature = "udp", feature = "arp"))]
#[test]
fn the_application_wakes_the_task() {
    let fake = fake();
    let (mut stack, mut netif) = asking::host(&fake);
    let socket = stack.udp_bind(crate::addr::ANY, 7).unwrap();
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    let cx = &mut Context::from_waker(&waker);
    let (order, waiting) = (Cell::new(false), RefCell::new(None));
    let clock = Hand::default();
    let mut task = pin!(netif.run(&mut stack, &clock, |stack, _, cx| {
        *waiting.borrow_mut() = Some(cx.waker().clone());
        let to = crate::addr::socket(crate::addr::v4(crate::testing::PEER_IP), 9);
        order.take() && stack.udp_send_to(socket, b"x", to).is_ok()
    }));
    assert!(task.as_mut().poll(cx).is_pending());
    assert!(fake.wire.borrow().sent.is_empty());
    woken.0.store(0, Ordering::Relaxed);
    order.set(true);
    waiting.borrow_mut().take().expect("the application was called").wake();
    while woken.0.swap(0, Ordering::Relaxed) > 0 {
        assert!(task.as_mut().poll(cx).is_pending());
    }
    assert_eq!(fake.wire.borrow().sent.len(), 1, "the question for the peer's hardware address");
}
