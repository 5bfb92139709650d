//! Every option of the stack: one field each. Its type is the widget, its doc comment the help, its schema
//! attributes the default, the range and the names it bears elsewhere; everything else is derived from here.
//!
//! | attribute | meaning |
//! |---|---|
//! | `range(…)`, `"multipleOf"` | numbers that are allowed |
//! | `"default"` | the default; text for a `Size` is an expression over other options |
//! | `"x-needs"` | options that must be on for this one to select anything; a group needs its own `enabled` anyway |
//! | `"x-unit"` | unit of the number |
//! | `"x-lwip"`, `"x-esp-idf"` | its name in lwIP and in ESP-IDF |
//! | `"x-why"` | why the default is not ESP-IDF's |
//! | `"x-audit"` | values that weaken a profile (`false`, `<3`, `>60`), each with what it weakens and why |
//! | `"x-yields"` | `lwipgen fit` may change it to make room for another option |

mod number;

pub use number::{Count, Size};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one product needs of its stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    /// What the profile is for, in one sentence.
    #[schemars(extend("default" = ""))]
    pub description: String,
    /// Where the blocks of the pool live.
    #[schemars(extend("default" = "static", "x-lwip" = "MEMP_MEM_MALLOC"))]
    pub memory: Memory,
    /// When the stack asks to be woken.
    #[schemars(extend("default" = "on-demand", "x-esp-idf" = "CONFIG_LWIP_TIMERS_ONDEMAND"))]
    pub timers: Timers,
    /// The pool of blocks that holds every queued byte.
    pub pbuf: Pbuf,
    /// Network interfaces.
    pub netif: Netif,
    /// Drivers of other projects that the stack can be put on.
    pub driver: Driver,
    /// Ethernet framing.
    pub ethernet: Ethernet,
    /// Address resolution for IPv4 on Ethernet (RFC 826).
    pub arp: Arp,
    /// The Internet Protocol, version 4 (RFC 791).
    pub ipv4: Ipv4,
    /// Control messages for IPv4 (RFC 792).
    pub icmp: Icmp,
    /// Multicast groups over IPv4 (RFC 3376).
    pub igmp: Igmp,
    /// The Internet Protocol, version 6 (RFC 8200), with its control messages (RFC 4443).
    pub ipv6: Ipv6,
    /// Neighbours and routers of IPv6 (RFC 4861).
    pub nd6: Nd6,
    /// Packets that come in fragments, of both versions of IP.
    pub reassembly: Reassembly,
    /// Multicast groups over IPv6 (RFC 3810).
    pub mld: Mld,
    /// Path MTUs: what routers say of paths that take less than the link (RFC 1191, RFC 8201).
    pub pmtu: Pmtu,
    /// Datagrams (RFC 768).
    pub udp: Udp,
    /// Settings from servers of IPv6 (RFC 8415), without addresses.
    pub dhcp6: Dhcp6,
    /// Connections (RFC 9293).
    pub tcp: Tcp,
    /// Places where the application is asked before the stack goes on; without any, nothing of them is compiled.
    pub hooks: Hooks,
    /// Checksums computed in software; what is off is left to the hardware.
    pub checksum: Checksum,
    /// Counters of packets, errors and the pool's high-water mark.
    pub stats: Stats,
}

/// Where the blocks of the pool live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Memory {
    /// Inside the `Stack` value.
    Static,
    /// Each block comes from the global allocator when it is needed and goes back afterwards.
    Heap,
    /// In a region that the application hands over.
    Arena,
}

/// When the stack asks to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Timers {
    /// At the next deadline of something pending; an idle stack is never woken.
    OnDemand,
    /// At lwIP's fixed ticks.
    Periodic,
}

/// The pool of blocks that holds every queued byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pbuf {
    /// Blocks in the pool.
    #[schemars(range(min = 4, max = 65534))]
    #[schemars(extend("default" = 32, "x-unit" = "blocks", "x-lwip" = "PBUF_POOL_SIZE"))]
    #[schemars(extend("x-yields" = true))]
    pub pool_size: Count,
    /// Bytes of data in a block.
    #[schemars(range(min = 64, max = 2048))]
    #[schemars(extend("default" = 512, "multipleOf" = 4, "x-unit" = "bytes", "x-lwip" = "PBUF_POOL_BUFSIZE"))]
    #[schemars(extend("x-why" = "small blocks waste less on short packets"))]
    pub block_size: Size,
    /// Blocks that TCP may not promise: kept for the stack's own packets and for datagrams.
    #[schemars(range(min = 1, max = 65533))]
    #[schemars(extend("default" = 2, "x-unit" = "blocks"))]
    #[schemars(extend("x-audit" = {
        "<2": "robustness: connections can take nearly all blocks, and then nothing is answered"
    }))]
    pub reserve: Count,
}

/// Network interfaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Netif {
    /// Interfaces of the stack.
    #[schemars(range(min = 1, max = 8))]
    #[schemars(extend("default" = 1, "x-unit" = "interfaces"))]
    pub count: Count,
    /// Largest IP packet that goes out or comes in.
    #[schemars(range(min = 576, max = 1500))]
    #[schemars(extend("default" = 1500, "x-unit" = "bytes"))]
    pub mtu: u16,
    /// Bytes of packets that may wait for the driver, for the whole stack.
    #[schemars(extend("default" = "4 KiB", "x-unit" = "bytes"))]
    pub tx_queue: Size,
    /// Whether packets for the stack's own addresses, 127.0.0.0/8 and ::1 come back without a driver.
    #[schemars(extend("default" = true))]
    #[schemars(extend("x-lwip" = "LWIP_NETIF_LOOPBACK", "x-esp-idf" = "CONFIG_LWIP_NETIF_LOOPBACK"))]
    pub loopback: bool,
    /// Bytes of packets that may wait to come back.
    #[schemars(extend("default" = "4 KiB", "x-needs" = ["netif.loopback"], "x-unit" = "bytes"))]
    #[schemars(extend("x-lwip" = "LWIP_LOOPBACK_MAX_PBUFS", "x-esp-idf" = "CONFIG_LWIP_LOOPBACK_MAX_PBUFS"))]
    pub loopback_queue: Size,
    /// Whether a socket can be bound to one interface (`SO_BINDTODEVICE`).
    #[schemars(extend("default" = false, "x-why" = "it says nothing where there is one interface"))]
    pub bind: bool,
}

