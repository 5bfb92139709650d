//! What the program is told when it is built, by the environment: `SSID=… PASSWORD=… IP=… GATEWAY=… cargo run --release`.

#[cfg(feature = "ipv4")]
use core::net::Ipv4Addr;

/// The settings.
pub struct Settings {
    /// Name of the network that a station joins or an access point makes.
    pub ssid: &'static str,
    /// Its password (WPA2); empty for an open network.
    pub password: &'static str,
    /// Whether this is the access point.
    pub is_access_point: bool,
    /// The stack's IPv4 address and prefix.
    #[cfg(feature = "ipv4")]
    ip: &'static str,
    /// Where IPv4 packets for other networks go; empty for nowhere.
    #[cfg(feature = "ipv4")]
    gateway: &'static str,
}

/// The values in the environment, or those in `.cargo/config.toml`.
pub const SETTINGS: Settings = Settings {
    ssid: env!("SSID"),
    password: env!("PASSWORD"),
    // A constant, so that the other mode gives no code.
    is_access_point: matches!(env!("WIFI").as_bytes(), b"access-point"),
    #[cfg(feature = "ipv4")]
    ip: env!("IP"),
    #[cfg(feature = "ipv4")]
    gateway: env!("GATEWAY"),
};

impl Settings {
    /// The stack's IPv4 address, the length of its network's prefix, and the gateway.
    #[cfg(feature = "ipv4")]
    pub fn ipv4(&self) -> Option<(Ipv4Addr, u8, Option<Ipv4Addr>)> {
        let (address, prefix_len) = self.ip.split_once('/')?;
        let prefix_len = prefix_len.parse().ok().filter(|len| *len <= 32)?;
        Some((address.parse().ok()?, prefix_len, self.gateway.parse().ok()))
    }
}
