//! Two stacks of the profile on one wire that loses, doubles and reorders frames.

use crate::addr::{ANY, Ip, socket};
use crate::testing::Net;
use crate::{Error, TcpHandle, TcpState};
use std::vec::Vec;

/// Sends `len` bytes from host 0 to host 1 and back as an echo, over each IP version; gives the milliseconds the last
/// one took.
fn echo(net: &mut Net, len: usize) -> u32 {
    Net::addresses(1).into_iter().fold(0, |_, server| echo_to(net, server, len))
}

fn echo_to(net: &mut Net, server: Ip, len: usize) -> u32 {
    let listener = net.hosts[1].tcp_listen(ANY, 7).unwrap();
    let client = net.hosts[0].tcp_connect(socket(server, 7), net.now).unwrap();
    let data: Vec<u8> = (0..len).map(|i| (i * 31 + i / 251) as u8).collect();
    let (mut sent, mut received, mut server) = (0, Vec::<u8>::new(), None::<TcpHandle>);
    let start = net.now;
    let mut closed = false;
    for turn in 0.. {
        assert!(turn < 400_000, "no progress: {} of {len} bytes", received.len());
        let mut idle = true;
        if let Ok(n) = net.hosts[0].tcp_send(client, &data[sent..]) {
            sent += n;
            idle &= n == 0;
        }
        if sent == len && !closed && net.hosts[0].tcp_shutdown(client).is_ok() {
            closed = true;
            idle = false;
        }
        if let Ok(accepted) = net.hosts[1].tcp_accept(listener) {
            server = Some(accepted);
            idle = false;
        }
        if let Some(handle) = server {
            match relay(net, handle) {
                Ok(true) => {}
                Ok(false) => {
                    net.hosts[1].tcp_close(handle, net.now).unwrap();
                    server = None;
                    idle = false;
                }
                Err(error) => panic!("{error}"),
            }
        }
        let mut buffer = [0; 997];
        match net.hosts[0].tcp_recv(client, &mut buffer) {
            Ok(0) => break,
            Ok(n) => {
                received.extend(&buffer[..n]);
                idle = false;
            }
            Err(Error::WouldBlock) => {}
            Err(error) => panic!("{error} after {} bytes", received.len()),
        }
        assert!(net.step() || !idle, "the stacks wait for ever: {} of {len} bytes", received.len());
    }
    assert!(received == data, "{} of {len} bytes came back, or not the same", received.len());
    let took = net.now.since(start);
    net.hosts[0].tcp_close(client, net.now).unwrap();
    net.hosts[1].tcp_close_listener(listener).unwrap();
    settle(net);
    took
}

/// Moves what has come back to the sender; `false` when the peer has finished and all is sent.
fn relay(net: &mut Net, handle: TcpHandle) -> Result<bool, Error> {
    let host = &mut net.hosts[1];
    loop {
        let room = host.tcp_send_room(handle)?.min(1200);
        let mut buffer = [0; 1200];
        match host.tcp_recv(handle, &mut buffer[..room]) {
            Ok(0) if room > 0 => return Ok(false),
            Ok(0) | Err(Error::WouldBlock) => return Ok(true),
            Ok(n) => assert_eq!(host.tcp_send(handle, &buffer[..n])?, n),
            Err(error) => return Err(error),
        }
    }
}

/// Runs until nothing more will happen; then all memory must be back.
fn settle(net: &mut Net) {
    for _ in 0..10_000 {
        if !net.step()
            || net.hosts.iter().all(|host| host.next_deadline().is_none() && host.pool.backed() == 0)
        {
            break;
        }
    }
    for host in &net.hosts {
        let states: Vec<TcpState> = host.tcp.pcbs.iter().map(|pcb| pcb.state).collect();
        assert_eq!((host.pool.taken(), host.pool.promised()), (0, 0), "{states:?}");
    }
}

#[test]
fn a_clean_wire_carries_all_bytes() {
    echo(&mut Net::new(1), 150_000);
}

#[test]
fn a_bad_wire_carries_all_bytes() {
    for seed in 0..12 {
        let mut net = Net::new(seed * 7 + 3);
        net.faults = [5, 2, 5];
        echo(&mut net, 40_000);
    }
}

#[test]
fn a_very_bad_wire_carries_all_bytes() {
    for seed in 0..4 {
        let mut net = Net::new(seed * 13 + 5);
        net.faults = [20, 10, 20];
        net.latency = 20;
        echo(&mut net, 8_000);
    }
}

/// Recovery without the timer: at 1 % loss and 10 ms, a transfer is not dominated by timeouts.
#[test]
fn single_losses_are_repaired_without_a_timeout() {
    let mut net = Net::new(2);
    net.latency = 10;
    let clean = echo(&mut net, 100_000);
    let mut net = Net::new(2);
    net.latency = 10;
    net.faults = [1, 0, 0];
    let lossy = echo(&mut net, 100_000);
    assert!(lossy < clean * 4 + 3000, "{lossy} ms with losses, {clean} ms without");
}

#[cfg(not(feature = "timers-periodic"))]
#[test]
fn an_idle_connection_asks_for_no_wake_up() {
    let mut net = Net::new(3);
    let listener = net.hosts[1].tcp_listen(ANY, 7).unwrap();
    let server = Net::addresses(1)[0];
    net.hosts[0].tcp_connect(socket(server, 7), net.now).unwrap();
    while net.step() {}
    assert!(net.hosts[1].tcp_accept(listener).is_ok());
    for host in &net.hosts {
        assert_eq!(host.next_deadline(), None);
    }
}
