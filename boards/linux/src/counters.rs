//! Counters: what woke the program, what passed the link, what the stack did with it. One `name value` a line.

use crate::wait::Wake;
use std::fmt;
use std::iter::Sum;

/// Returns of poll(2) by what ended the sleep.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counters {
    frame: u64,
    timer: u64,
    fault: u64,
    room: u64,
    signal: u64,
}

impl Counters {
    /// Counts the end of a sleep.
    pub fn woke(&mut self, wake: Wake) {
        *match wake {
            Wake::Frame => &mut self.frame,
            Wake::Timer => &mut self.timer,
            Wake::Fault => &mut self.fault,
            Wake::Room => &mut self.room,
            Wake::Signal(_) => &mut self.signal,
        } += 1;
    }
}

impl fmt::Display for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { frame, timer, fault, room, signal } = self;
        line(f, "wakeups_frame", frame)?;
        line(f, "wakeups_timer", timer)?;
        line(f, "wakeups_fault", fault)?;
        line(f, "wakeups_room", room)?;
        line(f, "wakeups_signal", signal)
    }
}

/// What passed a link, or all of them, as the stack saw it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traffic {
    pub frames_in: u64,
    pub bytes_in: u64,
    pub frames_out: u64,
    pub bytes_out: u64,
    /// Frames that the kernel refused.
    pub frames_lost: u64,
    /// Frames that were dropped, doubled and overtaken on purpose.
    pub faults_in: [u64; 3],
    pub faults_out: [u64; 3],
}

impl Sum for Traffic {
    fn sum<I: Iterator<Item = Self>>(links: I) -> Self {
        let add = |a: [u64; 3], b: [u64; 3]| std::array::from_fn(|fault| a[fault] + b[fault]);
        links.fold(Self::default(), |all, one| Self {
            frames_in: all.frames_in + one.frames_in,
            bytes_in: all.bytes_in + one.bytes_in,
            frames_out: all.frames_out + one.frames_out,
            bytes_out: all.bytes_out + one.bytes_out,
            frames_lost: all.frames_lost + one.frames_lost,
            faults_in: add(all.faults_in, one.faults_in),
            faults_out: add(all.faults_out, one.faults_out),
        })
    }
}

impl fmt::Display for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line(f, "frames_in", &self.frames_in)?;
        line(f, "bytes_in", &self.bytes_in)?;
        line(f, "frames_out", &self.frames_out)?;
        line(f, "bytes_out", &self.bytes_out)?;
        line(f, "frames_lost", &self.frames_lost)?;
        for (direction, counts) in [("in", self.faults_in), ("out", self.faults_out)] {
            for (fault, count) in ["dropped", "doubled", "overtaken"].iter().zip(counts) {
                line(f, &format!("fault_{direction}_{fault}"), &count)?;
            }
        }
        Ok(())
    }
}

/// The counters of a stack.
#[cfg(feature = "stats")]
pub struct StackCounters<'a>(pub &'a lwip::Stack);

#[cfg(feature = "stats")]
impl fmt::Display for StackCounters<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use lwip::stats::Drop;
        let stats = self.0.stats();
        line(f, "stack_received", &stats.received)?;
        line(f, "stack_sent", &stats.sent)?;
        #[cfg(feature = "tcp")]
        #[cfg(feature = "tcp")]
        line(f, "stack_retransmitted", &stats.retransmitted)?;
        let (taken, peak) = self.0.pool_use();
        line(f, "pool_blocks", &taken)?;
        line(f, "pool_blocks_peak", &peak)?;
        for why in [
            Drop::Malformed,
            Drop::Address,
            Drop::Protocol,
            Drop::Port,
            Drop::Memory,
            Drop::Fragment,
            #[cfg(feature = "tcp")]
            Drop::Tcp,
            #[cfg(feature = "tcp")]
            Drop::Backlog,
            Drop::Unreachable,
        ] {
            let name = format!("{why:?}").to_lowercase();
            line(f, &format!("stack_dropped_{name}"), &stats.dropped(why))?;
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, value: &dyn fmt::Display) -> fmt::Result {
    writeln!(f, "{name:<26} {value}")
}
