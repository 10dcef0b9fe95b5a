use super::cursor::{Cursor, Failure, Parsed};
use crate::message;
use crate::netfilter::Seconds;
use crate::nftables::model::{ChainIndex, RuleVerdict, SetId, Table};

/// Reads what belongs to one table.
pub struct Reader<'c, 'a, 't> {
    pub cursor: &'c mut Cursor<'a>,
    pub table: &'t mut Table,
    pub now: Seconds,
    /// Parentheses and maps that are open.
    depth: u8,
}

/// Deeper nesting is refused, so that no script can exhaust the stack.
const MAX_DEPTH: u8 = 12;

impl<'c, 'a, 't> Reader<'c, 'a, 't> {
    pub fn new(cursor: &'c mut Cursor<'a>, table: &'t mut Table, now: Seconds) -> Self {
        Self { cursor, table, now, depth: 0 }
    }

    /// Reads something that may hold itself.
    pub fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            let offset = self.cursor.offset();
            return Err(Failure::new(
                offset,
                message!("wrong-nested-sets"),
                message!("expected-twelve-levels"),
                message!("advice-named-sets"),
            ));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// The set or map of the name after `@`.
    pub fn set_name(&mut self) -> Parsed<SetId> {
        let name = self.cursor.word(message!("expected-set-name"))?;
        if self.table.unmodelled.iter().any(|kept| &*kept.name == name.text) {
            return Err(Failure::unmodelled(name));
        }
        self.table.sets.find(name.text).map(SetId).ok_or_else(|| {
            Failure::new(
                name.offset,
                message!(
                    "wrong-no-set",
                    name = name.text,
                    family = self.table.family.to_string(),
                    table = &self.table.name
                ),
                message!("expected-set-of-table"),
                message!("advice-declare-before"),
            )
        })
    }

    /// A verdict, if one comes next. `queue` is left to be kept.
    pub fn verdict(&mut self) -> Parsed<Option<RuleVerdict>> {
        let verdict = match self.cursor.peek().text {
            "accept" => RuleVerdict::Accept,
            "drop" => RuleVerdict::Drop,
            "continue" => RuleVerdict::Continue,
            "return" => RuleVerdict::Return,
            "jump" => {
                self.cursor.next();
                return Ok(Some(RuleVerdict::Jump(self.chain_name()?)));
            }
            "goto" => {
                self.cursor.next();
                return Ok(Some(RuleVerdict::Goto(self.chain_name()?)));
            }
            _ => return Ok(None),
        };
        self.cursor.next();
        Ok(Some(verdict))
    }

    fn chain_name(&mut self) -> Parsed<ChainIndex> {
        if self.cursor.peek().is("{") {
            return Err(Failure::unmodelled(self.cursor.peek()));
        }
        let name = self.cursor.word(message!("expected-name-of-chain"))?;
        let Some(index) = self.table.chains.find(name.text) else {
            return Err(Failure::new(
                name.offset,
                message!(
                    "wrong-no-nft-chain",
                    name = name.text,
                    family = self.table.family.to_string(),
                    table = &self.table.name
                ),
                message!("expected-chain-of-this-table"),
                message!("advice-chain-before"),
            ));
        };
        if self.table.chains.get(index).is_some_and(|chain| chain.base.is_some()) {
            return Err(Failure::new(
                name.offset,
                message!("wrong-base-chain", name = name.text),
                message!("expected-chain-without-hook"),
                message!("advice-regular-chain"),
            ));
        }
        Ok(ChainIndex(index))
    }
}
