mod net {
    lwipgen_macros::stack!(profile);
}

fn main() {}
