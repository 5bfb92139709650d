//! Closing connections (RFC 9293 §3.6).

use super::script::Script;
use crate::config::{TCP_FIN_WAIT_TIMEOUT_MS, TCP_MSL_MS, TCP_PCBS};
use crate::wire::tcp::flags;
use crate::{Error, Event, TcpState};

const FIN_ACK: u8 = flags::FIN | flags::ACK;

fn at_baseline(s: &Script) {
    assert_eq!((s.stack.pool.taken(), s.stack.pool.promised()), (0, 0));
}

#[test]
fn the_peer_closes_first() {
    let (mut s, handle) = Script::established();
    s.send_data(b"last words");
    s.send(FIN_ACK, &[]);
    s.seq = s.seq.wrapping_add(1);
    assert_eq!(s.one().header.ack, s.seq);
    assert!(matches!(s.stack.poll_event(), Some(Event::Tcp(_, e)) if e.readable()));
    assert_eq!(s.stack.tcp_state(handle), Ok(TcpState::CloseWait));
    assert_eq!(s.read(handle), b"last words");
    assert_eq!(s.stack.tcp_recv(handle, &mut [0]), Ok(0), "the end of the stream");
    s.stack.tcp_send(handle, b"bye").unwrap();
    s.stack.tcp_close(handle, s.now).unwrap();
    let fin = s.one();
    assert_eq!((fin.header.flags, &fin.payload[..]), (FIN_ACK | flags::PSH, &b"bye"[..]));
    s.ack = s.ack.wrapping_add(4);
    s.send(flags::ACK, &[]);
    assert_eq!(s.stack.tcp_recv(handle, &mut [0]), Err(Error::Handle));
    at_baseline(&s);
    assert_eq!(s.stack.next_deadline(), None);
}

#[test]
fn this_side_closes_first_and_waits_out_old_segments() {
    let (mut s, handle) = Script::established();
    s.stack.tcp_shutdown(handle).unwrap();
    assert_eq!(s.stack.tcp_send(handle, b"x"), Err(Error::State));
    s.expect(FIN_ACK);
    s.ack = s.ack.wrapping_add(1);
    s.send(flags::ACK, &[]);
    assert_eq!(s.stack.tcp_state(handle), Ok(TcpState::FinWait2));
    s.send_data(b"still here");
    assert_eq!(s.read(handle), b"still here");
    s.send(FIN_ACK, &[]);
    s.seq = s.seq.wrapping_add(1);
    assert_eq!(s.expect(flags::ACK).ack, s.seq);
    assert_eq!(s.stack.tcp_state(handle), Ok(TcpState::TimeWait));
    s.stack.tcp_close(handle, s.now).unwrap();
    // The peer did not get our acknowledgement: the wait starts anew.
    s.wait(1000);
    s.seq = s.seq.wrapping_sub(1);
    s.send(FIN_ACK, &[]);
    s.expect(flags::ACK);
    assert_eq!(s.wait_for_timer(), 2 * TCP_MSL_MS);
    assert_eq!(s.stack.next_deadline(), None);
    at_baseline(&s);
}

/// RFC 9293 §3.6, figure 13.
#[test]
fn both_sides_close_at_once() {
    let (mut s, handle) = Script::established();
    s.stack.tcp_shutdown(handle).unwrap();
    s.expect(FIN_ACK);
    s.send(FIN_ACK, &[]);
    s.seq = s.seq.wrapping_add(1);
    s.expect(flags::ACK);
    assert_eq!(s.stack.tcp_state(handle), Ok(TcpState::Closing));
    s.ack = s.ack.wrapping_add(1);
    s.send(flags::ACK, &[]);
    assert_eq!(s.stack.tcp_state(handle), Ok(TcpState::TimeWait));
}

/// RFC 2525 §2.17: the peer should know that its data was not read.
#[test]
fn closing_with_unread_data_resets() {
    let (mut s, handle) = Script::established();
    s.send_data(b"unread");
    s.stack.tcp_close(handle, s.now).unwrap();
    let reset = s.replies().pop().unwrap().header;
    assert_eq!(reset.flags, flags::RST | flags::ACK);
    at_baseline(&s);
}

/// Data for a connection that the application has closed is refused.
#[test]
fn data_after_close_resets() {
    let (mut s, handle) = Script::established();
    s.stack.tcp_close(handle, s.now).unwrap();
    s.expect(FIN_ACK);
    s.ack = s.ack.wrapping_add(1);
    s.send(flags::ACK, b"too late");
    assert_eq!(s.expect(flags::RST | flags::ACK).flags, flags::RST | flags::ACK);
    at_baseline(&s);
}

/// A peer that never finishes does not hold the block for ever.
#[test]
fn fin_wait_2_of_a_closed_connection_expires() {
    let (mut s, handle) = Script::established();
    s.stack.tcp_close(handle, s.now).unwrap();
    s.expect(FIN_ACK);
    s.ack = s.ack.wrapping_add(1);
    s.send(flags::ACK, &[]);
    assert_eq!(s.wait_for_timer(), TCP_FIN_WAIT_TIMEOUT_MS);
    at_baseline(&s);
}

/// A FIN that gets lost is sent again.
#[test]
fn a_lost_fin_is_repeated() {
    let (mut s, handle) = Script::established();
    s.stack.tcp_close(handle, s.now).unwrap();
    let first = s.expect(FIN_ACK);
    s.wait_for_timer();
    assert_eq!(s.expect(FIN_ACK).seq, first.seq);
}

/// When all blocks wait in TIME-WAIT, the oldest makes room.
#[test]
fn time_wait_makes_room_for_a_new_connection() {
    let mut s = Script::new();
    for i in 0..TCP_PCBS as u16 + 1 {
        s.peer_port = 1000 + i;
        s.seq = 5000;
        let handle = s.open(&[]);
        s.stack.tcp_close(handle, s.now).unwrap();
        s.expect(FIN_ACK);
        s.ack = s.ack.wrapping_add(1);
        s.send(FIN_ACK, &[]);
        s.expect(flags::ACK);
        s.wait(10);
    }
}

/// RFC 9293 §3.10.7.4: a new SYN beyond what was received opens the same pair of endpoints again.
#[test]
fn a_new_syn_ends_time_wait() {
    let (mut s, handle) = Script::established();
    s.stack.tcp_close(handle, s.now).unwrap();
    s.expect(FIN_ACK);
    s.ack = s.ack.wrapping_add(1);
    s.send(FIN_ACK, &[]);
    s.expect(flags::ACK);
    s.seq = s.seq.wrapping_add(100_000);
    s.open(&[]);
}
