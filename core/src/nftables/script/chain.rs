use super::table::Deferred;
use super::{Script, Verb, busy, file_exists, not_found};
use crate::message;
use crate::netfilter::{Hook, priority};
use crate::nftables::model::{BaseHook, Chain, ChainHook, ChainKind, Policy, TableFamily};
use crate::nftables::parse::{Failure, Kind, Parsed, Reader};
use crate::source::Phrase;

/// What the braces after a chain's name say, apart from rules.
#[derive(Default)]
struct Specification {
    base: Option<BaseHook>,
    policy: Option<Policy>,
    comment: Option<std::sync::Arc<str>>,
}

impl Script<'_> {
    /// After `add chain` and its like.
    pub(super) fn chain_command(&mut self, verb: Verb) -> Parsed<()> {
        if verb == Verb::Destroy || verb == Verb::Delete {
            return self.delete_chain(verb);
        }
        let table = self.table_name()?;
        if verb == Verb::Rename {
            return self.rename_chain(table);
        }
        if verb == Verb::Flush {
            let chain = self.chain_name(table)?;
            self.flush_rules(table, chain);
            return Ok(());
        }
        if !matches!(verb, Verb::Add | Verb::Create) {
            return Err(self.cursor.unexpected(message!("expected-chain-verbs")));
        }
        self.declare_chain(table, verb, None)
    }

    /// The name of a chain that exists.
    pub(super) fn chain_name(&mut self, table: u32) -> Parsed<u32> {
        let name = self.cursor.word_or_string(message!("expected-name-of-chain"))?;
        let found = self.draft.table(table).and_then(|table| table.chains.find(name.text));
        found.ok_or_else(|| not_found(name.offset, message!("wrong-chain-named", name = name.text)))
    }

    fn rename_chain(&mut self, table: u32) -> Parsed<()> {
        let number = self.chain_name(table)?;
        let new = self.cursor.new_name(message!("expected-the-new-name"))?;
        let Some(table) = self.draft.table_mut(table) else {
            return Ok(());
        };
        let Some(old) = table.chains.get(number).map(|chain| chain.name.clone()) else {
            return Ok(());
        };
        if !table.chains.rename(&old, new.text.into()) {
            return Err(file_exists(new.offset, message!("wrong-chain-named", name = new.text)));
        }
        if let Some(chain) = table.chains.get_mut(number) {
            chain.name = new.text.into();
        }
        Ok(())
    }

    fn delete_chain(&mut self, verb: Verb) -> Parsed<()> {
        let family = self.family();
        let table_name = self.cursor.word_or_string(message!("expected-table-name"))?;
        let name = self.cursor.word_or_string(message!("expected-name-of-chain"))?;
        let found = self
            .draft
            .find_table(family, table_name.text)
            .and_then(|table| Some((table, self.draft.table(table)?.chains.find(name.text)?)));
        if self.cursor.peek().is("{") {
            self.cursor.skip_statement();
        }
        let Some((table, chain)) = found else {
            let label = message!("wrong-chain-named", name = name.text);
            return if verb == Verb::Destroy { Ok(()) } else { Err(not_found(name.offset, label)) };
        };
        // Its own rules go first, so that a chain that only refers to itself can go (`nf_tables_delchain`).
        self.flush_rules(table, chain);
        let Some(table) = self.draft.table_mut(table) else {
            return Ok(());
        };
        if table.uses.of_chain(chain) > 0 {
            return Err(busy(name.offset, message!("wrong-chain-named", name = name.text)));
        }
        table.chains.remove(name.text);
        Ok(())
    }

    /// A chain within the block of its table.
    pub(super) fn chain_block(&mut self, table: u32, deferred: &mut Deferred) -> Parsed<()> {
        self.declare_chain(table, Verb::Add, Some(deferred))
    }

    fn declare_chain(&mut self, table: u32, verb: Verb, deferred: Option<&mut Deferred>) -> Parsed<()> {
        let name = self.cursor.new_name(message!("expected-name-of-chain"))?;
        if name.text.is_empty() || name.text.len() > 255 {
            return Err(Failure::new(
                name.offset,
                message!("wrong-chain-name-length"),
                message!("expected-255-characters"),
                "",
            ));
        }
        let mut rules = Vec::new();
        let specification = self.specification(table, &mut rules)?;
        let Some(owner) = self.draft.table_mut(table) else {
            return Ok(());
        };
        let number = match owner.chains.find(name.text) {
            Some(_) if verb == Verb::Create => {
                return Err(file_exists(name.offset, message!("wrong-chain-named", name = name.text)));
            }
            Some(number) => {
                change_chain(owner.chains.get_mut(number), specification, name.offset)?;
                number
            }
            None => {
                let handle = owner.next_handle();
                let mut base = specification.base;
                if let (Some(base), Some(policy)) = (&mut base, specification.policy) {
                    base.policy = policy;
                }
                let chain =
                    Chain { name: name.text.into(), handle, comment: specification.comment, base, rules: Vec::new() };
                owner.chains.insert(name.text.into(), chain)
            }
        };
        let rules = rules.into_iter().map(|offset| (number, offset));
        match deferred {
            Some(deferred) => deferred.rules.extend(rules),
            None => {
                let here = self.cursor.mark();
                for (chain, offset) in rules {
                    self.cursor.go_to(offset);
                    self.append_rule(table, chain)?;
                }
                self.cursor.reset(here);
            }
        }
        Ok(())
    }

    /// `{ type … ; policy … ; }`, with the places of rules, which are passed over.
    fn specification(&mut self, table: u32, rules: &mut Vec<usize>) -> Parsed<Specification> {
        let mut specification = Specification::default();
        if !self.cursor.accept("{") {
            return Ok(specification);
        }
        let family = self.draft.table(table).map_or(TableFamily::Ip, |table| table.family);
        loop {
            self.cursor.skip_separators();
            if self.cursor.accept("}") {
                return Ok(specification);
            }
            let token = self.cursor.peek();
            match token.text {
                _ if token.kind == Kind::End => return Err(self.cursor.unexpected("`}`")),
                "type" => specification.base = Some(self.base_hook(family)?),
                "policy" => specification.policy = Some(self.policy()?),
                "comment" if self.cursor.peek_second().kind == Kind::Quoted => {
                    self.cursor.next();
                    let comment = Reader::comment_at(&mut self.cursor)?;
                    specification.comment = Some(comment);
                }
                "define" | "redefine" | "undefine" | "include" => self.definition()?,
                _ => {
                    rules.push(token.offset);
                    let before = token.offset;
                    self.cursor.skip_statement();
                    if self.cursor.offset() == before && !self.cursor.peek().is("}") {
                        return Err(self.cursor.unexpected(message!("expected-rule")));
                    }
                }
            }
        }
    }

    fn policy(&mut self) -> Parsed<Policy> {
        self.cursor.next();
        let token = self.cursor.word(message!("expected-either", one = "accept", other = "drop"))?;
        match token.text {
            "accept" => Ok(Policy::Accept),
            "drop" => Ok(Policy::Drop),
            _ => Err(Failure::new(
                token.offset,
                "syntax error: no policy",
                message!("expected-either", one = "accept", other = "drop"),
                "",
            )),
        }
    }

    /// `type filter hook input priority filter`
    fn base_hook(&mut self, family: TableFamily) -> Parsed<BaseHook> {
        self.cursor.next();
        let token = self.cursor.word(message!("expected-chain-types"))?;
        let Some(kind) = ChainKind::ALL.into_iter().find(|kind| kind.name() == token.text) else {
            return Err(Failure::new(
                token.offset,
                format!("unknown chain type `{}`", token.text),
                message!("expected-chain-types"),
                "",
            ));
        };
        self.cursor.expect_word("hook")?;
        let token = self.cursor.word(message!("expected-hook"))?;
        let Some(hook) = ChainHook::from_name(token.text) else {
            let hooks = message!("expected-hooks");
            return Err(Failure::new(token.offset, format!("unknown chain hook `{}`", token.text), hooks, ""));
        };
        check_hook(family, kind, hook, token.offset)?;
        let devices = self.devices()?;
        self.cursor.expect_word("priority")?;
        let offset = self.cursor.offset();
        let priority = self.priority(family, hook)?;
        if kind == ChainKind::Nat && priority <= priority::CONNTRACK {
            return Err(Failure::new(offset, message!("wrong-nat-priority"), message!("expected-nat-priority"), ""));
        }
        Ok(BaseHook { kind, hook, priority, policy: Policy::Accept, devices })
    }

    fn devices(&mut self) -> Parsed<Vec<std::sync::Arc<str>>> {
        let mut devices = Vec::new();
        if self.cursor.accept_word("device") {
            devices.push(self.cursor.word_or_string(message!("expected-device-name"))?.text.into());
        } else if self.cursor.accept_word("devices") {
            self.cursor.expect("=")?;
            self.cursor.expect("{")?;
            while !self.cursor.accept("}") {
                devices.push(self.cursor.word_or_string(message!("expected-device-name"))?.text.into());
                self.cursor.accept(",");
            }
        }
        Ok(devices)
    }

    /// `-10`, `filter`, `dstnat - 5`, `srcnat + 5`
    fn priority(&mut self, family: TableFamily, hook: ChainHook) -> Parsed<i32> {
        let offset = self.cursor.offset();
        let wrong = || Failure::new(offset, message!("wrong-no-priority"), message!("expected-priorities"), "");
        if self.cursor.accept("-") {
            let number: i32 = self.cursor.number(message!("expected-number"))?;
            return Ok(-number);
        }
        let token = self.cursor.word(message!("expected-priority"))?;
        if let Ok(number) = token.text.parse() {
            return Ok(number);
        }
        let (name, mut plus) = match token.text.split_once('-') {
            Some((name, number)) => (name, -number.parse::<i32>().map_err(|_| wrong())?),
            None => (token.text, 0),
        };
        let base = standard_priorities(family)
            .iter()
            .find(|(known, _, at)| *known == name && at.is_none_or(|at| ChainHook::Ip(at) == hook));
        let (_, base, _) = base.ok_or_else(wrong)?;
        if self.cursor.accept("-") {
            plus = -self.cursor.number::<i32>(message!("expected-number"))?;
        } else if self.cursor.accept("+") {
            plus = self.cursor.number(message!("expected-number"))?;
        }
        Ok(base.saturating_add(plus))
    }

    pub(super) fn flush_rules(&mut self, table: u32, chain: u32) {
        let Some(table) = self.draft.table_mut(table) else {
            return;
        };
        if table.chains.get(chain).is_none_or(|chain| chain.rules.is_empty()) {
            return;
        }
        if let Some(chain) = table.chains.get_mut(chain) {
            for rule in std::mem::take(&mut chain.rules) {
                table.uses.remove_rule(&rule);
            }
        }
    }
}

