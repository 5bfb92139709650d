//! Where answers of UDP come from, on a host with several addresses (RFC 1122 §4.1.3.5).

use super::{noise, reached, text};
use crate::board::{Board, Member};
use crate::setting::{Family, Setting};
use lwipgen_tests::Failure;
use lwipgen_tests::namespace;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::time::Duration;

/// The one of the board's addresses that it does not choose by itself.
const OTHER: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(10, 79, 0, 2)), IpAddr::V6(Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, 3))];

/// Who has several addresses: with IPv4 one on each interface, with IPv6 two beside the link-local one.
fn has_several(member: &Member, family: Family) -> bool {
    match family {
        Family::V4 => member.number("NETIF_COUNT") >= 2,
        Family::V6 => member.number("IPV6_ADDRESSES") >= 3,
    }
}

/// Whose sockets choose.
pub fn is_chosen(member: &Member, family: Family) -> bool {
    has_several(member, family) && member.has("udp-recv-info")
}

/// Whose sockets do not.
pub fn is_not(member: &Member, family: Family) -> bool {
    has_several(member, family) && !member.has("udp-recv-info")
}

fn start(setting: &Setting) -> Result<(Board, IpAddr), Failure> {
    let (arguments, other): (&[&str], _) = match setting.family {
        Family::V4 => (&["--tap", "tap1", "--ip", "10.79.0.2/24"], OTHER[0]),
        Family::V6 => (&["--ip6", "fd77::3/64"], OTHER[1]),
    };
    if setting.family == Family::V4 {
        namespace::tap("tap1", setting.member.mtu(), &[])?;
    }
    let board = setting.start(arguments)?;
    if setting.family == Family::V4 {
        namespace::shell("ip route add 10.79.0.2 via $1", &[&board.address.to_string()])?;
    }
    reached(&other.to_string())?;
    Ok((board, other))
}

/// Asks that address; gives where the answer comes from.
fn answer_from(setting: &Setting, asked: IpAddr) -> Result<IpAddr, Failure> {
    let any = match setting.family {
        Family::V4 => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        Family::V6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let ask = || {
        let socket = UdpSocket::bind((any, 0))?;
        socket.set_read_timeout(Some(Duration::from_secs(5)))?;
        socket.send_to(&noise(1, 100), (asked, 7))?;
        socket.recv_from(&mut [0; 200])
    };
    ask().map(|(_, from)| from.ip()).map_err(text)
}

pub fn answers_from_the_address_asked(setting: &Setting) -> Result<(), Failure> {
    let (board, other) = start(setting)?;
    for asked in [board.address, other] {
        let from = answer_from(setting, asked)?;
        if from != asked {
            return Err(format!("{asked} was asked, {from} answers"));
        }
    }
    board.stop().map(|_| ())
}

/// Without the choice the stack's own first address answers.
pub fn answers_from_another(setting: &Setting) -> Result<(), Failure> {
    let (board, other) = start(setting)?;
    let from = answer_from(setting, other)?;
    if from != board.address {
        return Err(format!("{from} answers, not {}", board.address));
    }
    board.stop().map(|_| ())
}
