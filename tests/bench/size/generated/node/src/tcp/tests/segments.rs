//! Which segments are acceptable (RFC 9293 §3.10.7.4, RFC 5961).

use super::script::{PEER_IP, Script};
use crate::addr::Ip4;
use crate::config::TCP_CHALLENGE_ACK_RATE;
use crate::testing::OWN_IP;
use crate::testing::ip_frame;
use crate::wire::protocol;
use crate::wire::tcp::{HEADER_LEN, flags};
use crate::{Error, TcpState};

/// RFC 5961 §3.2, bug class 22: only the exact sequence number resets.
#[test]
fn a_reset_must_hit_the_next_sequence_number() {
    let (mut s, handle) = Script::established();
    let expected = s.seq;
    for off in [1, 100] {
        s.seq = expected.wrapping_add(off);
        s.send(flags::RST, &[]);
        assert_eq!(s.expect(flags::ACK).ack, expected, "in the window: challenged");
    }
    for off in [-1i32, -1000, 0x4000_0000] {
        s.seq = expected.wrapping_add_signed(off);
        s.send(flags::RST, &[]);
        assert_eq!(s.replies(), [], "outside of the window: dropped");
    }
    assert_eq!(s.stack.tcp_state(handle), Ok(TcpState::Established));
    s.seq = expected;
    s.send(flags::RST, &[]);
    assert_eq!(s.stack.tcp_recv(handle, &mut [0]), Err(Error::Reset));
    assert_eq!((s.stack.pool.taken(), s.stack.pool.promised()), (0, 0));
}

/// RFC 5961 §4.2.
#[test]
fn a_syn_in_an_established_connection_is_challenged() {
    let (mut s, handle) = Script::established();
    let expected = s.seq;
    for seq in [expected, expected.wrapping_add(10), expected.wrapping_sub(1000)] {
        s.seq = seq;
        s.send(flags::SYN, &[]);
        assert_eq!(s.expect(flags::ACK).ack, expected);
    }
    assert_eq!(s.stack.tcp_state(handle), Ok(TcpState::Established));
}

/// RFC 5961 §5.2 and §7.
#[test]
fn acknowledgements_of_what_was_never_sent_are_challenged_at_a_limited_rate() {
    let (mut s, _) = Script::established();
    s.ack = s.ack.wrapping_add(1000);
    let mut answers = 0;
    for _ in 0..3 * TCP_CHALLENGE_ACK_RATE {
        s.send(flags::ACK, &[]);
        answers += s.replies().len();
    }
    assert_eq!(answers, usize::from(TCP_CHALLENGE_ACK_RATE));
    s.wait(1000);
    s.send(flags::ACK, &[]);
    assert_eq!(s.replies().len(), 1);
}

/// Data before and behind the window is cut off, and the rest is taken.
#[test]
fn data_is_trimmed_to_the_window() {
    let (mut s, handle) = Script::established();
    s.send_data(b"hello ");
    s.seq = s.seq.wrapping_sub(3);
    s.send_data(b"lo world");
    assert_eq!(s.read(handle), b"hello world");
    let old = s.seq;
    s.seq = s.seq.wrapping_sub(5);
    s.send(flags::ACK, b"world");
    let ack = s.replies().pop().unwrap();
    assert_eq!(ack.header.ack, old, "a duplicate is acknowledged again");
    assert_eq!(s.read(handle), b"");
}

/// RFC 9293 §3.10.7.4: a segment without ACK is dropped.
#[test]
fn a_segment_without_ack_is_dropped() {
    let (mut s, handle) = Script::established();
    s.send(0, b"no ack");
    assert_eq!((s.replies(), s.read(handle)), (std::vec![], std::vec![]));
}

/// A wrong checksum changes nothing, also for the segment that is just what the connection waits for.
#[test]
fn a_wrong_checksum_changes_nothing() {
    let (mut s, handle) = Script::established();
    for (bits, payload) in [(flags::ACK, &b"expected"[..]), (flags::ACK | flags::RST, &[])] {
        let (src, dst) = (s.peer_port, s.local_port);
        let header = crate::wire::tcp::Header { src, dst, seq: s.seq, ack: s.ack, flags: bits, window: 1000 };
        let mut segment = header.to_bytes(0).to_vec();
        segment[16..18].copy_from_slice(&[0xbe, 0xef]);
        segment.extend_from_slice(payload);
        let frame = ip_frame(PEER_IP, OWN_IP, protocol::TCP, &segment);
        s.stack.input(s.netif, &frame, s.now);
    }
    assert_eq!((s.replies(), s.read(handle)), (std::vec![], std::vec![]));
    s.send_data(b"expected");
    assert_eq!(s.read(handle), b"expected");
}

/// Bug class 25: nobody sends from these.
#[test]
fn impossible_sources_are_dropped() {
    let mut s = Script::new();
    for src in
        [[0, 0, 0, 0], [255, 255, 255, 255], [224, 0, 0, 1], [127, 0, 0, 1], [10, 0, 0, 255], [10, 0, 0, 1]]
    {
        let header = crate::wire::tcp::Header { src: 7, dst: 7, flags: flags::SYN, ..Default::default() };
        s.send_segment(Ip4::from(src), OWN_IP, header.to_bytes(0).to_vec());
        assert_eq!(s.replies(), [], "{src:?}");
    }
}

/// Bug classes 1, 3 and 7: every truncation of a SYN, every data offset, malformed options.
#[test]
fn malformed_segments_are_dropped_without_a_trace() {
    let mut s = Script::new();
    let header = crate::wire::tcp::Header { src: 5, dst: 7, flags: flags::SYN, ..Default::default() };
    for len in 0..HEADER_LEN {
        s.send_segment(PEER_IP, OWN_IP, header.to_bytes(0)[..len].to_vec());
    }
    for offset in [0, 1, 4, 6, 15] {
        let mut bytes = header.to_bytes(0).to_vec();
        bytes[12] = offset << 4;
        s.send_segment(PEER_IP, OWN_IP, bytes);
    }
    assert_eq!(s.replies(), []);
    assert_eq!((s.stack.pool.taken(), s.stack.pool.promised()), (0, 0));
    for options in [[2, 0, 0, 0], [2, 0xff, 0, 0], [1, 1, 1, 3], [8, 10, 0, 0], [0xff, 1, 0, 0]] {
        let mut s = Script::new();
        s.open(&options);
    }
}

/// Bug class 4: urgent data is ordinary data, and the pointer is not looked at.
#[test]
fn urgent_pointers_change_nothing() {
    let (mut s, handle) = Script::established();
    let header = crate::wire::tcp::Header {
        src: s.peer_port,
        dst: s.local_port,
        seq: s.seq,
        ack: s.ack,
        flags: flags::ACK,
        window: 1000,
    };
    let mut segment = header.to_bytes(0).to_vec();
    segment[13] |= 0x20;
    segment[18..20].copy_from_slice(&[0xff, 0xff]);
    segment.extend_from_slice(b"urgent");
    s.send_segment(PEER_IP, OWN_IP, segment);
    assert_eq!(s.read(handle), b"urgent");
}
