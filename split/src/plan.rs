use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::TableType;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};

use crate::Failure;
use crate::addresses::Addresses;
use crate::module::{Module, TABLE};

/// What goes where. The numbers of the functions are those of the module that is split, unless it is said whose they are.
pub struct Plan {
    pub module: Module,
    /// True for the functions of the primary; all that are imported are among them.
    is_primary: Vec<bool>,
    /// The index of each function in the module that it goes to.
    index: Vec<u32>,
    /// The functions of the secondary that the primary can come to, and where the table has them once they are there.
    pub slots: BTreeMap<u32, u32>,
    /// Those of them that had no place in the table, in the order of their new slots, which are empty until then.
    pub added: Vec<u32>,
    /// Those that a placeholder stands for, since they can be come to by other ways than a call, and its index.
    pub placeholders: BTreeMap<u32, u32>,
    /// The function of the primary that sees to it that the secondary is there: its last.
    pub ensure: u32,
    /// The functions of the primary that the secondary calls: its imports, in this order.
    pub shared: Vec<u32>,
}

impl Plan {
    /// `ran` has the places of functions among those that are not imported.
    pub fn new(mut module: Module, ran: &BTreeSet<usize>, addresses: &Addresses) -> Result<Self, Failure> {
        let imported = module.imported as usize;
        if let Some(place) = ran.last().filter(|&&place| place >= module.bodies.len()) {
            return Err(format!("the profile is of another module: it has a function {place}").into());
        }
        let ran = module.bodies.iter().enumerate().map(|(place, body)| ran.contains(&place) || body.is_bound);
        let is_primary: Vec<bool> = std::iter::repeat_n(true, imported).chain(ran).collect();

        let mut missed: BTreeSet<u32> = module.entries.iter().chain(module.slots.keys()).copied().collect();
        let mut shared = BTreeSet::new();
        for (body, &is_primary) in module.bodies.iter().zip(&is_primary[imported..]) {
            if is_primary { &mut missed } else { &mut shared }.extend(&body.calls);
        }
        let first = module.bodies.iter().zip(&is_primary[imported..]).filter(|&(_, &is_primary)| is_primary);
        module.data.need(first.flat_map(|(body, _)| body.numbers.0.iter().copied()), addresses);
        missed.retain(|&function| !is_primary[function as usize]);
        shared.retain(|&function| is_primary[function as usize]);

        let mut index: Vec<u32> = (0..module.imported).collect();
        // The function that loads the secondary is the last import.
        let mut next = (module.imported + 1, u32::try_from(shared.len())?);
        for &is_primary in &is_primary[imported..] {
            let next = if is_primary { &mut next.0 } else { &mut next.1 };
            index.push(*next);
            *next += 1;
        }
        let mut plan = Self {
            is_primary,
            index,
            slots: BTreeMap::new(),
            added: vec![],
            placeholders: BTreeMap::new(),
            ensure: 0,
            shared: shared.into_iter().collect(),
            module,
        };
        for function in missed {
            let slot = match plan.module.slots.get(&function) {
                Some(slots) => slots[0],
                None => plan.add(function)?,
            };
            plan.slots.insert(function, slot);
            if plan.module.slots.contains_key(&function) || plan.module.entries.contains(&function) {
                plan.placeholders.insert(function, next.0);
                next.0 += 1;
            }
        }
        plan.ensure = next.0;
        Ok(plan)
    }

    fn add(&mut self, function: u32) -> Result<u32, Failure> {
        let slot = self.first_added()? + u32::try_from(self.added.len())?;
        self.added.push(function);
        Ok(slot)
    }

    /// The slot behind those that the table has already.
    pub fn first_added(&self) -> Result<u32, Failure> {
        let table = self.module.tables.first().ok_or("there is no table of functions")?;
        Ok(u32::try_from(table.initial)?)
    }

    pub fn is_primary(&self, function: u32) -> bool {
        self.is_primary[function as usize]
    }

    /// In the module that the function goes to.
    pub fn index(&self, function: u32) -> u32 {
        self.index[function as usize]
    }

    /// The functions of one module that have bodies, in order.
    pub fn bodies(&self, primary: bool) -> impl Iterator<Item = u32> {
        (self.module.imported..)
            .zip(&self.is_primary[self.module.imported as usize..])
            .filter_map(move |(function, &is_primary)| (is_primary == primary).then_some(function))
    }

    /// A table as both modules have it: that of the functions is longer by the slots that were added.
    pub fn table(&self, number: usize) -> Result<TableType, Failure> {
        let mut table = RoundtripReencoder.table_type(self.module.tables[number]).map_err(|error| error.to_string())?;
        if number == TABLE as usize {
            let added = self.added.len() as u64;
            table.minimum += added;
            table.maximum = table.maximum.map(|maximum| maximum + added);
        }
        Ok(table)
    }

    /// The slots that the secondary fills, each with its function.
    pub fn filled(&self) -> Result<BTreeMap<u32, u32>, Failure> {
        let known =
            self.module.slots.iter().flat_map(|(&function, slots)| slots.iter().map(move |&slot| (slot, function)));
        let added = (self.first_added()?..).zip(self.added.iter().copied());
        Ok(known.filter(|&(_, function)| !self.is_primary(function)).chain(added).collect())
    }
}

/// What the primary exports for the secondary alone.
#[derive(Clone, Copy)]
pub enum Kind {
    Function,
    Table,
    Memory,
    Global,
}

/// A short name: there are thousands. No name that a compiler makes begins so.
pub fn export_name(kind: Kind, number: usize) -> String {
    match kind {
        Kind::Function => format!("-{number:x}"),
        Kind::Table => format!("-t{number:x}"),
        Kind::Memory => format!("-m{number:x}"),
        Kind::Global => format!("-g{number:x}"),
    }
}
