use super::super::super::given::{Given, Refusal};
use crate::message;

/// A rate in bytes, as it is told to the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRate {
    /// What a chunk of 16 bytes costs, of 2^32 in a second (`bytes_to_cost`).
    chunk: u32,
    /// How often the bytes of a second may come at once before the rate holds.
    pub bursts: u64,
}

/// The credits of a second, for 250 or 1000 jiffies in it (`CREDITS_PER_JIFFY_BYTES * HZ`).
pub const FULL: u64 = 4_194_304_000;
/// `XT_HASHLIMIT_BYTE_SHIFT`
const SHIFT: u32 = 4;
/// Milliseconds (`XT_HASHLIMIT_BYTE_EXPIRE`, `XT_HASHLIMIT_BYTE_EXPIRE_BURST`).
const EXPIRE: u32 = 15_000;
const EXPIRE_WITH_BURST: u32 = 60_000;
const UNITS: [(&str, u64); 3] = [("m", 1 << 20), ("k", 1 << 10), ("", 1)];

impl ByteRate {
    /// None if the text is no rate in bytes (`parse_bytes`, `hashlimit_mt_check`).
    pub(super) fn read(given: &Given<'_>, option: &str, text: &str) -> Result<Option<Self>, Refusal> {
        let Some(bytes) = text.find("b/s").filter(|at| *at > 0).and_then(|at| read_bytes(&text[..at])) else {
            return Ok(None);
        };
        let chunk = cost_of(bytes);
        // The kernel refuses what costs it nothing (`hashlimit_mt_check_common`).
        if credits(chunk) == 0 {
            let message = format!("Rate too high \"{text}\"");
            return Err(given.wrong(
                option,
                message,
                message!("expected-rate-of-bytes"),
                message!("advice-lower-rate"),
            ));
        }
        let mut rate = Self { chunk, bursts: 0 };
        if let Some(text) = given.text("--hashlimit-burst") {
            let burst = read_bytes(text.trim_end_matches('b')).ok_or_else(|| {
                let message = "bad value for option \"--hashlimit-burst\", or out of range (1-1000000).";
                given.wrong("--hashlimit-burst", message, message!("expected-bytes"), message!("advice-burst"))
            })?;
            if burst < rate.bytes() {
                let least = rate.bytes();
                let message = format!("burst cannot be smaller than {least}b");
                return Err(given.wrong(
                    "--hashlimit-burst",
                    message,
                    message!("expected-bytes-or-more", least = least.to_string()),
                    message!("advice-raise-burst"),
                ));
            }
            rate.bursts = burst.div_ceil(rate.bytes().max(1));
        }
        Ok(Some(rate))
    }

    /// In a second (`cost_to_bytes`).
    pub(super) fn bytes(self) -> u64 {
        u64::from((u32::MAX / self.chunk).wrapping_sub(1)) << SHIFT
    }

    /// The credits that a packet takes (`hashlimit_byte_cost`).
    pub(super) fn cost(self, length: u16) -> u64 {
        let chunks = u64::from(length >> SHIFT) + 1;
        (chunks * credits(self.chunk)).min(FULL)
    }

    /// The time-out of an idle group if none is given, in milliseconds.
    pub(super) const fn quantum(self) -> u32 {
        if self.bursts == 0 { EXPIRE } else { EXPIRE_WITH_BURST }
    }

    /// `print_bytes`
    pub(super) fn words(self) -> (String, Option<String>) {
        let rate = self.bytes();
        let is_exact = |unit: u64| rate >= unit && cost_of(rate & !(unit - 1)) == self.chunk;
        let (name, unit) = UNITS.into_iter().find(|(_, unit)| is_exact(*unit)).unwrap_or(UNITS[2]);
        let burst = (self.bursts > 0).then(|| {
            let burst = rate.wrapping_mul(self.bursts);
            let (name, unit) = UNITS.into_iter().find(|(_, unit)| burst >= *unit).unwrap_or(UNITS[2]);
            format!("{}{name}b", burst / unit)
        });
        (format!("{}{name}b/s", rate / unit), burst)
    }
}

/// `user2credits_byte`
const fn credits(chunk: u32) -> u64 {
    (chunk as u64 * FULL) >> 32
}

/// `bytes_to_cost`
#[expect(clippy::cast_possible_truncation, reason = "as the program cuts it")]
const fn cost_of(bytes: u64) -> u32 {
    let chunks = (bytes >> SHIFT) as u32;
    match chunks.checked_add(1) {
        Some(chunks) => u32::MAX / chunks,
        None => 0,
    }
}

/// A number, with `k` or `m` behind it.
fn read_bytes(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let unit = match text.as_bytes().last() {
        Some(b'k') => 1 << 10,
        Some(b'm') => 1 << 20,
        _ => 1,
    };
    text[..digits].parse::<u64>().ok()?.checked_mul(unit).filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use crate::iptables::{Tables, restore, save};
    use crate::net::Family;

    fn saved(options: &str) -> Result<String, String> {
        let mut tables = Tables::new(Family::V4);
        let text = format!("*filter\n-A INPUT -m hashlimit {options}\nCOMMIT\n");
        restore(&mut tables, &text, false).map_err(|errors| errors[0].message.to_string())?;
        let text = save(&tables);
        let line = text.lines().find_map(|line| line.strip_prefix("-A INPUT -m hashlimit ")).unwrap();
        Ok(line.to_owned())
    }

    /// What iptables-legacy-save 1.8.9 printed.
    #[test]
    fn rates_print_as_the_kernel_keeps_them() {
        for (given, expected) in [
            ("--hashlimit-upto 512kb/s --hashlimit-name a", "--hashlimit-upto 512kb/s --hashlimit-name a"),
            (
                "--hashlimit-above 1mb/s --hashlimit-burst 2mb --hashlimit-name b",
                "--hashlimit-above 1mb/s --hashlimit-burst 2mb --hashlimit-name b",
            ),
            (
                "--hashlimit-upto 100b/s --hashlimit-burst 1000 --hashlimit-name c",
                "--hashlimit-upto 96b/s --hashlimit-burst 1kb --hashlimit-name c",
            ),
            (
                "--hashlimit-upto 1000b/s --hashlimit-burst 10kb --hashlimit-htable-expire 9000 --hashlimit-name d",
                "--hashlimit-upto 992b/s --hashlimit-burst 10kb --hashlimit-name d --hashlimit-htable-expire 9000",
            ),
            (
                "--hashlimit-upto 1500kb/s --hashlimit-burst 1501kb --hashlimit-name e",
                "--hashlimit-upto 1500kb/s --hashlimit-burst 2mb --hashlimit-name e",
            ),
            ("--hashlimit-upto 16b/s --hashlimit-name f", "--hashlimit-upto 16b/s --hashlimit-name f"),
            ("--hashlimit-above 3gb/s --hashlimit-name g", "--hashlimit-above 0b/s --hashlimit-name g"),
            ("--hashlimit-above 2000mb/s --hashlimit-name h", "--hashlimit-above 2047mb/s --hashlimit-name h"),
        ] {
            assert_eq!(saved(given).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn rates_that_the_program_refuses_are_refused() {
        let refused = |options: &str| saved(&format!("--hashlimit-upto {options} --hashlimit-name x")).unwrap_err();
        assert_eq!(refused("0b/s"), "hashlimit: Bad value for \"--hashlimit-upto\" option: \"0b/s\"");
        assert_eq!(refused("100b/s --hashlimit-burst 50"), "burst cannot be smaller than 96b");
        assert!(refused("100b/s --hashlimit-burst 0").contains("out of range"));
    }
}