/// Drivers of other projects that the stack can be put on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Driver {
    /// Whether interfaces can lie on drivers of embassy-net: Wi-Fi of esp-radio, W5500, ENC28J60, CYW43 and more.
    #[schemars(extend("default" = false))]
    pub embassy: bool,
}

/// Ethernet framing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ethernet {
    /// Whether frames are Ethernet frames; off means bare IP packets.
    #[schemars(extend("default" = true, "x-lwip" = "LWIP_ETHERNET"))]
    pub enabled: bool,
}

/// Address resolution for IPv4 on Ethernet (RFC 826).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Arp {
    /// Whether neighbours are resolved by ARP.
    #[schemars(extend("default" = true, "x-needs" = ["ethernet.enabled", "ipv4.enabled"], "x-lwip" = "LWIP_ARP"))]
    pub enabled: bool,
    /// Neighbours that are remembered.
    #[schemars(range(min = 1, max = 127))]
    #[schemars(extend("default" = 10, "x-unit" = "neighbours", "x-lwip" = "ARP_TABLE_SIZE"))]
    #[schemars(extend("x-audit" = {
        "<4": "security: a few forged packets push out neighbours that are in use"
    }))]
    pub table_size: Count,
    /// Bytes of packets that may wait for one neighbour's address.
    #[schemars(extend("default" = 1536, "x-unit" = "bytes", "x-lwip" = "ARP_QUEUE_LEN"))]
    pub queue_size: Size,
    /// How long a neighbour is remembered without being confirmed.
    #[schemars(range(min = 1))]
    #[schemars(extend("default" = 300, "x-unit" = "s", "x-lwip" = "ARP_MAXAGE"))]
    #[schemars(extend("x-audit" = {
        ">3600": "robustness: a neighbour whose hardware was exchanged stays unreachable for that long"
    }))]
    pub max_age_s: u16,
    /// Requests that are sent before a neighbour counts as unreachable.
    #[schemars(range(min = 1, max = 16))]
    #[schemars(extend("default" = 3, "x-unit" = "requests"))]
    #[schemars(extend("x-audit" = { "<2": "robustness: one lost request makes a neighbour unreachable" }))]
    pub retries: u8,
    /// Time between two requests for the same neighbour.
    #[schemars(range(min = 50, max = 60000))]
    #[schemars(extend("default" = 1000, "x-unit" = "ms"))]
    pub retrans_ms: u32,
    /// Whether an interface announces its address when it comes up.
    #[schemars(extend("default" = true, "x-esp-idf" = "CONFIG_LWIP_ESP_GRATUITOUS_ARP"))]
    #[schemars(extend("x-audit" = {
        "false": "robustness: neighbours keep an address that is no longer right"
    }))]
    pub gratuitous: bool,
}

/// The Internet Protocol, version 4 (RFC 791).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ipv4 {
    /// Whether the stack speaks IPv4.
    #[schemars(extend("default" = true, "x-lwip" = "LWIP_IPV4", "x-esp-idf" = "CONFIG_LWIP_IPV4"))]
    pub enabled: bool,
    /// Time to live of packets that the stack sends.
    #[schemars(range(min = 1))]
    #[schemars(extend("default" = 64, "x-unit" = "hops"))]
    #[schemars(extend("x-lwip" = "IP_DEFAULT_TTL", "x-esp-idf" = "CONFIG_LWIP_IP_DEFAULT_TTL"))]
    #[schemars(extend("x-audit" = { "<32": "robustness: distant hosts are not reached" }))]
    pub ttl: u8,
    /// Whether packets for others are passed on from one interface to another (RFC 1812).
    #[schemars(extend("default" = false, "x-lwip" = "IP_FORWARD", "x-esp-idf" = "CONFIG_LWIP_IP_FORWARD"))]
    #[schemars(extend("x-audit" = {
        "true": "security: the node joins networks that may be meant to be apart"
    }))]
    pub forward: bool,
    /// Whether packets that are too large for a link are sent in fragments (RFC 791 section 2.3).
    #[schemars(extend("default" = false, "x-lwip" = "IP_FRAG", "x-esp-idf" = "CONFIG_LWIP_IP4_FRAG"))]
    #[schemars(extend("x-why" = "fragments are paid for only where something large is sent"))]
    pub fragmentation: bool,
    /// Whether packets that come in fragments are put together (RFC 1122 section 3.3.2).
    #[schemars(extend("default" = true, "x-needs" = ["reassembly.enabled"]))]
    #[schemars(extend("x-lwip" = "IP_REASSEMBLY", "x-esp-idf" = "CONFIG_LWIP_IP4_REASSEMBLY"))]
    pub reassembly: bool,
    /// How long the fragments of a packet are collected.
    #[schemars(range(min = 1, max = 600))]
    #[schemars(extend("default" = 3, "x-needs" = ["ipv4.reassembly"], "x-unit" = "s"))]
    #[schemars(extend("x-lwip" = "IP_REASS_MAXAGE"))]
    #[schemars(extend("x-audit" = {
        ">60": "security: fragments that lead to nothing hold memory for that long"
    }))]
    pub reassembly_timeout_s: u16,
}

/// Control messages for IPv4 (RFC 792).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Icmp {
    /// Whether the stack speaks ICMP.
    #[schemars(extend("default" = true, "x-needs" = ["ipv4.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_ICMP", "x-esp-idf" = "CONFIG_LWIP_ICMP"))]
    pub enabled: bool,
    /// Whether echo requests (ping) are answered.
    #[schemars(extend("default" = true))]
    pub echo: bool,
    /// Whether datagrams for a closed port are answered with "port unreachable".
    #[schemars(extend("default" = true))]
    pub unreachable: bool,
    /// ICMP errors that may be sent in a second (RFC 1812 §4.3.2.8).
    #[schemars(range(min = 1))]
    #[schemars(extend("default" = 10, "x-unit" = "per second"))]
    #[schemars(extend("x-audit" = {
        ">100": "security: the node can be made to flood somebody else with errors"
    }))]
    pub error_rate: u16,
}

