#!/bin/sh
# Tells what stacks add to firmware for the ESP32-C6 in bytes: esp32c6/ without a stack, with embassy-net, and with a
# generated stack of its features (esp32c6/node.toml). Needs what boards/setup-debian.sh installs, or the target.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
: "${CARGO_TARGET_DIR:=$root/target}"
export CARGO_TARGET_DIR
here="$root/tests/bench/esp32c6"
images="$CARGO_TARGET_DIR/bench-firmware"

cargo build --quiet --manifest-path "$root/Cargo.toml" -p lwipgen
lwipgen="$CARGO_TARGET_DIR/debug/lwipgen"
# As Debian names it, and as others do.
for size in llvm-size llvm-size-22 size; do
    command -v "$size" >/dev/null && break
done
"$lwipgen" generate "$here/node.toml" --out "$here/generated/node"
# The settings of .cargo/config.toml are those of this folder.
cd "$here"
printf '%-20s %9s %9s %9s   more than without a stack\n' '' .text .rodata RAM
for carrier in wifi w5500; do
    "$lwipgen" toolchain esp32c6 -- build --quiet --release --target-dir "$images" --no-default-features \
        --features "$carrier,udp,tcp"
    suffix=$([ "$carrier" = wifi ] || echo "-$carrier")
    bare=
    for program in bare lwipgen embassy-net; do
        sizes=$("$size" -A "$images/riscv32imac-unknown-none-elf/release/$program$suffix" | awk '
            $1 == ".text" { text = $2 }
            $1 == ".rodata" { rodata = $2 }
            $1 == ".data" || $1 == ".bss" { ram += $2 }
            END { print text, rodata, ram }')
        : "${bare:=$sizes}"
        echo "$program$suffix $sizes $bare" | awk '{
            printf "%-20s %9d %9d %9d   flash %+d, RAM %+d\n", $1, $2, $3, $4, $2 + $3 - $5 - $6, $4 - $7 }'
    done
done
