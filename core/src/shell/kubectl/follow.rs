//! `kubectl get --watch`, after the objects that are there.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::Location;
use super::super::call::Call;
use super::super::history::History;
use super::flags::{Args, flags, parse};
use super::get::{Found, heading, line, selected};
use super::table::Columns;
use super::{command, kind::Kind};
use crate::k8s::NamespacedName;
use crate::lab::Lab;

/// What was printed of the objects that a command asks for.
#[derive(Clone, Debug)]
pub struct Following {
    /// Behind `kubectl`.
    words: Vec<String>,
    known: Known,
    columns: Columns,
}

/// Each object, and the line that tells of it.
type Known = BTreeMap<NamespacedName, (Value, Vec<String>)>;

impl Following {
    /// Goes on behind a table.
    pub(super) fn begin(call: &Call<'_>, args: &Args<'_>, found: &Found) -> Self {
        let mut columns = Columns::default();
        let known = known(found, args);
        if let (false, Some((kind, _))) = (known.is_empty() || args.has("no-headers"), found.first()) {
            columns.fit(&heading(*kind, args));
        }
        known.values().for_each(|(_, line)| columns.fit(line));
        Self { words: call.words.to_vec(), known, columns }
    }

    /// A line for each object that is another one than before, or gone.
    pub(in super::super) fn news(&mut self, lab: &Lab, at: &Location) -> String {
        let now = self.look(lab, at).unwrap_or_default();
        let before = std::mem::replace(&mut self.known, now);
        let gone = before.iter().filter(|(name, _)| !self.known.contains_key(*name));
        let changed =
            self.known.iter().filter(|(name, (object, _))| before.get(*name).is_none_or(|(old, _)| old != object));
        let columns = &mut self.columns;
        gone.chain(changed).map(|(_, (_, line))| columns.print(line)).collect()
    }

    fn look(&self, lab: &Lab, at: &Location) -> Option<Known> {
        let (mut lab, mut at, history) = (lab.clone(), at.clone(), History::default());
        let mut call = Call::new(&mut lab, &mut at, &history, ("kubectl", &self.words));
        let (command, left) = command::find(&self.words);
        let args = parse(&left, &flags(command)).ok()?;
        Some(known(&selected(&mut call, &args)?, &args))
    }
}

fn known(found: &Found, args: &Args<'_>) -> Known {
    let rows = found.iter().flat_map(|(kind, rows)| rows.iter().map(move |row| (*kind, row)));
    rows.map(|(kind, row): (Kind, _)| (row.name.clone(), (row.json.clone(), line(kind, row, args, false)))).collect()
}
