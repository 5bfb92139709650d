//! Stateless DHCPv6 (RFC 8415 §18.2.6): asks for settings, such as DNS servers, when the application says so; addresses
//! come from routers.

mod message;
#[cfg(all(test, feature = "ethernet", not(feature = "timers-periodic")))]
mod tests;

use crate::addr::{Ip6, socket_on, v6};
use crate::config::{DHCP6_DNS_SERVERS, DHCP6_DOMAINS_SIZE};
use crate::stats::Drop;
use crate::wire::domain::Name;
use crate::{Error, Event, Instant, NetifId, Stack, UdpHandle};
use core::net::Ipv6Addr;
use message::{Options, option};

/// Where servers and relays of the link listen (RFC 8415 §7.1).
const SERVERS: Ip6 = Ip6::from_words([0xff02_0000, 0, 0, 0x1_0002]);
const CLIENT_PORT: u16 = 546;
const SERVER_PORT: u16 = 547;
/// Longest reply that is read.
const MOST: usize = 512;

/// Constants of transmission (RFC 8415 §7.6).
const INF_MAX_DELAY_MS: u32 = 1000;
const INF_TIMEOUT_MS: u32 = 1000;
const INF_MAX_RT_S: u32 = 3600;
const IRT_DEFAULT_S: u32 = 86_400;
const IRT_MINIMUM_S: u32 = 600;

/// What the client waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum State {
    Off,
    /// A reply.
    Asking,
    /// The time to ask again.
    Informed,
    /// Nothing: what it was told holds for ever.
    Settled,
}

/// The client.
#[repr(C)]
pub struct Dhcp6 {
    /// When the next request is due.
    at: u32,
    /// When the first request of this exchange was sent.
    since: u32,
    /// How long the last request waited for its reply, 0 before the first.
    retrans_ms: u32,
    /// Most that a request waits, as a server said; 0 while none has, so that a new stack is all zero.
    max_retrans_s: u32,
    /// Open while the client runs.
    socket: UdpHandle,
    domains_len: u16,
    dns: [Ip6; DHCP6_DNS_SERVERS],
    #[cfg(feature = "dhcp6-ntp")]
    ntp: [Ip6; crate::config::DHCP6_NTP_SERVERS],
    domains: [u8; DHCP6_DOMAINS_SIZE],
    /// The transaction.
    xid: [u8; 3],
    netif: u8,
    state: State,
}

impl Dhcp6 {
    pub(crate) const fn new() -> Self {
        Self {
            at: 0,
            since: 0,
            retrans_ms: 0,
            max_retrans_s: 0,
            socket: UdpHandle::NONE,
            domains_len: 0,
            dns: [Ip6::UNSPECIFIED; DHCP6_DNS_SERVERS],
            #[cfg(feature = "dhcp6-ntp")]
            ntp: [Ip6::UNSPECIFIED; crate::config::DHCP6_NTP_SERVERS],
            domains: [0; DHCP6_DOMAINS_SIZE],
            xid: [0; 3],
            netif: 0,
            state: State::Off,
        }
    }

    /// Takes what a reply tells, in place of what was told before.
    fn take(&mut self, options: Options<'_>) {
        addresses(&mut self.dns, options.find(option::DNS_SERVERS));
        #[cfg(feature = "dhcp6-ntp")]
        addresses(&mut self.ntp, options.find(option::SNTP_SERVERS));
        let mut rest = options.find(option::DOMAIN_LIST).unwrap_or_default();
        let mut len = 0;
        while let Some((name, more)) = Name::split(rest) {
            let bytes = name.as_bytes();
            let Some(place) = self.domains.get_mut(len..).and_then(|free| free.get_mut(..bytes.len())) else {
                break;
            };
            place.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            len += bytes.len();
            rest = more;
        }
        self.domains_len = len as u16;
        if let Some(seconds) = options.seconds(option::INF_MAX_RT).filter(|s| (60..=86_400).contains(s)) {
            self.max_retrans_s = seconds;
        }
    }

