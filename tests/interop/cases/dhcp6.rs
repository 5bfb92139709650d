//! Settings from a server of DHCPv6: dnsmasq on the kernel's end, whose routers say that there is one (RFC 8415 §6.1).

use super::slaac;
use crate::board::Member;
use crate::routers::Daemon;
use crate::setting::{Family, Setting};
use lwipgen_tests::Failure;

/// Who asks such servers.
pub fn applies(member: &Member, family: Family) -> bool {
    family == Family::V6 && member.has("dhcp6") && slaac::applies(member, family)
}

/// RFC 3646: servers and domains; RFC 4861 §4.2: the O flag without the M flag.
pub fn servers_are_learned(setting: &Setting) -> Result<(), Failure> {
    let board = slaac::start(setting, &["fd77:1::1/64"], &["--dhcp6"])?;
    let server = Daemon::dnsmasq(
        setting,
        "dhcp-range=fd77:1::,ra-stateless
        dhcp-option=option6:dns-server,[fd77:1::53],[fd77:1::54]
        dhcp-option=option6:domain-search,example.test
        dhcp-option=option6:sntp-server,[fd77:1::123]",
    )?;
    server.with(board.says("settings by DHCPv6"))?;
    for told in ["DNS server fd77:1::53", "DNS server fd77:1::54", "domain example.test"] {
        server.with(board.says(&format!("{told} by DHCPv6")))?;
    }
    if setting.member.has("dhcp6-ntp") {
        server.with(board.says("time server fd77:1::123 by DHCPv6"))?;
    }
    server.with(board.silent_about("addresses by DHCPv6"))?;
    board.stop().map(|_| ())
}
