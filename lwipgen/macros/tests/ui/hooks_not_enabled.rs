/// The macro's own words: what the compiler says besides is not of interest.
mod net {
    pub struct SocketAddr;
    pub struct Instant;
    pub struct NetifId;
    pub mod hooks {
        pub enum Filter {
            Pass,
        }
    }
}

trait Hooks {}

struct Mine;

#[lwipgen_macros::hooks("hooked.toml")]
impl Hooks for Mine {
    fn tcp_isn(&mut self, _: net::SocketAddr, _: net::SocketAddr, _: net::Instant) -> Option<u32> {
        None
    }

    fn ip4_input(&mut self, _: net::NetifId, _: &[u8]) -> net::hooks::Filter {
        net::hooks::Filter::Pass
    }

    fn unknown_eth_protocol(&mut self, _: net::NetifId, _: &[u8]) -> bool {
        true
    }

    fn ip6_input(&mut self, _: net::NetifId, _: &[u8]) -> net::hooks::Filter {
        net::hooks::Filter::Pass
    }

    fn tcp_ins(&mut self) {}
}

fn main() {}
