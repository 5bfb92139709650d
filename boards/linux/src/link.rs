//! The link between stack and kernel: the TAP device with faults, a capture and counters around it.

use crate::counters::Traffic;
use crate::faults::{Faults, Lane};
use crate::pcap::Capture;
use crate::tap::{Sent, Tap};
use lwip::Device;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

/// More than any frame of the stack, or of an interface of Linux that is not set up for more.
const FRAME_MAX: usize = 65_536;

/// The stack's device.
pub struct Link {
    tap: Tap,
    /// From the kernel to the stack.
    inbound: Lane,
    /// From the stack to the kernel.
    outbound: Lane,
    /// A frame waits for room in the kernel's queue.
    blocked: bool,
    buffer: Box<[u8; FRAME_MAX]>,
    log: Log,
}

/// What passed, and what went wrong.
struct Log {
    traffic: Traffic,
    capture: Option<Capture>,
    failure: Option<String>,
}

impl Link {
    /// A link over `tap`.
    pub fn new(tap: Tap, faults: Faults, capture: Option<Capture>) -> Self {
        let (inbound, outbound) = faults.lanes();
        let log = Log { traffic: Traffic::default(), capture, failure: None };
        Self { tap, inbound, outbound, blocked: false, buffer: Box::new([0; FRAME_MAX]), log }
    }

    /// Sends what comes out of the lane late, writes out the capture, and tells what went wrong.
    pub fn settle(&mut self) -> Result<(), String> {
        self.flush();
        if let Some(capture) = &mut self.log.capture {
            capture.flush()?;
        }
        self.log.failure.take().map_or(Ok(()), Err)
    }

    /// When a frame comes out of a lane by itself.
    pub fn deadline(&self) -> Option<Instant> {
        self.inbound.deadline().into_iter().chain(self.outbound.deadline()).min()
    }

    /// Whether a frame waits for room in the kernel's queue.
    pub fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// The counters.
    pub fn traffic(&self) -> Traffic {
        Traffic { faults_in: self.inbound.counts, faults_out: self.outbound.counts, ..self.log.traffic }
    }

    /// Hands the frames of the outbound lane to the kernel, as far as it takes them.
    fn flush(&mut self) {
        self.blocked = false;
        while let Some(frame) = self.outbound.front(Instant::now()) {
            let sent = self.tap.send(frame);
            if matches!(sent, Ok(Sent::Full)) {
                self.blocked = true;
                return;
            }
            self.log.sent(sent);
            self.outbound.pop(Instant::now());
        }
    }
}

impl Log {
    fn received(&mut self, frame: &[u8]) {
        self.traffic.frames_in += 1;
        self.traffic.bytes_in += frame.len() as u64;
        self.capture(frame);
    }

    fn transmitted(&mut self, frame: &[u8]) {
        self.traffic.frames_out += 1;
        self.traffic.bytes_out += frame.len() as u64;
        self.capture(frame);
    }

    fn capture(&mut self, frame: &[u8]) {
        if let Some(capture) = &mut self.capture
            && let Err(error) = capture.frame(frame)
        {
            self.failure = Some(error);
        }
    }

    fn sent(&mut self, sent: io::Result<Sent>) {
        match sent {
            Ok(Sent::Lost) => self.traffic.frames_lost += 1,
            Ok(_) => {}
            Err(error) => self.failure = Some(format!("cannot send: {error}")),
        }
    }
}

impl AsFd for Link {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.tap.as_fd()
    }
}

impl Device for Link {
    fn receive(&mut self, read: impl FnOnce(&[u8])) -> bool {
        let Self { tap, inbound, buffer, log, .. } = self;
        let late;
        let frame = loop {
            if let Some(frame) = inbound.pop(Instant::now()) {
                late = frame;
                break &late[..];
            }
            match tap.receive(&mut buffer[..]) {
                Ok(Some(len)) if inbound.is_clear() => break &buffer[..len],
                Ok(Some(len)) => inbound.pass(&buffer[..len], Instant::now()),
                Ok(None) => return false,
                Err(error) => {
                    log.failure = Some(format!("cannot receive: {error}"));
                    return false;
                }
            }
        };
        log.received(frame);
        read(frame);
        true
    }

    fn transmit(&mut self, len: usize, write: impl FnOnce(&mut [u8])) -> bool {
        self.flush();
        let Self { tap, outbound, blocked, buffer, log, .. } = self;
        let Some(frame) = buffer.get_mut(..len).filter(|_| !*blocked) else { return false };
        write(frame);
        log.transmitted(frame);
        if !outbound.is_clear() {
            outbound.pass(frame, Instant::now());
            self.flush();
            return true;
        }
        match tap.send(frame) {
            Ok(Sent::Full) => {
                outbound.push(frame);
                *blocked = true;
            }
            sent => log.sent(sent),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tap::tests::pair;

    fn transmit(link: &mut Link, byte: u8) -> bool {
        link.transmit(1000, |frame| frame.fill(byte))
    }

    #[test]
    fn a_frame_that_the_kernel_does_not_take_is_kept() {
        for faults in [Faults::default(), Faults { dup: 100.0, ..Faults::default() }] {
            let (tap, wire) = pair();
            let mut link = Link::new(tap, faults, None);
            let taken = (0..=255).take_while(|byte| transmit(&mut link, *byte)).count();
            assert!(taken > 1 && link.is_blocked());
            let mut frame = [0; 1500];
            let mut arrived = Vec::new();
            while let Ok(len) = wire.recv(&mut frame) {
                assert_eq!(len, 1000);
                arrived.push(frame[0]);
                assert_eq!(link.settle(), Ok(()));
            }
            assert!(!link.is_blocked());
            arrived.dedup();
            assert_eq!(arrived, (0..=255).take(taken).collect::<Vec<u8>>());
            assert_eq!(link.traffic().frames_out, taken as u64);
        }
    }

    #[test]
    fn frames_are_received_as_the_faults_leave_them() {
        let (tap, wire) = pair();
        let mut link = Link::new(tap, Faults { dup: 100.0, ..Faults::default() }, None);
        for frame in [b"one", b"two"] {
            assert_eq!(wire.send(frame).ok(), Some(3));
        }
        let mut received = Vec::new();
        while link.receive(|frame| received.push(frame.to_vec())) {}
        assert_eq!(received, [b"one", b"one", b"two", b"two"]);
        assert_eq!((link.traffic().frames_in, link.traffic().faults_in), (4, [0, 2, 0]));
    }

    #[test]
    fn what_passes_is_captured() {
        let directory = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let path = directory.path().join("x.pcap");
        let (tap, wire) = pair();
        let mut link = Link::new(tap, Faults::default(), Capture::create(&path).ok());
        assert_eq!(wire.send(&[1; 60]).ok(), Some(60));
        assert!(link.receive(|_| ()) && transmit(&mut link, 2));
        assert_eq!(link.settle(), Ok(()));
        let bytes = std::fs::read(&path).unwrap_or_default();
        assert_eq!(bytes.len(), 24 + 16 + 60 + 16 + 1000);
        assert!(bytes.ends_with(&[2; 1000]));
    }
}
