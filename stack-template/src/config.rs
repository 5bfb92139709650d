//! The numbers of the profile. `lwipgen` writes this file anew; here stand values that suit the template's own tests.

/// Number of a block in the pool, 0 for none.
pub type BlockIndex = u16;
/// A length within a TCP window.
pub type WindowSize = u32;

/// Blocks in the pool.
pub const PBUF_POOL_SIZE: usize = 600;
/// Bytes of a block.
pub const PBUF_BLOCK_SIZE: usize = 512;
/// Blocks that TCP may not promise.
pub const PBUF_RESERVE: usize = 4;
/// Interfaces.
pub const NETIF_COUNT: usize = 2;
/// Largest MTU of an interface, in bytes.
pub const NETIF_MTU: u16 = 1500;
/// Bytes of packets that wait for the driver, for each interface.
pub const NETIF_TX_QUEUE: usize = 8192;
/// Bytes of packets of this host for itself.
pub const NETIF_LOOPBACK_QUEUE: usize = 8192;
/// Neighbours.
pub const ARP_TABLE_SIZE: usize = 10;
/// Bytes of packets that wait for one neighbour.
pub const ARP_QUEUE_SIZE: usize = 3072;
/// Seconds after which a neighbour that was not confirmed is forgotten.
pub const ARP_MAX_AGE_S: u16 = 300;
/// Requests before a neighbour counts as unreachable.
pub const ARP_RETRIES: u8 = 3;
/// Milliseconds between requests.
pub const ARP_RETRANS_MS: u32 = 1000;
/// Time to live of packets sent.
pub const IPV4_TTL: u8 = 64;
/// ICMP errors a second.
pub const ICMP_ERROR_RATE: u16 = 10;
/// Datagrams that can be reassembled at once.
pub const REASSEMBLY_DATAGRAMS: usize = 4;
/// Bytes of the longest datagram that is reassembled.
pub const REASSEMBLY_SIZE: usize = 16_384;
/// Bytes of blocks that datagrams may hold while they are reassembled.
pub const REASSEMBLY_MEMORY: usize = 32_768;
/// Pieces of a datagram that may lie apart.
pub const REASSEMBLY_RANGES: usize = 4;
/// Seconds for which the fragments of an IPv4 datagram are collected.
pub const IPV4_REASSEMBLY_TIMEOUT_S: u16 = 3;
/// Seconds for which the fragments of an IPv6 datagram are collected.
pub const IPV6_REASSEMBLY_TIMEOUT_S: u16 = 60;
/// Multicast groups of IPv4 that applications join, over all interfaces.
pub const IGMP_GROUPS: usize = 4;
/// Multicast groups of IPv6 that applications join, over all interfaces.
pub const MLD_GROUPS: usize = 4;
/// Narrow paths that are remembered.
pub const PMTU_TABLE_SIZE: usize = 4;
/// Seconds for which a path counts as narrow.
pub const PMTU_MAX_AGE_S: u16 = 600;
/// UDP protocol control blocks.
pub const UDP_PCBS: usize = 8;
/// Bytes of datagrams that wait for the application, for each pcb.
pub const UDP_RX_QUEUE: usize = 8192;
/// DNS servers that DHCPv6 tells.
pub const DHCP6_DNS_SERVERS: usize = 2;
/// Time servers that DHCPv6 tells.
pub const DHCP6_NTP_SERVERS: usize = 1;
/// Bytes of the domains that DHCPv6 tells.
pub const DHCP6_DOMAINS_SIZE: usize = 64;
/// TCP protocol control blocks.
pub const TCP_PCBS: usize = 8;
/// Listening TCP pcbs.
pub const TCP_LISTEN_PCBS: usize = 4;
/// Connections of a listener that are not yet accepted.
pub const TCP_BACKLOG: u8 = 5;
/// Largest segment, in bytes.
pub const TCP_MSS: u16 = 1460;
/// Largest receive window, in bytes.
pub const TCP_WND: usize = 100_000;
/// Receive window that every connection has, in bytes.
pub const TCP_WND_MIN: usize = 1460;
/// Largest send buffer, in bytes.
pub const TCP_SND_BUF: usize = 100_000;
/// Send buffer that every connection has, in bytes.
pub const TCP_SND_BUF_MIN: usize = 1460;
/// Ranges of out-of-order data that a connection can hold.
pub const TCP_OOSEQ_RANGES: usize = 4;
/// Milliseconds by which an acknowledgement may be delayed.
pub const TCP_DELAYED_ACK_MS: u32 = 200;
/// Retransmission timeout before the first measurement, in milliseconds.
pub const TCP_RTO_INITIAL_MS: u32 = 1000;
/// Least retransmission timeout, in milliseconds.
pub const TCP_RTO_MIN_MS: u32 = 300;
/// Largest retransmission timeout, in milliseconds.
pub const TCP_RTO_MAX_MS: u32 = 60_000;
/// Retransmissions of a SYN.
pub const TCP_SYN_RETRIES: u8 = 6;
/// Retransmissions of data.
pub const TCP_MAX_RETRIES: u8 = 12;
/// Maximum segment lifetime, in milliseconds.
pub const TCP_MSL_MS: u32 = 60_000;
/// Time that FIN-WAIT-2 may last once the application has closed, in milliseconds.
pub const TCP_FIN_WAIT_TIMEOUT_MS: u32 = 20_000;
/// Time that SYN-RECEIVED may last, in milliseconds.
pub const TCP_SYN_RCVD_TIMEOUT_MS: u32 = 20_000;
/// Shift of the receive window.
pub const TCP_WND_SHIFT: u8 = 2;
/// Challenge acknowledgements a second (RFC 5961 §7).
pub const TCP_CHALLENGE_ACK_RATE: u16 = 10;
/// Idle milliseconds before the first keepalive probe.
pub const TCP_KEEPALIVE_IDLE_MS: u32 = 7_200_000;
/// Milliseconds between keepalive probes.
pub const TCP_KEEPALIVE_INTERVAL_MS: u32 = 75_000;
/// Unanswered keepalive probes that end a connection.
pub const TCP_KEEPALIVE_COUNT: u8 = 9;
/// Addresses of an interface.
pub const IPV6_ADDRESSES: usize = 4;
/// Hop limit of packets sent.
pub const IPV6_HOP_LIMIT: u8 = 64;
/// Solicitations of duplicate address detection.
pub const IPV6_DAD_ATTEMPTS: u8 = 1;
/// Seconds that a temporary address lasts.
pub const IPV6_TEMPORARY_VALID_S: u32 = 172_800;
/// Seconds that a temporary address is preferred.
pub const IPV6_TEMPORARY_PREFERRED_S: u32 = 86_400;
/// ICMPv6 errors a second.
pub const IPV6_ERROR_RATE: u16 = 10;
/// Neighbours of IPv6.
pub const ND6_TABLE_SIZE: usize = 6;
/// Bytes of packets that wait for one neighbour.
pub const ND6_QUEUE_SIZE: usize = 3072;
/// Milliseconds for which a confirmed neighbour counts as reachable.
pub const ND6_REACHABLE_MS: u32 = 30_000;
/// Milliseconds between solicitations.
pub const ND6_RETRANS_MS: u32 = 1000;
/// Prefixes of addresses on the link.
pub const ND6_PREFIXES: usize = 4;
/// Default routers.
pub const ND6_ROUTERS: usize = 3;
/// Destinations with a better first hop.
pub const ND6_REDIRECTS: usize = 4;
/// Routes from router advertisements.
pub const ND6_ROUTES: usize = 4;
/// Bytes of the domains that routers tell.
pub const ND6_SEARCH_LIST_SIZE: usize = 64;
/// Recursive DNS servers.
pub const ND6_DNS_SERVERS: usize = 2;
/// Router solicitations after the link came up.
pub const ND6_ROUTER_SOLICITATIONS: u8 = 3;
