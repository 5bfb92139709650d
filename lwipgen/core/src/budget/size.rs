//! Sizes as a command line or a macro call says them.

/// A number of bytes, with or without a unit.
///
/// # Errors
/// What was expected.
pub fn parse_size(written: &str) -> Result<u64, String> {
    let expected = || format!("`{written}` is not a size such as 40960 or 40KiB");
    let digits = written.trim_end_matches(|c: char| !c.is_ascii_digit());
    let number: u64 = digits.parse().map_err(|_| expected())?;
    let unit: u64 = match written[digits.len()..].trim() {
        "" | "B" => 1,
        "KiB" => 1024,
        "MiB" => 1024 * 1024,
        _ => return Err(expected()),
    };
    number.checked_mul(unit).ok_or_else(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(
            ["40KiB", "1536 B", "7", "1 MiB"].map(parse_size),
            [Ok(40960), Ok(1536), Ok(7), Ok(1 << 20)]
        );
        for wrong in ["", "KiB", "4 kB", "-1", "1.5KiB", "99999999999999999999", "18446744073709551615KiB"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }
}
