//! A peer that is played segment by segment.

use crate::addr::{ANY, Ip4, v4};
pub use crate::testing::PEER_IP;
use crate::testing::{OWN_IP, PEER_MAC, arp_frame, drain, host, ip_frame, parse_arp, parse_ip};
use crate::wire::tcp::{HEADER_LEN, Header, flags};
use crate::wire::{arp, checksum, protocol};
use crate::{Instant, NetifId, Stack, TcpHandle, TcpListener};
use std::boxed::Box;
use std::vec::Vec;

pub const PEER_PORT: u16 = 40_000;
pub const PORT: u16 = 7;
pub const PEER_ISN: u32 = 0xffff_fff0;

/// A segment with its payload, as the peer sees or sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seg {
    pub header: Header,
    pub options: Vec<u8>,
    pub payload: Vec<u8>,
}

/// The stack under test, its listener, and where the peer's side stands.
pub struct Script {
    pub stack: Box<Stack>,
    pub netif: NetifId,
    pub listener: TcpListener,
    pub now: Instant,
    /// Next sequence number of the peer.
    pub seq: u32,
    /// Next sequence number that the peer expects.
    pub ack: u32,
    pub window: u16,
    pub peer_port: u16,
    pub local_port: u16,
}

impl Script {
    pub fn new() -> Self {
        let (mut stack, netif) = host();
        let listener = stack.tcp_listen(ANY, PORT).unwrap();
        let mut script = Self {
            stack,
            netif,
            listener,
            now: Instant::from_millis(u32::MAX - 1000),
            seq: PEER_ISN,
            ack: 0,
            window: 60_000,
            peer_port: PEER_PORT,
            local_port: PORT,
        };
        script.introduce();
        script
    }

    /// The peer asks for our hardware address, so both know each other's.
    fn introduce(&mut self) {
        self.arp(arp::REQUEST);
        assert_eq!(drain(&mut self.stack, self.netif, self.now).len(), 1, "an ARP reply");
    }

    fn arp(&mut self, operation: u16) {
        self.stack.input(self.netif, &arp_frame(operation), self.now);
    }

    /// A script with an established connection, accepted.
    pub fn established() -> (Self, TcpHandle) {
        let mut script = Self::new();
        let handle = script.open(&[2, 4, 5, 180]);
        (script, handle)
    }

    /// Opens a connection from the peer with these options in its SYN.
    pub fn open(&mut self, options: &[u8]) -> TcpHandle {
        self.send_with(flags::SYN, options, &[]);
        self.seq = self.seq.wrapping_add(1);
        let syn_ack = self.one();
        assert_eq!(syn_ack.header.flags, flags::SYN | flags::ACK);
        self.ack = syn_ack.header.seq.wrapping_add(1);
        self.send(flags::ACK, &[]);
        let handle = self.stack.tcp_accept(self.listener).unwrap();
        while self.stack.poll_event().is_some() {}
        assert_eq!(self.replies(), []);
        handle
    }

    /// Sends a segment at the peer's place in the stream, without moving on.
    pub fn send(&mut self, bits: u8, payload: &[u8]) {
        self.send_with(bits, &[], payload);
    }

    /// Sends data at the peer's place in the stream and moves on.
    pub fn send_data(&mut self, payload: &[u8]) {
        self.send(flags::ACK, payload);
        self.seq = self.seq.wrapping_add(payload.len() as u32);
    }

    pub fn send_with(&mut self, bits: u8, options: &[u8], payload: &[u8]) {
        let header = Header {
            src: self.peer_port,
            dst: self.local_port,
            seq: self.seq,
            ack: if bits & flags::ACK == 0 { 0 } else { self.ack },
            flags: bits,
            window: self.window,
        };
        self.send_raw(&header, options, payload);
    }

    pub fn send_raw(&mut self, header: &Header, options: &[u8], payload: &[u8]) {
        let mut segment = header.to_bytes(options.len() as u8).to_vec();
        segment.extend_from_slice(options);
        segment.extend_from_slice(payload);
        self.send_segment(PEER_IP, OWN_IP, segment);
    }

    /// Sends a segment's bytes, whatever they are, with a right checksum.
    pub fn send_segment(&mut self, src: Ip4, dst: Ip4, mut segment: Vec<u8>) {
        if segment.len() >= HEADER_LEN {
            segment[16..18].fill(0);
            let mut sum =
                checksum::pseudo(v4(src).words(), v4(dst).words(), protocol::TCP, segment.len() as u16);
            sum.add(&segment);
            segment[16..18].copy_from_slice(&sum.checksum());
        }
        self.stack.input(self.netif, &ip_frame(src, dst, protocol::TCP, &segment), self.now);
    }

    /// The segments that the stack sends now. The peer answers to ARP.
    pub fn replies(&mut self) -> Vec<Seg> {
        let mut segments = Vec::new();
        loop {
            let frames = drain(&mut self.stack, self.netif, self.now);
            let (asked, packets): (Vec<_>, Vec<_>) =
                frames.into_iter().partition(|frame| parse_arp(frame).is_some());
            segments.extend(packets.iter().map(|frame| parse(frame)));
            if asked.is_empty() {
                return segments;
            }
            self.arp(arp::REPLY);
        }
    }

    /// The one segment that the stack sends now.
    pub fn one(&mut self) -> Seg {
        let mut replies = self.replies();
        assert_eq!(replies.len(), 1, "{replies:#?}");
        replies.remove(0)
    }

    /// Asserts that the stack sends one segment without payload with these flags; gives it.
    pub fn expect(&mut self, bits: u8) -> Header {
        let seg = self.one();
        assert_eq!((seg.header.flags, seg.payload.len()), (bits, 0), "{seg:?}");
        seg.header
    }

    /// Lets `ms` pass and runs what was due at the end of it.
    pub fn wait(&mut self, ms: u32) {
        self.now = self.now.after(ms);
        self.stack.poll(self.now);
    }

    /// Moves the clock to the stack's next deadline and runs it; gives how long that took.
    pub fn wait_for_timer(&mut self) -> u32 {
        let next = self.stack.next_deadline().expect("a timer is armed");
        let ms = next.since(self.now);
        self.wait(ms);
        ms
    }

    /// Bytes that the application has read now.
    pub fn read(&mut self, handle: TcpHandle) -> Vec<u8> {
        let mut out = std::vec![0; 200_000];
        let len = self.stack.tcp_recv(handle, &mut out).unwrap_or(0);
        out.truncate(len);
        out
    }
}

/// Takes a frame of the stack's apart, checking all that a peer would check.
fn parse(frame: &[u8]) -> Seg {
    let (dst, ip, segment) = parse_ip(frame).expect("an IPv4 packet");
    assert_eq!((dst, ip.src, ip.dst, ip.protocol), (PEER_MAC, OWN_IP, PEER_IP, protocol::TCP));
    {
        let mut sum =
            checksum::pseudo(v4(ip.src).words(), v4(ip.dst).words(), protocol::TCP, segment.len() as u16);
        sum.add(&segment);
        assert!(sum.is_right(), "the checksum of {segment:02x?}");
    }
    let (header, options, payload) = Header::parse(&segment).expect("a TCP segment");
    Seg { header, options: options.to_vec(), payload: payload.to_vec() }
}
