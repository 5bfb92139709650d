//! Rules across options: one table, each rule with its name, its words and its test.

pub(crate) mod nearest;

use crate::diagnostic::{Diagnostic, Diagnostics, Place, Remedy};
use crate::model::{Profile, Size};
use crate::options::Value;
use crate::profile::{Origin, Setting};

/// Something that must hold between options.
#[derive(Debug)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// The options it is about; the first is the likeliest to be wrong.
    pub keys: &'static [&'static str],
    /// The rule in words.
    pub text: &'static str,
    /// Whether a profile keeps it.
    pub holds: fn(&Profile) -> bool,
}

/// All rules. Those of lwIP's `init.c` are marked with the option they stand for there.
pub static RULES: &[Rule] = &[
    // LWIP_IPV4, LWIP_IPV6
    Rule {
        name: "some-ip-version",
        keys: &["ipv4.enabled", "ipv6.enabled"],
        text: "at least one version of IP must be on",
        holds: |p| p.ipv4.enabled || p.ipv6.enabled,
    },
    Rule {
        name: "mtu-carries-ipv6",
        keys: &["netif.mtu", "ipv6.enabled"],
        text: "netif.mtu must be at least 1280 with IPv6 (RFC 8200 section 5)",
        holds: |p| !p.ipv6.enabled || p.netif.mtu >= 1280,
    },
    Rule {
        name: "temporary-addresses-have-room",
        keys: &["ipv6.addresses", "ipv6.temporary"],
        text: "ipv6.addresses must be at least 4 with temporary addresses: link-local, stable, temporary and its successor",
        holds: |p| !temporary(p) || p.ipv6.addresses.get() >= 4,
    },
    Rule {
        name: "temporary-preferred-within-valid",
        keys: &["ipv6.temporary_preferred_s", "ipv6.temporary_valid_s"],
        text: "ipv6.temporary_preferred_s must be at most ipv6.temporary_valid_s",
        holds: |p| !temporary(p) || p.ipv6.temporary_preferred_s <= p.ipv6.temporary_valid_s,
    },
    Rule {
        name: "forwarding-joins-interfaces",
        keys: &["netif.count", "ipv4.forward", "ipv6.forward"],
        text: "netif.count must be at least 2 with ipv4.forward or ipv6.forward",
        holds: |p| p.netif.count.get() >= 2 || !forwards(p),
    },
    Rule {
        name: "reserve-leaves-blocks",
        keys: &["pbuf.reserve", "pbuf.pool_size"],
        text: "pbuf.reserve must be below pbuf.pool_size",
        holds: |p| p.pbuf.reserve < p.pbuf.pool_size,
    },
    Rule {
        name: "pool-holds-a-packet",
        keys: &["pbuf.pool_size", "pbuf.block_size", "netif.mtu"],
        text: "the pool must hold a packet of netif.mtu bytes, 20 bytes to keep it by, and one block for answers",
        holds: |p| blocks(p, packet(p)) < p.pbuf.pool_size.get(),
    },
    Rule {
        name: "tx-queue-holds-a-packet",
        keys: &["netif.tx_queue", "netif.mtu"],
        text: "netif.tx_queue must hold a packet of netif.mtu bytes and 20 bytes to keep it by",
        holds: |p| p.netif.tx_queue.get() >= packet(p),
    },
    Rule {
        name: "loopback-queue-holds-a-packet",
        keys: &["netif.loopback_queue", "netif.mtu"],
        text: "netif.loopback_queue must hold a packet of netif.mtu bytes and 20 bytes to keep it by",
        holds: |p| !p.netif.loopback || p.netif.loopback_queue.get() >= packet(p),
    },
    Rule {
        name: "arp-queue-holds-a-packet",
        keys: &["arp.queue_size", "netif.mtu"],
        text: "arp.queue_size must hold a packet of netif.mtu bytes and 20 bytes to keep it by",
        holds: |p| !p.arp.enabled || p.arp.queue_size.get() >= packet(p),
    },
    Rule {
        name: "nd6-queue-holds-a-packet",
        keys: &["nd6.queue_size", "netif.mtu"],
        text: "nd6.queue_size must hold a packet of netif.mtu bytes and 20 bytes to keep it by",
        holds: |p| !p.nd6.enabled || p.nd6.queue_size.get() >= packet(p),
    },
    Rule {
        name: "udp-queue-holds-a-datagram",
        keys: &["udp.rx_queue", "netif.mtu", "udp.recv_info"],
        text: "udp.rx_queue must hold a datagram of netif.mtu - 28 bytes and 21 bytes to keep it by, 38 with udp.recv_info",
        holds: |p| !p.udp.enabled || p.udp.rx_queue.get() >= datagram(p),
    },
    Rule {
        name: "reassembly-of-some-version",
        keys: &["reassembly.enabled", "ipv4.reassembly", "ipv6.reassembly"],
        text: "reassembly.enabled needs ipv4.reassembly or ipv6.reassembly, of a version that is on",
        holds: |p| {
            let some = (p.ipv4.enabled && p.ipv4.reassembly) || (p.ipv6.enabled && p.ipv6.reassembly);
            !p.reassembly.enabled || some
        },
    },
    // IP_REASS_MAX_PBUFS < PBUF_POOL_SIZE
    Rule {
        name: "reassembly-leaves-blocks",
        keys: &["reassembly.memory", "pbuf.pool_size", "pbuf.block_size"],
        text: "reassembly.memory must be at most three quarters of the pool, or fragments can starve all else",
        holds: |p| {
            let pool = p.pbuf.pool_size.get() * p.pbuf.block_size.get();
            !p.reassembly.enabled || p.reassembly.memory.get() * 4 <= pool * 3
        },
    },
    Rule {
        name: "reassembly-holds-a-datagram",
        keys: &["reassembly.size", "reassembly.memory"],
        text: "reassembly.memory must hold a packet of reassembly.size bytes",
        holds: |p| !p.reassembly.enabled || p.reassembly.size <= p.reassembly.memory,
    },
    Rule {
        name: "pmtu-hears-routers",
        keys: &["pmtu.enabled", "ipv6.enabled", "icmp.enabled", "tcp.enabled"],
        text: "pmtu.enabled needs ipv6.enabled, or tcp.enabled and icmp.enabled",
        holds: |p| !p.pmtu.enabled || p.ipv6.enabled || (p.tcp.enabled && p.icmp.enabled),
    },
    Rule {
        name: "mss-fits-mtu",
        keys: &["tcp.mss", "netif.mtu"],
        text: "tcp.mss must leave 40 bytes of netif.mtu to the IP and TCP headers",
        holds: |p| !p.tcp.enabled || u32::from(p.tcp.mss) + 40 <= u32::from(p.netif.mtu),
    },
    // TCP_WND >= TCP_MSS
    Rule {
        name: "wnd-holds-a-segment",
        keys: &["tcp.wnd", "tcp.mss"],
        text: "tcp.wnd must be at least tcp.mss",
        holds: |p| !p.tcp.enabled || p.tcp.wnd.get() >= u64::from(p.tcp.mss),
    },
    // TCP_SND_BUF >= 2 * TCP_MSS
    Rule {
        name: "snd-buf-holds-two-segments",
        keys: &["tcp.snd_buf", "tcp.mss"],
        text: "tcp.snd_buf must be at least 2 * tcp.mss",
        holds: |p| !p.tcp.enabled || p.tcp.snd_buf.get() >= 2 * u64::from(p.tcp.mss),
    },
    Rule {
        name: "wnd-min-within-wnd",
        keys: &["tcp.wnd_min", "tcp.wnd"],
        text: "tcp.wnd_min must be at most tcp.wnd",
        holds: |p| !p.tcp.enabled || p.tcp.wnd_min <= p.tcp.wnd,
    },
    Rule {
        name: "snd-buf-min-within-snd-buf",
        keys: &["tcp.snd_buf_min", "tcp.snd_buf"],
        text: "tcp.snd_buf_min must be at most tcp.snd_buf",
        holds: |p| !p.tcp.enabled || p.tcp.snd_buf_min <= p.tcp.snd_buf,
    },
    // TCP_WND <= 0xFFFF without LWIP_WND_SCALE
    Rule {
        name: "wnd-needs-scaling",
        keys: &["tcp.wnd", "tcp.wnd_scale"],
        text: "tcp.wnd must be at most 65535 unless tcp.wnd_scale is on",
        holds: |p| !p.tcp.enabled || p.tcp.wnd_scale || p.tcp.wnd.get() <= 0xffff,
    },
    // TCP_WND <= 0xFFFF << TCP_RCV_SCALE
    Rule {
        name: "wnd-fits-shift",
        keys: &["tcp.wnd", "tcp.wnd_shift"],
        text: "tcp.wnd must be at most 65535 * 2^tcp.wnd_shift",
        holds: |p| !scales(p) || p.tcp.wnd.get() <= 0xffff << p.tcp.wnd_shift,
    },
    // (TCP_WND >> TCP_RCV_SCALE) > 0
    Rule {
        name: "wnd-survives-shift",
        keys: &["tcp.wnd_shift", "tcp.wnd_min"],
        text: "tcp.wnd_min must be at least 2^tcp.wnd_shift, or it is advertised as nothing",
        holds: |p| !scales(p) || p.tcp.wnd_min.get() >> p.tcp.wnd_shift > 0,
    },
    // TCP_WND <= PBUF_POOL_SIZE * (PBUF_POOL_BUFSIZE - headers)
    Rule {
        name: "pool-holds-a-window",
        keys: &["pbuf.pool_size", "tcp.wnd", "tcp.mss", "tcp.snd_buf_min", "pbuf.reserve", "pbuf.block_size"],
        text: "the pool must hold, beside pbuf.reserve, one connection's tcp.wnd and tcp.snd_buf_min",
        holds: |p| !p.tcp.enabled || pool_holds(p, p.tcp.wnd, p.tcp.snd_buf_min),
    },
    Rule {
        name: "pool-holds-a-send-queue",
        keys: &["pbuf.pool_size", "tcp.snd_buf", "tcp.mss", "tcp.wnd_min", "pbuf.reserve", "pbuf.block_size"],
        text: "the pool must hold, beside pbuf.reserve, one connection's tcp.snd_buf and tcp.wnd_min",
        holds: |p| !p.tcp.enabled || pool_holds(p, p.tcp.snd_buf, p.tcp.wnd_min),
    },
    Rule {
        name: "rto-min-within-initial",
        keys: &["tcp.rto_min_ms", "tcp.rto_initial_ms"],
        text: "tcp.rto_min_ms must be at most tcp.rto_initial_ms",
        holds: |p| !p.tcp.enabled || p.tcp.rto_min_ms <= p.tcp.rto_initial_ms,
    },
    Rule {
        name: "rto-initial-within-max",
        keys: &["tcp.rto_initial_ms", "tcp.rto_max_ms"],
        text: "tcp.rto_initial_ms must be at most tcp.rto_max_ms",
        holds: |p| !p.tcp.enabled || p.tcp.rto_initial_ms <= p.tcp.rto_max_ms,
    },
    Rule {
        name: "keepalive-within-clock",
        keys: &["tcp.keepalive_idle_ms", "tcp.keepalive_interval_ms", "tcp.keepalive_count"],
        text: "tcp.keepalive_idle_ms and tcp.keepalive_count intervals must stay below 2^31 ms, half of the clock",
        holds: |p| !p.tcp.enabled || !p.tcp.keepalive || keepalive_ms(p) < 1 << 31,
    },
];

