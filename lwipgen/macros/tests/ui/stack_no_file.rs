mod net {
    lwipgen_macros::stack!("nowhere.toml");
}

fn main() {}
