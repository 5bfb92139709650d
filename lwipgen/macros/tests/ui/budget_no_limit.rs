lwipgen_macros::budget!("minimal-v4");

fn main() {}
