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
    fn tcp_isn(&mut self, _: net::SocketAddr, _: net::Instant) -> Option<u32> {
        None
    }

    fn ip4_input(&self, _: net::NetifId, _: &[u8]) -> net::hooks::Filter {
        net::hooks::Filter::Pass
    }
}

struct Other;

#[lwipgen_macros::hooks("hooked.toml")]
impl Hooks for Other {
    fn tcp_isn(&mut self, _: net::SocketAddr, _: net::SocketAddr, _: net::Instant) -> u32 {
        0
    }

    async fn ip4_input(&mut self, _: net::NetifId, _: &[u8]) -> net::hooks::Filter {
        net::hooks::Filter::Pass
    }
}

struct Third;

#[lwipgen_macros::hooks("hooked.toml")]
impl Hooks for Third {
    fn tcp_isn(&mut self, _: net::SocketAddr, _: net::SocketAddr, _: net::Instant) -> Option<u32> {
        None
    }

    fn ip4_input<T>(&mut self, _: net::NetifId, _: T) -> net::hooks::Filter {
        net::hooks::Filter::Pass
    }
}

fn main() {}
