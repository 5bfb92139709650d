//! Flow control: what is promised is kept, and closed windows are probed (RFC 9293 §3.8.6).

use super::script::Script;
use crate::config::{
    PBUF_BLOCK_SIZE, PBUF_RESERVE, TCP_DELAYED_ACK_MS, TCP_MAX_RETRIES, TCP_MSS, TCP_WND, TCP_WND_MIN,
};
use crate::pbuf::{BACKED, RX_MIN_BLOCKS, TX_MIN_BLOCKS};
use crate::wire::tcp::flags;
use crate::{Error, TcpState};

/// DESIGN: accepted data is never dropped for lack of memory. Every byte of the offered window is stored.
#[test]
fn every_advertised_byte_is_stored() {
    let (mut s, handle) = Script::established();
    let mut expected = std::vec::Vec::new();
    let mut window = usize::from(first_window(&mut s));
    assert!(window >= TCP_WND_MIN.min(0xffff) - 1 && window <= TCP_WND);
    while window > 0 {
        let n = window.min(700);
        let chunk: std::vec::Vec<u8> = (0..n).map(|i| (i * 7 + expected.len()) as u8).collect();
        s.send_data(&chunk);
        expected.extend(chunk);
        s.wait(TCP_DELAYED_ACK_MS);
        window = s.replies().last().map_or(window - n, |seg| usize::from(seg.header.window));
        assert!(expected.len() <= TCP_WND, "what is not read takes its room in the window");
    }
    let mut read = std::vec::Vec::new();
    while let Ok(piece) = s.stack.tcp_peek(handle).map(<[u8]>::to_vec) {
        s.stack.tcp_consume(handle, piece.len()).unwrap();
        read.extend(piece);
    }
    assert!(read == expected, "{} of {} bytes", read.len(), expected.len());
    assert!(s.replies().last().is_some_and(|seg| seg.header.window > 0), "reading opens the window again");
}

/// The window of an acknowledgement, without scale.
fn first_window(s: &mut Script) -> u16 {
    s.send(flags::ACK | flags::SYN, &[]);
    s.one().header.window
}

/// Each of the connections that the pool backs has its minimum, even when the others took all they can.
#[test]
fn every_backed_connection_gets_its_minimum() {
    let mut s = Script::new();
    let mut handles = std::vec::Vec::new();
    for i in 0..BACKED as u16 {
        s.peer_port = 1000 + i;
        s.seq = 1;
        handles.push(s.open(&[2, 4, 5, 180]));
        // Each one in turn fills its send buffer as far as it goes.
        let last = *handles.last().unwrap();
        assert!(s.stack.tcp_send(last, &[1; 200_000]).unwrap() >= crate::config::TCP_SND_BUF_MIN);
        // A window that is not open in full is a number of whole segments (RFC 9293 §3.8.6.2.2).
        let mss = TCP_MSS.min(1460);
        for window in s.replies().iter().map(|seg| seg.header.window) {
            assert!(
                usize::from(window) == TCP_WND.min(0xffff) || window < mss || window % mss == 0,
                "{window}"
            );
        }
    }
    for pcb in s.stack.tcp.pcbs.iter().filter(|pcb| !pcb.is_free()) {
        assert!(usize::from(pcb.rx_quota) >= RX_MIN_BLOCKS, "{}", pcb.rx_quota);
    }
}

/// RFC 9293 §3.8.6.1: a closed window is probed, with backoff, and an answer keeps the connection alive.
#[test]
fn a_closed_window_is_probed() {
    let (mut s, handle) = Script::established();
    s.window = 0;
    s.send(flags::ACK, &[]);
    s.stack.tcp_send(handle, b"stuck").unwrap();
    assert_eq!(s.replies(), []);
    for _ in 0..2 * u32::from(TCP_MAX_RETRIES) {
        s.wait_for_timer();
        let probe = s.one();
        assert_eq!(probe.payload, b"s");
        s.send(flags::ACK, &[]);
        assert_eq!(s.replies(), []);
    }
    s.window = 1000;
    s.send(flags::ACK, &[]);
    assert_eq!(s.one().payload, b"stuck");
}

