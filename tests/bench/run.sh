#!/bin/sh
# Generates the stacks, builds the benchmarks for release and runs them: tests/bench/run.sh run|count|verify|report … (see --help).
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
exec "$CARGO_TARGET_DIR/release/lwipgen-bench" "$@"
