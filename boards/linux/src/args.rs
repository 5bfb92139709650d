//! The command line.

use crate::faults::Faults;
use clap::builder::RangedI64ValueParser;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use lwip::config::{NETIF_COUNT, NETIF_MTU};
use std::ffi::OsString;
use std::fmt;
#[cfg(feature = "ipv4")]
use std::net::Ipv4Addr;
#[cfg(feature = "ipv6")]
use std::net::Ipv6Addr;
use std::path::PathBuf;
use std::str::FromStr;

/// The command line: the interfaces of the stack, in the order in which they were named.
pub struct Args {
    pub interfaces: Vec<Interface>,
}

/// Runs the stack on TAP devices: ping, TCP and UDP echo (7), TCP discard (9), TCP chargen (19).
///
/// SIGUSR1 prints the counters, SIGINT and SIGTERM print them and end the program.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
pub struct Interface {
    /// The TAP device; made if it does not exist. May be repeated if the profile has as many interfaces (netif.count):
    /// what follows, up to the next one, is said of it
    #[arg(long, value_name = "NAME", default_value = "tap0")]
    pub tap: String,
    /// Largest IP packet that the link carries
    #[arg(long, value_name = "BYTES", default_value_t = NETIF_MTU, value_parser = mtu())]
    pub mtu: u16,
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
    /// The secret that IPv6 addresses are made from (RFC 7217), in 32 hexadecimal digits: with the same one they are the
    /// same at each start. It is that of all interfaces [default: a new one]
    #[cfg(feature = "ipv6-interface-id-opaque")]
    #[arg(long, value_name = "HEX", value_parser = secret)]
    pub ip6_secret: Option<[u8; 16]>,
    /// Make IPv6 addresses from the prefixes that routers tell
    #[cfg(feature = "ipv6-autoconf")]
    #[arg(long)]
    pub slaac: bool,
    /// Ask servers of DHCPv6 for DNS servers and the like; on one interface only
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
    /// Reads the program's own; ends it when they ask for help or make no sense.
    pub fn parse() -> Self {
        Self::read(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    /// Each `--tap` but the first begins what is said of another interface.
    fn read(line: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut words = line.into_iter();
        let program = words.next().unwrap_or_default();
        let mut parts = vec![vec![program.clone()]];
        let mut named = false;
        for word in words {
            let names = word == "--tap" || word.as_encoded_bytes().starts_with(b"--tap=");
            if names && named {
                parts.push(vec![program.clone()]);
            }
            named |= names;
            parts.last_mut().into_iter().for_each(|part| part.push(word.clone()));
        }
        let interfaces = parts.into_iter().map(Interface::try_parse_from).collect::<Result<Vec<_>, _>>()?;
        if interfaces.len() > NETIF_COUNT {
            let said = format!(
                "{} times `--tap`, but the profile has `netif.count = {NETIF_COUNT}`",
                interfaces.len()
            );
            return Err(Interface::command().error(ErrorKind::TooManyValues, said));
        }
        Ok(Self { interfaces })
    }
}

impl Interface {
    /// The hardware address that was asked for, or a locally administered one for the interface with this number.
    pub fn mac(&self, number: usize) -> [u8; 6] {
        let nameless = [0, 0, 0, (number as u8).wrapping_add(2)];
        #[cfg(feature = "ipv4")]
        let last = self.ip.map_or(nameless, |subnet| subnet.address.octets());
        #[cfg(not(feature = "ipv4"))]
        let last = nameless;
        let [a, b, c, d] = last;
        self.mac.unwrap_or([2, 0, a, b, c, d])
    }
}

#[cfg(feature = "ipv6-interface-id-opaque")]
fn secret(text: &str) -> Result<[u8; 16], &'static str> {
    const EXPECTED: &str = "expected 32 hexadecimal digits, not all of them 0";
    let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = digits.then(|| u128::from_str_radix(text, 16).ok()).flatten();
    // A secret of zeros is none.
    number.filter(|number| *number != 0).map(u128::to_be_bytes).ok_or(EXPECTED)
}

/// What `Stack::add_netif` takes.
fn mtu() -> RangedI64ValueParser<u16> {
    let least = if cfg!(feature = "ipv6") { 1280 } else { 576 };
    clap::value_parser!(u16).range(least..=i64::from(NETIF_MTU))
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

    fn parse_all(line: &str) -> Result<Vec<Interface>, String> {
        let args = Args::read(line.split(' ').map(OsString::from));
        args.map(|args| args.interfaces).map_err(|error| error.to_string())
    }

    fn parse(line: &str) -> Result<Interface, String> {
        let [interface] =
            <[_; 1]>::try_from(parse_all(line)?).map_err(|all| format!("{} interfaces", all.len()))?;
        Ok(interface)
    }

    #[test]
    fn everything_can_be_said() {
        let args = parse(
            "board --tap t9 --ip 10.1.2.3/8 --gateway 10.0.0.1 --mac 02:ab:00:00:00:ff --pcap x.pcap --faults drop=5",
        );
        let args = args.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((args.tap.as_str(), args.ip.unwrap().to_string().as_str()), ("t9", "10.1.2.3/8"));
        assert_eq!(args.gateway, Some(Ipv4Addr::new(10, 0, 0, 1)));
        assert_eq!(args.mac(0), [2, 0xab, 0, 0, 0, 0xff]);
        assert_eq!(args.pcap, Some(PathBuf::from("x.pcap")));
        assert_eq!(args.faults.drop, 5.0);
    }

    #[test]
    fn little_must_be_said() {
        let args = parse("board --ip 192.168.77.2/24").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((args.tap.as_str(), args.mac(0), args.mtu), ("tap0", [2, 0, 192, 168, 77, 2], NETIF_MTU));
        assert!(args.faults.is_none() && args.gateway.is_none() && args.pcap.is_none());
    }

    /// What comes before the first device is said of it, too.
    #[test]
    fn what_is_said_is_said_of_the_device_before() {
        let said = parse_all("board --ip 10.1.0.1/24 --tap a --gateway 10.1.0.9 --tap=b --ip 10.2.0.1/24");
        if NETIF_COUNT < 2 {
            return assert!(said.is_err_and(|error| error.contains("netif.count")));
        }
        let interfaces = said.unwrap_or_else(|error| panic!("{error}"));
        let of = |interface: &Interface| {
            (interface.tap.clone(), interface.ip.unwrap().to_string(), interface.gateway)
        };
        let own = |name: &str, ip: &str, gateway| (name.to_owned(), ip.to_owned(), gateway);
        let gateway = Some(Ipv4Addr::new(10, 1, 0, 9));
        assert_eq!(
            interfaces.iter().map(of).collect::<Vec<_>>(),
            [own("a", "10.1.0.1/24", gateway), own("b", "10.2.0.1/24", None)]
        );
        let macs = parse_all("board --tap a --tap b").unwrap_or_else(|error| panic!("{error}"));
        assert_ne!(macs[0].mac(0), macs[1].mac(1));
        assert!(parse_all("board --tap a --ip 10.1.0.1/24 --ip 10.2.0.1/24").is_err(), "twice of one");
    }

    #[test]
    fn more_devices_than_interfaces_are_refused() {
        let line = format!("board{}", " --tap t".repeat(NETIF_COUNT + 1));
        let error = parse_all(&line).err().unwrap_or_default();
        assert!(error.contains(&format!("netif.count = {NETIF_COUNT}")), "{error}");
    }

    #[test]
    fn nonsense_is_refused() {
        let too_large = format!("board --ip 1.2.3.4/24 --mtu {}", u32::from(NETIF_MTU) + 1);
        for line in [
            "board --ip 192.168.77.2",
            "board --ip 192.168.77.2/33",
            "board --ip 192.168.77/24",
            "board --ip 1.2.3.4/24 --mac 02:00:00:00:00",
            "board --ip 1.2.3.4/24 --mac 02:00:00:00:00:001",
            "board --ip 1.2.3.4/24 --mac 03:00:00:00:00:01",
            "board --ip 1.2.3.4/24 --gateway x",
            "board --ip 1.2.3.4/24 --faults drop=101",
            "board --ip 1.2.3.4/24 --mtu 575",
            &too_large,
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
