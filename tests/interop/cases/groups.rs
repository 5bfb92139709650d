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

/// RFC 3376, RFC 3810: in the newest version.
pub fn are_told_to_a_switch(setting: &Setting) -> Result<(), Failure> {
    told(setting, ["3", "2"])
}

/// RFC 2236, RFC 2710: in the older one.
pub fn are_told_to_an_older_switch(setting: &Setting) -> Result<(), Failure> {
    told(setting, ["2", "1"])
}

/// The switch learns of the group, and hands its packets to the member alone.
fn told(setting: &Setting, [igmp, mld]: [&str; 2]) -> Result<(), Failure> {
    namespace::tap("tap0", setting.member.mtu(), &[])?;
    // It asks every two seconds, for an answer within one; not having heard of a group, it floods.
    namespace::shell(
        "ip link add br0 type bridge mcast_querier 1 mcast_igmp_version $1 mcast_mld_version $2 \
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
        if known.contains(&line) {
            break;
        }
        if Instant::now() > until {
            return Err(format!("the switch knows of\n{known}"));
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
