//! Runs the stack on a TAP device of Linux: answers ping and serves echo, discard and chargen.
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

use args::Args;
use clap::Parser;
use counters::Counters;
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
    let tap = Tap::open(&args.tap).map_err(|error| format!("cannot open {}: {error}", args.tap))?;
    let capture = args.pcap.as_deref().map(Capture::create).transpose()?;
    let mut link = Link::new(tap, args.faults, capture);
    let mut stack = new_stack()?;
    let netif = bring_up(&mut stack, args).map_err(|error| format!("cannot use these addresses: {error}"))?;
    let mut services = Box::new(Services::new());
    services.open(&mut stack);
    eprintln!("{}, MTU {}; {services}", args.tap, lwip::config::NETIF_MTU);

    let start = std::time::Instant::now();
    let mut counters = Counters::default();
    #[cfg(feature = "ipv6")]
    let mut told = told::Told::default();
    let mut tell = |stack: &Stack, event| match event {
        #[cfg(feature = "ipv6")]
        lwip::Event::Ipv6(netif) => told.tell(stack, netif),
        event => {
            let _ = stack;
            eprintln!("{event:?}");
        }
    };
    loop {
        // Wraps after 49.7 days, as the stack's clock does.
        let now = Instant::from_millis(start.elapsed().as_millis() as u32);
        let next = stack.service(netif, &mut link, now);
        let busy = services.run(&mut stack, now, &mut tell);
        link.settle()?;
        let due = next.map(|at| Duration::from_millis(at.since(now).into()));
        let timeout = if busy { Some(Duration::ZERO) } else { due };
        let wake = wait::wait(&link, &signals, timeout).map_err(|error| format!("cannot wait: {error}"))?;
        if timeout != Some(Duration::ZERO) || wake != Wake::Timer {
            counters.woke(wake);
        }
        if let Wake::Signal(request) = wake {
            print!("{counters}{}", link.traffic());
            #[cfg(feature = "stats")]
            print!("{}", counters::StackCounters(&stack));
            println!();
            if request == Request::Quit {
                return Ok(());
            }
        }
    }
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

fn bring_up(stack: &mut Stack, args: &Args) -> Result<NetifId, lwip::Error> {
    let netif = stack.add_netif(NetifConfig { mac: args.mac(), mtu: lwip::config::NETIF_MTU })?;
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