/// `add chain` of one that is there: only its policy may change.
fn change_chain(chain: Option<&mut Chain>, specification: Specification, offset: usize) -> Parsed<()> {
    let Some(chain) = chain else { return Ok(()) };
    match (&chain.base, specification.base) {
        (Some(old), Some(new)) if !old.is_same_place(&new) => {
            return Err(file_exists(offset, message!("wrong-other-place", name = &chain.name)));
        }
        (None, Some(_)) => {
            return Err(file_exists(offset, message!("wrong-no-base-chain", name = &chain.name)));
        }
        _ => {}
    }
    if let (Some(base), Some(policy)) = (&mut chain.base, specification.policy) {
        base.policy = policy;
    }
    Ok(())
}

/// `std_prios` of `src/rule.c`: the name, its value, and the only hook at which it may be used.
pub fn standard_priorities(family: TableFamily) -> &'static [(&'static str, i32, Option<Hook>)] {
    const IP: [(&str, i32, Option<Hook>); 6] = [
        ("raw", priority::RAW, None),
        ("mangle", priority::MANGLE, None),
        ("dstnat", priority::NAT_DST, Some(Hook::Prerouting)),
        ("filter", priority::FILTER, None),
        ("security", priority::SECURITY, None),
        ("srcnat", priority::NAT_SRC, Some(Hook::Postrouting)),
    ];
    const BRIDGE: [(&str, i32, Option<Hook>); 4] = [
        ("dstnat", -300, Some(Hook::Prerouting)),
        ("filter", -200, None),
        ("out", 100, Some(Hook::Output)),
        ("srcnat", 300, Some(Hook::Postrouting)),
    ];
    const DEVICE: [(&str, i32, Option<Hook>); 1] = [("filter", priority::FILTER, None)];
    match family {
        TableFamily::Ip | TableFamily::Ip6 | TableFamily::Inet => &IP,
        TableFamily::Bridge => &BRIDGE,
        TableFamily::Arp | TableFamily::Netdev => &DEVICE,
    }
}

