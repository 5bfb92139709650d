//! Tells what the stack learns of IPv6: addresses, routers and servers, each when it comes and when it goes.

use lwip::{NetifId, Stack};

/// What was told last.
pub struct Told {
    netifs: Vec<NetifId>,
    lines: Vec<String>,
}

impl Told {
    /// Nothing yet, of these interfaces.
    pub fn new(netifs: Vec<NetifId>) -> Self {
        Self { netifs, lines: Vec::new() }
    }

    /// Tells what has changed.
    pub fn tell(&mut self, stack: &Stack) {
        let known = known(stack, &self.netifs);
        self.lines.iter().filter(|line| !known.contains(line)).for_each(|line| eprintln!("gone: {line}"));
        known.iter().filter(|line| !self.lines.contains(line)).for_each(|line| eprintln!("{line}"));
        self.lines = known;
    }
}

fn known(stack: &Stack, netifs: &[NetifId]) -> Vec<String> {
    let mut lines = Vec::new();
    for netif in netifs {
        lines.extend(stack.ipv6(*netif).map(|(address, state)| format!("address {address} {state:?}")));
        #[cfg(feature = "ipv6-autoconf")]
        {
            let flags = stack.ipv6_router_flags(*netif);
            lines.extend(flags.managed.then(|| "addresses by DHCPv6".to_owned()));
            lines.extend(flags.other.then(|| "settings by DHCPv6".to_owned()));
        }
    }
    #[cfg(feature = "ipv6-autoconf")]
    {
        lines.extend(stack.ipv6_routers().map(|router| format!("router {router}")));
        lines.extend(stack.ipv6_dns_servers().map(|server| format!("DNS server {server}")));
    }
    #[cfg(feature = "nd6-search-list")]
    lines.extend(stack.ipv6_search_list().map(|name| format!("domain {name}")));
    #[cfg(feature = "dhcp6")]
    {
        lines.extend(stack.dhcp6_dns_servers().map(|server| format!("DNS server {server} by DHCPv6")));
        lines.extend(stack.dhcp6_domains().map(|name| format!("domain {name} by DHCPv6")));
    }
    #[cfg(feature = "dhcp6-ntp")]
    lines.extend(stack.dhcp6_ntp_servers().map(|server| format!("time server {server} by DHCPv6")));
    lines
}
