mod net {
    lwipgen_macros::stack!("broken.toml");
}

fn main() {}
