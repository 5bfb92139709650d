//! Addresses and servers from a router: radvd on the kernel's end (RFC 4861, RFC 4862, RFC 8106).

use super::{ping, reached, tcp};
use crate::board::{Board, Member};
use crate::routers::Daemon;
use crate::setting::{Family, Setting};
use lwipgen_tests::Failure;
use lwipgen_tests::namespace::{self, Beyond};
use std::net::{IpAddr, Ipv6Addr};
use std::thread::sleep;
use std::time::Duration;

/// The kernel's addresses in the prefixes that its router tells of.
const OLD: &str = "fd77:1::1/64";
const NEW: &str = "fd77:2::1/64";
/// The board's, made from the hardware address 02:00:00:00:00:02 (RFC 4291 appendix A).
const OLD_OWN: Ipv6Addr = Ipv6Addr::new(0xfd77, 1, 0, 0, 0, 0xff, 0xfe00, 2);
const NEW_OWN: Ipv6Addr = Ipv6Addr::new(0xfd77, 2, 0, 0, 0, 0xff, 0xfe00, 2);
const LINK_LOCAL: &str = "fe80::ff:fe00:2%tap0";

/// What the old prefix is told with.
const PREFIX: &str = "prefix fd77:1::/64 { AdvValidLifetime 600; AdvPreferredLifetime 300; };";

/// Who makes addresses by itself.
pub fn applies(member: &Member, family: Family) -> bool {
    family == Family::V6 && member.has("ipv6-autoconf")
}

/// A board that has nothing but what routers tell it.
pub fn start(setting: &Setting, kernel: &[&str], arguments: &[&str]) -> Result<Board, Failure> {
    namespace::tap("tap0", setting.member.mtu(), kernel)?;
    namespace::forward()?;
    let own = ["--tap", "tap0", "--mac", "02:00:00:00:00:02", "--slaac"];
    setting.member.run(IpAddr::V6(OLD_OWN), &[&own, arguments].concat())
}

/// Who has IPv6 and does not.
pub fn is_off(member: &Member, family: Family) -> bool {
    family == Family::V6 && !member.has("ipv6-autoconf")
}

/// RFC 4862 §5.5.3 is not done: no prefix that a router tells makes an address; the link-local one answers.
pub fn not(setting: &Setting) -> Result<(), Failure> {
    namespace::tap("tap0", setting.member.mtu(), &[OLD])?;
    namespace::forward()?;
    let board = setting.member.run(IpAddr::V6(OLD_OWN), &["--tap", "tap0", "--mac", "02:00:00:00:00:02"])?;
    let router = Daemon::radvd(setting, PREFIX)?;
    reached(LINK_LOCAL)?;
    // One that is not asked tells within four seconds.
    sleep(Duration::from_secs(6));
    router.with(board.silent_about("fd77:1:"))?;
    ping(&OLD_OWN.to_string(), &["-c", "3", "-i", "0.1", "-W", "1"], "0 received")?;
    board.stop().map(|_| ())
}

/// Whose addresses do not tell the hardware address.
pub fn is_opaque(member: &Member, family: Family) -> bool {
    applies(member, family) && member.has("ipv6-interface-id-opaque")
}

/// RFC 7217 §5: an address is the same after a restart with the same secret, and another with another one.
pub fn identifier_is_stable(setting: &Setting) -> Result<(), Failure> {
    namespace::tap("tap0", setting.member.mtu(), &[OLD])?;
    namespace::forward()?;
    let router = Daemon::radvd(setting, PREFIX)?;
    let address = |secret: Option<&str>| {
        let own = ["--tap", "tap0", "--mac", "02:00:00:00:00:02", "--slaac"];
        let secret = secret.map(|secret| ["--ip6-secret", secret]);
        let arguments = [&own[..], secret.as_ref().map_or(&[], |secret| &secret[..])].concat();
        let mut board = setting.member.run(IpAddr::V6(OLD_OWN), &arguments)?;
        let found = router.with(board.finds("address fd77:1:", "Preferred"))?;
        let address = found.split(' ').nth(1).and_then(|address| address.parse().ok());
        let address: Ipv6Addr = address.ok_or_else(|| format!("no address in `{found}`"))?;
        speaks(setting, &mut board, address)?;
        board.stop().map(|_| address)
    };
    let secrets = ["000102030405060708090a0b0c0d0e0f", "100102030405060708090a0b0c0d0e0f"];
    let with = address(Some(secrets[0]))?;
    let (again, other, without) = (address(Some(secrets[0]))?, address(Some(secrets[1]))?, address(None)?);
    if with != again || [other, without, OLD_OWN].contains(&with) || other == without {
        return Err(format!("{with}, again {again}, with another secret {other}, without one {without}"));
    }
    Ok(())
}

