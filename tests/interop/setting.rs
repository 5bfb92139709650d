//! What a case is given: a member, the version of IP by which it is spoken to, and a namespace with nothing in it.

use crate::board::{Board, Member};
use lwipgen_tests::Failure;
use lwipgen_tests::namespace;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::time::Duration;

/// The board's addresses where nothing else is said.
pub const IPV4: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 2);
pub const IPV6: Ipv6Addr = Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, 2);
/// The kernel's, on the same link.
const KERNEL: [&str; 2] = ["10.77.0.1/24", "fd77::1/64"];

/// A version of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    V4,
    V6,
}

impl Family {
    pub const ALL: [Self; 2] = [Self::V4, Self::V6];

    /// The feature of the template.
    pub fn feature(self) -> &'static str {
        match self {
            Self::V4 => "ipv4",
            Self::V6 => "ipv6",
        }
    }

    /// Bytes of the headers of IP and UDP.
    pub fn overhead(self) -> u16 {
        match self {
            Self::V4 => 28,
            Self::V6 => 48,
        }
    }
}

/// Where a case happens.
pub struct Setting {
    pub member: Member,
    pub family: Family,
    /// The case's whole name.
    pub name: String,
}

impl Setting {
    /// Runs the member on the link `tap0` with the kernel; it can be reached when this returns.
    pub fn start(&self, arguments: &[&str]) -> Result<Board, Failure> {
        let (kernel, address) = match self.family {
            Family::V4 => (&KERNEL[..1], IpAddr::V4(IPV4)),
            Family::V6 => (&KERNEL[..], IpAddr::V6(IPV6)),
        };
        namespace::tap("tap0", self.member.mtu(), kernel)?;
        let (ipv4, ipv6) = (format!("{IPV4}/24"), format!("{IPV6}/64"));
        let mut all = vec!["--tap", "tap0"];
        for (family, own) in Family::ALL.into_iter().zip([["--ip", &ipv4], ["--ip6", &ipv6]]) {
            if self.member.has(family.feature()) {
                all.extend(own);
            }
        }
        all.extend(arguments);
        let mut board = self.member.run(address, &all)?;
        namespace::wait_for("tap0")?;
        if self.family == Family::V6 {
            board.uses(IPV6)?;
        }
        Ok(board)
    }

    /// A socket whose peer is a port of the board.
    pub fn udp(&self, board: &Board, port: u16) -> Result<UdpSocket, Failure> {
        let any = match self.family {
            Family::V4 => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            Family::V6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        let open = || {
            let socket = UdpSocket::bind((any, 0))?;
            socket.set_read_timeout(Some(Duration::from_secs(5)))?;
            socket.connect(board.port(port))?;
            Ok(socket)
        };
        open().map_err(|error: std::io::Error| format!("a socket of UDP: {error}"))
    }

    /// The largest payload of UDP, and of a ping, that the link carries in one piece.
    pub fn payload_max(&self) -> u16 {
        self.member.mtu() - self.family.overhead()
    }

    /// A file of the case's own.
    pub fn file(&self, kind: &str) -> String {
        format!("{}/{}.{kind}", env!("CARGO_TARGET_TMPDIR"), self.name.replace("::", "-"))
    }
}
