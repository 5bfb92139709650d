//! The packet that an ICMP error quotes: one of ours, if the error is to be believed (RFC 5927 §4).

use crate::addr::Ip;

/// What an error tells of the packet that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quote {
    pub src: Ip,
    pub dst: Ip,
    /// Bytes of the packet, and whether routers had to leave it whole.
    #[cfg(feature = "pmtu")]
    pub len: usize,
    #[cfg(feature = "pmtu")]
    pub whole: bool,
    pub protocol: u8,
    pub src_port: u16,
    pub dst_port: u16,
    /// Sequence number of a TCP segment.
    #[cfg(feature = "tcp")]
    pub seq: u32,
}

impl Quote {
    /// The IPv4 packet at the start of `bytes`, a first fragment at least.
    #[cfg(all(feature = "icmp", feature = "tcp"))]
    pub fn v4(bytes: &[u8]) -> Option<Self> {
        use crate::addr::v4;
        let (ip, _) = bytes.split_first_chunk::<{ crate::wire::ipv4::HEADER_LEN }>()?;
        let [ihl, _, l0, l1, _, _, f0, f1, _, protocol, _, _, s0, s1, s2, s3, d0, d1, d2, d3] = *ip;
        let transport = bytes.get(usize::from(ihl & 0x0f) * 4..)?;
        if u16::from_be_bytes([f0, f1]) & crate::wire::ipv4::FRAGMENT_OFFSET != 0 {
            return None;
        }
        let (src, dst) = (v4([s0, s1, s2, s3].into()), v4([d0, d1, d2, d3].into()));
        let len = usize::from(u16::from_be_bytes([l0, l1]));
        Self::new(src, dst, len, f0 & 0x40 != 0, protocol, transport)
    }

    /// The IPv6 packet at the start of `bytes`, a first fragment at least.
    #[cfg(feature = "ipv6")]
    pub fn v6(bytes: &[u8]) -> Option<Self> {
        use crate::addr::{Ip6, v6};
        use crate::wire::ipv6::HEADER_LEN;
        let (ip, transport) = bytes.split_first_chunk::<HEADER_LEN>()?;
        let ([_, _, _, _, l0, l1, protocol, _], addresses) = ip.split_first_chunk::<8>()?;
        let protocol = *protocol;
        let (src, dst) = addresses.split_first_chunk::<16>()?;
        // The only header that this stack puts between.
        #[cfg(feature = "ipv6-fragmentation")]
        let (protocol, transport) = if protocol == crate::wire::ipv6::next::FRAGMENT {
            let (fragment, behind) = crate::wire::ipv6::Fragment::parse(transport)?;
            if fragment.offset != 0 {
                return None;
            }
            (fragment.next_header, behind)
        } else {
            (protocol, transport)
        };
        let len = HEADER_LEN + usize::from(u16::from_be_bytes([*l0, *l1]));
        let (src, dst) = (Ip6::read(src), Ip6::read(dst.first_chunk()?));
        // This stack sends none with an address that stands for one of the other version.
        if src.is_mapped() || dst.is_mapped() {
            return None;
        }
        Self::new(v6(src), v6(dst), len, true, protocol, transport)
    }

    fn new(src: Ip, dst: Ip, len: usize, whole: bool, protocol: u8, transport: &[u8]) -> Option<Self> {
        let [s0, s1, d0, d1, q0, q1, q2, q3] = *transport.first_chunk()?;
        let _ = (len, whole, q0, q1, q2, q3);
        Some(Self {
            src,
            dst,
            #[cfg(feature = "pmtu")]
            len,
            #[cfg(feature = "pmtu")]
            whole,
            protocol,
            src_port: u16::from_be_bytes([s0, s1]),
            dst_port: u16::from_be_bytes([d0, d1]),
            #[cfg(feature = "tcp")]
            seq: u32::from_be_bytes([q0, q1, q2, q3]),
        })
    }
}
