lwipgen_macros::budget!("minimal-v4", max = "40 KB");
lwipgen_macros::budget!("minimal-v4", max = 1.5);
lwipgen_macros::budget!("minimal-v4", most = 4096);

fn main() {}
