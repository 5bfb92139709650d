//! Two nodes back to back: the link, the virtual clock and the order in which things happen.

use crate::node::{Failure, Micros, Node, Side};
use crate::ring::Ring;

/// What a turn costs on the virtual clock.
const TURN: Micros = 10;
/// Jumps to a timer in a row that move nothing, after which the pair is given up.
const PATIENCE: u32 = 1000;

/// What a machine has spent so far, in a unit of its own: nanoseconds, instructions, …
pub type Meter = fn() -> u64;

/// Two nodes and the two rings between them.
pub struct Pair<N> {
    pub a: N,
    pub b: N,
    a_to_b: Ring,
    b_to_a: Ring,
    now: Micros,
    /// Frames that B takes before its application looks.
    pub burst: usize,
    idle: u32,
    waits: u64,
    meter: Meter,
}

/// What has happened on the link since some moment.
#[derive(Clone, Copy, Debug)]
pub struct Tally {
    pub frames_a: usize,
    pub frames_b: usize,
    pub waits: u64,
    /// By the meter.
    pub spent: u64,
}

impl<N: Node> Pair<N> {
    pub fn new(window: usize, meter: Meter) -> Result<Self, Failure> {
        Ok(Self {
            a: N::new(Side::A, window)?,
            b: N::new(Side::B, window)?,
            a_to_b: Ring::new(),
            b_to_a: Ring::new(),
            now: 1_000_000,
            burst: usize::MAX,
            idle: 0,
            waits: 0,
            meter,
        })
    }

    /// Counters so far; the difference of two tallies is what a piece of work took.
    pub fn tally(&self) -> Tally {
        Tally {
            frames_a: self.a_to_b.pushed(),
            frames_b: self.b_to_a.pushed(),
            waits: self.waits,
            spent: (self.meter)(),
        }
    }

    /// One turn: B takes its frames, in bursts, after each of which its application acts, and sends; A takes its
    /// frames, its application acts, and sends; then time passes.
    /// An application returns whether it did anything.
    pub fn turn(
        &mut self,
        app_a: impl FnOnce(&mut N, Micros) -> Result<bool, Failure>,
        mut app_b: impl FnMut(&mut N, Micros) -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        let (now, before) = (self.now, self.a_to_b.pushed() + self.b_to_a.pushed());

        let mut acted_b = false;
        loop {
            self.b.receive(now, self.burst, &mut self.a_to_b, &mut self.b_to_a);
            acted_b |= app_b(&mut self.b, now)?;
            if self.a_to_b.is_empty() || self.b_to_a.is_full() {
                break;
            }
        }
        self.b.transmit(now, &mut self.b_to_a);

        self.a.receive(now, usize::MAX, &mut self.b_to_a, &mut self.a_to_b);
        let acted_a = app_a(&mut self.a, now)?;
        self.a.transmit(now, &mut self.a_to_b);

        self.now += TURN;
        let moved = acted_a || acted_b || self.a_to_b.pushed() + self.b_to_a.pushed() != before;
        if moved || !self.a_to_b.is_empty() || !self.b_to_a.is_empty() {
            self.idle = 0;
            return Ok(());
        }
        self.wait()
    }

    /// Jumps to the next timer of either node.
    fn wait(&mut self) -> Result<(), Failure> {
        self.idle += 1;
        self.waits += 1;
        if self.idle > PATIENCE {
            return Err(Failure::from("timers run but nothing moves"));
        }
        let deadlines = [self.a.deadline(self.now), self.b.deadline(self.now)];
        let next = deadlines.into_iter().flatten().min();
        self.now = self.now.max(next.ok_or("nothing moves and no timer is set")?);
        Ok(())
    }

    /// Connects A to `port` of B and waits until both ends say so.
    pub fn establish(&mut self, port: u16) -> Result<(), Failure> {
        self.b.listen(port)?;
        self.a.connect(self.now, port)?;
        let (mut a_up, mut b_up) = (false, false);
        while !(a_up && b_up) {
            self.turn(
                |a, _| Ok(!core::mem::replace(&mut a_up, a.connected()) && a_up),
                |b, _| Ok(!core::mem::replace(&mut b_up, b.connected()) && b_up),
            )?;
        }
        Ok(())
    }
}

impl core::ops::Sub for Tally {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            frames_a: self.frames_a - earlier.frames_a,
            frames_b: self.frames_b - earlier.frames_b,
            waits: self.waits - earlier.waits,
            spent: self.spent - earlier.spent,
        }
    }
}