/// Multicast groups over IPv4 (RFC 3376).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Igmp {
    /// Whether groups can be joined, which routers and switches are told by IGMP.
    #[schemars(extend("default" = false, "x-needs" = ["ipv4.enabled"], "x-lwip" = "LWIP_IGMP"))]
    #[schemars(extend("x-why" = "few nodes join a group over IPv4"))]
    pub enabled: bool,
    /// Groups that applications may be in, over all interfaces; 224.0.0.1 takes no room.
    #[schemars(range(min = 1, max = 127))]
    #[schemars(extend("default" = 8, "x-unit" = "groups", "x-lwip" = "MEMP_NUM_IGMP_GROUP"))]
    pub groups: Count,
    /// The version that is spoken. The newest also speaks the older ones, to routers and switches that ask in them.
    #[schemars(extend("default" = "v3"))]
    #[schemars(extend("x-why" = "routers and switches are understood, whichever version they speak; lwIP has version 2 alone"))]
    pub version: IgmpVersion,
}

/// The version of IGMP that is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IgmpVersion {
    /// Version 2 (RFC 2236), as lwIP does: each group has a report of its own, one member's is enough for the router.
    /// Routers that ask in version 1 are told in it, and queries of version 3 are read as far as version 2 knows them.
    V2,
    /// Version 3 (RFC 3376): one report tells of all groups.
    V3,
}

/// The Internet Protocol, version 6 (RFC 8200), with its control messages (RFC 4443).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ipv6 {
    /// Whether the stack speaks IPv6.
    #[schemars(extend("default" = false, "x-lwip" = "LWIP_IPV6", "x-esp-idf" = "CONFIG_LWIP_IPV6"))]
    #[schemars(extend("x-why" = "a second version of IP is paid for only where it is asked for"))]
    pub enabled: bool,
    /// Addresses that each interface can have, the link-local one among them.
    #[schemars(range(min = 1, max = 16))]
    #[schemars(extend("default" = 3, "x-unit" = "addresses"))]
    #[schemars(extend("x-lwip" = "LWIP_IPV6_NUM_ADDRESSES", "x-esp-idf" = "CONFIG_LWIP_IPV6_NUM_ADDRESSES"))]
    pub addresses: Count,
    /// Hop limit of packets that the stack sends.
    #[schemars(range(min = 1))]
    #[schemars(extend("default" = 64, "x-unit" = "hops"))]
    pub hop_limit: u8,
    /// Whether packets for others are passed on from one interface to another (RFC 8200).
    #[schemars(extend("default" = false))]
    #[schemars(extend("x-lwip" = "LWIP_IPV6_FORWARD", "x-esp-idf" = "CONFIG_LWIP_IPV6_FORWARD"))]
    #[schemars(extend("x-audit" = {
        "true": "security: the node joins networks that may be meant to be apart"
    }))]
    pub forward: bool,
    /// Whether interfaces make addresses from the prefixes that routers advertise (RFC 4862).
    #[schemars(extend("default" = true, "x-needs" = ["nd6.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_IPV6_AUTOCONFIG", "x-esp-idf" = "CONFIG_LWIP_IPV6_AUTOCONFIG"))]
    #[schemars(extend("x-why" = "an interface without a configured address is of no use beyond its link"))]
    pub autoconf: bool,
    /// What the lower half of an address is made from; by the hardware address a node is known wherever it goes (RFC 8064).
    #[schemars(extend("default" = "eui64"))]
    pub interface_id: InterfaceId,
    /// Whether interfaces also make addresses for a while only, and prefer to send from them (RFC 8981).
    #[schemars(extend("default" = false, "x-needs" = ["ipv6.autoconf"]))]
    pub temporary: bool,
    /// How long a temporary address lasts.
    #[schemars(range(min = 600, max = 2_073_600))]
    #[schemars(extend("default" = 172_800, "x-needs" = ["ipv6.temporary"], "x-unit" = "s"))]
    #[schemars(extend("x-audit" = { ">604800": "security: whoever watches can follow the node for that long" }))]
    pub temporary_valid_s: u32,
    /// How long a temporary address is preferred, before chance shortens it by up to two fifths.
    #[schemars(range(min = 600, max = 2_073_600))]
    #[schemars(extend("default" = 86_400, "x-needs" = ["ipv6.temporary"], "x-unit" = "s"))]
    pub temporary_preferred_s: u32,
    /// Solicitations that look for another station with a new address; none to use it unchecked.
    #[schemars(range(max = 7))]
    #[schemars(extend("default" = 1, "x-unit" = "solicitations", "x-lwip" = "LWIP_IPV6_DUP_DETECT_ATTEMPTS"))]
    #[schemars(extend("x-esp-idf" = "CONFIG_LWIP_IPV6_DUP_DETECT_ATTEMPTS"))]
    #[schemars(extend("x-audit" = { "<1": "robustness: two stations can use one address, unnoticed" }))]
    pub dad_attempts: u8,
    /// ICMPv6 errors that the stack sends in a second at most.
    #[schemars(extend("default" = 10, "x-unit" = "per second"))]
    #[schemars(extend("x-audit" = {
        ">100": "security: the node can be made to flood somebody else with errors"
    }))]
    pub error_rate: u16,
    /// Whether packets that are too large for a path are sent in fragments (RFC 8200 section 4.5).
    #[schemars(extend("default" = false, "x-lwip" = "LWIP_IPV6_FRAG", "x-esp-idf" = "CONFIG_LWIP_IP6_FRAG"))]
    #[schemars(extend("x-why" = "fragments are paid for only where something large is sent"))]
    pub fragmentation: bool,
    /// Whether packets that come in fragments are put together (RFC 8200 section 4.5).
    #[schemars(extend("default" = true, "x-needs" = ["reassembly.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_IPV6_REASS", "x-esp-idf" = "CONFIG_LWIP_IP6_REASSEMBLY"))]
    pub reassembly: bool,
    /// How long the fragments of a packet are collected.
    #[schemars(range(min = 1, max = 600))]
    #[schemars(extend("default" = 60, "x-needs" = ["ipv6.reassembly"], "x-unit" = "s"))]
    #[schemars(extend("x-lwip" = "IPV6_REASS_MAXAGE"))]
    #[schemars(extend("x-audit" = {
        ">60": "security: fragments that lead to nothing hold memory for that long"
    }))]
    pub reassembly_timeout_s: u16,
}

