use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use wasmparser::{
    BinaryReader, DefinedDataSymbol, KnownCustom, Linking, LinkingSectionReader, Parser, Payload, RelocSectionReader,
    RelocationEntry, RelocationType, SymbolFlags, SymbolInfo,
};

use crate::Failure;
use crate::data::Data;
use crate::module::{self, Module};

/// How far from all data a number can be that was made of an address, in bytes.
const AROUND: u32 = 1 << 16;

/// Which object of data the program means by each address, as the linker says by its relocations. Where an address lies does
/// not tell: a loop may count down from a table's end, where another object begins, and a table that is asked from a number
/// on is come to from as much before its beginning. An object is known by the address of its beginning.
///
/// What this rests on: a program comes to an object by addresses of that object alone. LLVM takes that for granted of every
/// program, and what Rust without `unsafe` becomes is one for which it is true; the page has no addresses but those that
/// functions gave it. And wasm-opt must not add to an address, since the sum could be the address of another object: that it
/// leaves them alone is a matter of the passes that run (`web/index.html`), and [`Addresses::check`] sees it if it did not.
#[derive(Default)]
pub struct Addresses {
    /// What code means by a number. That of an end can be that of the next beginning, too.
    meant: BTreeMap<u32, BTreeSet<u32>>,
    /// The objects that an object has addresses of.
    led: BTreeMap<u32, BTreeSet<u32>>,
    /// All numbers in code that may be addresses.
    numbers: BTreeSet<u32>,
    data: Data,
}

impl Addresses {
    /// `linked` is what the linker wrote, before other tools changed it.
    pub fn read(linked: &[u8]) -> Result<Self, Failure> {
        let module = Module::read(linked)?;
        let numbers = module.bodies.iter().flat_map(|body| body.numbers.0.iter().copied()).collect();
        let mut read = Self { numbers, data: module.data, ..Self::default() };
        let objects = objects(linked)?;
        let (mut symbols, mut is_code_known) = (None, false);
        for payload in Parser::new(0).parse_all(linked) {
            let Payload::CustomSection(section) = payload? else { continue };
            match (section.as_known(), section.name(), &symbols) {
                (KnownCustom::Linking(linking), ..) => symbols = Some(self::symbols(&linking, &objects.places)?),
                (KnownCustom::Reloc(relocations), "reloc.CODE", Some(symbols)) => {
                    is_code_known = true;
                    for found in found(&relocations, symbols, &linked[module.code.clone()])? {
                        read.meant.entry(found.address).or_default().insert(found.object);
                    }
                }
                (KnownCustom::Reloc(relocations), "reloc.DATA", Some(symbols)) => {
                    for found in found(&relocations, symbols, &linked[objects.section.clone()])? {
                        let from = objects.around(found.offset).ok_or("a relocation is of no object of data")?;
                        read.led.entry(from).or_default().insert(found.object);
                    }
                }
                _ => {}
            }
        }
        if is_code_known { Ok(read) } else { Err("it has no relocations: link with --emit-relocs".into()) }
    }

    /// Whether this tells of a program that other tools made of what the linker wrote.
    pub fn check(&self, module: &Module) -> Result<(), Failure> {
        if module.data != self.data {
            return Err("its data is not what the linker wrote: build both anew".into());
        }
        let Range { start, end } = self.data.range();
        let near = start.saturating_sub(AROUND)..end.saturating_add(AROUND);
        let mut numbers = module.bodies.iter().flat_map(|body| &body.numbers.0);
        match numbers.find(|number| near.contains(number) && !self.numbers.contains(number)) {
            None => Ok(()),
            Some(number) => Err(format!(
                "{number} may be an address, and is not one that the linker wrote: skip the pass of wasm-opt that \
                 calculates with constants (web/index.html)"
            )
            .into()),
        }
    }

    /// The objects that code can mean by a number.
    pub fn meant(&self, number: u32) -> impl Iterator<Item = u32> {
        self.meant.get(&number).into_iter().flatten().copied()
    }

