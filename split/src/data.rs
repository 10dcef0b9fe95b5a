use std::collections::BTreeSet;

use wasm_encoder::{ConstExpr, DataSection};

/// Zeros that cost less than the head of another segment, in bytes.
const GAP: usize = 256;

/// Bytes from which on a text is a file that the program has in it.
const LONG: usize = 1024;

/// How far from a text an address in code can be that is meant for it, in bytes: a loop may count from before the beginning,
/// or to the end, by a word or two.
const AROUND: u32 = 16;

/// What the linker laid out in memory, each object with its own segment, in the order of their addresses.
#[derive(Default)]
pub struct Data {
    objects: Vec<Object>,
}

struct Object {
    at: u32,
    bytes: Vec<u8>,
    is_first: bool,
}

impl Object {
    fn end(&self) -> u32 {
        self.at + u32::try_from(self.bytes.len()).expect("addresses are of 32 bits")
    }

    fn is_long_text(&self) -> bool {
        self.bytes.len() >= LONG && str::from_utf8(&self.bytes).is_ok_and(|text| !text.contains('\0'))
    }

    /// What may be addresses: the compiler writes them where words begin.
    fn words(&self) -> impl Iterator<Item = u32> {
        let skipped = (self.at.next_multiple_of(4) - self.at) as usize;
        let words = self.bytes.get(skipped..).unwrap_or_default().chunks_exact(4);
        words.map(|word| u32::from_le_bytes(word.try_into().expect("a word has four bytes")))
    }
}

impl Data {
    pub fn add(&mut self, at: u32, bytes: &[u8]) {
        let place = self.objects.partition_point(|object| object.at < at);
        self.objects.insert(place, Object { at, bytes: bytes.to_vec(), is_first: false });
    }

    /// Only long texts can come later, to which neither code that is there at first leads nor other data: the compiler may
    /// come to anything smaller, such as a table, by an address that is far from it. `numbers` are those of the code.
    pub fn need(&mut self, numbers: impl Iterator<Item = u32>) {
        let numbers: BTreeSet<u32> = numbers.collect();
        let others = self.objects.iter().filter(|object| !object.is_long_text());
        let words: BTreeSet<u32> = others.flat_map(Object::words).collect();
        for object in &mut self.objects {
            let around = object.at.saturating_sub(AROUND)..=object.end().saturating_add(AROUND);
            object.is_first =
                !object.is_long_text() || words.contains(&object.at) || numbers.range(around).next().is_some();
        }
    }

    /// What is there at first, or what comes later.
    pub fn section(&self, is_first: bool) -> DataSection {
        let mut section = DataSection::new();
        let mut run: Option<(u32, Vec<u8>)> = None;
        for object in &self.objects {
            if object.is_first != is_first {
                // What is there at first may have been written to when the rest comes.
                if !is_first {
                    flush(&mut section, &mut run);
                }
                continue;
            }
            if let Some((at, bytes)) = &mut run {
                let length = (object.at - *at) as usize;
                if length - bytes.len() < GAP {
                    bytes.resize(length, 0);
                    bytes.extend(&object.bytes);
                    continue;
                }
            }
            flush(&mut section, &mut run);
            run = Some((object.at, object.bytes.clone()));
        }
        flush(&mut section, &mut run);
        section
    }
}

fn flush(section: &mut DataSection, run: &mut Option<(u32, Vec<u8>)>) {
    if let Some((at, bytes)) = run.take() {
        section.active(0, &ConstExpr::i32_const(at.cast_signed()), bytes);
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::Encode;

    use super::Data;

    fn bytes(data: &Data, is_first: bool) -> Vec<u8> {
        let mut encoded = vec![];
        data.section(is_first).encode(&mut encoded);
        encoded
    }

    fn has(data: &Data, is_first: bool, text: &str) -> bool {
        bytes(data, is_first).windows(text.len()).any(|window| window == text.as_bytes())
    }

    /// A table that leads to one text, another text, and a third.
    fn laid_out() -> (Data, [String; 3]) {
        let texts = ["led to by data ", "led to by code ", "led to by nothing "].map(|text| text.repeat(100));
        let mut data = Data::default();
        data.add(0x1000, &[1, 0, 0, 0, 0, 0x20, 0, 0]);
        for (at, text) in [0x2000, 0x4000, 0x6000].into_iter().zip(&texts) {
            data.add(at, text.as_bytes());
        }
        (data, texts)
    }

    #[test]
    fn a_long_text_comes_later_if_nothing_leads_to_it() {
        let (mut data, texts) = laid_out();
        // The middle of the second.
        data.need([0x4010, 7].into_iter());
        for (text, is_first) in texts.iter().zip([true, true, false]) {
            assert_eq!((has(&data, true, text), has(&data, false, text)), (is_first, !is_first), "{text}");
        }
        assert!(
            bytes(&data, true).windows(8).any(|window| window == [1, 0, 0, 0, 0, 0x20, 0, 0]),
            "no table comes later"
        );
    }

    #[test]
    fn code_may_count_from_before_a_text_or_to_its_end() {
        let (_, [.., text]) = laid_out();
        for number in [0x6000 - 8, 0x6000 + u32::try_from(text.len()).expect("it is short")] {
            let (mut data, _) = laid_out();
            data.need(std::iter::once(number));
            assert!(has(&data, true, &text), "{number:#x}");
        }
    }

    #[test]
    fn what_comes_later_writes_over_nothing_that_was_there() {
        let (mut data, _) = laid_out();
        data.add(0x6000 + 1800, b"between");
        data.add(0x6000 + 1807, "also led to by nothing ".repeat(100).as_bytes());
        data.need(std::iter::empty());
        assert!(has(&data, true, "between") && !has(&data, false, "between"));
        assert_eq!(data.section(false).len(), 3);
    }
}
