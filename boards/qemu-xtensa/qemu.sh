#!/bin/sh
# Runs a program on QEMU's `kc705` machine: qemu.sh PROGRAM [OPTION]... [ARGUMENT OF THE PROGRAM]...
#   --tap NAME    the network card is this TAP device, which must exist
#   --ports BASE  without a TAP device: ports 7, 9 and 19 are on 127.0.0.1 at BASE + 7, 9 and 19 [5000]
#   --pcap FILE   write the frames to this file
set -eu
program=$1
shift
tap='' ports=5000 pcap='' words=''
while [ $# -gt 0 ]; do
    case $1 in
    --tap) tap=$2 && shift 2 ;;
    --ports) ports=$2 && shift 2 ;;
    --pcap) pcap=$2 && shift 2 ;;
    *) words="$words $1" && shift ;;
    esac
done
command -v qemu-system-xtensa >/dev/null || {
    echo 'qemu-system-xtensa is not installed: on Debian, apt-get install qemu-system-misc' >&2
    exit 127
}
if [ -n "$tap" ]; then
    network="tap,id=n0,ifname=$tap,script=no,downscript=no"
else
    to() { echo "hostfwd=$1:127.0.0.1:$((ports + $2))-:$2"; }
    network="user,id=n0,$(to tcp 7),$(to tcp 9),$(to tcp 19),$(to udp 7)"
    case $words in *--ip*) ;; *) words=" --ip 10.0.2.15/24 --gateway 10.0.2.2$words" ;; esac
    echo "TCP ports 7, 9 and 19 are on 127.0.0.1 at $((ports + 7)), $((ports + 9)) and $((ports + 19))" >&2
fi
exec qemu-system-xtensa -M kc705 -cpu dc232b -m 16M \
    -nographic -monitor none -serial stdio -semihosting -kernel "$program" \
    -netdev "$network" -net nic,model=open_eth,netdev=n0 \
    ${pcap:+-object filter-dump,id=f0,netdev=n0,file="$pcap"} \
    -append "$words"
