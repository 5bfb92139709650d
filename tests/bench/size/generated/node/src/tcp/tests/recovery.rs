//! Loss and what follows it (RFC 5681, RFC 6298, RFC 6582) and data out of order.

use super::script::Script;
use crate::config::{TCP_MAX_RETRIES, TCP_RTO_MAX_MS, TCP_SND_BUF};
use crate::wire::tcp::flags;
use crate::{Error, TcpHandle};
use std::vec::Vec;

const MSS: usize = 200;

/// A connection with an MSS of 200 and `n` segments queued, as many as the buffer takes; gives what was sent at once.
fn loaded(n: usize) -> (Script, TcpHandle, usize, Vec<u32>) {
    let mut s = Script::new();
    let handle = s.open(&[2, 4, 0, MSS as u8]);
    let data: Vec<u8> = (0..n * MSS).map(|i| i as u8).collect();
    let queued = s.stack.tcp_send(handle, &data[..data.len().min(TCP_SND_BUF)]).unwrap() / MSS;
    let sent = s.replies().iter().map(|seg| seg.header.seq).collect();
    (s, handle, queued, sent)
}

/// RFC 5681 §3.1: slow start from the initial window, doubled by each round trip.
#[test]
fn slow_start_doubles_the_window() {
    let (mut s, _, queued, sent) = loaded(40);
    let initial = (4 * MSS).min(4380.max(2 * MSS)) / MSS;
    assert_eq!(sent.len(), initial.min(queued));
    s.ack = s.ack.wrapping_add((sent.len() * MSS) as u32);
    s.wait(20);
    s.send(flags::ACK, &[]);
    let left = queued - sent.len();
    // One acknowledgement of it all opens the window by two segments (RFC 3465 §2.3).
    assert_eq!(s.replies().len(), (initial + 2).min(left));
}

/// RFC 5681 §3.2: the third duplicate sends the lost segment again, at once.
#[test]
fn three_duplicates_send_the_lost_segment_again() {
    let (mut s, _, _, sent) = loaded(4);
    if sent.len() < 4 {
        return; // the profile's send buffer holds fewer segments
    }
    for _ in 0..2 {
        s.send(flags::ACK, &[]);
        assert_eq!(s.replies(), []);
    }
    s.send(flags::ACK, &[]);
    let again = s.one();
    assert_eq!((again.header.seq, again.payload.len()), (sent[0], MSS));
    s.send(flags::ACK, &[]);
    assert_eq!(s.replies(), [], "once is enough");
}

/// RFC 6582 §3.2: a partial acknowledgement sends the next hole again without waiting.
#[test]
fn a_partial_acknowledgement_repairs_the_next_hole() {
    let (mut s, _, _, sent) = loaded(4);
    if sent.len() < 4 {
        return;
    }
    for _ in 0..3 {
        s.send(flags::ACK, &[]);
    }
    assert_eq!(s.one().header.seq, sent[0]);
    s.ack = sent[2];
    s.send(flags::ACK, &[]);
    assert_eq!(s.replies().first().unwrap().header.seq, sent[2]);
}

/// RFC 5827 §3.1: with three segments in flight and no more to send, two duplicates are enough.
#[test]
fn few_segments_in_flight_need_fewer_duplicates() {
    let (mut s, _, _, sent) = loaded(3);
    assert_eq!(sent.len(), 3);
    s.send(flags::ACK, &[]);
    assert_eq!(s.replies(), []);
    s.send(flags::ACK, &[]);
    assert_eq!(s.one().header.seq, sent[0]);
}

/// RFC 6298 §5: the timer sends the first segment again and doubles; at the end the peer counts as gone.
#[test]
fn timeouts_double_and_end() {
    let (mut s, handle, _, sent) = loaded(1);
    let mut last = 0;
    for _ in 0..TCP_MAX_RETRIES {
        let waited = s.wait_for_timer();
        assert!(waited == (last * 2).min(TCP_RTO_MAX_MS) || last == 0, "{waited} after {last}");
        last = waited;
        let again = s.one();
        assert_eq!((again.header.seq, again.payload.len()), (sent[0], MSS));
    }
    s.wait_for_timer();
    assert_eq!(s.stack.tcp_send(handle, b"x"), Err(Error::TimedOut));
    assert_eq!(s.stack.next_deadline(), None);
    assert_eq!((s.stack.pool.taken(), s.stack.pool.promised()), (0, 0));
}

