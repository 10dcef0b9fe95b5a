/// Packets and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub packets: u64,
    pub bytes: u64,
}

impl Counters {
    pub(super) const fn count(&mut self, length: u16) {
        self.packets = self.packets.wrapping_add(1);
        self.bytes = self.bytes.wrapping_add(length as u64);
    }
}

/// The counters of a chain's rules, up to the last that was ever counted: of tens of thousands of chains few are, and copies
/// of a table are made for every way that chance can take.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted(Vec<Counters>);

impl Counted {
    pub fn of(&self, rule: usize) -> Counters {
        self.0.get(rule).copied().unwrap_or_default()
    }

    pub fn set(&mut self, rule: usize, counters: Counters) {
        if counters != self.of(rule) {
            *self.at(rule) = counters;
        }
    }

    pub fn count(&mut self, rule: usize, length: u16) {
        self.at(rule).count(length);
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    fn at(&mut self, rule: usize) -> &mut Counters {
        if self.0.len() <= rule {
            self.0.resize(rule + 1, Counters::default());
        }
        &mut self.0[rule]
    }
}
