//! What the program is told: `--ip ADDRESS/PREFIX --gateway ADDRESS --ip6 ADDRESS/PREFIX --mac MAC`.

#[cfg(feature = "ipv4")]
use core::net::Ipv4Addr;
#[cfg(feature = "ipv6")]
use core::net::Ipv6Addr;
use core::str::FromStr;

/// The arguments.
#[derive(Default)]
pub struct Arguments {
    /// The stack's IPv4 address and prefix.
    #[cfg(feature = "ipv4")]
    pub ip: Option<(Ipv4Addr, u8)>,
    /// Where IPv4 packets for other networks go.
    #[cfg(feature = "ipv4")]
    pub gateway: Option<Ipv4Addr>,
    /// An IPv6 address and prefix beside the link-local one and those that routers give.
    #[cfg(feature = "ipv6")]
    pub ip6: Option<(Ipv6Addr, u8)>,
    /// The hardware address, if not that of the network card.
    pub mac: Option<[u8; 6]>,
}

impl Arguments {
    /// What `text` says.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut arguments = Self::default();
        let mut words = text.split_ascii_whitespace();
        while let Some(word) = words.next() {
            let value = words.next().ok_or("the last argument has no value")?;
            match word {
                #[cfg(feature = "ipv4")]
                "--ip" => arguments.ip = Some(subnet(value)?),
                #[cfg(feature = "ipv4")]
                "--gateway" => arguments.gateway = Some(value.parse().map_err(|_| "--gateway: no address")?),
                #[cfg(feature = "ipv6")]
                "--ip6" => arguments.ip6 = Some(subnet(value)?),
                // The profile has no use for them.
                #[cfg(not(feature = "ipv4"))]
                "--ip" | "--gateway" => {}
                #[cfg(not(feature = "ipv6"))]
                "--ip6" => {}
                "--mac" => arguments.mac = Some(mac(value)?),
                _ => return Err("known are --ip, --gateway, --ip6 and --mac"),
            }
        }
        Ok(arguments)
    }
}

fn subnet<A: FromStr>(text: &str) -> Result<(A, u8), &'static str> {
    const EXPECTED: &str = "expected an address and a prefix such as 10.0.2.15/24 or fd00::2/64";
    let (address, prefix_len) = text.split_once('/').ok_or(EXPECTED)?;
    let address = address.parse().map_err(|_| EXPECTED)?;
    let prefix_len = prefix_len.parse().map_err(|_| EXPECTED)?;
    if usize::from(prefix_len) > 8 * size_of::<A>() { Err(EXPECTED) } else { Ok((address, prefix_len)) }
}

fn mac(text: &str) -> Result<[u8; 6], &'static str> {
    const EXPECTED: &str = "expected six bytes such as 02:00:00:00:00:01";
    let mut bytes = [0; 6];
    let mut parts = text.split(':');
    for byte in &mut bytes {
        let part = parts.next().ok_or(EXPECTED)?;
        *byte = u8::from_str_radix(part, 16).map_err(|_| EXPECTED)?;
    }
    if parts.next().is_some() { Err(EXPECTED) } else { Ok(bytes) }
}
