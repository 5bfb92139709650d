//! The numbers of the profile `node`.

/// Number of a block in the pool.
pub type BlockIndex = u8;
/// Bytes of a window or of a send queue.
pub type WindowSize = u16;
/// Blocks in the pool.
pub const PBUF_POOL_SIZE: usize = 16;
/// Bytes of data in a block.
pub const PBUF_BLOCK_SIZE: usize = 1460;
/// Blocks that TCP may not promise: kept for the stack's own packets and for datagrams.
pub const PBUF_RESERVE: usize = 4;
/// Interfaces of the stack.
pub const NETIF_COUNT: usize = 1;
/// Largest IP packet that goes out or comes in.
pub const NETIF_MTU: u16 = 1500;
/// Bytes of packets that may wait for the driver, for the whole stack.
pub const NETIF_TX_QUEUE: usize = 4096;
/// Neighbours that are remembered.
pub const ARP_TABLE_SIZE: usize = 8;
/// Bytes of packets that may wait for one neighbour's address.
pub const ARP_QUEUE_SIZE: usize = 1536;
/// How long a neighbour is remembered without being confirmed.
pub const ARP_MAX_AGE_S: u16 = 300;
/// Requests that are sent before a neighbour counts as unreachable.
pub const ARP_RETRIES: u8 = 3;
/// Time between two requests for the same neighbour.
pub const ARP_RETRANS_MS: u32 = 1000;
/// Time to live of packets that the stack sends.
pub const IPV4_TTL: u8 = 64;
/// ICMP errors that may be sent in a second (RFC 1812 §4.3.2.8).
pub const ICMP_ERROR_RATE: u16 = 10;
/// Addresses that each interface can have, the link-local one among them.
pub const IPV6_ADDRESSES: usize = 3;
/// Hop limit of packets that the stack sends.
pub const IPV6_HOP_LIMIT: u8 = 64;
/// Solicitations that look for another station with a new address; none to use it unchecked.
pub const IPV6_DAD_ATTEMPTS: u8 = 1;
/// ICMPv6 errors that the stack sends in a second at most.
pub const IPV6_ERROR_RATE: u16 = 10;
/// Neighbours that are remembered.
pub const ND6_TABLE_SIZE: usize = 5;
/// Bytes of packets that may wait for one neighbour's address.
pub const ND6_QUEUE_SIZE: usize = 1536;
/// How long a confirmed neighbour counts as reachable.
pub const ND6_REACHABLE_MS: u32 = 30000;
/// Time between solicitations of a neighbour that does not answer.
pub const ND6_RETRANS_MS: u32 = 1000;
/// Prefixes of addresses on the link that are remembered.
pub const ND6_PREFIXES: usize = 5;
/// Default routers that are remembered.
pub const ND6_ROUTERS: usize = 3;
/// Destinations with a better first hop that are remembered.
pub const ND6_REDIRECTS: usize = 4;
/// DNS servers from router advertisements that are remembered (RFC 8106).
pub const ND6_DNS_SERVERS: usize = 2;
/// Router solicitations after the link came up.
pub const ND6_ROUTER_SOLICITATIONS: u8 = 3;
/// Groups that applications may be in, over all interfaces; those of the node's own addresses have room of
/// their own.
pub const MLD_GROUPS: usize = 4;
/// UDP endpoints that may be open at once.
pub const UDP_PCBS: usize = 4;
/// Bytes of datagrams that may wait for the application, for each endpoint.
pub const UDP_RX_QUEUE: usize = 4096;
/// Connections that may exist at once.
pub const TCP_PCBS: usize = 4;
/// Ports that may be listened on at once.
pub const TCP_LISTEN_PCBS: usize = 1;
/// Connections that may wait for the application on one listening port.
pub const TCP_BACKLOG: u8 = 5;
/// Largest segment that is accepted, and sent if the peer agrees (RFC 9293 §3.7.1).
pub const TCP_MSS: u16 = 1460;
/// Largest receive window of a connection.
pub const TCP_WND: usize = 5840;
/// Receive window that every connection is guaranteed.
pub const TCP_WND_MIN: usize = 1460;
/// Most bytes that a connection may have queued for sending.
pub const TCP_SND_BUF: usize = 5840;
/// Send queue that every connection is guaranteed.
pub const TCP_SND_BUF_MIN: usize = 1460;
/// Gaps in the data received that one connection can track.
pub const TCP_OOSEQ_RANGES: usize = 4;
/// How long an acknowledgement may wait for data to travel with (RFC 9293 §3.8.6.3).
pub const TCP_DELAYED_ACK_MS: u32 = 200;
/// Retransmission timeout before the first round trip is measured (RFC 6298 §2).
pub const TCP_RTO_INITIAL_MS: u32 = 1500;
/// Smallest retransmission timeout.
pub const TCP_RTO_MIN_MS: u32 = 300;
/// Largest retransmission timeout.
pub const TCP_RTO_MAX_MS: u32 = 60000;
/// Retransmissions of a SYN before the attempt is given up.
pub const TCP_SYN_RETRIES: u8 = 12;
/// Retransmissions of data before the connection is given up.
pub const TCP_MAX_RETRIES: u8 = 12;
/// Maximum segment lifetime; TIME-WAIT lasts twice as long (RFC 9293 §3.4.2).
pub const TCP_MSL_MS: u32 = 60000;
/// How long a closed connection waits for the peer's FIN.
pub const TCP_FIN_WAIT_TIMEOUT_MS: u32 = 20000;
/// How long a half-open connection waits for the handshake to end.
pub const TCP_SYN_RCVD_TIMEOUT_MS: u32 = 20000;
/// Challenge acknowledgements that may be sent in a second (RFC 5961 §7).
pub const TCP_CHALLENGE_ACK_RATE: u16 = 10;
