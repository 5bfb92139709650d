#!/bin/sh
# Generates the stacks, builds the benchmarks for release and runs them: tests/bench/run.sh run|count|rv32|verify|report … (see --help).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
: "${CARGO_TARGET_DIR:=$root/target}"
export CARGO_TARGET_DIR

lwipgen() {
    cargo run --quiet --manifest-path "$root/Cargo.toml" -p lwipgen -- "$@"
}
lwipgen generate minimal-v4
lwipgen generate throughput
lwipgen generate "$root/tests/bench/bench-4mss.toml" --out "$root/tests/bench/generated/bench-4mss"

cargo build --release --quiet --manifest-path "$root/tests/bench/Cargo.toml"
case "${1-} " in
rv32* | report*)
    # What is for another core must not mix with what is for this one.
    images="$CARGO_TARGET_DIR/bench-rv32"
    for profile in small release; do
        lwipgen toolchain qemu-rv32 -- build --quiet --profile "$profile" --target-dir "$images" \
            --manifest-path "$root/tests/bench/rv32/Cargo.toml"
    done
    set -- "$@" --images "$images/riscv32imac-unknown-none-elf" --compiler "$(lwipgen toolchain qemu-rv32)"
    ;;
esac
exec "$CARGO_TARGET_DIR/release/lwipgen-bench" "$@"