/// Packets that come in fragments, of both versions of IP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reassembly {
    /// Whether packets that come in fragments are put together.
    #[schemars(extend("default" = false))]
    pub enabled: bool,
    /// Packets that can be put together at once; what is new pushes out the oldest.
    #[schemars(range(min = 1, max = 64))]
    #[schemars(extend("default" = 3, "x-unit" = "packets", "x-lwip" = "MEMP_NUM_REASSDATA"))]
    #[schemars(extend("x-why" = "each has a place of its own, and few come at once"))]
    pub datagrams: Count,
    /// Bytes of the longest packet that is put together, without its IP header.
    #[schemars(range(min = 1500, max = 65535))]
    #[schemars(extend("default" = "8 KiB", "x-unit" = "bytes"))]
    pub size: Size,
    /// Bytes of blocks that incomplete packets may hold.
    #[schemars(range(min = 1500))]
    #[schemars(extend("default" = "8 KiB", "x-unit" = "bytes"))]
    #[schemars(extend("x-lwip" = "IP_REASS_MAX_PBUFS", "x-esp-idf" = "CONFIG_LWIP_IP_REASS_MAX_PBUFS"))]
    pub memory: Size,
    /// Pieces of one packet that may lie apart while fragments between them are missing.
    #[schemars(range(min = 1, max = 32))]
    #[schemars(extend("default" = 4, "x-unit" = "ranges"))]
    pub ranges: Count,
}

/// Path MTUs: what routers say of paths that take less than the link (RFC 1191, RFC 8201).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pmtu {
    /// Whether packets are made to fit the path. If not, IPv6 sends over routers what every path takes, and routers may
    /// fragment what IPv4 sends.
    #[schemars(extend("default" = false, "x-why" = "most paths take what the link takes"))]
    pub enabled: bool,
    /// Destinations behind narrow paths that are remembered.
    #[schemars(range(min = 1, max = 64))]
    #[schemars(extend("default" = 4, "x-unit" = "destinations", "x-lwip" = "LWIP_ND6_NUM_DESTINATIONS"))]
    #[schemars(extend("x-why" = "only paths that are narrower than the link take a place"))]
    pub table_size: Count,
    /// How long a path counts as narrow before more is tried (RFC 8201 section 4).
    #[schemars(range(min = 300, max = 65535))]
    #[schemars(extend("default" = 600, "x-unit" = "s"))]
    pub max_age_s: u16,
}

/// What the lower half of an IPv6 address is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InterfaceId {
    /// The hardware address (RFC 4291 appendix A).
    Eui64,
    /// The prefix and a secret that the application keeps: stable on a link, another on each (RFC 7217).
    Opaque,
}

/// Neighbours and routers of IPv6 (RFC 4861).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Nd6 {
    /// Whether neighbours are resolved by neighbour discovery.
    #[schemars(extend("default" = true, "x-needs" = ["ipv6.enabled", "ethernet.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_ND6", "x-esp-idf" = "CONFIG_LWIP_ND6"))]
    pub enabled: bool,
    /// Neighbours that are remembered.
    #[schemars(range(min = 1, max = 127))]
    #[schemars(extend("default" = 5, "x-unit" = "neighbours", "x-lwip" = "LWIP_ND6_NUM_NEIGHBORS"))]
    #[schemars(extend("x-esp-idf" = "CONFIG_LWIP_IPV6_ND6_NUM_NEIGHBORS"))]
    #[schemars(extend("x-audit" = {
        "<4": "security: a few forged solicitations push out neighbours that are in use"
    }))]
    pub table_size: Count,
    /// Bytes of packets that may wait for one neighbour's address.
    #[schemars(extend("default" = 1536, "x-unit" = "bytes", "x-lwip" = "MEMP_NUM_ND6_QUEUE"))]
    #[schemars(extend("x-esp-idf" = "CONFIG_LWIP_IPV6_MEMP_NUM_ND6_QUEUE"))]
    pub queue_size: Size,
    /// How long a confirmed neighbour counts as reachable.
    #[schemars(range(min = 1000))]
    #[schemars(extend("default" = 30_000, "x-unit" = "ms", "x-lwip" = "LWIP_ND6_REACHABLE_TIME"))]
    #[schemars(extend("x-audit" = {
        ">3600000": "robustness: a neighbour that vanished is believed in for that long (RFC 4861 §6.2.1)"
    }))]
    pub reachable_ms: u32,
    /// Time between solicitations of a neighbour that does not answer.
    #[schemars(range(min = 50, max = 60_000))]
    #[schemars(extend("default" = 1000, "x-unit" = "ms", "x-lwip" = "LWIP_ND6_RETRANS_TIMER"))]
    pub retrans_ms: u32,
    /// Prefixes of addresses on the link that are remembered.
    #[schemars(range(min = 1, max = 127))]
    #[schemars(extend("default" = 5, "x-unit" = "prefixes", "x-lwip" = "LWIP_ND6_NUM_PREFIXES"))]
    #[schemars(extend("x-esp-idf" = "CONFIG_LWIP_IPV6_ND6_NUM_PREFIXES"))]
    pub prefixes: Count,
    /// Default routers that are remembered.
    #[schemars(range(min = 1, max = 127))]
    #[schemars(extend("default" = 3, "x-unit" = "routers", "x-lwip" = "LWIP_ND6_NUM_ROUTERS"))]
    #[schemars(extend("x-esp-idf" = "CONFIG_LWIP_IPV6_ND6_NUM_ROUTERS"))]
    #[schemars(extend("x-audit" = {
        "<2": "robustness: there is no other router to turn to when one falls silent"
    }))]
    pub routers: Count,
    /// Whether routers may name a better first hop for a destination (RFC 4861 §8), as may whoever speaks in their name.
    #[schemars(extend("default" = true, "x-needs" = ["ipv6.autoconf"]))]
    pub redirect: bool,
    /// Destinations with a better first hop that are remembered.
    #[schemars(range(min = 1, max = 127))]
    #[schemars(extend("default" = 4, "x-needs" = ["nd6.redirect"], "x-unit" = "destinations"))]
    pub redirects: Count,
    /// Whether routes to prefixes are taken from router advertisements (RFC 4191).
    #[schemars(extend("default" = false, "x-needs" = ["ipv6.autoconf"], "x-lwip" = "LWIP_ND6_SUPPORT_RIO"))]
    #[schemars(extend("x-esp-idf" = "CONFIG_LWIP_IPV6_ND6_ROUTE_INFO_OPTION_SUPPORT"))]
    pub route_info: bool,
    /// Routes from router advertisements that are remembered.
    #[schemars(range(min = 1, max = 127))]
    #[schemars(extend("default" = 10, "x-needs" = ["nd6.route_info"], "x-unit" = "routes"))]
    #[schemars(extend("x-lwip" = "LWIP_ND6_NUM_ROUTES", "x-esp-idf" = "CONFIG_LWIP_IPV6_ND6_NUM_ROUTE_INFO"))]
    pub routes: Count,
    /// DNS servers from router advertisements that are remembered (RFC 8106).
    #[schemars(range(max = 16))]
    #[schemars(extend("default" = 0, "x-unit" = "servers"))]
    #[schemars(extend("x-lwip" = "LWIP_ND6_RDNSS_MAX_DNS_SERVERS"))]
    #[schemars(extend("x-esp-idf" = "CONFIG_LWIP_IPV6_RDNSS_MAX_DNS_SERVERS"))]
    pub dns_servers: Count,
    /// Whether domains to look for names in are taken from router advertisements (RFC 8106 §5.2).
    #[schemars(extend("default" = false, "x-needs" = ["ipv6.autoconf"]))]
    pub search_list: bool,
    /// Bytes of these domains: each takes its length and seven more.
    #[schemars(range(min = 16, max = 1024))]
    #[schemars(extend("default" = 64, "x-needs" = ["nd6.search_list"], "x-unit" = "bytes"))]
    pub search_list_size: Size,
    /// Router solicitations after the link came up.
    #[schemars(range(max = 10))]
    #[schemars(extend("default" = 3, "x-unit" = "solicitations"))]
    pub router_solicitations: u8,
}