    /// How long the request that is sent now waits for its reply (RFC 8415 §15); `chance` keeps clients apart.
    fn next_wait(&self, chance: u32) -> u32 {
        let around = |ms: u32| ms - ms / 10 + chance % (ms / 5).max(1);
        let most_s = if self.max_retrans_s == 0 { INF_MAX_RT_S } else { self.max_retrans_s };
        let most = most_s.wrapping_mul(1000);
        match self.retrans_ms {
            0 => around(INF_TIMEOUT_MS),
            before if before > most / 2 => around(most),
            before => before + around(before),
        }
    }
}

/// The addresses in the body of an option, as many as there is room for; none when it has another length.
fn addresses(places: &mut [Ip6], body: Option<&[u8]>) {
    let (octets, rest) = body.unwrap_or_default().as_chunks::<16>();
    let mut told = octets.iter().filter(|_| rest.is_empty()).map(Ip6::read);
    let mut usable = told.by_ref().filter(|address| !address.is_unspecified() && !address.is_multicast());
    for place in places {
        *place = usable.next().unwrap_or(Ip6::UNSPECIFIED);
    }
}

impl<H: crate::Hooks> Stack<H> {
    /// Asks servers of the interface's link for settings, now and whenever they say that what they told is old
    /// (lwIP's `dhcp6_enable_stateless`). `Event::Ipv6` tells of an answer. Routers tell by a flag whether there are
    /// servers (`Stack::ipv6_router_flags`).
    ///
    /// # Errors
    /// [`Error::Value`] for an interface that does not exist, [`Error::InUse`] while another one is asked for, or the
    /// client's port is taken, [`Error::Memory`] when no UDP pcb is free.
    pub fn dhcp6_start(&mut self, netif: NetifId, now: Instant) -> Result<(), Error> {
        self.netif_mut(netif)?;
        if self.dhcp6.state == State::Off {
            let socket = self.udp_bind(crate::addr::ANY, CLIENT_PORT)?;
            self.dhcp6 = Dhcp6 { socket, netif: netif.0, ..Dhcp6::new() };
        } else if self.dhcp6.netif != netif.0 {
            return Err(Error::InUse);
        }
        self.dhcp6_ask(now);
        Ok(())
    }

    /// Stops asking, closes the client's socket and forgets what was told.
    pub fn dhcp6_stop(&mut self) {
        if self.dhcp6.state != State::Off {
            // It was open.
            let _ = self.udp_close(self.dhcp6.socket);
            self.dhcp6 = Dhcp6::new();
        }
    }

    /// DNS servers, in the order of preference (RFC 3646 §3).
    pub fn dhcp6_dns_servers(&self) -> impl Iterator<Item = Ipv6Addr> {
        self.dhcp6.dns.iter().filter(|address| !address.is_unspecified()).map(|address| (*address).into())
    }

    /// Time servers (RFC 4075 §4).
    #[cfg(feature = "dhcp6-ntp")]
    pub fn dhcp6_ntp_servers(&self) -> impl Iterator<Item = Ipv6Addr> {
        self.dhcp6.ntp.iter().filter(|address| !address.is_unspecified()).map(|address| (*address).into())
    }

