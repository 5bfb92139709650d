//! How long the commands take that people wait for: `cargo bench -p lwipgen`. Fails if one is slower than promised.

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// Command line and the longest that it may take, in ms.
const PROMISES: &[(&str, u64)] = &[
    ("list", 50),
    ("check iot-sensor", 50),
    ("search wnd", 50),
    ("budget iot-sensor", 20),
    ("budget full", 20),
    ("explain tcp.pcbs --profile iot-sensor", 50),
    ("why iot-sensor tcp.wnd", 50),
    ("generate iot-sensor", 300),
];

const RUNS: usize = 15;

fn main() -> ExitCode {
    // `cargo test --benches` is no place to measure an unoptimised program.
    if cfg!(debug_assertions) {
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut kept = true;
    println!("{:40} {:>10} {:>10}", "command", "median", "promised");
    for (line, promised) in PROMISES {
        let mut times: Vec<Duration> = (0..RUNS).map(|_| time(line, folder.path())).collect();
        times.sort_unstable();
        let median = times[RUNS / 2];
        kept &= median < Duration::from_millis(*promised);
        println!("{line:40} {:>7.1} ms {promised:>7} ms", median.as_secs_f64() * 1000.0);
    }
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn time(line: &str, folder: &std::path::Path) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lwipgen"));
    command.args(line.split(' ')).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let status = command.status().expect("runs");
    let taken = started.elapsed();
    assert!(status.success(), "{line}");
    taken
}