    /// The objects that an object has addresses of.
    pub fn led(&self, object: u32) -> impl Iterator<Item = u32> {
        self.led.get(&object).into_iter().flatten().copied()
    }
}

/// Where the objects are.
struct Objects {
    section: Range<usize>,
    places: Vec<Place>,
}

struct Place {
    at: u32,
    /// Its bytes in the section.
    bytes: Range<usize>,
}

impl Objects {
    fn around(&self, offset: usize) -> Option<u32> {
        let next = self.places.partition_point(|place| place.bytes.start <= offset);
        let place = &self.places[next.checked_sub(1)?];
        place.bytes.contains(&offset).then_some(place.at)
    }
}

fn objects(linked: &[u8]) -> Result<Objects, Failure> {
    let mut found = Objects { section: 0..0, places: vec![] };
    for payload in Parser::new(0).parse_all(linked) {
        let Payload::DataSection(section) = payload? else { continue };
        found.section = usize::try_from(section.range().start)?..usize::try_from(section.range().end)?;
        for segment in section {
            let segment = segment?;
            let end = usize::try_from(segment.range.end)? - found.section.start;
            found.places.push(Place { at: module::begin(&segment)?, bytes: end - segment.data.len()..end });
        }
    }
    Ok(found)
}

/// What a relocation can tell of.
#[derive(Clone, Copy)]
enum Symbol {
    Data {
        at: u32,
        object: u32,
    },
    /// An address where nothing is written.
    Empty,
    /// A function, a global, a table.
    Other,
}

fn symbols(linking: &LinkingSectionReader<'_>, places: &[Place]) -> Result<Vec<Symbol>, Failure> {
    let mut symbols = vec![];
    for subsection in linking.subsections() {
        let Linking::SymbolTable(table) = subsection? else { continue };
        for symbol in table {
            symbols.push(match symbol? {
                SymbolInfo::Data { flags, symbol: Some(defined), .. } if !flags.contains(SymbolFlags::ABSOLUTE) => {
                    self::symbol(defined, places)
                }
                SymbolInfo::Data { .. } => Symbol::Empty,
                _ => Symbol::Other,
            });
        }
    }
    Ok(symbols)
}

fn symbol(DefinedDataSymbol { index, offset, .. }: DefinedDataSymbol, places: &[Place]) -> Symbol {
    let place = places.get(index as usize);
    place.map_or(Symbol::Empty, |place| Symbol::Data { at: place.at.wrapping_add(offset), object: place.at })
}

/// An address that the linker wrote.
struct Found {
    offset: usize,
    address: u32,
    object: u32,
}

/// The addresses in a section.
fn found(relocations: &RelocSectionReader<'_>, symbols: &[Symbol], section: &[u8]) -> Result<Vec<Found>, Failure> {
    let mut all = vec![];
    for relocation in relocations.entries() {
        let RelocationEntry { ty, offset, index, addend } = relocation?;
        let offset = offset as usize;
        let mut bytes = BinaryReader::new(section.get(offset..).ok_or("a relocation is of no section")?, 0);
        let symbol = symbols.get(index as usize).copied();
        let written = match (ty, symbol) {
            // The number of a type, which has no symbol.
            (RelocationType::TypeIndexLeb, _) | (_, Some(Symbol::Other)) => continue,
            (_, None) => return Err(format!("a relocation is of symbol {index}, and there is none").into()),
            (RelocationType::MemoryAddrLeb, _) => bytes.read_var_u32()?,
            (RelocationType::MemoryAddrSleb, _) => bytes.read_var_i32()?.cast_unsigned(),
            (RelocationType::MemoryAddrI32, _) => bytes.read_u32()?,
            _ => return Err(format!("relocations of data that are {ty:?} are not supported").into()),
        };
        let Some(Symbol::Data { at, object }) = symbol else { continue };
        let address = at.wrapping_add(addend as u32);
        if written != address {
            return Err(format!("{written} is written where {address} should be, as a relocation says").into());
        }
        all.push(Found { offset, address, object });
    }
    Ok(all)
}
