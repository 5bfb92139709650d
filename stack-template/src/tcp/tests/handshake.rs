//! Opening connections (RFC 9293 §3.5, §3.10.7.1–3.10.7.3).

use super::script::{PEER_IP, PEER_ISN, PEER_PORT, PORT, Script};
use crate::addr::{ANY, socket, v4};
use crate::config::{
    TCP_BACKLOG, TCP_MSS, TCP_PCBS, TCP_RTO_INITIAL_MS, TCP_SYN_RCVD_TIMEOUT_MS, TCP_SYN_RETRIES,
};
use crate::testing::{drain, host, parse_arp};
use crate::wire::tcp::{Header, Options, flags};
use crate::{Error, Event, Instant, TcpState};

#[test]
fn passive_open_answers_with_our_mss_and_tells_the_listener() {
    let mut s = Script::new();
    s.send_with(flags::SYN, &[2, 4, 2, 24], &[]);
    let syn_ack = s.one();
    assert_eq!(syn_ack.header.flags, flags::SYN | flags::ACK);
    assert_eq!(syn_ack.header.ack, PEER_ISN.wrapping_add(1));
    assert_eq!(Options::parse(&syn_ack.options).mss, Some(TCP_MSS));
    assert_eq!(s.stack.tcp_accept(s.listener), Err(Error::WouldBlock), "not established yet");
    s.seq = s.seq.wrapping_add(1);
    s.ack = syn_ack.header.seq.wrapping_add(1);
    s.send(flags::ACK, &[]);
    assert_eq!(s.stack.poll_event(), Some(Event::Accept(s.listener)));
    let handle = s.stack.tcp_accept(s.listener).unwrap();
    assert_eq!(s.stack.tcp_state(handle), Ok(TcpState::Established));
    assert_eq!(s.stack.tcp_remote(handle), Ok(socket(v4(PEER_IP), PEER_PORT)));
}

fn connect(s: &mut Script) -> (crate::TcpHandle, Header) {
    let handle = s.stack.tcp_connect(socket(v4(PEER_IP), 80), s.now).unwrap();
    let syn = s.one();
    assert_eq!(syn.header.flags, flags::SYN);
    s.peer_port = 80;
    s.local_port = syn.header.src;
    s.ack = syn.header.seq.wrapping_add(1);
    (handle, syn.header)
}

#[test]
fn active_open_acknowledges_the_answer() {
    let mut s = Script::new();
    let (handle, _) = connect(&mut s);
    s.send_with(flags::SYN | flags::ACK, &[2, 4, 2, 24], &[]);
    assert_eq!(s.expect(flags::ACK).ack, PEER_ISN.wrapping_add(1));
    assert_eq!(s.stack.tcp_state(handle), Ok(TcpState::Established));
    assert!(matches!(s.stack.poll_event(), Some(Event::Tcp(h, e)) if h == handle && e.connected()));
}

/// RFC 9293 §3.10.7.3: a reset with the right acknowledgement refuses, another one does nothing.
#[test]
fn a_refused_connection_tells_so() {
    let mut s = Script::new();
    let (handle, _) = connect(&mut s);
    s.ack = s.ack.wrapping_add(5);
    s.send(flags::RST | flags::ACK, &[]);
    assert_eq!(s.stack.tcp_state(handle), Ok(TcpState::SynSent));
    s.ack = s.ack.wrapping_sub(5);
    s.send(flags::RST | flags::ACK, &[]);
    assert_eq!(s.stack.tcp_recv(handle, &mut [0]), Err(Error::Refused));
    assert!(matches!(s.stack.poll_event(), Some(Event::Tcp(h, e)) if h == handle && e.closed()));
}

/// RFC 9293 §3.5, figure 7.
#[test]
fn both_sides_may_open_at_once() {
    let mut s = Script::new();
    let (handle, syn) = connect(&mut s);
    s.send_with(flags::SYN, &[2, 4, 2, 24], &[]);
    let answer = s.one().header;
    assert_eq!(
        (answer.flags, answer.seq, answer.ack),
        (flags::SYN | flags::ACK, syn.seq, PEER_ISN.wrapping_add(1))
    );
    s.seq = s.seq.wrapping_add(1);
    s.send(flags::ACK, &[]);
    assert_eq!(s.stack.tcp_state(handle), Ok(TcpState::Established));
}

#[test]
fn a_syn_is_repeated_with_backoff_and_given_up() {
    let mut s = Script::new();
    let (handle, syn) = connect(&mut s);
    let mut expected = TCP_RTO_INITIAL_MS;
    for _ in 0..TCP_SYN_RETRIES {
        assert_eq!(s.wait_for_timer(), expected);
        assert_eq!(s.one().header.seq, syn.seq);
        expected = (expected * 2).min(crate::config::TCP_RTO_MAX_MS);
    }
    s.wait_for_timer();
    assert_eq!(s.replies(), []);
    assert_eq!(s.stack.tcp_recv(handle, &mut [0]), Err(Error::TimedOut));
    assert_eq!(s.stack.next_deadline(), None, "nothing ticks for a connection that is over");
}

