//! Counters as boards without an operating system print them: one `name value` a line.

use core::fmt;

/// Writes one counter.
pub fn line(f: &mut impl fmt::Write, name: &str, value: impl fmt::Display) -> fmt::Result {
    writeln!(f, "{name:<26} {value}")
}

/// Writes the counters of a stack.
#[cfg(feature = "stats")]
pub fn stack(f: &mut impl fmt::Write, stack: &lwip::Stack) -> fmt::Result {
    use lwip::stats::Drop;
    let stats = stack.stats();
    line(f, "stack_received", stats.received)?;
    line(f, "stack_sent", stats.sent)?;
    #[cfg(feature = "tcp")]
    line(f, "stack_retransmitted", stats.retransmitted)?;
    let (taken, peak) = stack.pool_use();
    line(f, "pool_blocks", taken)?;
    line(f, "pool_blocks_peak", peak)?;
    for (name, why) in [
        ("stack_dropped_malformed", Drop::Malformed),
        ("stack_dropped_address", Drop::Address),
        ("stack_dropped_protocol", Drop::Protocol),
        ("stack_dropped_port", Drop::Port),
        ("stack_dropped_memory", Drop::Memory),
        ("stack_dropped_unreachable", Drop::Unreachable),
    ] {
        line(f, name, stats.dropped(why))?;
    }
    Ok(())
}
