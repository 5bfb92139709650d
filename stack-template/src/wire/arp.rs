//! ARP packets for IPv4 over Ethernet (RFC 826).

use crate::addr::Ip4;

/// Bytes of a packet.
pub const PACKET_LEN: usize = 28;
/// Opcode of a request.
pub const REQUEST: u16 = 1;
/// Opcode of a reply.
pub const REPLY: u16 = 2;

/// How a request starts, up to the addresses.
pub const REQUEST_START: [u8; 8] = [0, 1, 8, 0, 6, 4, 0, 1];
/// How a reply starts, up to the addresses.
pub const REPLY_START: [u8; 8] = [0, 1, 8, 0, 6, 4, 0, 2];

/// Hardware type Ethernet, protocol type IPv4, their address lengths.
const ETHERNET_IPV4: [u8; 6] = [0, 1, 8, 0, 6, 4];

/// An ARP packet; one that is not about IPv4 over Ethernet does not parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// [`REQUEST`], [`REPLY`] or anything else.
    pub operation: u16,
    /// Hardware address of the sender.
    pub sender_mac: [u8; 6],
    /// IP address of the sender.
    pub sender_ip: Ip4,
    /// Hardware address of the target.
    pub target_mac: [u8; 6],
    /// IP address of the target.
    pub target_ip: Ip4,
}

impl Packet {
    /// The packet; padding behind it is ignored.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first_chunk::<6>()?;
        if *kind != ETHERNET_IPV4 {
            return None;
        }
        let (operation, rest) = rest.split_first_chunk::<2>()?;
        let (sender_mac, rest) = rest.split_first_chunk::<6>()?;
        let (sender_ip, rest) = rest.split_first_chunk::<4>()?;
        let (target_mac, rest) = rest.split_first_chunk::<6>()?;
        let (target_ip, _) = rest.split_first_chunk::<4>()?;
        Some(Self {
            operation: u16::from_be_bytes(*operation),
            sender_mac: *sender_mac,
            sender_ip: Ip4::read(sender_ip),
            target_mac: *target_mac,
            target_ip: Ip4::read(target_ip),
        })
    }

    /// The packet's bytes.
    #[cfg(test)]
    pub fn to_bytes(&self) -> [u8; PACKET_LEN] {
        let [h0, h1, p0, p1, hl, pl] = ETHERNET_IPV4;
        let [o0, o1] = self.operation.to_be_bytes();
        let [s0, s1, s2, s3, s4, s5] = self.sender_mac;
        let [i0, i1, i2, i3] = self.sender_ip.octets();
        let [t0, t1, t2, t3, t4, t5] = self.target_mac;
        let [j0, j1, j2, j3] = self.target_ip.octets();
        [
            h0, h1, p0, p1, hl, pl, o0, o1, s0, s1, s2, s3, s4, s5, i0, i1, i2, i3, t0, t1, t2, t3, t4, t5,
            j0, j1, j2, j3,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: Packet = Packet {
        operation: REQUEST,
        sender_mac: [2, 0, 0, 0, 0, 1],
        sender_ip: Ip4::new(10, 0, 0, 1),
        target_mac: [0; 6],
        target_ip: Ip4::new(10, 0, 0, 2),
    };

    #[test]
    fn packet_survives_a_round_trip() {
        assert_eq!(Packet::parse(&PACKET.to_bytes()), Some(PACKET));
    }

    #[test]
    fn every_short_packet_is_refused() {
        for len in 0..PACKET_LEN {
            assert_eq!(Packet::parse(&PACKET.to_bytes()[..len]), None);
        }
    }

    #[test]
    fn other_hardware_protocol_or_length_is_refused() {
        for at in 0..6 {
            let mut bytes = PACKET.to_bytes();
            bytes[at] ^= 1;
            assert_eq!(Packet::parse(&bytes), None, "byte {at}");
        }
    }
}