    /// Domains in which names are to be looked for (RFC 3646 §4).
    pub fn dhcp6_domains(&self) -> impl Iterator<Item = Name<'_>> {
        let mut rest = self.dhcp6.domains.get(..self.dhcp6.domains_len.into()).unwrap_or_default();
        core::iter::from_fn(move || {
            let (name, more) = Name::split(rest)?;
            rest = more;
            Some(name)
        })
    }

    /// Begins an exchange after a little while, which keeps clients apart that start together.
    fn dhcp6_ask(&mut self, now: Instant) {
        let [a, b, c, _] = self.random.next().to_be_bytes();
        let delay = self.random.next() % INF_MAX_DELAY_MS;
        self.dhcp6.state = State::Asking;
        self.dhcp6.xid = [a, b, c];
        self.dhcp6.retrans_ms = 0;
        self.dhcp6.at = now.after(delay).as_millis();
    }

    /// When the client has something to do next.
    pub(crate) fn dhcp6_deadline(&self) -> Option<Instant> {
        let waits = matches!(self.dhcp6.state, State::Asking | State::Informed);
        waits.then_some(Instant::from_millis(self.dhcp6.at))
    }

    /// Sends a request that is due.
    pub(crate) fn dhcp6_timers(&mut self, now: Instant) {
        if !self.dhcp6_deadline().is_some_and(|at| now.reached(at)) {
            return;
        }
        if self.dhcp6.state == State::Informed {
            return self.dhcp6_ask(now);
        }
        let Some(mac) = crate::netif::at(&self.netifs, self.dhcp6.netif).map(|entry| entry.mac) else {
            return;
        };
        if self.dhcp6.retrans_ms == 0 {
            self.dhcp6.since = now.as_millis();
        }
        let elapsed = now.since(Instant::from_millis(self.dhcp6.since)) / 10;
        let request = message::request(self.dhcp6.xid, mac, elapsed.min(0xffff) as u16);
        let to = socket_on(v6(SERVERS), SERVER_PORT, self.dhcp6.netif);
        match self.udp_send_to(self.dhcp6.socket, &request, to) {
            // There is no address to send from yet.
            Err(Error::Route) => self.dhcp6.at = now.after(INF_TIMEOUT_MS).as_millis(),
            // One that found no room is lost like any other.
            _ => {
                let chance = self.random.next();
                self.dhcp6.retrans_ms = self.dhcp6.next_wait(chance);
                self.dhcp6.at = now.after(self.dhcp6.retrans_ms).as_millis();
            }
        }
    }

    /// Reads what came for the client.
    pub(crate) fn dhcp6_input(&mut self, now: Instant) {
        if self.dhcp6.state == State::Off {
            return;
        }
        let mut message = [0; MOST];
        while let Ok((len, _)) = self.udp_recv_from(self.dhcp6.socket, &mut message) {
            let reply = message.get(..len).and_then(|reply| self.dhcp6_options(reply));
            let Some(options) = reply else {
                self.dropped(Drop::Malformed);
                continue;
            };
            self.dhcp6.take(options);
            self.dhcp6_settle(options.seconds(option::REFRESH_TIME), now);
            self.ipv6_changed(self.dhcp6.netif);
        }
    }

    /// The options of a message that is the reply to our request (RFC 8415 §16.10).
    fn dhcp6_options<'a>(&self, reply: &'a [u8]) -> Option<Options<'a>> {
        let ([kind, xid @ ..], options) = reply.split_first_chunk::<4>()?;
        let options = Options::parse(options)?;
        let mac = crate::netif::at(&self.netifs, self.dhcp6.netif)?.mac;
        let status = options.find(option::STATUS).map(|body| body.first_chunk::<2>() == Some(&[0; 2]));
        let ours = self.dhcp6.state == State::Asking
            && *kind == message::REPLY
            && *xid == self.dhcp6.xid
            && options.find(option::SERVER_ID).is_some_and(|duid| (3..=130).contains(&duid.len()))
            && options.find(option::CLIENT_ID) == Some(&message::duid(mac)[..])
            && status != Some(false);
        ours.then_some(options)
    }

    /// Waits until what was told is old (RFC 8415 §21.23).
    fn dhcp6_settle(&mut self, seconds: Option<u32>, now: Instant) {
        // What the clock cannot tell from the past is asked for earlier.
        const MOST_S: u32 = 24 * 86_400;
        let seconds = seconds.unwrap_or(IRT_DEFAULT_S);
        self.dhcp6.state = if seconds == u32::MAX { State::Settled } else { State::Informed };
        self.dhcp6.at = now.after(seconds.clamp(IRT_MINIMUM_S, MOST_S) * 1000).as_millis();
    }

    /// Whether the event is the client's own.
    pub(crate) fn dhcp6_owns(&self, event: &Event) -> bool {
        self.dhcp6.state != State::Off && *event == Event::Udp(self.dhcp6.socket)
    }
}