/// RFC 9293 §3.10.7.1.
#[test]
fn a_segment_for_no_connection_is_refused() {
    let mut s = Script::new();
    s.local_port = 9;
    s.send(flags::SYN, &[]);
    let reset = s.expect(flags::RST | flags::ACK);
    assert_eq!((reset.seq, reset.ack, reset.src), (0, PEER_ISN.wrapping_add(1), 9));
    s.ack = 77;
    s.send(flags::ACK, b"abc");
    assert_eq!(s.expect(flags::RST).seq, 77);
    s.send(flags::RST, &[]);
    assert_eq!(s.replies(), [], "a reset is never answered");
}

/// RFC 9293 §3.10.7.4: in SYN-RECEIVED, an acknowledgement of something else is refused and the SYN stays.
#[test]
fn a_wrong_acknowledgement_of_our_syn_is_refused() {
    let mut s = Script::new();
    s.send(flags::SYN, &[]);
    let isn = s.one().header.seq;
    s.seq = s.seq.wrapping_add(1);
    s.ack = isn.wrapping_add(9);
    s.send(flags::ACK, &[]);
    assert_eq!(s.expect(flags::RST).seq, isn.wrapping_add(9));
    s.ack = isn.wrapping_add(1);
    s.send(flags::ACK, &[]);
    assert!(s.stack.tcp_accept(s.listener).is_ok());
}

/// The peer did not get our answer and repeats its SYN.
#[test]
fn a_repeated_syn_gets_the_same_answer() {
    let mut s = Script::new();
    s.send(flags::SYN, &[]);
    let first = s.one().header;
    s.send(flags::SYN, &[]);
    let again = s.one().header;
    assert_eq!((again.flags, again.seq, again.ack), (first.flags, first.seq, first.ack));
}

/// Bug class 24: SYNs without more fill the backlog, but not for longer than SYN-RECEIVED may last.
#[test]
fn half_open_connections_expire() {
    let mut s = Script::new();
    let room = usize::from(TCP_BACKLOG).min(crate::pbuf::BACKED).min(TCP_PCBS);
    for i in 0..room as u16 + 3 {
        s.peer_port = 1000 + i;
        s.send(flags::SYN, &[]);
    }
    assert_eq!(s.replies().len(), room, "no more than the backlog or the pool allows");
    let start = s.now;
    while s.stack.next_deadline().is_some() {
        s.wait_for_timer();
        s.replies();
    }
    assert_eq!(s.now.since(start), TCP_SYN_RCVD_TIMEOUT_MS);
    assert_eq!((s.stack.pool.taken(), s.stack.pool.promised()), (0, 0));
    s.peer_port = 2000;
    s.open(&[]);
}

/// The same for a peer whose hardware address nobody tells, at any hour of the clock.
#[test]
fn a_half_open_connection_that_never_sent_expires() {
    for start in [1000, 0x7fff_f000, 0xa000_0000, u32::MAX - 1000] {
        let (mut stack, netif) = host();
        let listener = stack.tcp_listen(ANY, PORT).unwrap();
        let mut s = Script { stack, netif, listener, now: Instant::from_millis(start), ..Script::new() };
        s.send(flags::SYN, &[]);
        let end = s.now.after(TCP_SYN_RCVD_TIMEOUT_MS);
        while s.stack.pool.backed() > 0 {
            assert!(drain(&mut s.stack, netif, s.now).iter().all(|frame| parse_arp(frame).is_some()));
            s.wait_for_timer();
            assert!(end.reached(s.now), "from {start} on, still at {:?}", s.now);
        }
        assert_eq!(s.now, end);
    }
}

#[test]
fn stale_handles_are_errors() {
    let (mut s, handle) = Script::established();
    s.stack.tcp_abort(handle).unwrap();
    assert_eq!(s.expect(flags::RST | flags::ACK).src, PORT);
    assert_eq!(s.stack.tcp_send(handle, b"x"), Err(Error::Handle));
    s.seq = PEER_ISN;
    let next = s.open(&[]);
    assert_ne!(next, handle, "the block is used again, the handle is not");
    assert_eq!(s.stack.tcp_recv(handle, &mut [0]), Err(Error::Handle));
}

/// Bug class 2: a tiny MSS option does not drown us in headers.
#[test]
fn a_tiny_mss_has_a_floor() {
    for mss in [0, 1, 63] {
        let mut s = Script::new();
        let handle = s.open(&[2, 4, 0, mss]);
        s.stack.tcp_send(handle, &[7; 600]).unwrap();
        let first = s.replies().remove(0);
        assert!(first.payload.len() >= 64, "MSS {mss}: {} bytes", first.payload.len());
    }
}

/// RFC 7323 §2.2: the window of a SYN is not scaled, the ones after it are.
#[cfg(feature = "tcp-wnd-scale")]
#[test]
fn windows_are_scaled_after_the_handshake() {
    let mut s = Script::new();
    s.window = 100;
    let handle = s.open(&[2, 4, 5, 180, 1, 3, 3, 7]);
    s.window = 100;
    s.send_data(b"x");
    s.stack.tcp_send(handle, &[1; 1460]).unwrap();
    let sent: usize = s.replies().iter().map(|seg| seg.payload.len()).sum();
    assert_eq!(sent, 1460, "100 << 7 bytes may go");
}