/// RFC 6298 §3 (Karn): a segment that was sent twice is not timed.
#[test]
fn a_repeated_segment_gives_no_measurement() {
    let (mut s, handle, ..) = loaded(1);
    let first = s.wait_for_timer();
    s.one();
    s.wait(first);
    s.ack = s.ack.wrapping_add(MSS as u32);
    s.send(flags::ACK, &[]);
    assert_eq!(s.stack.next_deadline(), None, "all is acknowledged");
    s.stack.tcp_send(handle, &[1; MSS]).unwrap();
    s.one();
    assert_eq!(s.stack.next_deadline().unwrap().since(s.now), first, "the timeout has not changed");
}

/// After a timeout, segments that the acknowledgement covers are not sent again.
#[test]
fn go_back_skips_what_the_peer_has() {
    let (mut s, _, _, sent) = loaded(4);
    let last = sent.len();
    if last < 3 {
        return;
    }
    s.wait_for_timer();
    assert_eq!(s.one().header.seq, sent[0]);
    s.ack = s.ack.wrapping_add((last * MSS) as u32);
    s.send(flags::ACK, &[]);
    assert_eq!(s.replies(), []);
    assert_eq!(s.stack.next_deadline(), None);
}

#[test]
fn data_out_of_order_is_kept_in_place() {
    let (mut s, handle) = Script::established();
    let start = s.seq;
    s.seq = start.wrapping_add(3);
    s.send(flags::ACK, b"def");
    assert_eq!(s.expect(flags::ACK).ack, start, "a duplicate acknowledgement at once");
    s.seq = start.wrapping_add(6);
    s.send(flags::ACK | flags::FIN, b"ghi");
    assert_eq!(s.expect(flags::ACK).ack, start);
    assert_eq!(s.read(handle), b"");
    s.seq = start;
    s.send(flags::ACK, b"abc");
    assert_eq!(s.expect(flags::ACK).ack, start.wrapping_add(10), "data and FIN");
    assert_eq!(s.read(handle), b"abcdefghi");
    assert_eq!(s.stack.tcp_recv(handle, &mut [0]), Ok(0));
}

#[test]
fn reading_between_gaps_keeps_what_lies_ahead() {
    let (mut s, handle) = Script::established();
    let start = s.seq;
    s.send(flags::ACK, b"ab");
    s.seq = start.wrapping_add(5);
    s.send(flags::ACK, b"fgh");
    assert_eq!(s.read(handle), b"ab");
    s.seq = start.wrapping_add(2);
    s.send(flags::ACK, b"cde");
    assert_eq!(s.read(handle), b"cdefgh");
}

/// A peer that has filled our window, of which the first segment was lost, acknowledges from the window's end.
#[test]
fn an_acknowledgement_from_the_end_of_the_window_counts() {
    let (mut s, handle) = Script::established();
    s.send(flags::ACK | flags::SYN, &[]);
    let window = u32::from(s.one().header.window);
    s.stack.tcp_send(handle, b"answer").unwrap();
    assert_eq!(s.one().payload, b"answer");
    s.ack = s.ack.wrapping_add(6);
    let next = s.seq;
    s.seq = next.wrapping_add(window + 1);
    s.send(flags::ACK, &[]);
    s.expect(flags::ACK);
    assert_eq!(s.stack.tcp_unacknowledged(handle), Ok(6), "beyond the window");
    s.seq = next.wrapping_add(window);
    s.send(flags::ACK, &[]);
    assert_eq!(s.replies(), []);
    assert_eq!(s.stack.tcp_unacknowledged(handle), Ok(0));
}

/// RFC 5681 §4.2: each segment out of order is answered, though several came before the driver could send.
#[test]
fn each_segment_out_of_order_gets_its_duplicate() {
    let (mut s, _) = Script::established();
    let missing = s.seq;
    s.seq = s.seq.wrapping_add(100);
    for _ in 0..3 {
        s.send_data(&[1; 100]);
    }
    let replies = s.replies();
    let seen: Vec<_> =
        replies.iter().map(|seg| (seg.header.ack, seg.header.window, seg.payload.len())).collect();
    assert_eq!(seen, [(missing, replies[0].header.window, 0); 3]);
    s.send_data(&[1; 100]);
    s.send_data(&[1; 100]);
    s.seq = missing;
    s.send_data(&[0; 100]);
    let ack = s.expect(flags::ACK).ack;
    assert_eq!(ack, missing.wrapping_add(600));
}
