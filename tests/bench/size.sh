#!/bin/sh
# Tells the code of a small node in bytes (`.text` and `.rodata` of size/, opt-level s, with linker relaxation) for
# minimal-v4 and for dual-stack, with MLDv1 as lwIP has it and with MLDv2. Needs what boards/setup-debian.sh installs.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
: "${CARGO_TARGET_DIR:=$root/target}"
export CARGO_TARGET_DIR
here="$root/tests/bench/size"
images="$CARGO_TARGET_DIR/bench-size"

lwipgen() {
    cargo run --quiet --manifest-path "$root/Cargo.toml" -p lwipgen -- "$@"
}
# As Debian names it, and as others do.
for size in llvm-size llvm-size-22 size; do
    command -v "$size" >/dev/null && break
done
for node in ipv4 dual dual-mldv2; do
    lwipgen generate "$here/$node/node.toml" --out "$here/generated/node"
    # Not for build scripts, which run here.
    CARGO_TARGET_RISCV32IMAC_UNKNOWN_NONE_ELF_RUSTFLAGS=-Ctarget-feature=+relax \
        lwipgen toolchain qemu-rv32 -- build --quiet --release --target-dir "$images" \
        --manifest-path "$here/Cargo.toml"
    printf '%s ' "$node"
    "$size" -A "$images/riscv32imac-unknown-none-elf/release/lwipgen-bench-size" |
        awk '$1 == ".text" || $1 == ".rodata" { bytes += $2 } END { print bytes }'
done
