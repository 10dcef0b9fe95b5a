//! `nft get element`: those of the elements of a set that the keys belong to.

use super::super::Status;
use super::super::call::Call;
use super::{Printer, Style, complain, find};
use crate::nftables::{self, Block, Element, Elements, Ruleset, Set, SetData, TableFamily};
use crate::source::Diagnostic;

pub(super) fn run(call: &mut Call<'_>, command: &str, style: Style) -> Status {
    let now = call.now();
    let Some(ruleset) = call.node().map(|node| &node.nftables) else {
        return 1;
    };
    let keys = match keys(ruleset, command) {
        Ok(keys) => keys,
        Err(errors) => {
            for error in &errors {
                complain(call, command, None, error);
            }
            return 1;
        }
    };
    let Some((table, number)) = place(ruleset, command) else {
        return 1;
    };
    let Some(owner) = ruleset.table(table) else {
        return 1;
    };
    let mut owner = owner.clone();
    let Some(set) = owner.sets.get_mut(number) else {
        return 1;
    };
    let mut found = Elements::new(&set.key, set.flags.interval);
    for key in &keys {
        let Some(element) = set.elements.iter().find(|element| !element.is_expired(now) && covers(set, element, key))
        else {
            // Not the name of what is missing is marked, but the whole command and the end of the line.
            call.err(&format!(
                "Error: Could not process rule: No such file or directory\n{command}\n{}\n",
                "^".repeat(command.chars().count() + 1)
            ));
            return 1;
        };
        // Two keys may belong to one element.
        let _ = found.insert(element.clone());
    }
    set.elements = found;
    let text = Printer::new(table, &owner, now, style).alone(Block::Set(number));
    // The handle of the table is not asked for.
    let text = text.split_once('\n').map_or("", |(_, rest)| rest);
    call.out(&format!("table {} {} {{\n{text}", owner.family, owner.name));
    0
}

/// The table and the set that a command names.
fn place(ruleset: &Ruleset, command: &str) -> Option<(u32, u32)> {
    let words: Vec<&str> = command.split_whitespace().skip(2).collect();
    let (family, names) = match words[..] {
        [family, ref names @ ..] if TableFamily::from_name(family).is_some() => (TableFamily::from_name(family), names),
        ref names => (None, names),
    };
    let [table, set, ..] = *names else {
        return None;
    };
    let (number, table) = find(ruleset, family, table)?;
    Some((number, table.sets.find(set)?))
}

/// The keys between the braces, read as elements that are added to a set of the same type with nothing in it.
fn keys(ruleset: &Ruleset, command: &str) -> Result<Vec<Element>, Vec<Diagnostic>> {
    let read = |with_data: bool| {
        let mut trial = ruleset.clone();
        let named = place(ruleset, command);
        let set = |trial: &mut Ruleset| -> Option<Set> {
            let (table, set) = named?;
            trial.table(table)?.sets.get(set).cloned()
        };
        if let (Some((table, number)), Some(set)) = (named, set(&mut trial)) {
            let data = if with_data { set.data.clone() } else { SetData::None };
            let empty = Set::anonymous(set.key.clone(), data, set.flags.interval);
            if let Some(place) = trial.table_mut(table).and_then(|table| table.sets.get_mut(number)) {
                *place = Set { name: set.name, flags: nftables::SetFlags { constant: false, ..empty.flags }, ..empty };
            }
        }
        // The verb is as long as the one that was typed, so that columns are the same.
        let script = command.replacen("get", "add", 1);
        nftables::apply_at(&mut trial, &script, 0)?;
        let elements = set(&mut trial).map(|set| set.elements.iter().cloned().collect());
        Ok(elements.unwrap_or_default())
    };
    // A map's data may be there, and is not looked at.
    read(false).or_else(|errors| read(true).map_err(|_| errors))
}

fn covers(set: &Set, element: &Element, key: &Element) -> bool {
    let mut fields = element.fields(&set.key).zip(key.fields(&set.key));
    fields.all(|((_, first, last), (_, from, to))| first <= from && to <= last)
}
