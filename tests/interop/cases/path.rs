//! Packets larger than what the link, or a link beyond the router, carries in one piece.

use super::{noise, ping, slaac, tcp, text};
use crate::board::{Board, Member};
use crate::routers::Daemon;
use crate::setting::{Family, Setting};
use lwipgen_tests::Failure;
use lwipgen_tests::namespace::{self, Beyond};
use std::net::{IpAddr, UdpSocket};
use std::time::Duration;

/// A payload that takes several packets.
const LARGE: usize = 4000;
/// What the narrow link carries.
const NARROW: u16 = 1280;

/// Who puts together and cuts up packets of that size.
pub fn fragments(member: &Member, family: Family) -> bool {
    let feature = |name: &str| member.has(&format!("{}-{name}", family.feature()));
    let room = member.number("UDP_RX_QUEUE") as usize;
    feature("reassembly") && feature("fragmentation") && room > LARGE + 100
}

/// Who can reach a host beyond a router, and what does not fit on the way there.
pub fn is_found(member: &Member, family: Family) -> bool {
    let way = family == Family::V4 || slaac::applies(member, family);
    way && member.has("tcp") && member.mtu() > NARROW && fragments(member, family)
}

pub fn fragmented_pings(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    let large = LARGE.to_string();
    let arguments = ["-s", &large, "-c", "50", "-i", "0.01"];
    ping(&board.address.to_string(), &arguments, "50 received, 0% packet loss")?;
    board.stop().map(|_| ())
}

pub fn fragmented_datagrams(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    let socket = setting.udp(&board, 7)?;
    for round in 0..30 {
        echo(&socket, round, LARGE)?;
    }
    board.stop().map(|_| ())
}

/// Who takes packets of the version, but not in pieces.
pub fn reassembles_not(member: &Member, family: Family) -> bool {
    !member.has(&format!("{}-reassembly", family.feature()))
}

/// What [`fragmented_pings`] sends is not answered; what comes in one piece is.
pub fn fragmented_pings_not(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    let (address, large) = (board.address.to_string(), LARGE.to_string());
    ping(&address, &["-s", &large, "-c", "3", "-i", "0.01", "-W", "1"], "0 received, 100% packet loss")?;
    ping(&address, &["-c", "3", "-i", "0.01"], "3 received, 0% packet loss")?;
    board.stop().map(|_| ())
}

/// What [`fragmented_datagrams`] sends is not answered; what comes in one piece is.
pub fn fragmented_datagrams_not(setting: &Setting) -> Result<(), Failure> {
    let board = setting.start(&[])?;
    let socket = setting.udp(&board, 7)?;
    echo(&socket, 1, 100)?;
    socket.set_read_timeout(Some(Duration::from_secs(1))).map_err(text)?;
    if echo(&socket, 2, LARGE).is_ok() {
        return Err(format!("{LARGE} bytes came back"));
    }
    echo(&socket, 3, 100)?;
    board.stop().map(|_| ())
}

/// One datagram to the echo and back. Answers to those before may come late.
fn echo(socket: &UdpSocket, seed: u64, len: usize) -> Result<(), Failure> {
    let sent = noise(seed, len);
    socket.send(&sent).map_err(text)?;
    let mut received = vec![0; len + 1];
    loop {
        let came = socket.recv(&mut received).map_err(|error| format!("{len} bytes: {error}"))?;
        if received[..came] == sent {
            return Ok(());
        }
    }
}

/// A board whose link carries 1500 bytes, and a host beyond a link that carries 1280 but is not told so.
fn narrow(setting: &Setting) -> Result<(Board, Beyond), Failure> {
    let host = Beyond::link(NARROW)?;
    // What the host announces as its MSS must not spare the board the discovery.
    host.run(|| {
        namespace::shell(
            "ip route replace default via 10.78.0.1 mtu lock 1280 advmss 1460
            ip route replace default via fd78::1 mtu lock 1280 advmss 1440",
            &[],
        )
    })?;
    let board = match setting.family {
        Family::V4 => {
            namespace::forward()?;
            setting.start(&["--gateway", "10.77.0.1"])?
        }
        Family::V6 => {
            let mut board = slaac::start(setting, &["fd77:1::1/64"], &[])?;
            let router = Daemon::radvd(setting, "prefix fd77:1::/64 { };")?;
            router.with(board.hears("router fe80::", &[]))?;
            if let IpAddr::V6(own) = board.address {
                router.with(board.uses(own))?;
            }
            board
        }
    };
    Ok((board, host))
}

pub fn tcp_through_a_narrow_link(setting: &Setting) -> Result<(), Failure> {
    let (board, host) = narrow(setting)?;
    host.run(|| tcp::round_trip(&board, 3, 1_000_000))?;
    board.stop().map(|_| ())
}

/// The answer to the first datagram may be lost, for it is what finds the path's MTU.
pub fn udp_through_a_narrow_link(setting: &Setting) -> Result<(), Failure> {
    let (board, host) = narrow(setting)?;
    host.run(|| {
        // Connected: a member with temporary addresses (RFC 8981) answers from the stable one that was asked all the same.
        let socket = setting.udp(&board, 7)?;
        socket.set_read_timeout(Some(Duration::from_secs(1))).map_err(text)?;
        let first = (0..5).find(|round| echo(&socket, *round, 1400).is_ok());
        first.ok_or("no datagram of 1400 bytes came back")?;
        (10..30).try_for_each(|round| echo(&socket, round, 1400))
    })?;
    board.stop().map(|_| ())
}
