//! What the program is told of IPv4 when it is built, by the environment: `IP=… GATEWAY=… cargo run --release`.

use core::net::Ipv4Addr;

/// The settings.
pub struct Settings {
    /// The stack's address and prefix.
    ip: &'static str,
    /// Where packets for other networks go; empty for nowhere.
    gateway: &'static str,
}

/// The values in the environment, or those in `.cargo/config.toml`.
pub const SETTINGS: Settings = Settings { ip: env!("IP"), gateway: env!("GATEWAY") };

impl Settings {
    /// The stack's IPv4 address, the length of its network's prefix, and the gateway.
    pub fn ipv4(&self) -> Option<(Ipv4Addr, u8, Option<Ipv4Addr>)> {
        let (address, prefix_len) = self.ip.split_once('/')?;
        let prefix_len = prefix_len.parse().ok().filter(|len| *len <= 32)?;
        Some((address.parse().ok()?, prefix_len, self.gateway.parse().ok()))
    }
}
