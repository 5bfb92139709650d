//! Runs the stack on TAP devices of Linux: answers ping and serves echo, discard and chargen.
//!
//! One thread: the stack takes and gives frames, the services answer, then poll(2) sleeps until the stack's own
//! deadline, a frame or a signal. SIGUSR1 prints the counters; SIGINT and SIGTERM print them and end the program.

mod args;
mod counters;
mod faults;
mod link;
mod pcap;
#[path = "../../shared/services/mod.rs"]
mod services;
mod tap;
#[cfg(feature = "ipv6")]
mod told;
mod wait;

use args::{Args, Interface};
use counters::{Counters, Traffic};
use link::Link;
use lwip::{Instant, NetifConfig, NetifId, Stack};
use pcap::Capture;
use services::Services;
use std::process::ExitCode;
use std::time::Duration;
use tap::Tap;
use wait::{Request, Signals, Wake};

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), String> {
    let signals = Signals::block().map_err(|error| format!("cannot take signals: {error}"))?;
    let mut links = args.interfaces.iter().map(connect).collect::<Result<Vec<_>, _>>()?;
    let mut stack = new_stack()?;
    #[cfg(feature = "ipv6-interface-id-opaque")]
    if let Some(secret) = args.interfaces.iter().find_map(|interface| interface.ip6_secret) {
        stack.set_ipv6_secret(secret);
    }
    let mut netifs = Vec::new();
    for (number, interface) in args.interfaces.iter().enumerate() {
        let netif = bring_up(&mut stack, interface, number);
        netifs
            .push(netif.map_err(|error| format!("cannot use the addresses of {}: {error}", interface.tap))?);
    }
    let mut services = Box::new(Services::new());
    services.open(&mut stack);
    let named = args.interfaces.iter().map(|interface| format!("{}, MTU {}; ", interface.tap, interface.mtu));
    eprintln!("{}{services}", named.collect::<String>());

    let start = std::time::Instant::now();
    let mut counters = Counters::default();
    #[cfg(feature = "ipv6")]
    let mut told = told::Told::new(netifs.clone());
    let mut tell = |stack: &Stack, event| match event {
        #[cfg(feature = "ipv6")]
        lwip::Event::Ipv6(_) => told.tell(stack),
        event => {
            let _ = stack;
            eprintln!("{event:?}");
        }
    };
    loop {
        // Wraps after 49.7 days, as the stack's clock does.
        let now = Instant::from_millis(start.elapsed().as_millis() as u32);
        let mut busy = false;
        for (link, netif) in links.iter_mut().zip(&netifs) {
            busy |= stack.service(*netif, link, now) == Some(now);
        }
        busy |= services.run(&mut stack, now, &mut tell);
        links.iter_mut().try_for_each(Link::settle)?;
        // What came in by one may leave by another that had its turn before.
        busy |= links
            .iter()
            .zip(&netifs)
            .any(|(link, netif)| !link.is_blocked() && stack.egress(*netif, now).is_some());
        let due = stack.next_deadline().map(|at| Duration::from_millis(at.since(now).into()));
        let timeout = if busy { Some(Duration::ZERO) } else { due };
        let wake = wait::wait(&links, &signals, timeout).map_err(|error| format!("cannot wait: {error}"))?;
        if timeout != Some(Duration::ZERO) || wake != Wake::Timer {
            counters.woke(wake);
        }
        if let Wake::Signal(request) = wake {
            print!("{counters}{}", links.iter().map(Link::traffic).sum::<Traffic>());
            #[cfg(feature = "stats")]
            print!("{}", counters::StackCounters(&stack));
            println!();
            if request == Request::Quit {
                return Ok(());
            }
        }
    }
}

/// The device of an interface.
fn connect(interface: &Interface) -> Result<Link, String> {
    let tap = Tap::open(&interface.tap).map_err(|error| format!("cannot open {}: {error}", interface.tap))?;
    let capture = interface.pcap.as_deref().map(Capture::create).transpose()?;
    Ok(Link::new(tap, interface.faults, capture))
}

/// A stack with a new secret seed.
fn new_stack() -> Result<Box<Stack>, String> {
    let mut seed = [0; 16];
    getrandom::fill(&mut seed).map_err(|error| format!("no randomness: {error}"))?;
    #[cfg(not(all(feature = "memory-arena", not(feature = "memory-heap"))))]
    let stack = Stack::new(seed);
    #[cfg(all(feature = "memory-arena", not(feature = "memory-heap")))]
    let stack = {
        use lwip::config::{PBUF_BLOCK_SIZE, PBUF_POOL_SIZE};
        Stack::new(seed, Box::leak(Box::new([[0; PBUF_BLOCK_SIZE]; PBUF_POOL_SIZE])))
    };
    Ok(Box::new(stack))
}

fn bring_up(stack: &mut Stack, args: &Interface, number: usize) -> Result<NetifId, lwip::Error> {
    let netif = stack.add_netif(NetifConfig { mac: args.mac(number), mtu: args.mtu })?;
    #[cfg(feature = "ipv4")]
    if let Some(ip) = args.ip {
        stack.set_ipv4(netif, ip.address, ip.prefix_len, args.gateway)?;
        eprintln!("{ip} on {}", args.tap);
    }
    #[cfg(feature = "ipv6-autoconf")]
    stack.set_ipv6_autoconf(netif, args.slaac)?;
    stack.set_link(netif, true);
    #[cfg(feature = "ipv6")]
    {
        // The link-local address comes first.
        stack.poll(Instant::from_millis(0));
        for ip in &args.ip6 {
            stack.add_ipv6(netif, ip.address, ip.prefix_len, Instant::from_millis(0))?;
        }
        #[cfg(feature = "dhcp6")]
        if args.dhcp6 {
            stack.dhcp6_start(netif, Instant::from_millis(0))?;
        }
    }
    #[cfg(any(feature = "igmp", feature = "mld"))]
    for group in &args.join {
        stack.join_group(netif, *group, Instant::from_millis(0))?;
        eprintln!("in group {group}");
    }
    Ok(netif)
}
