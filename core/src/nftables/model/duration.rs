//! Times as nft writes them: `1d2h3m4s5ms` (`time_parse` and `time_print` of `src/datatype.c`).

use std::fmt::Write;

/// The units in milliseconds, in the order in which they must come.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// Milliseconds; a number without a unit counts seconds.
pub fn parse(word: &str) -> Option<u64> {
    if let Ok(seconds) = word.parse::<u32>() {
        return Some(u64::from(seconds) * 1000);
    }
    let mut rest = word;
    let mut total = 0u64;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let count: u32 = rest[..digits].parse().ok()?;
        let unit_end =
            rest[digits..].find(|letter: char| letter.is_ascii_digit()).map_or(rest.len(), |end| digits + end);
        let unit = &rest[digits..unit_end];
        let (_, factor) = units.find(|(name, _)| *name == unit)?;
        total = total.checked_add(u64::from(count).checked_mul(*factor)?)?;
        rest = &rest[unit_end..];
    }
    Some(total)
}

pub fn write(mut milliseconds: u64, out: &mut String) {
    for (name, factor) in UNITS {
        let count = milliseconds / factor;
        milliseconds %= factor;
        if count > 0 {
            // Writing to a string cannot fail.
            let _ = write!(out, "{count}{name}");
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_are_read_and_written() {
        for (text, milliseconds, written) in
            [("10800s", 10_800_000, "3h"), ("1d1m", 86_460_000, "1d1m"), ("5", 5000, "5s"), ("1500ms", 1500, "1s500ms")]
        {
            assert_eq!(super::parse(text), Some(milliseconds));
            let mut out = String::new();
            super::write(milliseconds, &mut out);
            assert_eq!(out, written);
        }
        assert_eq!(super::parse("5m1h"), None);
        assert_eq!(super::parse("m"), None);
    }
}
