#!/usr/bin/env bash
# Type-checks the boards with Xtensa cores where Espressif's compiler is not installed:
#   typecheck-xtensa.sh [BOARD]...    [esp32s3 esp32 esp32-ethernet]
#
# Needs Debian's rustc-web, cargo-web and rust-web-src (boards/setup-debian.sh). Every line of the program, of esp-hal and
# of esp-radio is checked as for the chip: names, types, pins, features. Nothing is compiled to machine code or linked,
# for esp-hal has inline assembly that only Espressif's compiler takes. So the compiler is told of a machine of the same
# pointer width that it knows the assembly of nothing for, under the name of the chip's target.
set -euo pipefail
cd "$(dirname "$0")"
boards=("$@")
((${#boards[@]})) || boards=(esp32s3 esp32 esp32-ethernet)

export RUSTC=${RUSTC:-/usr/bin/rustc} RUSTC_BOOTSTRAP=1
unset RUSTUP_TOOLCHAIN RUSTC_WORKSPACE_WRAPPER
cargo=${CARGO_FOR_XTENSA:-/usr/bin/cargo}
products=$(realpath -m "${CARGO_TARGET_DIR:-../target}")/xtensa-typecheck
mkdir -p "$products"

for board in "${boards[@]}"; do
    triple=xtensa-${board%%-*}-none-elf
    # The name of the file is that of the target.
    "$RUSTC" -Zunstable-options --target loongarch32-unknown-none --print target-spec-json |
        sed '/"metadata": {/,/}/d' >"$products/$triple.json"
    (
        cd "$board"
        CARGO_TARGET_DIR=$products \
            CARGO_BUILD_RUSTFLAGS='' \
            RUSTFLAGS='--cfg target_arch="xtensa" -Aexplicit_builtin_cfgs_in_flags' \
            "$cargo" check -q -Zjson-target-spec -Zbuild-std=core,alloc --target "$products/$triple.json" \
            --config "target.$triple.linker='/bin/true'"
    )
    echo "$board: type-checked, not built"
done
