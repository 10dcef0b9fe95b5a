use super::matches::Match;
use super::model::{Rule, Table};
use super::options::{self, Extension};
use super::targets::{Target, TcpmssTarget};
use crate::message;
use crate::message::Message;
use crate::net::Family;
use crate::netfilter::{Hook, XtTable};
use crate::source::Phrase;

/// Why the kernel refuses a table as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// The line of the rule that is at fault.
    pub line: u32,
    pub message: Phrase,
    pub expected: Phrase,
    pub advice: Phrase,
}

/// What `mark_source_chains` and `check_target` find wrong: loops of jumps, and targets that their hooks
/// do not allow. Only chains that a packet can reach are looked at, as in the kernel.
pub(super) fn check(table: &Table, name: XtTable, family: Family) -> Result<(), Refused> {
    let mut reached = vec![0u8; table.slots.len()];
    for hook in name.hooks() {
        if let Some(base) = table.base(*hook) {
            follow(table, base, *hook, &mut reached)?;
        }
    }
    for (index, chain) in table.unordered() {
        let hooks = reached[index as usize];
        chain.rules().iter().try_for_each(|rule| check_segment_size(rule, hooks))?;
        if hooks != 0 {
            chain.rules().iter().try_for_each(|rule| check_hooks(rule, hooks, family))?;
            chain.rules().iter().try_for_each(|rule| check_map(rule, name, hooks))?;
        }
    }
    Ok(())
}

const fn bit(hook: Hook) -> u8 {
    1 << hook as u8
}

/// Walks the chains that a hook reaches, with an own stack: rulesets may nest deeper than the machine's.
fn follow(table: &Table, base: u32, hook: Hook, reached: &mut [u8]) -> Result<(), Refused> {
    let mut open = vec![false; table.slots.len()];
    let mut stack = vec![(base, 0)];
    reached[base as usize] |= bit(hook);
    open[base as usize] = true;
    while let Some((chain, at)) = stack.last_mut() {
        let rules = table.chain(*chain).map_or(&[][..], |chain| chain.rules());
        let Some(rule) = rules.get(*at) else {
            open[*chain as usize] = false;
            stack.pop();
            continue;
        };
        // What stands behind an unconditional verdict is never reached.
        *at = if ends_chain(rule) { rules.len() } else { *at + 1 };
        let Some(target) = rule.target.chain() else {
            continue;
        };
        if open[target as usize] {
            let name = table.chain(target).map(|chain| chain.name.clone()).unwrap_or_default();
            return Err(Refused {
                line: rule.line,
                message: message!("wrong-jump-loop", name = &name).into(),
                expected: message!("expected-no-loop").into(),
                advice: message!("advice-loop", name = &name).into(),
            });
        }
        if reached[target as usize] & bit(hook) == 0 {
            reached[target as usize] |= bit(hook);
            open[target as usize] = true;
            stack.push((target, 0));
        }
    }
    Ok(())
}

fn ends_chain(rule: &Rule) -> bool {
    let verdict = matches!(rule.target, Target::Accept | Target::Drop | Target::Return);
    verdict && rule.matches.is_empty() && rule.ip.is_empty()
}

/// `xt_check_target`, `xt_check_match`: each target and match says which hooks it works at.
fn check_hooks(rule: &Rule, hooks: u8, family: Family) -> Result<(), Refused> {
    let target = rule.target.name().and_then(|name| options::find_target(name, family));
    let matches = rule.matches.iter().filter_map(|test| options::find_match(test.name(), family));
    let mut extensions = matches.map(|extension| (extension, "match")).chain(target.map(|target| (target, "target")));
    extensions.try_for_each(|(extension, kind)| check_extension(extension, kind, rule.line, hooks))
}

/// `tcpmss_tg4_check`: only a SYN says how large segments may be, and only what was routed has a device to fit through.
fn check_segment_size(rule: &Rule, hooks: u8) -> Result<(), Refused> {
    let Target::Tcpmss(target) = rule.target else {
        return Ok(());
    };
    let refused = |message: &str, expected: Message, advice: Message| {
        Err(Refused { line: rule.line, message: message.into(), expected: expected.into(), advice: advice.into() })
    };
    let routed = [Hook::Forward, Hook::Output, Hook::Postrouting].into_iter().fold(0, |bits, hook| bits | bit(hook));
    if target == TcpmssTarget::Clamp && hooks & !routed != 0 {
        let message = "Invalid argument: path-MTU clamping only supported in FORWARD, OUTPUT and POSTROUTING hooks";
        return refused(message, message!("expected-after-routing"), message!("advice-move-or-mss"));
    }
    let asks_for_syn =
        |test: &Match| matches!(test, Match::Tcp(tcp) if tcp.flags_set & 0x02 != 0 && !tcp.inverted_flags);
    if rule.matches.iter().any(asks_for_syn) {
        return Ok(());
    }
    refused(
        "Invalid argument: TCPMSS only works on TCP SYN packets",
        message!("expected-in-rule", what = "-m tcp --syn"),
        message!("advice-add-option", what = "--syn"),
    )
}

/// `set_target_v3_checkentry`
fn check_map(rule: &Rule, table: XtTable, hooks: u8) -> Result<(), Refused> {
    let Target::Set(target) = &rule.target else {
        return Ok(());
    };
    let Some(map) = &target.map else {
        return Ok(());
    };
    let refused = |message: &str, expected: Message, advice: Message| {
        Err(Refused { line: rule.line, message: message.into(), expected: expected.into(), advice: advice.into() })
    };
    if table != XtTable::Mangle {
        let message = "Invalid argument: --map-set only usable from mangle table";
        return refused(message, message!("expected-rule-of-mangle"), message!("advice-move-rule"));
    }
    let routed = [Hook::Forward, Hook::Output, Hook::Postrouting].into_iter().fold(0, |bits, hook| bits | bit(hook));
    if (map.priority || map.queue) && hooks & !routed != 0 {
        let message =
            "Invalid argument: mapping of prio or/and queue is allowed only from OUTPUT/FORWARD/POSTROUTING chains";
        return refused(message, message!("expected-after-routing"), message!("advice-move-or-mark"));
    }
    Ok(())
}

fn check_extension(extension: &Extension, kind: &str, line: u32, hooks: u8) -> Result<(), Refused> {
    let allowed = extension.hooks.iter().fold(0, |bits, hook| bits | bit(*hook));
    if allowed == 0 || hooks & !allowed == 0 {
        return Ok(());
    }
    let list = |bits: u8| {
        let names: Vec<_> = Hook::ALL.into_iter().filter(|hook| bits & bit(*hook) != 0).map(Hook::chain).collect();
        names.join("/")
    };
    let name = extension.name;
    Err(Refused {
        line,
        message: format!("{name} {kind}: used from hooks {}, but only usable from {}", list(hooks), list(allowed))
            .into(),
        expected: message!("expected-from-hooks", hooks = list(allowed)).into(),
        advice: message!("advice-move-to-hooks").into(),
    })
}