/// Checks every rule whose options have the values that were written.
///
/// `what_if` gives the profile with one value changed, so that the nearest valid value can be searched for.
pub(crate) fn check(
    settings: &[Setting],
    profile: &Profile,
    start: &Place,
    what_if: &dyn Fn(&str, Value) -> Option<Profile>,
    errors: &mut Diagnostics,
) {
    for rule in RULES.iter().filter(|rule| !(rule.holds)(profile)) {
        let mut about: Vec<&Setting> = rule.keys.iter().filter_map(|key| find(settings, key)).collect();
        if about.iter().any(|setting| !setting.sound) {
            continue;
        }
        let values: Vec<String> = about.iter().map(|s| format!("{} = {}", s.option.key, s.value)).collect();
        about.sort_by_key(|setting| rank(&setting.origin));
        let place = about.first().and_then(|setting| setting.origin.place()).unwrap_or(start);
        let improves = |candidate: &Profile| {
            (rule.holds)(candidate)
                && RULES.iter().all(|other| !(other.holds)(profile) || (other.holds)(candidate))
        };
        let nearest = about.iter().find_map(|setting| {
            nearest::value(setting, &|value| {
                what_if(&setting.option.key, value).is_some_and(|p| improves(&p))
            })
            .map(|value| Remedy {
                key: setting.option.key.clone(),
                value: value.to_string(),
                rule: rule.text,
            })
        });
        let hint =
            nearest.as_ref().map(|near| format!("; nearest valid value: {} = {}", near.key, near.value));
        let message =
            format!("{}: {}{} [rule {}]", rule.text, values.join(", "), hint.unwrap_or_default(), rule.name);
        errors.push(Diagnostic { remedy: nearest, ..Diagnostic::new(place.clone(), message) });
    }
}

