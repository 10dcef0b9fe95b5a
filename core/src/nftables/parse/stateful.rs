//! Statements that count: counter, limit, quota, log.

use super::cursor::{Failure, Parsed};
use super::reader::Reader;
use super::token::Kind;
use crate::message;
use crate::nftables::model::{
    ConnectionCount, Limit, Log, LogFlags, ObjectId, ObjectKind, Per, Quota, RateUnit, State, Stateful, Statement,
};

/// syslog's levels; `err` and `warn` are how nft prints them.
const LOG_LEVELS: [&str; 9] = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug", "audit"];
const DEFAULT_BURST: u32 = 5;

impl Reader<'_, '_, '_> {
    /// A statement of a rule, or of an object: it, or the name of an object that is one.
    pub fn counting(&mut self, kind: ObjectKind) -> Parsed<Statement> {
        if let Some(statement) = self.named_object(kind)? {
            return Ok(statement);
        }
        let (what, state) = match kind {
            ObjectKind::Counter => self.counter()?,
            ObjectKind::Quota => self.quota()?,
            ObjectKind::Limit => self.limit()?,
        };
        Ok(Statement::Stateful(what, self.table.add_state(state)))
    }

    /// What an element counts with, if that comes next.
    pub fn stateful(&mut self) -> Parsed<Option<(Stateful, State)>> {
        Ok(Some(match self.cursor.peek().text {
            "counter" => self.after(Self::counter)?,
            "limit" => self.after(Self::limit)?,
            "quota" => self.after(Self::quota)?,
            "ct" if self.cursor.peek_second().is_word("count") => {
                self.cursor.next();
                self.after(Self::connections)?
            }
            _ => return Ok(None),
        }))
    }

    fn after<R>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<R>) -> Parsed<R> {
        self.cursor.next();
        read(self)
    }

    fn counter(&mut self) -> Parsed<(Stateful, State)> {
        let (packets, bytes) = self.counter_values()?;
        Ok((Stateful::Counter, State::Counter { packets, bytes }))
    }

    /// After `ct count`.
    pub fn connections(&mut self) -> Parsed<(Stateful, State)> {
        let over = self.over();
        let most = self.cursor.number(message!("expected-number-of-connections"))?;
        let what = Stateful::Connections(ConnectionCount { most, over });
        Ok((what, what.fresh(self.now)))
    }

    /// `counter name "x"`
    fn named_object(&mut self, kind: ObjectKind) -> Parsed<Option<Statement>> {
        if !self.cursor.accept_word("name") {
            return Ok(None);
        }
        // A map tells which object it is.
        if self.begins_selector() {
            return Err(Failure::unmodelled(self.cursor.peek()));
        }
        let name = self.cursor.word_or_string(message!("expected-object-name"))?;
        let found = self.table.objects.find(name.text);
        match found.filter(|number| self.table.objects.get(*number).is_some_and(|object| object.kind() == kind)) {
            Some(number) => Ok(Some(Statement::Object { kind, object: ObjectId(number) })),
            None => Err(Failure::new(
                name.offset,
                message!("wrong-no-object", kind = kind.name(), name = name.text),
                message!("expected-object-of-table", kind = kind.name()),
                message!("advice-declare-before-rule"),
            )),
        }
    }

    fn limit(&mut self) -> Parsed<(Stateful, State)> {
        self.cursor.expect_word("rate")?;
        let over = self.over();
        let rate_offset = self.cursor.offset();
        let amount: u64 = self.cursor.number(message!("expected-a-rate"))?;
        let (unit, per) = self.rate_units()?;
        let rate = amount.checked_mul(unit.unwrap_or(1));
        let unit = if unit.is_some() { RateUnit::Bytes } else { RateUnit::Packets };
        let burst = self.burst(unit)?;
        let Some(rate) = rate.filter(|rate| *rate > 0) else {
            return Err(Failure::new(rate_offset, "limit rate must be > 0", message!("expected-one-or-more"), ""));
        };
        let what = Stateful::Limit(Limit { rate, unit, burst, per, over });
        Ok((what, what.fresh(self.now)))
    }

    /// `/second`, `mbytes/second`: the scanner takes the latter for one word.
    fn rate_units(&mut self) -> Parsed<(Option<u64>, Per)> {
        let token = self.cursor.peek();
        let expected = || message!("expected-unit-of-time");
        let per = |word: &str| {
            let found = Per::ALL.into_iter().find(|per| per.name() == word);
            found.ok_or_else(|| Failure::new(token.offset, "Wrong unit format", expected(), ""))
        };
        if let Some((unit, time)) = token.text.split_once('/')
            && token.kind == Kind::Word
            && let Some(factor) = unit_factor(unit)
        {
            self.cursor.next();
            return Ok((Some(factor), per(time)?));
        }
        let unit = self.byte_unit();
        self.cursor.expect("/")?;
        let word = self.cursor.word(expected())?;
        Ok((unit, per(word.text)?))
    }

    fn over(&mut self) -> bool {
        let over = self.cursor.accept_word("over");
        if !over {
            self.cursor.accept_word("until");
        }
        over
    }

    fn burst(&mut self, unit: RateUnit) -> Parsed<u32> {
        if !self.cursor.accept_word("burst") {
            return Ok(DEFAULT_BURST);
        }
        let offset = self.cursor.offset();
        let amount: u32 = self.cursor.number(message!("expected-burst"))?;
        let factor = match unit {
            RateUnit::Packets => {
                self.cursor.expect_word("packets")?;
                1
            }
            RateUnit::Bytes => self.byte_unit().unwrap_or(1),
        };
        let burst = u32::try_from(factor).ok().and_then(|factor| amount.checked_mul(factor));
        match burst {
            Some(0) if unit == RateUnit::Packets => {
                Err(Failure::new(offset, "packet limit burst must be > 0", message!("expected-one-or-more"), ""))
            }
            Some(burst) => Ok(burst),
            None => Err(Failure::new(offset, "burst is out of range", message!("expected-megabytes"), "")),
        }
    }

    fn byte_unit(&mut self) -> Option<u64> {
        let factor = unit_factor(self.cursor.peek().text)?;
        self.cursor.next();
        Some(factor)
    }

    fn quota(&mut self) -> Parsed<(Stateful, State)> {
        let over = self.over();
        let bytes = self.bytes()?;
        let used = if self.cursor.accept_word("used") { self.bytes()? } else { 0 };
        Ok((Stateful::Quota(Quota { bytes, over }), State::Quota { used }))
    }

    fn bytes(&mut self) -> Parsed<u64> {
        let offset = self.cursor.offset();
        let amount: u64 = self.cursor.number(message!("expected-number-of-bytes"))?;
        match self.byte_unit().and_then(|factor| amount.checked_mul(factor)) {
            Some(bytes) => Ok(bytes),
            None => Err(Failure::new(offset, "Wrong rate format", message!("expected-rate-with-unit"), "")),
        }
    }

    pub fn log(&mut self) -> Parsed<Statement> {
        let mut log = Log::default();
        loop {
            match self.cursor.peek().text {
                "prefix" => {
                    self.cursor.next();
                    let prefix = self.cursor.word_or_string(message!("expected-quoted-prefix"))?;
                    if prefix.text.len() > 127 {
                        return Err(Failure::new(
                            prefix.offset,
                            message!("wrong-log-prefix"),
                            message!("expected-prefix-of-log"),
                            "",
                        ));
                    }
                    log.prefix = Some(prefix.text.into());
                }
                "group" => {
                    self.cursor.next();
                    log.group = Some(self.cursor.number(message!("expected-group"))?);
                }
                "snaplen" => {
                    self.cursor.next();
                    log.snaplen = Some(self.cursor.number(message!("expected-length"))?);
                }
                "queue-threshold" => {
                    self.cursor.next();
                    log.queue_threshold = Some(self.cursor.number(message!("expected-number"))?);
                }
                "level" => {
                    self.cursor.next();
                    log.level = Some(self.log_level()?);
                }
                "flags" => {
                    self.cursor.next();
                    self.log_flags(&mut log.flags)?;
                }
                _ => break,
            }
        }
        if log.level.is_some() && log.group.is_some() {
            let offset = self.cursor.offset();
            return Err(Failure::new(
                offset,
                "level and group are mutually exclusive",
                message!("expected-one-of-both"),
                "",
            ));
        }
        Ok(Statement::Log(log))
    }

    fn log_level(&mut self) -> Parsed<&'static str> {
        let token = self.cursor.word(message!("expected-named-log-level"))?;
        let name = match token.text {
            "error" => "err",
            "warning" => "warn",
            "panic" => "emerg",
            name => name,
        };
        let found = LOG_LEVELS.into_iter().find(|known| *known == name);
        found
            .ok_or_else(|| Failure::new(token.offset, format!("invalid log level '{name}'"), LOG_LEVELS.join(", "), ""))
    }

    fn log_flags(&mut self, flags: &mut LogFlags) -> Parsed<()> {
        let token = self.cursor.word(message!("expected-flags-of-log"))?;
        match token.text {
            "all" => *flags = LogFlags::ALL,
            "skuid" => flags.skuid = true,
            "ether" => flags.ether = true,
            "ip" => {
                self.cursor.expect_word("options")?;
                flags.ip_options = true;
            }
            "tcp" => loop {
                let token = self.cursor.word(message!("expected-either", one = "sequence", other = "options"))?;
                match token.text {
                    "sequence" => flags.tcp_sequence = true,
                    "options" => flags.tcp_options = true,
                    _ => {
                        return Err(Failure::new(
                            token.offset,
                            "syntax error",
                            message!("expected-either", one = "sequence", other = "options"),
                            "",
                        ));
                    }
                }
                if self.cursor.peek().kind != Kind::Mark || !self.cursor.accept(",") {
                    break;
                }
            },
            _ => {
                return Err(Failure::new(token.offset, "syntax error", message!("expected-flags-of-log"), ""));
            }
        }
        Ok(())
    }
}

fn unit_factor(word: &str) -> Option<u64> {
    match word {
        "bytes" => Some(1),
        "kbytes" => Some(1 << 10),
        "mbytes" => Some(1 << 20),
        _ => None,
    }
}