/// Multicast groups over IPv6 (RFC 3810).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mld {
    /// Whether groups can be joined, which routers and switches are told by multicast listener discovery. It also
    /// tells them of the groups in which neighbours look for the node.
    #[schemars(extend("default" = true, "x-needs" = ["ipv6.enabled"], "x-lwip" = "LWIP_IPV6_MLD"))]
    #[schemars(extend("x-audit" = {
        "false": "robustness: a switch that watches listeners may keep neighbours from finding the node"
    }))]
    pub enabled: bool,
    /// Groups that applications may be in, over all interfaces; those of the node's own addresses have room of
    /// their own.
    #[schemars(range(min = 1, max = 127))]
    #[schemars(extend("default" = 4, "x-unit" = "groups", "x-lwip" = "MEMP_NUM_MLD6_GROUP"))]
    pub groups: Count,
    /// The version that is spoken. The newest also speaks the older one, to routers and switches that ask in it.
    #[schemars(extend("default" = "v2"))]
    #[schemars(extend("x-why" = "routers and switches are understood, whichever version they speak; lwIP has version 1 alone"))]
    pub version: MldVersion,
}

/// The version of multicast listener discovery that is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MldVersion {
    /// Version 1 (RFC 2710), as lwIP does: each group has a report of its own, one listener's is enough for the router.
    /// Queries of version 2 are read as far as version 1 knows them.
    V1,
    /// Version 2 (RFC 3810): one report tells of all groups.
    V2,
}

/// Datagrams (RFC 768).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Udp {
    /// Whether the stack speaks UDP.
    #[schemars(extend("default" = true, "x-lwip" = "LWIP_UDP"))]
    pub enabled: bool,
    /// UDP endpoints that may be open at once.
    #[schemars(range(min = 1, max = 253))]
    #[schemars(extend("default" = 16, "x-unit" = "endpoints"))]
    #[schemars(extend("x-lwip" = "MEMP_NUM_UDP_PCB", "x-esp-idf" = "CONFIG_LWIP_MAX_UDP_PCBS"))]
    pub pcbs: Count,
    /// Bytes of datagrams that may wait for the application, for each endpoint.
    #[schemars(extend("default" = "4 KiB", "x-unit" = "bytes"))]
    #[schemars(extend("x-lwip" = "DEFAULT_UDP_RECVMBOX_SIZE", "x-esp-idf" = "CONFIG_LWIP_UDP_RECVMBOX_SIZE"))]
    pub rx_queue: Size,
    /// Whether each socket can choose hop limit and traffic class of what it sends (`IP_TTL`, `IP_TOS`).
    #[schemars(extend("default" = false, "x-why" = "one number serves all sockets of most products"))]
    pub ttl: bool,
    /// Whether each socket can choose interface, hop limit and loop of its multicasts (`IP_MULTICAST_TTL` and others).
    #[schemars(extend("default" = false, "x-lwip" = "LWIP_MULTICAST_TX_OPTIONS"))]
    #[schemars(extend("x-why" = "few products send multicasts, and the default interface is mostly the one"))]
    pub multicast_tx: bool,
    /// Whether a socket must be allowed to send broadcasts (`SO_BROADCAST`).
    #[schemars(extend("default" = false, "x-needs" = ["ipv4.enabled"], "x-lwip" = "IP_SOF_BROADCAST"))]
    pub sof_broadcast: bool,
    /// Whether a socket must be allowed to receive broadcasts, too.
    #[schemars(extend("default" = false, "x-needs" = ["udp.sof_broadcast"], "x-lwip" = "IP_SOF_BROADCAST_RECV"))]
    pub sof_broadcast_recv: bool,
    /// Whether sockets are told where a datagram came in and what it was sent to, and can send from an address of their
    /// choice (`IP_PKTINFO`).
    #[schemars(extend("default" = false, "x-lwip" = "LWIP_NETBUF_RECVINFO"))]
    #[schemars(extend("x-esp-idf" = "CONFIG_LWIP_NETBUF_RECVINFO"))]
    pub recv_info: bool,
}