/// The setting that spoke last is the one to point at.
fn rank(origin: &Origin) -> u8 {
    match origin {
        Origin::CommandLine(_) => 0,
        Origin::Profile(_) => 1,
        Origin::Inherited(_) => 2,
        Origin::Default => 3,
    }
}

fn find<'a>(settings: &'a [Setting], key: &str) -> Option<&'a Setting> {
    settings.iter().find(|setting| setting.option.key == key)
}

/// A packet in a queue: behind it stand its next hop or sender, its kind and its length.
fn packet(p: &Profile) -> u64 {
    u64::from(p.netif.mtu) + 20
}

/// A datagram in a socket's queue: in front of it stand its sender, its length, and what else is told of it.
fn datagram(p: &Profile) -> u64 {
    u64::from(p.netif.mtu) - 28 + if p.udp.recv_info { 38 } else { 21 }
}

fn temporary(p: &Profile) -> bool {
    p.ipv6.enabled && p.nd6.enabled && p.ipv6.autoconf && p.ipv6.temporary
}

fn forwards(p: &Profile) -> bool {
    (p.ipv4.enabled && p.ipv4.forward) || (p.ipv6.enabled && p.ipv6.forward)
}

fn scales(p: &Profile) -> bool {
    p.tcp.enabled && p.tcp.wnd_scale
}

fn blocks(p: &Profile, bytes: u64) -> u64 {
    bytes.div_ceil(p.pbuf.block_size.get())
}

fn pool_holds(p: &Profile, one_way: Size, other_way: Size) -> bool {
    let needed = blocks(p, one_way.get()) + blocks(p, other_way.get()) + p.pbuf.reserve.get();
    needed <= p.pbuf.pool_size.get()
}

fn keepalive_ms(p: &Profile) -> u64 {
    let probes = u64::from(p.tcp.keepalive_interval_ms) * u64::from(p.tcp.keepalive_count);
    u64::from(p.tcp.keepalive_idle_ms) + probes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::options;

    #[test]
    fn rules_are_about_options_that_exist_and_have_names_of_their_own() {
        for (index, rule) in RULES.iter().enumerate() {
            assert!(rule.keys.iter().all(|key| options().get(key).is_some()), "{}", rule.name);
            assert!(RULES[..index].iter().all(|other| other.name != rule.name), "{}", rule.name);
        }
    }
}
