#!/bin/sh
# Builds the benchmarks for release and runs them: tests/bench/run.sh run|count|verify|report … (see --help).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
: "${CARGO_TARGET_DIR:=$root/target/bench}"
export CARGO_TARGET_DIR

cargo build --release --quiet --locked --manifest-path "$root/tests/bench/Cargo.toml"
exec "$CARGO_TARGET_DIR/release/lwipgen-bench" "$@"
