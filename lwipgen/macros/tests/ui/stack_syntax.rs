mod net {
    lwipgen_macros::stack!("syntax.toml");
}

fn main() {}