/// Settings from servers of IPv6 (RFC 8415), without addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Dhcp6 {
    /// Whether the application can ask for DNS servers and the like; the client takes a UDP endpoint while it does.
    #[schemars(extend("default" = false, "x-needs" = ["ipv6.enabled", "udp.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_IPV6_DHCP6", "x-esp-idf" = "CONFIG_LWIP_IPV6_DHCP6"))]
    pub enabled: bool,
    /// DNS servers that are remembered.
    #[schemars(range(min = 1, max = 16))]
    #[schemars(extend("default" = 2, "x-unit" = "servers", "x-lwip" = "LWIP_DHCP6_MAX_DNS_SERVERS"))]
    pub dns_servers: Count,
    /// Bytes of the domains in which names are to be looked for.
    #[schemars(range(min = 16, max = 1024))]
    #[schemars(extend("default" = 64, "x-unit" = "bytes"))]
    pub domains_size: Size,
    /// Whether time servers are asked for, too.
    #[schemars(extend("default" = false, "x-lwip" = "LWIP_DHCP6_GET_NTP_SRV"))]
    pub ntp: bool,
    /// Time servers that are remembered.
    #[schemars(range(min = 1, max = 16))]
    #[schemars(extend("default" = 1, "x-needs" = ["dhcp6.ntp"], "x-unit" = "servers"))]
    #[schemars(extend("x-lwip" = "LWIP_DHCP6_MAX_NTP_SERVERS"))]
    pub ntp_servers: Count,
}

