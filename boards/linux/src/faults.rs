//! Faults: frames that get lost, doubled or overtaken, the same ones for the same seed.

use std::collections::VecDeque;
use std::str::FromStr;
use std::time::{Duration, Instant};

/// How long a frame waits for another to overtake it.
const HOLD: Duration = Duration::from_millis(5);

/// How many frames in a hundred meet a fault, in each direction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Faults {
    pub drop: f64,
    pub dup: f64,
    pub reorder: f64,
    pub seed: u64,
}

impl Faults {
    /// Whether every frame passes as it is.
    pub fn is_none(&self) -> bool {
        self.drop == 0.0 && self.dup == 0.0 && self.reorder == 0.0
    }

    /// The lanes of the two directions.
    pub fn lanes(self) -> (Lane, Lane) {
        let mut random = fastrand::Rng::with_seed(self.seed);
        let other = random.fork();
        (Lane::new(self, random), Lane::new(self, other))
    }
}

impl FromStr for Faults {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut faults = Self::default();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or("expected drop=5,dup=2,reorder=5,seed=1")?;
            let percent = || {
                let percent = value.parse().ok().filter(|percent| (0.0..=100.0).contains(percent));
                percent.ok_or_else(|| format!("`{value}` is not a number from 0 to 100"))
            };
            match name {
                "drop" => faults.drop = percent()?,
                "dup" => faults.dup = percent()?,
                "reorder" => faults.reorder = percent()?,
                "seed" => faults.seed = value.parse().map_err(|_| format!("`{value}` is not a seed"))?,
                _ => return Err(format!("no fault is called `{name}`: drop, dup, reorder, seed")),
            }
        }
        Ok(faults)
    }
}

/// One direction of the link: frames go in, and come out as the faults leave them.
#[derive(Debug)]
pub struct Lane {
    faults: Faults,
    random: fastrand::Rng,
    ready: VecDeque<Vec<u8>>,
    /// The frame that waits for the next one to overtake it, and until when.
    held: Option<(Vec<u8>, Instant)>,
    /// Frames that were dropped, doubled, overtaken.
    pub counts: [u64; 3],
}

impl Lane {
    fn new(faults: Faults, random: fastrand::Rng) -> Self {
        Self { faults, random, ready: VecDeque::new(), held: None, counts: [0; 3] }
    }

    /// Whether a frame that goes in now would come out at once and as it is.
    pub fn is_clear(&self) -> bool {
        self.faults.is_none() && self.ready.is_empty()
    }

    /// Puts a frame in, without any fault.
    pub fn push(&mut self, frame: &[u8]) {
        self.ready.push_back(frame.to_vec());
    }

    /// Puts a frame in.
    pub fn pass(&mut self, frame: &[u8], now: Instant) {
        let Faults { drop, dup, reorder, .. } = self.faults;
        // Always three draws, so that one fault's rate does not change where another one strikes.
        let [drop, dup, reorder] = [drop, dup, reorder].map(|percent| self.random.f64() * 100.0 < percent);
        if drop {
            self.counts[0] += 1;
            return;
        }
        let late = self.held.take();
        if dup {
            self.counts[1] += 1;
            self.push(frame);
        }
        if reorder && late.is_none() {
            self.counts[2] += 1;
            self.held = Some((frame.to_vec(), now + HOLD));
        } else {
            self.push(frame);
        }
        self.ready.extend(late.map(|(frame, _)| frame));
    }

    /// The next frame that comes out, which stays.
    pub fn front(&mut self, now: Instant) -> Option<&[u8]> {
        if let Some((frame, _)) = self.held.take_if(|(_, until)| *until <= now) {
            self.ready.push_back(frame);
        }
        self.ready.front().map(Vec::as_slice)
    }

    /// Takes the next frame that comes out.
    pub fn pop(&mut self, now: Instant) -> Option<Vec<u8>> {
        self.front(now)?;
        self.ready.pop_front()
    }

    /// When a frame comes out that nothing has overtaken.
    pub fn deadline(&self) -> Option<Instant> {
        self.held.as_ref().map(|(_, until)| *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(faults: &str, frames: u8) -> (Vec<u8>, [u64; 3]) {
        let faults: Faults = faults.parse().unwrap_or_else(|error| panic!("{error}"));
        let (mut lane, _) = faults.lanes();
        let now = Instant::now();
        let mut out = Vec::new();
        for number in 0..frames {
            lane.pass(&[number], now);
            out.extend(std::iter::from_fn(|| lane.pop(now)).flatten());
        }
        out.extend(lane.pop(now + HOLD).into_iter().flatten());
        (out, lane.counts)
    }

    #[test]
    fn no_fault_changes_nothing() {
        assert_eq!(run("", 200), ((0..200).collect(), [0; 3]));
        assert_eq!(run("seed=7", 200), ((0..200).collect(), [0; 3]));
    }

    #[test]
    fn the_seed_decides() {
        let all = "drop=10,dup=10,reorder=10";
        assert_eq!(run(&format!("{all},seed=1"), 200), run(&format!("{all},seed=1"), 200));
        assert_ne!(run(&format!("{all},seed=1"), 200), run(&format!("{all},seed=2"), 200));
    }

    #[test]
    fn the_directions_differ() {
        let (mut there, mut back) = Faults { drop: 50.0, ..Faults::default() }.lanes();
        let now = Instant::now();
        for number in 0..200 {
            there.pass(&[number], now);
            back.pass(&[number], now);
        }
        assert_ne!(there.ready, back.ready);
    }

    #[test]
    fn each_fault_does_what_it_says() {
        let (out, [dropped, ..]) = run("drop=20,seed=3", 200);
        assert_eq!(out.len() as u64 + dropped, 200);
        assert!((20..60).contains(&dropped), "{dropped}");
        assert!(out.is_sorted());

        let (out, [_, doubled, _]) = run("dup=20,seed=3", 200);
        assert_eq!(out.len() as u64, 200 + doubled);
        assert!((20..60).contains(&doubled) && out.is_sorted());

        let (mut out, [.., overtaken]) = run("reorder=20,seed=3", 200);
        let inversions = out.windows(2).filter(|pair| pair[0] > pair[1]).count() as u64;
        assert!((20..60).contains(&overtaken) && inversions.abs_diff(overtaken) <= 1);
        out.sort_unstable();
        assert_eq!(out, (0..200).collect::<Vec<u8>>());
    }

    #[test]
    fn all_or_nothing() {
        assert_eq!(run("drop=100", 9), (vec![], [9, 0, 0]));
        assert_eq!(run("reorder=100", 4).0, [1, 0, 3, 2]);
        assert_eq!(run("dup=100,reorder=100", 2).0, [0, 1, 1, 0]);
    }

    #[test]
    fn a_frame_that_nothing_overtakes_comes_late() {
        let (mut lane, _) = Faults { reorder: 100.0, ..Faults::default() }.lanes();
        let now = Instant::now();
        lane.pass(&[1], now);
        assert_eq!(lane.front(now), None);
        assert_eq!(lane.deadline(), Some(now + HOLD));
        assert_eq!(lane.pop(now + HOLD), Some(vec![1]));
        assert_eq!(lane.deadline(), None);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in
            ["drop", "drop=x", "drop=-1", "drop=100.5", "drop=NaN", "loss=1", "seed=-1", "drop=1;dup=1"]
        {
            assert!(text.parse::<Faults>().is_err(), "{text}");
        }
    }
}
