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
impl Hooks for Mine {}

fn main() {}