/// Connections (RFC 9293).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tcp {
    /// Whether the stack speaks TCP.
    #[schemars(extend("default" = true, "x-lwip" = "LWIP_TCP"))]
    pub enabled: bool,
    /// Connections that may exist at once.
    #[schemars(range(min = 1, max = 253))]
    #[schemars(extend("default" = 16, "x-unit" = "connections"))]
    #[schemars(extend("x-lwip" = "MEMP_NUM_TCP_PCB", "x-esp-idf" = "CONFIG_LWIP_MAX_ACTIVE_TCP"))]
    pub pcbs: Count,
    /// Ports that may be listened on at once.
    #[schemars(range(min = 1, max = 253))]
    #[schemars(extend("default" = 16, "x-unit" = "listeners"))]
    #[schemars(extend("x-lwip" = "MEMP_NUM_TCP_PCB_LISTEN", "x-esp-idf" = "CONFIG_LWIP_MAX_LISTENING_TCP"))]
    pub listen_pcbs: Count,
    /// Whether each connection can choose hop limit and traffic class of its segments (`IP_TTL`, `IP_TOS`).
    #[schemars(extend("default" = false, "x-why" = "one number serves all connections of most products"))]
    pub ttl: bool,
    /// Connections that may wait for the application on one listening port.
    #[schemars(range(min = 1))]
    #[schemars(extend("default" = 5, "x-unit" = "connections", "x-lwip" = "TCP_DEFAULT_LISTEN_BACKLOG"))]
    #[schemars(extend("x-audit" = {
        "<2": "security: one handshake that is never finished shuts out everybody else"
    }))]
    pub backlog: u8,
    /// Largest segment that is accepted, and sent if the peer agrees (RFC 9293 §3.7.1).
    #[schemars(range(min = 64, max = 1460))]
    #[schemars(extend("default" = 1440, "x-unit" = "bytes"))]
    #[schemars(extend("x-lwip" = "TCP_MSS", "x-esp-idf" = "CONFIG_LWIP_TCP_MSS"))]
    pub mss: u16,
    /// Largest receive window of a connection.
    #[schemars(extend("default" = "4 * mss", "x-unit" = "bytes"))]
    #[schemars(extend("x-lwip" = "TCP_WND", "x-esp-idf" = "CONFIG_LWIP_TCP_WND_DEFAULT"))]
    pub wnd: Size,
    /// Receive window that every connection is guaranteed.
    #[schemars(range(min = 64), extend("default" = "mss", "x-unit" = "bytes"))]
    pub wnd_min: Size,
    /// Most bytes that a connection may have queued for sending.
    #[schemars(extend("default" = "4 * mss", "x-unit" = "bytes"))]
    #[schemars(extend("x-lwip" = "TCP_SND_BUF", "x-esp-idf" = "CONFIG_LWIP_TCP_SND_BUF_DEFAULT"))]
    pub snd_buf: Size,
    /// Send queue that every connection is guaranteed.
    #[schemars(range(min = 64), extend("default" = "mss", "x-unit" = "bytes"))]
    pub snd_buf_min: Size,
    /// Whether data that arrives out of order is kept.
    #[schemars(extend("default" = true))]
    #[schemars(extend("x-lwip" = "TCP_QUEUE_OOSEQ", "x-esp-idf" = "CONFIG_LWIP_TCP_QUEUE_OOSEQ"))]
    #[schemars(extend("x-audit" = {
        "false": "robustness: after one lost segment the peer must send all that followed again"
    }))]
    pub ooseq: bool,
    /// Gaps in the data received that one connection can track.
    #[schemars(range(min = 1, max = 16))]
    #[schemars(extend("default" = 4, "x-needs" = ["tcp.ooseq"], "x-unit" = "ranges"))]
    #[schemars(extend("x-lwip" = "TCP_OOSEQ_MAX_PBUFS", "x-esp-idf" = "CONFIG_LWIP_TCP_OOSEQ_MAX_PBUFS"))]
    pub ooseq_ranges: Count,
    /// How long an acknowledgement may wait for data to travel with (RFC 9293 §3.8.6.3).
    #[schemars(range(max = 500))]
    #[schemars(extend("default" = 200, "x-unit" = "ms", "x-lwip" = "TCP_FAST_INTERVAL"))]
    pub delayed_ack_ms: u32,
    /// Retransmission timeout before the first round trip is measured (RFC 6298 §2).
    #[schemars(range(min = 10, max = 120000))]
    #[schemars(extend("default" = 1500, "x-unit" = "ms"))]
    #[schemars(extend("x-lwip" = "LWIP_TCP_RTO_TIME", "x-esp-idf" = "CONFIG_LWIP_TCP_RTO_TIME"))]
    pub rto_initial_ms: u32,
    /// Smallest retransmission timeout.
    #[schemars(range(min = 10, max = 120000))]
    #[schemars(extend("default" = 300, "x-unit" = "ms"))]
    #[schemars(extend("x-audit" = {
        "<100": "robustness: segments are sent again before the peer had time to acknowledge (RFC 6298 §2.4)"
    }))]
    pub rto_min_ms: u32,
    /// Largest retransmission timeout.
    #[schemars(range(min = 10, max = 240000))]
    #[schemars(extend("default" = 60000, "x-unit" = "ms"))]
    pub rto_max_ms: u32,
    /// Retransmissions of a SYN before the attempt is given up.
    #[schemars(range(min = 1, max = 12))]
    #[schemars(extend("default" = 12, "x-unit" = "retransmissions"))]
    #[schemars(extend("x-lwip" = "TCP_SYNMAXRTX", "x-esp-idf" = "CONFIG_LWIP_TCP_SYNMAXRTX"))]
    #[schemars(extend("x-audit" = { "<3": "robustness: short losses make connecting fail" }))]
    pub syn_retries: u8,
    /// Retransmissions of data before the connection is given up.
    #[schemars(range(min = 1, max = 12))]
    #[schemars(extend("default" = 12, "x-unit" = "retransmissions"))]
    #[schemars(extend("x-lwip" = "TCP_MAXRTX", "x-esp-idf" = "CONFIG_LWIP_TCP_MAXRTX"))]
    #[schemars(extend("x-audit" = {
        "<5": "robustness: short losses end connections (RFC 9293 §3.8.3 wants 100 s)"
    }))]
    pub max_retries: u8,
    /// Maximum segment lifetime; TIME-WAIT lasts twice as long (RFC 9293 §3.4.2).
    #[schemars(range(min = 10, max = 120000))]
    #[schemars(extend("default" = 60000, "x-unit" = "ms"))]
    #[schemars(extend("x-lwip" = "TCP_MSL", "x-esp-idf" = "CONFIG_LWIP_TCP_MSL"))]
    #[schemars(extend("x-audit" = {
        "<5000": "robustness: late segments can be taken for those of a new connection (RFC 9293 §3.4.3)"
    }))]
    pub msl_ms: u32,
    /// How long a closed connection waits for the peer's FIN.
    #[schemars(range(min = 10, max = 3600000))]
    #[schemars(extend("default" = 20000, "x-unit" = "ms"))]
    #[schemars(extend("x-lwip" = "TCP_FIN_WAIT_TIMEOUT", "x-esp-idf" = "CONFIG_LWIP_TCP_FIN_WAIT_TIMEOUT"))]
    pub fin_wait_timeout_ms: u32,
    /// How long a half-open connection waits for the handshake to end.
    #[schemars(range(min = 10, max = 3600000))]
    #[schemars(extend("default" = 20000, "x-unit" = "ms"))]
    #[schemars(extend("x-audit" = {
        ">75000": "security: handshakes that are never finished hold connections for that long"
    }))]
    pub syn_rcvd_timeout_ms: u32,
    /// Whether windows above 65535 bytes can be advertised (RFC 7323 §2).
    #[schemars(extend("default" = false))]
    #[schemars(extend("x-lwip" = "LWIP_WND_SCALE", "x-esp-idf" = "CONFIG_LWIP_WND_SCALE"))]
    pub wnd_scale: bool,
    /// How many bits an advertised window is shifted.
    #[schemars(range(max = 14))]
    #[schemars(extend("default" = 0, "x-needs" = ["tcp.wnd_scale"], "x-unit" = "bits"))]
    #[schemars(extend("x-lwip" = "TCP_RCV_SCALE", "x-esp-idf" = "CONFIG_LWIP_TCP_RCV_SCALE"))]
    pub wnd_shift: u8,
    /// Challenge acknowledgements that may be sent in a second (RFC 5961 §7).
    #[schemars(range(min = 1))]
    #[schemars(extend("default" = 10, "x-unit" = "per second"))]
    #[schemars(extend("x-audit" = {
        ">1000": "security: somebody who guesses can make the node send as many answers (RFC 5961 §7)"
    }))]
    pub challenge_ack_rate: u16,
    /// Whether a quiet connection can be probed (RFC 9293 §3.8.4).
    #[schemars(extend("default" = true, "x-lwip" = "LWIP_TCP_KEEPALIVE"))]
    #[schemars(extend("x-audit" = {
        "false": "robustness: a peer that vanishes holds its connection for ever"
    }))]
    pub keepalive: bool,
    /// Quiet time before the first probe.
    #[schemars(range(min = 1000))]
    #[schemars(extend("default" = 7200000, "x-needs" = ["tcp.keepalive"], "x-unit" = "ms"))]
    #[schemars(extend("x-lwip" = "TCP_KEEPIDLE_DEFAULT"))]
    pub keepalive_idle_ms: u32,
    /// Time between two probes.
    #[schemars(range(min = 100))]
    #[schemars(extend("default" = 75000, "x-needs" = ["tcp.keepalive"], "x-unit" = "ms"))]
    #[schemars(extend("x-lwip" = "TCP_KEEPINTVL_DEFAULT"))]
    pub keepalive_interval_ms: u32,
    /// Probes without an answer before the connection counts as dead.
    #[schemars(range(min = 1))]
    #[schemars(extend("default" = 9, "x-needs" = ["tcp.keepalive"], "x-unit" = "probes"))]
    #[schemars(extend("x-lwip" = "TCP_KEEPCNT_DEFAULT"))]
    pub keepalive_count: u8,
}

