use super::command::{ChainAction, Command, Line, check_name, missing_chain};
use super::counters::Counters;
use super::draft::Draft;
use super::model::{Backend, Base, Policy, Rule, Table, Tables};
use super::words::Complaint;
use crate::message;
use crate::message::Message;
use crate::netfilter::XtTable;

/// Carries out one command on a draft of a table. `tables` is only asked for what other tables have.
pub(super) fn apply(
    draft: &mut Draft,
    name: XtTable,
    tables: &Tables,
    line: Line<'_>,
    counters: Counters,
) -> Result<(), Complaint> {
    let Line { command, chain_at: at, counters: given } = line;
    let counters = given.unwrap_or(counters);
    let find =
        |draft: &Draft, chain: &str| draft.chains().find(chain).ok_or_else(|| missing_chain(tables, name, chain, at));
    match command {
        Command::Append { chain, rules } => {
            let chain = find(draft, chain)?;
            draft.register(chain);
            rules.into_iter().for_each(|rule| draft.append(chain, rule, counters));
        }
        Command::Insert { chain, number, rules } => {
            let chain = find(draft, chain)?;
            draft.register(chain);
            let first = place(draft.count(chain), number, 1, at, "Index of insertion too big")?;
            // Each is put at the same place, so that the last comes first (`insert_entry`).
            rules.into_iter().for_each(|rule| draft.insert(chain, first, rule, counters));
        }
        Command::Replace { chain, number, rule } => {
            let chain = find(draft, chain)?;
            let index = place(draft.count(chain), number, 0, at, "Index of replacement too big")?;
            draft.delete(chain, index);
            draft.insert(chain, index, *rule, counters);
        }
        Command::Delete { chain, rules } => {
            let chain = find(draft, chain)?;
            for rule in rules {
                let index = search(draft, chain, &rule, at)?;
                draft.delete(chain, index);
            }
        }
        Command::DeleteNumber { chain, number } => {
            let chain = find(draft, chain)?;
            let index = place(draft.count(chain), number, 0, at, "Index of deletion too big")?;
            draft.delete(chain, index);
        }
        Command::Check { chain, rules } => {
            let chain = find(draft, chain)?;
            rules.iter().try_for_each(|rule| search(draft, chain, rule, at).map(|_| ()))?;
        }
        Command::Chain { action, chain } => {
            let index = chain.map(|chain| find(draft, chain)).transpose();
            apply_to_chain(draft.finished(), tables.backend, action, chain, index, (given, at))?;
        }
    }
    Ok(())
}

fn cannot_rename(name: &str, to: &str, at: usize) -> Complaint {
    let message = format!("File exists: cannot rename `{name}' to `{to}'");
    Complaint::new(at, message, message!("expected-own-chain"), message!("advice-other-name"))
}

/// Commands on whole chains. Without a name they are for all chains; `index` is the chain of that name.
fn apply_to_chain(
    table: &mut Table,
    backend: Backend,
    action: ChainAction<'_>,
    chain: Option<&str>,
    index: Result<Option<u32>, Complaint>,
    (given, at): (Option<Counters>, usize),
) -> Result<(), Complaint> {
    let name = chain.unwrap_or_default();
    if action == ChainAction::Create {
        check_name(name, at)?;
        if index.is_ok() {
            let message = format!("Chain already exists: `{name}'");
            return Err(Complaint::new(at, message, message!("expected-new-name"), message!("advice-name-or-flush")));
        }
        table.create(name);
        return Ok(());
    }
    // libiptc looks for the new name first.
    if let ChainAction::Rename(to) = action
        && table.find(to).is_some()
    {
        return Err(cannot_rename(name, to, at));
    }
    match (action, index?) {
        (ChainAction::Flush, None) => flush_all(table),
        (ChainAction::Flush, Some(index)) => {
            table.set_registered(index, true);
            table.flush(index);
        }
        (ChainAction::Delete, None) => delete_unused(table, backend),
        (ChainAction::Delete, Some(index)) => delete_chain(table, backend, index, name, at)?,
        (ChainAction::Zero(_), None) => {
            let chains: Vec<_> = table.unordered().map(|(index, _)| index).collect();
            chains.into_iter().for_each(|chain| zero(table, chain, None));
        }
        (ChainAction::Zero(number), Some(index)) => {
            let count = table.chain(index).map_or(0, |chain| chain.rules().len());
            let at = number.map(|number| place(count, number, 0, at, "Index of zeroing too big")).transpose()?;
            zero(table, index, at);
        }
        (ChainAction::Rename(to), Some(index)) => {
            check_name(to, at)?;
            if table.is_built_in(index) {
                return Err(cannot_rename(name, to, at));
            }
            table.rename(index, to);
        }
        (ChainAction::Policy(_), Some(index)) if !table.is_built_in(index) => {
            let message = format!("Bad built-in chain name: `{name}'");
            return Err(Complaint::new(
                at,
                message,
                message!("expected-built-in-chain"),
                message!("advice-closing-rule"),
            ));
        }
        (ChainAction::Policy(policy), Some(index)) => {
            table.set_registered(index, true);
            table.set_policy(index, policy, given);
        }
        // The reader asks for a name where one is needed.
        (ChainAction::Create | ChainAction::Rename(_) | ChainAction::Policy(_), _) => {}
    }
    Ok(())
}

