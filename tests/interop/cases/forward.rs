//! The board as a router between the kernel and a host beyond it, whose link is the narrower one (RFC 1812 §5,
//! RFC 8200 §3).

use super::{ping, reached, tcp, text};
use crate::board::{Board, Member};
use crate::setting::{Family, IPV4, IPV6, Setting};
use lwipgen_tests::Failure;
use lwipgen_tests::namespace::{self, Beyond};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::thread;

/// What the other link carries.
const NARROW: u16 = 1280;
/// The host beyond.
const FAR: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(10, 78, 0, 2)), IpAddr::V6(Ipv6Addr::new(0xfd78, 0, 0, 0, 0, 0, 0, 2))];
/// A host that nobody knows the way to.
const NOWHERE: [&str; 2] = ["10.99.0.1", "fd99::1"];

/// Who joins two links.
fn joins(member: &Member) -> bool {
    member.number("NETIF_COUNT") >= 2 && member.mtu() > NARROW
}

fn forwards(member: &Member, family: Family) -> bool {
    member.has(&format!("{}-forward", family.feature()))
}

/// Who passes packets of the version on from one to the other.
pub fn applies(member: &Member, family: Family) -> bool {
    joins(member) && forwards(member, family)
}

/// Who does not.
pub fn is_off(member: &Member, family: Family) -> bool {
    joins(member) && !forwards(member, family)
}

/// A board between the links, and the host beyond it.
struct Way {
    board: Board,
    host: Beyond,
    /// The host's address.
    far: IpAddr,
    /// The board's address on this side.
    own: IpAddr,
}

impl Way {
    fn new(setting: &Setting) -> Result<Self, Failure> {
        namespace::tap("tap1", NARROW, &[])?;
        let host = Beyond::on("tap1", NARROW)?;
        // What the host announces as its MSS must not spare the board the telling.
        host.run(|| {
            namespace::shell(
                "ip route replace default via 10.78.0.1 advmss 1460
                ip route replace default via fd78::1 advmss 1440",
                &[],
            )
        })?;
        let narrow = NARROW.to_string();
        let mut second = vec!["--tap", "tap1", "--mtu", &narrow, "--ip", "10.78.0.1/24"];
        if setting.member.has("ipv6") {
            second.extend(["--ip6", "fd78::1/64"]);
        }
        let board = setting.start(&second)?;
        let (far, own) = match setting.family {
            Family::V4 => (FAR[0], IpAddr::V4(IPV4)),
            Family::V6 => (FAR[1], IpAddr::V6(IPV6)),
        };
        let nowhere = NOWHERE[usize::from(own.is_ipv6())];
        for to in [&format!("{far}"), nowhere] {
            namespace::shell("ip route add $1 via $2", &[to, &own.to_string()])?;
        }
        if own.is_ipv6() {
            board.says("address fd78::1 Preferred")?;
        }
        reached(&own.to_string())?;
        Ok(Self { board, host, far, own })
    }
}

/// Both ways, each with one hop less.
pub fn pings(setting: &Setting) -> Result<(), Failure> {
    let Way { board, host, far, own: _ } = Way::new(setting)?;
    let far = far.to_string();
    reached(&far)?;
    ping(&far, &["-c", "100", "-i", "0.01"], "100 received, 0% packet loss")?;
    // The kernel starts with 64.
    ping(&far, &["-c", "1"], "ttl=63")?;
    let near = if setting.family == Family::V4 { "10.77.0.1" } else { "fd77::1" };
    host.run(|| ping(near, &["-c", "20", "-i", "0.01"], "20 received, 0% packet loss"))?;
    board.stop().map(|_| ())
}

/// RFC 1191 §4, RFC 4443 §3.2: the sender learns from the board what the other link carries.
pub fn tcp_into_a_narrow_link(setting: &Setting) -> Result<(), Failure> {
    let Way { board, host, far, own: _ } = Way::new(setting)?;
    let listener = host.run(|| TcpListener::bind((far, 0)).map_err(text))?;
    let port = listener.local_addr().map_err(text)?.port();
    reached(&far.to_string())?;
    let echo = thread::spawn(move || {
        let (stream, _) = listener.accept()?;
        io::copy(&mut &stream, &mut &stream)
    });
    tcp::round_trip_to(SocketAddr::new(far, port), 7, 1_000_000)?;
    echo.join().map_err(|_| "the echo panicked")?.map_err(text)?;
    board.stop().map(|_| ())
}

/// RFC 1812 §4.3.2.2, §4.3.3.3: what does not fit is told of, or with IPv4 cut if that is not forbidden.
pub fn tells_what_does_not_fit(setting: &Setting) -> Result<(), Failure> {
    let Way { board, host: _host, far, own } = Way::new(setting)?;
    let far = far.to_string();
    reached(&far)?;
    if setting.family == Family::V4 && setting.member.has("ipv4-fragmentation") {
        ping(&far, &["-M", "dont", "-s", "1400", "-c", "5", "-i", "0.1"], "5 received, 0% packet loss")?;
    }
    let told = match setting.family {
        Family::V4 => format!("From {own} icmp_seq=1 Frag needed and DF set (mtu = {NARROW})"),
        Family::V6 => format!("From {own} icmp_seq=1 Packet too big: mtu={NARROW}"),
    };
    ping(&far, &["-M", "do", "-s", "1400", "-c", "1", "-W", "2"], &told)?;
    board.stop().map(|_| ())
}

/// RFC 792, RFC 4443 §3.3: a packet whose hops end here is told of, and one more hop is enough.
pub fn tells_that_hops_are_over(setting: &Setting) -> Result<(), Failure> {
    let Way { board, host: _host, far, own } = Way::new(setting)?;
    let far = far.to_string();
    reached(&far)?;
    let told = match setting.family {
        Family::V4 => format!("From {own} icmp_seq=1 Time to live exceeded"),
        Family::V6 => format!("From {own} icmp_seq=1 Time exceeded: Hop limit"),
    };
    ping(&far, &["-t", "1", "-c", "1", "-W", "2"], &told)?;
    ping(&far, &["-t", "2", "-c", "1", "-W", "2"], "1 received")?;
    board.stop().map(|_| ())
}

/// RFC 1812 §5.2.7.1, RFC 4443 §3.1.
pub fn tells_where_no_way_leads(setting: &Setting) -> Result<(), Failure> {
    let Way { board, host: _host, own, .. } = Way::new(setting)?;
    let (nowhere, why) = match setting.family {
        Family::V4 => (NOWHERE[0], "Destination Net Unreachable"),
        Family::V6 => (NOWHERE[1], "Destination unreachable: No route"),
    };
    ping(nowhere, &["-c", "1", "-W", "2"], &format!("From {own} icmp_seq=1 {why}"))?;
    board.stop().map(|_| ())
}

/// A board on both links that is no router passes nothing on, and answers for itself.
pub fn not(setting: &Setting) -> Result<(), Failure> {
    let Way { board, host: _host, far, own } = Way::new(setting)?;
    ping(&far.to_string(), &["-c", "3", "-i", "0.1", "-W", "1"], "0 received, 100% packet loss")?;
    ping(&own.to_string(), &["-c", "3", "-i", "0.1"], "3 received, 0% packet loss")?;
    board.stop().map(|_| ())
}
