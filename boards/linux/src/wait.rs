//! Sleeping: until a deadline, a frame, room for a frame, or a signal.

use crate::link::Link;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};
use std::{io, iter};

/// The signals that the program answers, taken as events.
pub struct Signals(SignalFd);

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// SIGUSR1: the counters.
    Report,
    /// SIGINT or SIGTERM: the counters and the end.
    Quit,
}

/// What ended a sleep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// A frame has come.
    Frame,
    /// The deadline has come.
    Timer,
    /// A frame that the faults held back is due.
    Fault,
    /// The kernel takes frames again.
    Room,
    /// A signal has come.
    Signal(Request),
}

impl Signals {
    /// Takes over the signals; must come before any thread is started.
    pub fn block() -> nix::Result<Self> {
        let set: SigSet = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGUSR1].into_iter().collect();
        set.thread_block()?;
        SignalFd::with_flags(&set, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC).map(Self)
    }

    fn take(&self) -> nix::Result<Option<Request>> {
        let signal = self.0.read_signal()?;
        let is_report = |number: u32| number == Signal::SIGUSR1 as u32;
        Ok(signal.map(|info| if is_report(info.ssi_signo) { Request::Report } else { Request::Quit }))
    }
}

/// Sleeps for `timeout`, for ever without one; says what ended the sleep.
pub fn wait(links: &[Link], signals: &Signals, timeout: Option<Duration>) -> io::Result<Wake> {
    let faults = links.iter().filter_map(Link::deadline).min();
    let faults = faults.map(|at| at.saturating_duration_since(Instant::now()));
    let (timeout, timer) = match (timeout, faults) {
        (Some(timeout), Some(fault)) if fault < timeout => (Some(fault), Wake::Fault),
        (None, Some(fault)) => (Some(fault), Wake::Fault),
        (timeout, _) => (timeout, Wake::Timer),
    };
    let frames = |link: &Link| {
        if link.is_blocked() { PollFlags::POLLIN | PollFlags::POLLOUT } else { PollFlags::POLLIN }
    };
    let interests = links.iter().map(|link| PollFd::new(link.as_fd(), frames(link)));
    let signal = PollFd::new(signals.0.as_fd(), PollFlags::POLLIN);
    let mut polled: Vec<PollFd<'_>> = iter::once(signal).chain(interests).collect();
    loop {
        match poll(&mut polled, timeout.map_or(PollTimeout::NONE, milliseconds)) {
            // Waiting anew for the whole time would be late, but the signals that are not blocked do not return.
            Err(Errno::EINTR) => continue,
            result => result?,
        };
        let mut ready = polled.iter().map(|fd| fd.revents().unwrap_or(PollFlags::empty()));
        if ready.next().is_some_and(|signal| !signal.is_empty())
            && let Some(request) = signals.take()?
        {
            return Ok(Wake::Signal(request));
        }
        let taps = ready.fold(PollFlags::empty(), |all, tap| all | tap);
        if taps.intersects(PollFlags::POLLERR | PollFlags::POLLNVAL) {
            return Err(io::Error::other("an interface is gone"));
        }
        return Ok(match taps {
            taps if taps.contains(PollFlags::POLLIN) => Wake::Frame,
            taps if taps.contains(PollFlags::POLLOUT) => Wake::Room,
            _ => timer,
        });
    }
}

/// Rounded up, so that the deadline has come when the sleep ends.
fn milliseconds(timeout: Duration) -> PollTimeout {
    let milliseconds = timeout.as_nanos().div_ceil(1_000_000);
    i32::try_from(milliseconds).ok().and_then(|ms| PollTimeout::try_from(ms).ok()).unwrap_or(PollTimeout::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Faults;
    use crate::tap::tests::pair;
    use lwip::Device;
    use std::slice;

    /// Without any signal blocked, so that other tests are not touched.
    fn no_signals() -> Signals {
        Signals(SignalFd::new(&SigSet::empty()).unwrap_or_else(|error| panic!("{error}")))
    }

    #[test]
    fn each_end_of_a_sleep_is_told() {
        let (tap, wire) = pair();
        let mut link = Link::new(tap, Faults { reorder: 100.0, ..Faults::default() }, None);
        let signals = no_signals();
        let woke = |link: &Link, ms| wait(slice::from_ref(link), &signals, ms).ok();
        assert_eq!(woke(&link, Some(Duration::from_millis(2))), Some(Wake::Timer));
        assert!(link.transmit(60, |_| ()));
        assert_eq!(woke(&link, None), Some(Wake::Fault));
        assert_eq!(woke(&link, Some(Duration::from_hours(1000))), Some(Wake::Fault));
        assert_eq!(link.settle(), Ok(()));
        assert_eq!(wire.send(&[0; 60]).ok(), Some(60));
        assert_eq!(woke(&link, None), Some(Wake::Frame));
        assert!(!link.receive(|_| ()));
        assert_eq!(woke(&link, None), Some(Wake::Fault));
        assert!(link.receive(|_| ()));
        assert_eq!(link.deadline(), None);
    }

    #[test]
    fn room_is_waited_for_only_when_it_lacks() {
        let (tap, wire) = pair();
        let mut link = Link::new(tap, Faults::default(), None);
        let signals = no_signals();
        let short = Some(Duration::from_millis(1));
        assert_eq!(wait(slice::from_ref(&link), &signals, short).ok(), Some(Wake::Timer));
        while link.transmit(1000, |_| ()) {}
        assert_eq!(wait(slice::from_ref(&link), &signals, short).ok(), Some(Wake::Timer));
        while wire.recv(&mut [0; 1000]).is_ok() {}
        assert_eq!(wait(slice::from_ref(&link), &signals, None).ok(), Some(Wake::Room));
    }

    #[test]
    fn any_link_ends_a_sleep() {
        let (ends, wires): (Vec<_>, Vec<_>) = (0..3).map(|_| pair()).unzip();
        let mut links: Vec<_> = ends.into_iter().map(|tap| Link::new(tap, Faults::default(), None)).collect();
        let signals = no_signals();
        for (link, wire) in wires.iter().enumerate() {
            assert_eq!(wait(&links, &signals, Some(Duration::ZERO)).ok(), Some(Wake::Timer));
            assert_eq!(wire.send(&[0; 60]).ok(), Some(60));
            assert_eq!(wait(&links, &signals, None).ok(), Some(Wake::Frame));
            assert!(links[link].receive(|_| ()));
        }
    }

    #[test]
    fn no_sleep_ends_early() {
        let ms = |timeout| milliseconds(timeout).as_millis();
        assert_eq!(ms(Duration::ZERO), Some(0));
        assert_eq!(ms(Duration::from_nanos(1)), Some(1));
        assert_eq!(ms(Duration::from_millis(5)), Some(5));
        assert_eq!(ms(Duration::from_secs(1 << 40)), Some(i32::MAX as u32));
    }
}