/// The index of rule `number` of a chain with `count` rules, which may be at most `beyond` behind the last.
fn place(count: usize, number: usize, beyond: usize, at: usize, message: &str) -> Result<usize, Complaint> {
    if number <= count + beyond {
        return Ok(number - 1);
    }
    let expected = match count + beyond {
        0 => message!("expected-chain-with-rules"),
        most => message!("expected-rule-number", most = most.to_string()),
    };
    Err(Complaint::new(at, message, expected, message!("advice-rule-count", count = count.to_string())))
}

fn search(draft: &mut Draft, chain: u32, rule: &Rule, at: usize) -> Result<usize, Complaint> {
    draft.search(chain, rule).ok_or_else(|| {
        let message = "Bad rule (does a matching rule exist in that chain?)";
        Complaint::new(at, message, message!("expected-rule-of-chain"), message!("advice-rule-as-saved"))
    })
}

fn zero(table: &mut Table, chain: u32, index: Option<usize>) {
    let Some(slot) = table.slot_mut(chain) else {
        return;
    };
    match index {
        Some(index) => slot.counters.set(index, Counters::default()),
        None => {
            slot.counters.clear();
            slot.policy_counters = Counters::default();
        }
    }
}

pub(super) fn flush_all(table: &mut Table) {
    let chains: Vec<_> = table.unordered().map(|(index, _)| index).collect();
    chains.into_iter().for_each(|chain| table.flush(chain));
}

fn delete_chain(table: &mut Table, backend: Backend, chain: u32, name: &str, at: usize) -> Result<(), Complaint> {
    let wrong = |message: &str, advice: Message| {
        Err(Complaint::new(at, format!("{message}: `{name}'"), message!("expected-empty-chain"), advice))
    };
    if table.is_built_in(chain) && backend == Backend::Legacy {
        return wrong("Invalid argument: cannot delete a built-in chain", message!("advice-flush"));
    }
    let references = table.references(chain);
    if references > 0 {
        return wrong("Too many links", message!("advice-delete-jumps", count = references.to_string()));
    }
    if table.chain(chain).is_some_and(|chain| !chain.rules().is_empty()) {
        return wrong("Directory not empty", message!("advice-flush-first", name = name));
    }
    delete(table, chain);
    Ok(())
}

/// `-X` without a name deletes the chains that it can; the tool stops at the first that it cannot, which
/// would depend on their order.
pub(super) fn delete_unused(table: &mut Table, backend: Backend) {
    let is_kept = |base: Base| backend == Backend::Legacy || base.policy == Policy::Drop;
    let chains = table.unordered().filter(|(_, chain)| !chain.base.is_some_and(is_kept));
    let chains: Vec<_> = chains.map(|(index, _)| index).collect();
    for chain in chains {
        let empty = table.chain(chain).is_some_and(|chain| chain.rules().is_empty());
        if empty && table.references(chain) == 0 {
            delete(table, chain);
        }
    }
}

fn delete(table: &mut Table, chain: u32) {
    if table.is_built_in(chain) {
        table.set_registered(chain, false);
    } else {
        table.remove(chain);
    }
}
