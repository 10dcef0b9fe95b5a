//! Durations as Go writes them: `30s`, `1h0m0s`, `1.5h`, `100ms`.

/// Milliseconds; None for what `time.ParseDuration` refuses or what does not fit.
pub(super) fn parse(text: &str) -> Option<i64> {
    let (sign, unsigned) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    if unsigned == "0" {
        return Some(0);
    }
    let mut rest = unsigned;
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let after = &rest[digits..];
        let unit = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        total += number * milliseconds(&after[..unit])?;
        rest = &after[unit..];
    }
    // About 292 years, the limit of Go's nanoseconds.
    let in_range = !unsigned.is_empty() && total < 9.2e15;
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    in_range.then_some((sign * total) as i64)
}

fn milliseconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1e-6,
        "us" | "µs" | "μs" => 1e-3,
        "ms" => 1.0,
        "s" => 1e3,
        "m" => 60e3,
        "h" => 3600e3,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn as_go_reads_them() {
        let read = ["0", "30s", "1h0m0s", "1.5h", "100ms", "-1s", "15m0s", "+2us", ".5s"].map(parse);
        let expected = [0, 30_000, 3_600_000, 5_400_000, 100, -1_000, 900_000, 0, 500].map(Some);
        assert_eq!(read, expected);
        for refused in ["", "-", "1", "s", "1d", "1s1", "1.2.3s", "٣s", "1e400s", "9999999999999h", "1 s"] {
            assert_eq!(parse(refused), None, "{refused}");
        }
    }
}