#[test]
fn a_peer_that_answers_no_probe_is_given_up() {
    let (mut s, handle) = Script::established();
    s.window = 0;
    s.send(flags::ACK, &[]);
    s.stack.tcp_send(handle, b"stuck").unwrap();
    s.replies();
    for _ in 0..TCP_MAX_RETRIES {
        s.wait_for_timer();
        assert_eq!(s.replies().len(), 1);
    }
    s.wait_for_timer();
    assert_eq!(s.stack.tcp_send(handle, b"x"), Err(Error::TimedOut));
}

/// Bug class 23: the peer takes its window back below what is in flight.
#[test]
fn a_window_that_shrinks_to_nothing_does_not_kill() {
    let (mut s, handle) = Script::established();
    s.stack.tcp_send(handle, &[1; 500]).unwrap();
    assert_eq!(s.replies().len(), 1);
    s.window = 0;
    s.send(flags::ACK, &[]);
    for _ in 0..2 * u32::from(TCP_MAX_RETRIES) {
        s.wait_for_timer();
        assert_eq!(s.one().payload.len(), 1);
        s.send(flags::ACK, &[]);
    }
    assert_eq!(s.stack.tcp_state(handle), Ok(TcpState::Established));
    s.window = 5000;
    s.send(flags::ACK, &[]);
    let sent: usize = s.replies().iter().map(|seg| seg.payload.len()).sum();
    assert_eq!(sent, 500);
}

/// Fills the window until it is closed.
fn close_window(s: &mut Script) {
    let mut window = usize::from(first_window(s));
    while window > 0 {
        s.send_data(&std::vec![1; window.min(1460)]);
        window -= window.min(1460);
        s.wait(TCP_DELAYED_ACK_MS);
        window = s.replies().last().map_or(window, |seg| usize::from(seg.header.window));
    }
}

/// RFC 9293 §3.10.7.4: with a closed window no segment is acceptable, yet what it acknowledges counts.
#[test]
fn probes_of_our_closed_window_acknowledge() {
    let (mut s, handle) = Script::established();
    close_window(&mut s);
    s.stack.tcp_send(handle, b"answer").unwrap();
    assert_eq!(s.one().payload, b"answer");
    s.ack = s.ack.wrapping_add(6);
    let next = s.seq;
    s.seq = next.wrapping_sub(1);
    s.send(flags::ACK, &[]);
    let reply = s.expect(flags::ACK);
    assert_eq!((reply.ack, reply.window), (next, 0));
    assert_eq!(s.stack.tcp_unacknowledged(handle), Ok(0));
    assert_eq!(s.stack.next_deadline(), None);
    // One that acknowledges what was never sent does not count.
    s.stack.tcp_send(handle, b"more").unwrap();
    assert_eq!(s.one().payload, b"more");
    s.ack = s.ack.wrapping_add(5);
    s.send(flags::ACK, &[]);
    s.expect(flags::ACK);
    assert_eq!(s.stack.tcp_unacknowledged(handle), Ok(4));
}

/// Of two queues that could borrow, the send queue comes first: an echo that cannot send does not read either.
#[test]
fn what_is_not_read_borrows_nothing_while_sending() {
    let mut s = Script::new();
    let minimum = PBUF_RESERVE + BACKED * (RX_MIN_BLOCKS + TX_MIN_BLOCKS);
    let more = 1460usize.div_ceil(PBUF_BLOCK_SIZE);
    let held = usize::from(s.stack.pool.promise(s.stack.pool.spare() - (minimum + more)));
    let handle = s.open(&[2, 4, 5, 180]);
    close_window(&mut s);
    s.stack.pool.unpromise(held);
    s.stack.tcp_send(handle, b"x").unwrap();
    assert_eq!(s.one().header.window, 0);
    s.ack = s.ack.wrapping_add(1);
    s.send(flags::ACK, &[]);
    s.seq = s.seq.wrapping_sub(1);
    s.send(flags::ACK, &[]);
    assert!(held == 0 || s.expect(flags::ACK).window > 0, "nothing is being sent any more");
}

/// A segment that leaves no room for another is answered at once: no second one will come.
#[test]
fn the_last_segment_of_a_window_is_acknowledged_at_once() {
    let (mut s, _) = Script::established();
    let mut window = usize::from(first_window(&mut s));
    while window > 0 {
        let n = window.min(1460);
        s.send_data(&std::vec![1; n]);
        let replies = s.replies();
        match replies.last() {
            Some(ack) => window = usize::from(ack.header.window),
            None => window -= n,
        }
        assert!(window >= 1460 || replies.last().is_some_and(|ack| ack.header.ack == s.seq), "{window}");
    }
}