/// Which hooks a family and a chain type have (`nft_chain_filter.c`, `nft_chain_nat.c`, `nft_chain_route.c`).
fn check_hook(family: TableFamily, kind: ChainKind, hook: ChainHook, offset: usize) -> Parsed<()> {
    let of_family = match (family, hook) {
        (TableFamily::Ip | TableFamily::Ip6 | TableFamily::Bridge, ChainHook::Ip(_))
        | (TableFamily::Netdev, ChainHook::Ingress | ChainHook::Egress) => true,
        (TableFamily::Inet, hook) => hook != ChainHook::Egress,
        (TableFamily::Arp, hook) => matches!(hook, ChainHook::Ip(Hook::Input | Hook::Output)),
        _ => false,
    };
    let of_kind = match kind {
        ChainKind::Filter => true,
        ChainKind::Nat => {
            matches!(hook, ChainHook::Ip(hook) if hook != Hook::Forward)
                && !matches!(family, TableFamily::Arp | TableFamily::Bridge)
        }
        ChainKind::Route => {
            hook == ChainHook::Ip(Hook::Output) && !matches!(family, TableFamily::Arp | TableFamily::Bridge)
        }
    };
    if of_family && of_kind {
        return Ok(());
    }
    let message: Phrase = if of_family {
        message!("wrong-type-at-hook", type = kind.name(), hook = hook.name()).into()
    } else {
        format!("The {family} family does not support this hook").into()
    };
    Err(Failure::new(offset, message, message!("expected-hooks-of-types"), ""))
}
