//! Multicast groups: a bridge of the kernel's asks for members, as a router or a switch does, and keeps what it is told.

use super::{PATIENCE, text};
use crate::board::Member;
use crate::setting::{Family, IPV4, IPV6, Setting};
use lwipgen_tests::namespace;
use lwipgen_tests::{Failure, succeed};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Who joins groups of the version.
pub fn applies(member: &Member, family: Family) -> bool {
    member.has(if family == Family::V4 { "igmp" } else { "mld" })
}

/// Who joins groups of the version, and tells of it in an older version of the protocol alone.
pub fn is_older(member: &Member, family: Family) -> bool {
    member.has(if family == Family::V4 { "igmp-version-v2" } else { "mld-version-v1" })
}

/// RFC 3376, RFC 3810: to one that asks in the newest version.
pub fn are_told_to_a_switch(setting: &Setting) -> Result<(), Failure> {
    told(setting, false)
}

/// RFC 2236, RFC 2710: to one that asks in the older one.
pub fn are_told_to_an_older_switch(setting: &Setting) -> Result<(), Failure> {
    told(setting, true)
}

/// The switch learns of the group, in the version that both speak, and hands its packets to the member alone.
fn told(setting: &Setting, older_switch: bool) -> Result<(), Failure> {
    let [igmp, mld] = if older_switch { ["2", "1"] } else { ["3", "2"] };
    namespace::tap("tap0", setting.member.mtu(), &[])?;
    // It asks every two seconds, for an answer within one; not having heard of a group, it floods.
    namespace::shell(
        "ip link add br0 type bridge mcast_stats_enabled 1 mcast_querier 1 mcast_igmp_version $1 mcast_mld_version $2 \
            mcast_query_interval 200 mcast_startup_query_interval 200 mcast_query_response_interval 100
        cd /proc/sys/net/ipv6/conf/br0
        echo 0 > accept_dad
        echo 0 > router_solicitations
        ip link set tap0 master br0
        ip link set br0 up",
        &[igmp, mld],
    )?;
    namespace::address_on("br0", "10.77.0.1/24")?;
    namespace::address_on("br0", "fd77::1/64")?;
    // Where the kernel sends packets for the group.
    let route = "ip route add $1 dev br0 table local";
    let (own, group, any, option, address): (IpAddr, IpAddr, IpAddr, _, _) = match setting.family {
        Family::V4 => {
            let group = Ipv4Addr::new(239, 77, 0, 7);
            (IPV4.into(), group.into(), Ipv4Addr::UNSPECIFIED.into(), "--ip", format!("{IPV4}/24"))
        }
        Family::V6 => {
            let group = Ipv6Addr::new(0xff05, 0, 0, 0, 0, 0, 0, 0x77);
            (IPV6.into(), group.into(), Ipv6Addr::UNSPECIFIED.into(), "--ip6", format!("{IPV6}/64"))
        }
    };
    namespace::shell(route, &[&format!("multicast {group}")])?;
    let group_text = group.to_string();
    let arguments = ["--tap", "tap0", option, &address, "--join", &group_text];
    let mut board = setting.member.run(own, &arguments)?;
    if setting.family == Family::V6 {
        board.uses(IPV6)?;
    }
    let line = format!("port tap0 grp {group} ");
    let until = Instant::now() + PATIENCE;
    loop {
        let known = succeed(Command::new("bridge").args(["mdb", "show", "dev", "br0"]))?;
        let [older, newest] = reports(setting.family)?;
        // Before it heard the switch ask, a member speaks the newest version that it knows.
        let spoken = match (is_older(&setting.member, setting.family), older_switch) {
            (true, _) => older > 0 && newest == 0,
            (false, true) => older > 0,
            (false, false) => older == 0 && newest > 0,
        };
        if spoken && known.contains(&line) {
            break;
        }
        if Instant::now() > until {
            let heard = format!("{older} reports of the older version, {newest} of the newest");
            return Err(format!("the switch heard {heard}, and knows of\n{known}"));
        }
        sleep(Duration::from_millis(200));
    }
    let answer = || {
        let socket = UdpSocket::bind((any, 0))?;
        socket.set_read_timeout(Some(Duration::from_secs(5)))?;
        socket.send_to(b"to all members", (group, 7))?;
        let mut buffer = [0; 100];
        let (len, from) = socket.recv_from(&mut buffer)?;
        Ok((buffer[..len].to_vec(), from.ip()))
    };
    let answer = answer().map_err(|error: std::io::Error| text(error))?;
    if answer != (b"to all members".to_vec(), own) {
        return Err(format!("another answer: {answer:?}"));
    }
    board.stop().map(|_| ())
}

/// How many reports the switch heard from the member: in the version before the newest, and in the newest.
fn reports(family: Family) -> Result<[u64; 2], Failure> {
    let arguments = ["link", "xstats", "type", "bridge_slave", "dev", "tap0"];
    let heard = succeed(Command::new("ip").args(arguments))?;
    let title = if family == Family::V4 { "IGMP reports:" } else { "MLD reports:" };
    let line = heard.split_once(title).and_then(|(_, behind)| behind.lines().nth(1)).unwrap_or_default();
    let counts: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match counts[..] {
        [.., older, newest] if line.trim().starts_with("RX:") => Ok([older, newest]),
        _ => Err(format!("no counts of reports in\n{heard}")),
    }
}