/// Places where the application is asked before the stack goes on; without any, nothing of them is compiled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hooks {
    /// Whether the application may choose initial sequence numbers.
    #[schemars(extend("default" = false, "x-needs" = ["tcp.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_HOOK_TCP_ISN", "x-esp-idf" = "CONFIG_LWIP_HOOK_TCP_ISN_CUSTOM"))]
    #[schemars(extend("x-audit" = {
        "true": "security: numbers that can be guessed let others into connections (RFC 6528)"
    }))]
    pub tcp_isn: bool,
    /// Whether the application sees every IPv4 packet that comes in, and may take it.
    #[schemars(extend("default" = false, "x-needs" = ["ipv4.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_HOOK_IP4_INPUT"))]
    pub ip4_input: bool,
    /// Whether the application sees every IPv6 packet that comes in, and may take it.
    #[schemars(extend("default" = false, "x-needs" = ["ipv6.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_HOOK_IP6_INPUT", "x-esp-idf" = "CONFIG_LWIP_HOOK_IP6_INPUT_CUSTOM"))]
    pub ip6_input: bool,
    /// Whether the application gets frames whose EtherType the stack does not handle.
    #[schemars(extend("default" = false, "x-needs" = ["ethernet.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_HOOK_UNKNOWN_ETH_PROTOCOL"))]
    pub unknown_eth_protocol: bool,
    /// Whether the application sees every segment for a connection or a listener, and may take it.
    #[schemars(extend("default" = false, "x-needs" = ["tcp.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_HOOK_TCP_INPACKET_PCB"))]
    pub tcp_inpacket: bool,
    /// Whether the application may choose the interface of an IPv4 destination.
    #[schemars(extend("default" = false, "x-needs" = ["ipv4.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_HOOK_IP4_ROUTE_SRC"))]
    pub ip4_route: bool,
    /// Whether the application may choose the interface of an IPv6 destination.
    #[schemars(extend("default" = false, "x-needs" = ["ipv6.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_HOOK_IP6_ROUTE", "x-esp-idf" = "CONFIG_LWIP_HOOK_IP6_ROUTE_CUSTOM"))]
    pub ip6_route: bool,
    /// Whether the application may choose the IPv4 gateway of a destination.
    #[schemars(extend("default" = false, "x-needs" = ["arp.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_HOOK_ETHARP_GET_GW"))]
    pub arp_get_gw: bool,
    /// Whether the application may choose the IPv6 router of a destination.
    #[schemars(extend("default" = false, "x-needs" = ["nd6.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_HOOK_ND6_GET_GW", "x-esp-idf" = "CONFIG_LWIP_HOOK_ND6_GET_GW_CUSTOM"))]
    pub nd6_get_gw: bool,
    /// Whether the application may choose the address to send IPv6 packets from.
    #[schemars(extend("default" = false, "x-needs" = ["ipv6.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_HOOK_IP6_SELECT_SRC_ADDR", "x-esp-idf" = "CONFIG_LWIP_HOOK_IP6_SELECT_SRC_ADDR_CUSTOM"))]
    pub ip6_select_src: bool,
    /// Whether the application may say to which interface a received ARP or IPv4 frame belongs.
    #[schemars(extend("default" = false, "x-needs" = ["arp.enabled"]))]
    #[schemars(extend("x-lwip" = "LWIP_ARP_FILTER_NETIF"))]
    pub arp_filter_netif: bool,
    /// Whether the application may decide which IPv4 packets are passed on.
    #[schemars(extend("default" = false, "x-needs" = ["ipv4.forward"]))]
    #[schemars(extend("x-lwip" = "LWIP_HOOK_IP4_CANFORWARD"))]
    pub ip4_canforward: bool,
}

/// Checksums computed in software; what is off is left to the hardware.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Checksum {
    /// Whether IPv4 header checksums are computed when sending.
    #[schemars(extend("default" = true, "x-needs" = ["ipv4.enabled"], "x-lwip" = "CHECKSUM_GEN_IP"))]
    pub gen_ip: bool,
    /// Whether ICMP checksums are computed when sending.
    #[schemars(extend("default" = true, "x-lwip" = "CHECKSUM_GEN_ICMP"))]
    pub gen_icmp: bool,
    /// Whether UDP checksums are computed when sending.
    #[schemars(extend("default" = true, "x-needs" = ["udp.enabled"], "x-lwip" = "CHECKSUM_GEN_UDP"))]
    pub gen_udp: bool,
    /// Whether TCP checksums are computed when sending.
    #[schemars(extend("default" = true, "x-needs" = ["tcp.enabled"], "x-lwip" = "CHECKSUM_GEN_TCP"))]
    pub gen_tcp: bool,
    /// Whether IPv4 header checksums are verified when receiving.
    #[schemars(extend("default" = true, "x-needs" = ["ipv4.enabled"], "x-why" = "damaged packets must not pass"))]
    #[schemars(extend("x-lwip" = "CHECKSUM_CHECK_IP", "x-esp-idf" = "CONFIG_LWIP_CHECKSUM_CHECK_IP"))]
    #[schemars(extend("x-audit" = {
        "false": "robustness: damaged headers pass unless the hardware checks them"
    }))]
    pub check_ip: bool,
    /// Whether ICMP checksums are verified when receiving.
    #[schemars(extend("default" = true))]
    #[schemars(extend("x-lwip" = "CHECKSUM_CHECK_ICMP", "x-esp-idf" = "CONFIG_LWIP_CHECKSUM_CHECK_ICMP"))]
    #[schemars(extend("x-audit" = {
        "false": "robustness: damaged messages pass unless the hardware checks them"
    }))]
    pub check_icmp: bool,
    /// Whether UDP checksums are verified when receiving.
    #[schemars(extend("default" = true, "x-needs" = ["udp.enabled"], "x-why" = "damaged packets must not pass"))]
    #[schemars(extend("x-lwip" = "CHECKSUM_CHECK_UDP", "x-esp-idf" = "CONFIG_LWIP_CHECKSUM_CHECK_UDP"))]
    #[schemars(extend("x-audit" = {
        "false": "robustness: damaged datagrams pass unless the hardware checks them"
    }))]
    pub check_udp: bool,
    /// Whether TCP checksums are verified when receiving.
    #[schemars(extend("default" = true, "x-needs" = ["tcp.enabled"], "x-lwip" = "CHECKSUM_CHECK_TCP"))]
    #[schemars(extend("x-audit" = {
        "false": "robustness: damaged segments pass unless the hardware checks them"
    }))]
    pub check_tcp: bool,
}

/// Counters of packets, errors and the pool's high-water mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stats {
    /// Whether the stack counts.
    #[schemars(extend("default" = false, "x-lwip" = "LWIP_STATS", "x-esp-idf" = "CONFIG_LWIP_STATS"))]
    pub enabled: bool,
}
