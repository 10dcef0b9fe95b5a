use wasm_encoder::{ConstExpr, DataSection};

/// Zeros that cost less than the head of another segment, in bytes.
const GAP: usize = 256;

/// Bytes from which on a text is a file.
const LONG: usize = 1024;

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

    /// What may be addresses: what has some is aligned to words, and made of them.
    fn words(&self) -> impl Iterator<Item = u32> {
        let has_words = self.at.is_multiple_of(4) && self.bytes.len().is_multiple_of(4);
        let words = if has_words { &self.bytes[..] } else { &[] };
        words.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().expect("a word has four bytes")))
    }
}

impl Data {
    pub fn add(&mut self, at: u32, bytes: &[u8]) {
        let place = self.objects.partition_point(|object| object.at < at);
        self.objects.insert(place, Object { at, bytes: bytes.to_vec(), is_first: false });
    }

    /// What is to be there at first: all to which one of the numbers leads as an address, or a word of what is. `numbers` are
    /// those of code.
    pub fn need(&mut self, numbers: impl Iterator<Item = u32>) {
        let mut words: Vec<u32> = vec![];
        for number in numbers {
            words.extend(self.found(number, |_| true));
        }
        while let Some(word) = words.pop() {
            // Data made by a compiler leads to texts by their beginning: others are numbers of another meaning.
            words.extend(self.found(word, |object| object.at == word || !object.is_long_text()));
        }
    }

    /// The words of what an address leads to, if it is new and meant.
    fn found(&mut self, address: u32, is_meant: impl Fn(&Object) -> bool) -> Vec<u32> {
        let next = self.objects.partition_point(|object| object.at <= address);
        // What ends there may be meant, if nothing begins there.
        match next.checked_sub(1).map(|place| &mut self.objects[place]) {
            Some(object) if !object.is_first && address <= object.end() && is_meant(object) => {
                object.is_first = true;
                object.words().collect()
            }
            _ => vec![],
        }
    }

    /// How much of it is to be there at first, or later: how many segments there are.
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

    #[test]
    fn what_code_leads_to_is_there_at_first_with_what_that_leads_to() {
        let mut data = Data::default();
        data.add(0x1010, b"asked for");
        data.add(0x1020, b"led to");
        data.add(0x1030, b"nobody's");
        data.add(0x1000, &[0, 0, 0, 0, 0x20, 0x10, 0, 0]);
        data.need([0x1004, 0x1012, 7].into_iter());
        for (text, is_first) in [("asked for", true), ("led to", true), ("nobody's", false)] {
            assert_eq!((has(&data, true, text), has(&data, false, text)), (is_first, !is_first), "{text}");
        }
    }

    #[test]
    fn a_number_that_leads_into_a_long_text_is_no_address() {
        let text = "word ".repeat(1000);
        let mut data = Data::default();
        data.add(0x1000, &0x2100_u32.to_le_bytes());
        data.add(0x2000, text.as_bytes());
        data.need(std::iter::once(0x1000));
        assert!(!has(&data, true, &text));
        data.need(std::iter::once(0x2100));
        assert!(has(&data, true, &text), "but code may ask for its middle");
    }

    #[test]
    fn what_comes_later_writes_over_nothing_that_was_there() {
        let mut data = Data::default();
        data.add(0x1000, b"later");
        data.add(0x1005, b"first");
        data.add(0x100a, b"late");
        data.need(std::iter::once(0x1005));
        assert!(!has(&data, false, "first"));
        assert_eq!(data.section(false).len(), 2);
        assert_eq!(data.section(true).len(), 1);
    }
}