/// RFC 9293 §3.7.4: a short segment waits while one is in flight, unless Nagle's algorithm is off.
#[test]
fn nagle_holds_short_segments_back() {
    let (mut s, handle) = Script::established();
    s.stack.tcp_send(handle, b"a").unwrap();
    assert_eq!(s.one().payload, b"a");
    s.stack.tcp_send(handle, b"b").unwrap();
    s.stack.tcp_send(handle, b"c").unwrap();
    assert_eq!(s.replies(), []);
    s.ack = s.ack.wrapping_add(1);
    s.send(flags::ACK, &[]);
    assert_eq!(s.one().payload, b"bc");
    s.stack.tcp_set_nodelay(handle, true).unwrap();
    s.stack.tcp_send(handle, b"d").unwrap();
    assert_eq!(s.one().payload, b"d");
}

/// RFC 5681 §4.2: every second segment at once, a single one after the delay.
#[test]
fn acknowledgements_are_delayed() {
    let (mut s, handle) = Script::established();
    s.send_data(b"one");
    assert_eq!(s.replies().len(), usize::from(TCP_DELAYED_ACK_MS == 0));
    if TCP_DELAYED_ACK_MS > 0 {
        assert_eq!(s.wait_for_timer(), TCP_DELAYED_ACK_MS);
        assert_eq!(s.expect(flags::ACK).ack, s.seq);
        s.send_data(b"two");
        assert_eq!(s.replies(), []);
        s.send_data(b"three");
        assert_eq!(s.expect(flags::ACK).ack, s.seq);
        assert_eq!(s.stack.next_deadline(), None);
    }
    assert!(s.read(handle).ends_with(b"one") || TCP_DELAYED_ACK_MS > 0);
}

/// In-place writing: the peer's bytes go out as the application laid them down, over block borders too.
#[test]
fn data_can_be_written_in_place() {
    let (mut s, handle) = Script::established();
    let mut sent = std::vec::Vec::new();
    let mut next = 0u8;
    while sent.len() < PBUF_BLOCK_SIZE.min(crate::config::TCP_SND_BUF / 2) + 10 {
        let n = s
            .stack
            .tcp_send_with(handle, |piece| {
                let n = piece.len().min(100);
                for byte in &mut piece[..n] {
                    *byte = next;
                    next = next.wrapping_add(1);
                    sent.push(*byte);
                }
                n
            })
            .unwrap();
        assert!(n > 0);
    }
    let start = s.ack;
    let mut received = std::vec::Vec::new();
    while received.len() < sent.len() {
        for seg in s.replies() {
            received.extend(seg.payload);
        }
        s.ack = start.wrapping_add(received.len() as u32);
        s.send(flags::ACK, &[]);
    }
    assert_eq!(received, sent);
}

/// Keepalive probes after idling, answers that start it anew, and the end when none comes (RFC 9293 §3.8.4).
#[cfg(feature = "tcp-keepalive")]
#[test]
fn keepalive_finds_a_dead_peer() {
    use crate::config::{TCP_KEEPALIVE_COUNT, TCP_KEEPALIVE_IDLE_MS, TCP_KEEPALIVE_INTERVAL_MS};
    let (mut s, handle) = Script::established();
    assert_eq!(s.stack.next_deadline(), None, "an idle connection wants no timer");
    s.stack.tcp_set_keepalive(handle, true, s.now).unwrap();
    assert_eq!(s.wait_for_timer(), TCP_KEEPALIVE_IDLE_MS);
    let probe = s.expect(flags::ACK);
    assert_eq!(probe.seq, s.ack.wrapping_sub(1));
    s.send(flags::ACK, &[]);
    assert_eq!(s.wait_for_timer(), TCP_KEEPALIVE_IDLE_MS);
    for _ in 1..TCP_KEEPALIVE_COUNT {
        s.expect(flags::ACK);
        assert_eq!(s.wait_for_timer(), TCP_KEEPALIVE_INTERVAL_MS);
    }
    s.expect(flags::ACK);
    s.wait_for_timer();
    assert_eq!(s.stack.tcp_recv(handle, &mut [0]), Err(Error::TimedOut));
}
