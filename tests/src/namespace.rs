//! Network namespaces of the tests' own, and the interfaces in them.

use crate::{Failure, succeed};
use nix::sched::{CloneFlags, setns, unshare};
use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, id};
use std::thread;
use std::time::{Duration, Instant};

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
    let tried = succeed(own().args(["sh", "-c", attempt]));
    tried
        .map(|_| ())
        .map_err(|failure| format!("no namespace with a TAP device can be made: {}", failure.trim()))
}

/// Goes on in a new namespace, from the start of this program.
pub fn enter() -> Result<ExitCode, Failure> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let error = own().arg(program).args(std::env::args_os().skip(1)).env(INSIDE, "1").exec();
    Err(format!("cannot enter a namespace: {error}"))
}

/// A namespace for users and for the network, in which this user may do all that root may.
fn own() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--net"]);
    // Where daemons are, and where not every user looks.
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
    command
}

/// Gives the calling thread, and what it starts from now on, a namespace in which there is nothing yet.
pub fn fresh() -> Result<(), Failure> {
    unshare(CloneFlags::CLONE_NEWNET).map_err(|error| format!("no new namespace: {error}"))?;
    // What is sent to groups must leave by the interface that was named, and nothing may be refused by its source.
    shell(
        "ip link set lo up
        for f in all default; do echo 0 > /proc/sys/net/ipv4/conf/$f/rp_filter; done",
        &[],
    )
}

/// Runs a script of commands in the calling thread's namespace; its arguments are `$1` and so on.
pub fn shell(script: &str, arguments: &[&str]) -> Result<(), Failure> {
    succeed(Command::new("sh").args(["-ec", script, "sh"]).args(arguments)).map(|_| ())
}

/// A TAP device with the kernel's end of the given versions of IP, which says nothing unless it is asked to.
pub fn tap(name: &str, mtu: u16, addresses: &[&str]) -> Result<(), Failure> {
    let ipv6 = addresses.iter().any(|address| address.contains(':'));
    shell(
        "ip tuntap add $1 mode tap
        cd /proc/sys/net/ipv6/conf/$1
        echo $3 > disable_ipv6
        echo 0 > accept_ra
        echo 0 > router_solicitations
        echo 0 > accept_dad
        ip link set $1 mtu $2 up",
        &[name, &mtu.to_string(), if ipv6 { "0" } else { "1" }],
    )?;
    addresses.iter().try_for_each(|address| address_on(name, address))
}

/// Waits until the kernel uses a TAP device that a program has taken hold of: before that, which takes up to a second, it
/// drops what it would send there.
pub fn wait_for(tap: &str) -> Result<(), Failure> {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let state = succeed(Command::new("ip").args(["-brief", "link", "show", "dev", tap]))?;
        if state.split_whitespace().nth(1) == Some("UP") {
            return Ok(());
        }
        if Instant::now() > until {
            return Err(format!("the kernel does not use its link: {state}"));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// One more address for the kernel's end of an interface.
pub fn address_on(interface: &str, address: &str) -> Result<(), Failure> {
    let nodad: &[&str] = if address.contains(':') { &["nodad"] } else { &[] };
    succeed(Command::new("ip").args(["address", "add", address, "dev", interface]).args(nodad)).map(|_| ())
}
/// The kernel passes packets on between the interfaces of the calling thread's namespace.
pub fn forward() -> Result<(), Failure> {
    shell("echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding", &[])
}

/// Another namespace: a host beyond the router that the calling thread's namespace is.
pub struct Beyond(File);

impl Beyond {
    /// A host at 10.78.0.2 and fd78::2, behind a link that carries no more than `mtu` bytes a packet. The kernel's own
    /// end is its gateway, 10.78.0.1 and fd78::1.
    pub fn link(mtu: u16) -> Result<Self, Failure> {
        let host = Self::host(mtu)?;
        shell(
            "ip address add 10.78.0.1/24 dev near
            ip address add fd78::1/64 dev near nodad
            ip link set near up",
            &[],
        )?;
        forward()?;
        Ok(host)
    }

    /// The same host on the link of the TAP device `tap`: who holds that has to be its gateway.
    pub fn on(tap: &str, mtu: u16) -> Result<Self, Failure> {
        let host = Self::host(mtu)?;
        shell(
            "ip link add br0 type bridge
            for i in br0 near $1; do echo 1 > /proc/sys/net/ipv6/conf/$i/disable_ipv6; done
            for i in near $1; do ip link set $i mtu $2 master br0 up; done
            ip link set br0 up",
            &[tap, &mtu.to_string()],
        )?;
        Ok(host)
    }

    /// A host with one end of a cable; the other is `near`.
    fn host(mtu: u16) -> Result<Self, Failure> {
        let made = thread::spawn(|| {
            fresh()?;
            File::open("/proc/thread-self/ns/net").map_err(|error| error.to_string())
        });
        let host = Self(made.join().map_err(|_| "no other namespace")??);
        let mtu = mtu.to_string();
        let path = format!("/proc/{}/fd/{}", id(), host.0.as_raw_fd());
        shell("ip link add near mtu $1 type veth peer name far mtu $1 netns $2", &[&mtu, &path])?;
        host.run(|| {
            shell(
                "ip address add 10.78.0.2/24 dev far
                ip address add fd78::2/64 dev far nodad
                ip link set far up
                ip route add default via 10.78.0.1
                ip route add default via fd78::1",
                &[],
            )
        })?;
        Ok(host)
    }

    /// Does something there, commands and sockets alike.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> Result<T, Failure> + Send) -> Result<T, Failure> {
        let there = || {
            setns(&self.0, CloneFlags::CLONE_NEWNET)
                .map_err(|error| format!("another namespace: {error}"))?;
            work()
        };
        thread::scope(|scope| scope.spawn(there).join().map_err(|_| "it panicked".to_owned())?)
    }
}