fn speaks(setting: &Setting, board: &mut Board, address: Ipv6Addr) -> Result<(), Failure> {
    board.address = IpAddr::V6(address);
    ping(&board.address.to_string(), &["-c", "20", "-i", "0.01"], "20 received, 0% packet loss")?;
    if setting.member.has("tcp") { tcp::round_trip(board, 1, 100_000) } else { Ok(()) }
}

pub fn address_and_servers_are_used(setting: &Setting) -> Result<(), Failure> {
    let mut board = start(setting, &[OLD], &[])?;
    let router = Daemon::radvd(setting, &format!("{PREFIX} RDNSS fd77:1::53 {{ }};"))?;
    router.with(board.hears("DNS server fd77:1::53", &[]))?;
    router.with(board.uses(OLD_OWN))?;
    speaks(setting, &mut board, OLD_OWN)?;
    board.stop().map(|_| ())
}

/// RFC 4862 §5.4.5: what another station has is not used; the link-local address is.
pub fn duplicate_is_found(setting: &Setting) -> Result<(), Failure> {
    let mut board = start(setting, &[OLD, &format!("{OLD_OWN}/64")], &[])?;
    let router = Daemon::radvd(setting, PREFIX)?;
    router.with(board.hears(&format!("{OLD_OWN} "), &["Duplicate"]))?;
    ping(LINK_LOCAL, &["-c", "3", "-i", "0.1"], "3 received, 0% packet loss")?;
    board.stop().map(|_| ())
}

/// RFC 4861 §6.3.4: a router that takes its leave is none any more; the link's own stations are still reached.
pub fn router_takes_its_leave(setting: &Setting) -> Result<(), Failure> {
    let host = Beyond::link(1500)?;
    let mut board = start(setting, &[OLD], &[])?;
    let router = Daemon::radvd(setting, PREFIX)?;
    router.with(board.hears("router fe80::", &[]))?;
    router.with(board.uses(OLD_OWN))?;
    let own = OLD_OWN.to_string();
    let beyond = |answers: &str| host.run(|| ping(&own, &["-c", "3", "-i", "0.1", "-W", "1"], answers));
    beyond("3 received, 0% packet loss")?;
    // Its last words have a lifetime of 0.
    router.stop()?;
    board.hears("gone: router fe80::", &[])?;
    beyond("0 received, 100% packet loss")?;
    ping(&own, &["-c", "3", "-i", "0.1"], "3 received, 0% packet loss")?;
    board.stop().map(|_| ())
}

/// RFC 4862 §5.5.3, §5.5.4: the old address is deprecated, serves until its lifetime ends, and goes; the new one is
/// used meanwhile.
pub fn network_is_renumbered(setting: &Setting) -> Result<(), Failure> {
    let mut board = start(setting, &[OLD, NEW], &[])?;
    let lasting = "prefix fd77:1::/64 { AdvValidLifetime 12; AdvPreferredLifetime 10; };";
    let router = Daemon::radvd(setting, lasting)?;
    router.with(board.uses(OLD_OWN))?;
    speaks(setting, &mut board, OLD_OWN)?;
    router.change(
        "prefix fd77:1::/64 { AdvValidLifetime 12; AdvPreferredLifetime 0; };
        prefix fd77:2::/64 { AdvValidLifetime 600; AdvPreferredLifetime 300; };",
    )?;
    router.with(board.hears(&format!("{OLD_OWN} "), &["Deprecated"]))?;
    speaks(setting, &mut board, OLD_OWN)?;
    router.with(board.uses(NEW_OWN))?;
    speaks(setting, &mut board, NEW_OWN)?;
    router.change("prefix fd77:2::/64 { AdvValidLifetime 600; AdvPreferredLifetime 300; };")?;
    router.with(board.hears(&format!("gone: address {OLD_OWN} "), &["Deprecated"]))?;
    speaks(setting, &mut board, NEW_OWN)?;
    board.stop().map(|_| ())
}
