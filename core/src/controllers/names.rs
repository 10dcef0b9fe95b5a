/// Names as `generateName` makes them: a base and five characters. No name is given out twice.
#[derive(Clone, Debug)]
pub(super) struct Names {
    next: u32,
}

/// `alphanums` of apimachinery's util/rand: no vowels, so that no bad words appear.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH: u32 = 5;
const SUFFIXES: u32 = 27_u32.pow(SUFFIX_LENGTH);

/// `maxGeneratedNameLength` of the API server's names package.
const MAX_BASE_LENGTH: usize = 63 - SUFFIX_LENGTH as usize;

impl Names {
    pub(super) fn seeded(seed: u64) -> Self {
        let start = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        Self { next: u32::try_from(start % u64::from(SUFFIXES)).unwrap_or_default() }
    }

    /// `base` and a suffix, unlike all that is `taken`.
    pub(super) fn generate(&mut self, base: &str, taken: impl Fn(&str) -> bool) -> String {
        let base = base.get(..MAX_BASE_LENGTH).unwrap_or(base);
        loop {
            let name = format!("{base}{}", self.suffix());
            if !taken(&name) {
                return name;
            }
        }
    }

    /// Steps through all suffixes: the step has no factor in common with their number.
    fn suffix(&mut self) -> String {
        const STEP: u32 = 5_778_491;
        self.next = (self.next + STEP) % SUFFIXES;
        encode(u64::from(self.next), SUFFIX_LENGTH)
    }
}

/// The last characters of `number` in the alphabet of names.
fn encode(mut number: u64, length: u32) -> String {
    let digits = ALPHABET.len() as u64;
    let characters = (0..length).map(|_| {
        let digit = number % digits;
        number /= digits;
        char::from(ALPHABET[usize::try_from(digit).unwrap_or_default()])
    });
    characters.collect()
}

/// A hash in the form of `pod-template-hash`. Kubernetes hashes all fields of a template, the model those
/// that it knows: the form is the same, the value is not.
pub(super) fn hash(of: &impl std::fmt::Debug) -> String {
    let text = format!("{of:?}");
    let fnv = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    encode(u64::from(fnv).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20, 10)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Names;

    #[test]
    fn no_name_is_given_twice() {
        let mut names = Names::seeded(7);
        let made: BTreeSet<String> = (0..20_000).map(|_| names.generate("web-", |_| false)).collect();
        assert_eq!(made.len(), 20_000);
        assert!(made.iter().all(|name| name.len() == 9));
    }

    #[test]
    fn long_bases_are_cut_to_leave_room() {
        let mut names = Names::seeded(7);
        let taken = names.clone().generate("web-", |_| false);
        assert_eq!(names.clone().generate(&"x".repeat(80), |_| false).len(), 63);
        assert_ne!(names.generate("web-", |name| name == taken), taken);
    }
}
