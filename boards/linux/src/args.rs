//! The command line.

use crate::faults::Faults;
use clap::Parser;
use std::fmt;
#[cfg(feature = "ipv4")]
use std::net::Ipv4Addr;
#[cfg(feature = "ipv6")]
use std::net::Ipv6Addr;
use std::path::PathBuf;
use std::str::FromStr;

/// Runs the stack on a TAP device: ping, TCP and UDP echo (7), TCP discard (9), TCP chargen (19).
///
/// SIGUSR1 prints the counters, SIGINT and SIGTERM print them and end the program.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
pub struct Args {
    /// The TAP device; made if it does not exist
    #[arg(long, value_name = "NAME", default_value = "tap0")]
    pub tap: String,
    /// The stack's IPv4 address and prefix
    #[cfg(feature = "ipv4")]
    #[arg(long, value_name = "ADDRESS/PREFIX", value_parser = subnet::<Ipv4Addr>)]
    pub ip: Option<Subnet<Ipv4Addr>>,
    /// Where IPv4 packets for other networks go
    #[cfg(feature = "ipv4")]
    #[arg(long, value_name = "ADDRESS")]
    pub gateway: Option<Ipv4Addr>,
    /// An IPv6 address and prefix beside the link-local one; may be repeated
    #[cfg(feature = "ipv6")]
    #[arg(long, value_name = "ADDRESS/PREFIX", value_parser = subnet::<Ipv6Addr>)]
    pub ip6: Vec<Subnet<Ipv6Addr>>,
    /// Make IPv6 addresses from the prefixes that routers tell
    #[cfg(feature = "ipv6-autoconf")]
    #[arg(long)]
    pub slaac: bool,
    /// Ask servers of DHCPv6 for DNS servers and the like
    #[cfg(feature = "dhcp6")]
    #[arg(long)]
    pub dhcp6: bool,
    /// A multicast group to be in; may be repeated
    #[cfg(any(feature = "igmp", feature = "mld"))]
    #[arg(long, value_name = "ADDRESS")]
    pub join: Vec<lwip::IpAddr>,
    /// The stack's hardware address [default: 02:00 and the bytes of the IP address]
    #[arg(long, value_name = "MAC", value_parser = mac)]
    mac: Option<[u8; 6]>,
    /// Write the frames as the stack sees them to this file
    #[arg(long, value_name = "FILE")]
    pub pcap: Option<PathBuf>,
    /// Harm frames in both directions, per cent of them: drop=5,dup=2,reorder=5,seed=1
    #[arg(long, value_name = "FAULTS", default_value = "")]
    pub faults: Faults,
}

impl Args {
    /// The hardware address that was asked for, or a locally administered one.
    pub fn mac(&self) -> [u8; 6] {
        #[cfg(feature = "ipv4")]
        let last = self.ip.map_or([0, 0, 0, 2], |subnet| subnet.address.octets());
        #[cfg(not(feature = "ipv4"))]
        let last = [0, 0, 0, 2];
        let [a, b, c, d] = last;
        self.mac.unwrap_or([2, 0, a, b, c, d])
    }
}

/// An address and the length of its network's prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subnet<A> {
    pub address: A,
    pub prefix_len: u8,
}

impl<A: fmt::Display> fmt::Display for Subnet<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix_len)
    }
}

fn subnet<A: FromStr>(text: &str) -> Result<Subnet<A>, &'static str> {
    const EXPECTED: &str = "expected an address and a prefix such as 192.168.77.2/24 or fd00::2/64";
    let (address, prefix_len) = text.split_once('/').ok_or(EXPECTED)?;
    let address = address.parse().map_err(|_| EXPECTED)?;
    let most = 8 * size_of::<A>();
    let prefix_len = prefix_len.parse().ok().filter(|len| usize::from(*len) <= most).ok_or(EXPECTED)?;
    Ok(Subnet { address, prefix_len })
}

fn mac(text: &str) -> Result<[u8; 6], &'static str> {
    const EXPECTED: &str = "expected six bytes such as 02:00:00:00:00:01";
    let byte = |part: &str| match part.len() {
        2 => u8::from_str_radix(part, 16).ok(),
        _ => None,
    };
    let bytes: Vec<u8> = text.split(':').map(byte).collect::<Option<_>>().ok_or(EXPECTED)?;
    let bytes: [u8; 6] = bytes.try_into().map_err(|_| EXPECTED)?;
    if bytes[0] & 1 != 0 { Err("a group address cannot be a station's") } else { Ok(bytes) }
}

#[cfg(all(test, feature = "ipv4"))]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Args, String> {
        Args::try_parse_from(line.split(' ')).map_err(|error| error.to_string())
    }

    #[test]
    fn everything_can_be_said() {
        let args = parse(
            "board --tap t9 --ip 10.1.2.3/8 --gateway 10.0.0.1 --mac 02:ab:00:00:00:ff --pcap x.pcap --faults drop=5",
        );
        let args = args.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((args.tap.as_str(), args.ip.unwrap().to_string().as_str()), ("t9", "10.1.2.3/8"));
        assert_eq!(args.gateway, Some(Ipv4Addr::new(10, 0, 0, 1)));
        assert_eq!(args.mac(), [2, 0xab, 0, 0, 0, 0xff]);
        assert_eq!(args.pcap, Some(PathBuf::from("x.pcap")));
        assert_eq!(args.faults.drop, 5.0);
    }

    #[test]
    fn little_must_be_said() {
        let args = parse("board --ip 192.168.77.2/24").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((args.tap.as_str(), args.mac()), ("tap0", [2, 0, 192, 168, 77, 2]));
        assert!(args.faults.is_none() && args.gateway.is_none() && args.pcap.is_none());
    }

    #[test]
    fn nonsense_is_refused() {
        for line in [
            "board --ip 192.168.77.2",
            "board --ip 192.168.77.2/33",
            "board --ip 192.168.77/24",
            "board --ip 1.2.3.4/24 --mac 02:00:00:00:00",
            "board --ip 1.2.3.4/24 --mac 02:00:00:00:00:001",
            "board --ip 1.2.3.4/24 --mac 03:00:00:00:00:01",
            "board --ip 1.2.3.4/24 --gateway x",
            "board --ip 1.2.3.4/24 --faults drop=101",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
