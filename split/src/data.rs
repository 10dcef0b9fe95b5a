use std::ops::Range;

use wasm_encoder::{ConstExpr, DataSection};

use crate::addresses::Addresses;

/// Zeros that cost less than the head of another segment when all is compressed, in bytes.
const GAP: usize = 1024;

/// What the linker laid out in memory, each object with its own segment, in the order of their addresses.
#[derive(Default, PartialEq)]
pub struct Data {
    objects: Vec<Object>,
}

#[derive(PartialEq)]
struct Object {
    at: u32,
    bytes: Vec<u8>,
    is_first: bool,
}

impl Data {
    pub fn add(&mut self, at: u32, bytes: &[u8]) {
        // Another object begins where an empty one does.
        if bytes.is_empty() {
            return;
        }
        let place = self.objects.partition_point(|object| object.at < at);
        self.objects.insert(place, Object { at, bytes: bytes.to_vec(), is_first: false });
    }

    /// The addresses of all that there is.
    pub fn range(&self) -> Range<u32> {
        match &self.objects[..] {
            [] => 0..0,
            [first, .., last] | [first @ last] => first.at..last.at + last.bytes.len() as u32,
        }
    }

    /// The addresses of the object that begins so.
    #[cfg(test)]
    pub fn find(&self, bytes: &[u8]) -> Option<Range<u32>> {
        let object = self.objects.iter().find(|object| object.bytes.starts_with(bytes))?;
        Some(object.at..object.at + object.bytes.len() as u32)
    }

    /// What comes later is that to which neither code that is there at first leads nor data that is. `numbers` are those of
    /// that code.
    pub fn need(&mut self, numbers: impl Iterator<Item = u32>, addresses: &Addresses) {
        let mut needed: Vec<u32> = numbers.flat_map(|number| addresses.meant(number)).collect();
        while let Some(at) = needed.pop() {
            let Ok(place) = self.objects.binary_search_by_key(&at, |object| object.at) else { continue };
            let object = &mut self.objects[place];
            if !object.is_first {
                object.is_first = true;
                needed.extend(addresses.led(at));
            }
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
