//! A network namespace of the tests' own, and the interfaces in it.

use lwipgen_tests::{Failure, succeed};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// Set for the process that runs in the namespace.
const INSIDE: &str = "LWIPGEN_INTEROP_INSIDE";

/// Whether this process runs in the namespace.
pub fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Whether namespaces and TAP devices can be made here; if not, why.
pub fn is_permitted() -> Result<(), Failure> {
    let attempt =
        "ip tuntap add probe mode tap && ip address add 10.77.0.1/24 dev probe && ip link set probe up";
    let tried = succeed(unshare().args(["sh", "-c", attempt]));
    tried
        .map(|_| ())
        .map_err(|failure| format!("no namespace with a TAP device can be made: {}", failure.trim()))
}

/// Goes on in a new namespace, from the start of this program.
pub fn enter() -> Result<ExitCode, Failure> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let error = unshare().arg(program).args(std::env::args_os().skip(1)).env(INSIDE, "1").exec();
    Err(format!("cannot enter a namespace: {error}"))
}

/// A namespace for users and for the network, in which this user may do all that root may.
fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--net"]);
    command
}

/// A TAP device with the kernel's end at 10.77.`number`.1/24.
pub fn tap(number: u8, mtu: u16) -> Result<String, Failure> {
    let name = format!("tap{number}");
    let address = format!("10.77.{number}.1/24");
    // Without IPv6 the kernel says nothing unless it is asked to.
    let script = "ip link set lo up
        ip tuntap add $0 mode tap
        echo 1 > /proc/sys/net/ipv6/conf/$0/disable_ipv6
        ip address add $1 dev $0
        ip link set $0 mtu $2 up";
    succeed(Command::new("sh").args(["-ec", script, &name, &address, &mtu.to_string()]))?;
    Ok(name)
}
