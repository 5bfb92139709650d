#!/bin/sh
# Installs what builds and runs the boards on Debian 12, without rustup: setup-debian.sh [--check]
# Does nothing where all is there already. With --check it installs nothing and fails if something is missing.
set -eu

# RISC-V: a compiler with the library's source, a linker, the machine that runs it, and a network to run it on.
packages='rustc-web cargo-web rust-web-src lld-22 qemu-system-misc iproute2 iputils-ping'
# Xtensa: assembler and linker for what the compiler gives as text.
packages="$packages llvm-22 binutils-xtensa-lx106"

missing=''
for package in $packages; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "${1-}" = --check ]; then
    echo "missing:$missing" >&2
    exit 1
fi
as_root=''
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
        printf 'missing, and not root to install them. As root:\n  apt-get install --no-install-recommends%s\n' "$missing" >&2
        exit 1
    }
    as_root=sudo
fi
echo "installing$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
