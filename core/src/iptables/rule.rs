use std::ops::Range;

use super::address::{AddressMatch, InterfaceMatch, Net};
use super::argument::bad_address;
use super::command::{Draft, Scope};
use super::counters::Counters;
use super::generic::{self, Generic, Kind, Short};
use super::given::GivenOption;
use super::header::{Fragment, ProtocolMatch};
use super::options::{self, Choice, Extension, KEPT_MATCHES, KEPT_TARGETS};
use super::services;
use super::words::{Complaint, Word};
use crate::message;
use crate::net::Protocol;
use crate::source::Phrase;

/// Reads the words of one line, in their order, as `do_command4` does.
pub(super) struct RuleReader<'a, 'w, 's> {
    pub(super) text: &'a str,
    words: &'w [Word<'a>],
    next: usize,
    pub(super) scope: Scope<'s>,
    pub(super) draft: Draft<'w>,
    /// Where a `!` stands that waits for its option.
    negation: Option<usize>,
    pub(super) matches: Vec<Pending<'w>>,
    pub(super) target: Option<Pending<'w>>,
    pub(super) jump: Option<Jump<'w>>,
    /// The match of `-p`, which comes by itself with the first of its options, was loaded.
    protocol_used: bool,
}

/// A match or target whose options are still being read.
pub(super) struct Pending<'w> {
    pub name: &'w str,
    pub at: usize,
    /// None for one that is kept as it is written.
    pub extension: Option<&'static Extension>,
    pub options: Vec<GivenOption<'w>>,
    /// The words of one that is kept.
    pub kept: Vec<Range<usize>>,
}

#[derive(Clone, Copy)]
pub(super) struct Jump<'w> {
    pub name: &'w str,
    pub at: usize,
    pub goto: bool,
}

impl<'a, 'w, 's> RuleReader<'a, 'w, 's> {
    pub fn new(text: &'a str, words: &'w [Word<'a>], scope: Scope<'s>) -> Self {
        Self {
            text,
            words,
            next: 0,
            scope,
            draft: Draft::default(),
            negation: None,
            matches: Vec::new(),
            target: None,
            jump: None,
            protocol_used: false,
        }
    }

    pub fn read(mut self) -> Result<Draft<'w>, Complaint> {
        while let Some(word) = self.words.get(self.next) {
            self.next += 1;
            self.word(word)?;
        }
        if let Some(at) = self.negation {
            return Err(Complaint::new(
                at,
                "nothing follows `!'",
                message!("expected-option-behind"),
                message!("advice-remove-inversion"),
            ));
        }
        self.finish()
    }

    fn word(&mut self, word: &'w Word<'a>) -> Result<(), Complaint> {
        let at = word.span.start;
        let text: &'w str = &word.text;
        if text == "!" {
            if self.negation.replace(at).is_some() {
                let message = "multiple consecutive ! not allowed";
                return Err(Complaint::new(
                    at,
                    message,
                    message!("expected-one-inversion"),
                    message!("advice-remove-one-of-them"),
                ));
            }
            return Ok(());
        }
        if let Some(long) = text.strip_prefix("--").filter(|long| !long.is_empty()) {
            let length = long.find('=').map_or(text.len(), |equals| equals + 2);
            let glued = text.get(length + 1..);
            return self.long(&text[..length], at, glued);
        }
        let mut letters = text.strip_prefix('-').unwrap_or_default().chars();
        let Some(letter) = letters.next() else {
            let message = format!("Bad argument `{text}'");
            return Err(Complaint::new(
                at,
                message,
                message!("expected-option-with-dash"),
                message!("advice-quote-arguments"),
            ));
        };
        let Some(generic) = generic::by_letter(letter) else {
            return self.unknown(text, at);
        };
        self.generic(generic, at, Some(letters.as_str()).filter(|rest| !rest.is_empty()))
    }

    fn long(&mut self, name: &'w str, at: usize, glued: Option<&'w str>) -> Result<(), Complaint> {
        if let Some(generic) = generic::by_name(name) {
            return self.generic(generic, at, glued);
        }
        if let Some(kept) = self.latest().filter(|latest| latest.extension.is_none()) {
            return self.keep(kept.at, at);
        }
        if let Some((pending, option)) = self.find_option(name) {
            return self.option(pending, option, at, glued);
        }
        if self.load_protocol_match(name, at) {
            let pending = self.matches.len() - 1;
            if let Some(option) = self.matches[pending].extension.and_then(|extension| extension.option(name)) {
                return self.option(Some(pending), option, at, glued);
            }
        }
        self.unknown(name, at)
    }

    /// The match or target that was named last.
    fn latest(&self) -> Option<&Pending<'w>> {
        let named = self.matches.last().into_iter().chain(self.target.as_ref());
        named.max_by_key(|pending| pending.at)
    }

    /// The option of this name: of the target, or of the match that was named last and has it.
    fn find_option(&self, name: &str) -> Option<(Option<usize>, &'static Choice)> {
        let target = self.target.as_ref().and_then(|target| Some((None, target.extension?.option(name)?)));
        target.or_else(|| {
            let mut latest_first = self.matches.iter().enumerate().rev();
            latest_first.find_map(|(index, pending)| Some((Some(index), pending.extension?.option(name)?)))
        })
    }

    /// `-p tcp` brings `-m tcp` with it as soon as one of its options is used (`load_proto`).
    fn load_protocol_match(&mut self, option: &str, at: usize) -> bool {
        let Some(test) = self.draft.ip.protocol.filter(|_| !self.protocol_used) else {
            return false;
        };
        let name = match test.protocol {
            Protocol::Icmpv6 => "icmp6",
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
            Protocol::Sctp => "sctp",
            Protocol::Icmp => "icmp",
            Protocol::Other(_) => return false,
        };
        let Some(extension) = options::find_match(name, self.scope.family) else {
            return false;
        };
        if extension.option(option).is_none() {
            return false;
        }
        self.protocol_used = true;
        self.matches.push(Pending { name, at, extension: Some(extension), options: Vec::new(), kept: Vec::new() });
        true
    }

    /// An option of a match that is not modelled, with the words behind it that are no options.
    fn keep(&mut self, owner: usize, at: usize) -> Result<(), Complaint> {
        let start = self.negation.take().unwrap_or(at);
        let mut end = self.words.get(self.next.saturating_sub(1)).map_or(at, |word| word.span.end);
        while let Some(word) = self.words.get(self.next).filter(|word| word.text != "!" && !word.text.starts_with('-'))
        {
            end = word.span.end;
            self.next += 1;
        }
        let mut pending = self.matches.iter_mut().chain(&mut self.target);
        if let Some(pending) = pending.find(|pending| pending.at == owner) {
            pending.kept.push(start..end);
        }
        Ok(())
    }

    /// The next word as an argument.
    fn argument(&mut self, option: &str, at: usize) -> Result<&'w Word<'a>, Complaint> {
        let word = self.words.get(self.next);
        self.next += 1;
        word.ok_or_else(|| {
            let message = format!("option \"{option}\" requires an argument");
            Complaint::new(
                at,
                message,
                message!("expected-argument", option = option),
                message!("advice-argument-or-remove"),
            )
        })
    }

    fn option(
        &mut self,
        owner: Option<usize>,
        option: &'static Choice,
        at: usize,
        glued: Option<&'w str>,
    ) -> Result<(), Complaint> {
        let pending = match owner {
            Some(index) => self.matches.get(index),
            None => self.target.as_ref(),
        };
        let Some((name, again)) =
            pending.map(|pending| (pending.name, pending.options.iter().any(|given| given.option == option)))
        else {
            return Ok(());
        };
        let inverted = self.negation.take();
        if inverted.is_some() && !option.negatable {
            let message = format!("{name}: option \"{}\" cannot be inverted.", option.name);
            return Err(Complaint::new(
                at,
                message,
                message!("expected-not-inverted", option = option.name),
                message!("advice-remove-inversion"),
            ));
        }
        if again {
            let message = format!("{name}: option \"{}\" can only be used once.", option.name);
            return Err(Complaint::new(
                at,
                message,
                message!("expected-only-one", what = option.name),
                message!("advice-split"),
            ));
        }
        let (read, argument_at, end) = self.option_words(option, at, glued)?;
        let value = option.argument.read((read[0], read[1]), self.scope.family, name, option.name).map_err(|bad| {
            Complaint::new(argument_at, bad.message, bad.expected, message!("advice-argument-of", option = option.name))
        })?;
        let given = GivenOption { option, inverted: inverted.is_some(), value, span: inverted.unwrap_or(at)..end };
        let pending = match owner {
            Some(index) => self.matches.get_mut(index),
            None => self.target.as_mut(),
        };
        if let Some(pending) = pending {
            pending.options.push(given);
        }
        Ok(())
    }

    /// The words of an option's argument, where the first stands, and where the last ends.
    fn option_words(
        &mut self,
        option: &'static Choice,
        at: usize,
        glued: Option<&'w str>,
    ) -> Result<([&'w str; 2], usize, usize), Complaint> {
        let mut end = self.words[self.next - 1].span.end;
        let mut read = ["", ""];
        let count = option.argument.words();
        let mut argument_at = at;
        for (index, text) in read.iter_mut().enumerate().take(count) {
            if let Some(glued) = glued.filter(|_| index == 0) {
                *text = glued;
                continue;
            }
            if count == 2
                && index == 1
                && self.words.get(self.next).is_none_or(|word| word.text.starts_with(['-', '!']))
            {
                let message = format!("{} requires two args.", option.name);
                return Err(Complaint::new(
                    at,
                    message,
                    option.argument.to_string(),
                    message!("advice-second-argument"),
                ));
            }
            let word = self.argument(option.name, at)?;
            if index == 0 {
                argument_at = word.span.start;
            }
            end = word.span.end;
            *text = &word.text;
        }
        Ok((read, argument_at, end))
    }

    fn generic(&mut self, generic: &'static Generic, at: usize, glued: Option<&'w str>) -> Result<(), Complaint> {
        let Short(letter) = generic.short;
        let inverted = self.negation.take().is_some();
        if inverted && !generic.negatable {
            let message = format!("cannot have ! before -{letter}");
            return Err(Complaint::new(
                at,
                message,
                message!("expected-not-inverted", option = format!("-{letter}")),
                message!("advice-remove-inversion"),
            ));
        }
        match generic.kind {
            Kind::Command { least, most } => return self.command(letter, least, most, at, glued),
            Kind::Listing => {
                let message = message!("wrong-printing-command", command = format!("-{letter}"));
                return Err(Complaint::new(
                    at,
                    message,
                    message!("expected-changing-command"),
                    message!("advice-remove-line"),
                ));
            }
            Kind::Ignored { argument } => {
                if argument && glued.is_none() {
                    self.argument("-t", at)?;
                }
                return Ok(());
            }
            Kind::Parameter { .. } => {}
        }
        self.draft.once(generic, at)?;
        if generic.kind == (Kind::Parameter { argument: false }) {
            self.draft.ip.fragment = Some(if inverted { Fragment::Never } else { Fragment::Only });
            return Ok(());
        }
        let (text, argument_at) = match glued {
            Some(glued) => (glued, at),
            None => {
                let word = self.argument(&self.words[self.next - 1].text, at)?;
                (&*word.text, word.span.start)
            }
        };
        self.parameter(letter, text, argument_at, inverted)
    }

    fn command(
        &mut self,
        letter: char,
        least: usize,
        most: usize,
        at: usize,
        glued: Option<&'w str>,
    ) -> Result<(), Complaint> {
        if let Some((other, ..)) = &self.draft.command {
            let message = format!("Cannot use -{letter} with -{other}");
            return Err(Complaint::new(at, message, message!("expected-one-command"), message!("advice-two-lines")));
        }
        let mut arguments = [glued, None];
        let mut count = usize::from(glued.is_some());
        let mut chain_at = at;
        while count < most.min(arguments.len()) {
            let Some(word) = self.words.get(self.next).filter(|word| !word.text.starts_with(['-', '!'])) else {
                break;
            };
            if count == 0 {
                chain_at = word.span.start;
            }
            arguments[count] = Some(&*word.text);
            count += 1;
            self.next += 1;
        }
        if count < least {
            let message = format!("option \"-{letter}\" requires an argument");
            return Err(Complaint::new(
                at,
                message,
                message!("expected-name-of-chain"),
                message!("advice-behind-letter", option = format!("-{letter}")),
            ));
        }
        self.draft.command = Some((letter, arguments, chain_at));
        Ok(())
    }

    fn parameter(&mut self, letter: char, text: &'w str, at: usize, inverted: bool) -> Result<(), Complaint> {
        match letter {
            's' => self.draft.sources = self.addresses(text, at, inverted)?,
            'd' => self.draft.destinations = self.addresses(text, at, inverted)?,
            'p' => self.draft.ip.protocol = protocol(text, at, inverted)?,
            'i' => self.draft.ip.input = Some(device(text, at, inverted)?),
            'o' => self.draft.ip.output = Some(device(text, at, inverted)?),
            'c' => self.set_counters(text, at)?,
            'm' => self.add_match(text, at)?,
            _ => self.set_target(Jump { name: text, at, goto: letter == 'g' })?,
        }
        Ok(())
    }

    fn addresses(&self, text: &str, at: usize, inverted: bool) -> Result<Vec<AddressMatch>, Complaint> {
        if inverted && text.contains(',') {
            let message = "! not allowed with multiple source or destination IP addresses";
            return Err(Complaint::new(
                at,
                message,
                message!("expected-one-address"),
                message!("advice-rule-for-each"),
            ));
        }
        let read = |text: &str| match Net::parse(text.trim_start(), self.scope.family) {
            Some(net) => Ok(AddressMatch { inverted, net }),
            None => {
                let bad = bad_address(text, self.scope.family);
                let advice = message!("advice-no-lookup");
                Err(Complaint::new(at, bad.message, bad.expected, advice))
            }
        };
        text.split(',').map(read).collect()
    }

    fn set_counters(&mut self, packets: &str, at: usize) -> Result<(), Complaint> {
        let bytes = self.argument("-c", at)?;
        let (Ok(packets), Ok(bytes)) = (packets.parse(), bytes.text.parse()) else {
            let message = "-c packet counter not numeric";
            return Err(Complaint::new(
                at,
                message,
                message!("expected-packets-and-bytes"),
                message!("advice-counters"),
            ));
        };
        self.draft.counters = Some(Counters { packets, bytes });
        Ok(())
    }

    fn add_match(&mut self, name: &'w str, at: usize) -> Result<(), Complaint> {
        let extension = options::find_match(name, self.scope.family);
        let known = extension.is_some() || KEPT_MATCHES.contains(&name);
        if !known {
            let message = format!("Couldn't load match `{name}':No such file or directory");
            let advice = message!("advice-match");
            return Err(Complaint::new(at, message, message!("expected-match"), advice));
        }
        self.protocol_used |= self.draft.ip.protocol.is_some_and(|test| services::protocol_name(test.protocol) == name);
        self.matches.push(Pending { name, at, extension, options: Vec::new(), kept: Vec::new() });
        Ok(())
    }

    fn set_target(&mut self, jump: Jump<'w>) -> Result<(), Complaint> {
        if self.jump.is_some() {
            let message = "multiple -j flags not allowed";
            return Err(Complaint::new(
                jump.at,
                message,
                message!("expected-one-target"),
                message!("advice-two-rules"),
            ));
        }
        self.jump = Some(jump);
        if !jump.goto {
            let extension = options::find_target(jump.name, self.scope.family);
            if extension.is_some() || KEPT_TARGETS.contains(&jump.name) {
                let Jump { name, at, .. } = jump;
                self.target = Some(Pending { name, at, extension, options: Vec::new(), kept: Vec::new() });
            }
        }
        Ok(())
    }

    fn unknown(&self, option: &str, at: usize) -> Result<(), Complaint> {
        let loaded = self.matches.iter().chain(&self.target).filter_map(|pending| pending.extension);
        let names: Vec<_> = loaded.flat_map(|extension| extension.options).map(|option| option.name).collect();
        let expected = if names.is_empty() {
            message!("expected-option-of-iptables").into()
        } else {
            Phrase::from(names.join(", "))
        };
        let is_of_protocol = matches!(option, "--sport" | "--source-port" | "--dport" | "--destination-port");
        let advice = match options::MATCHES.iter().find(|extension| extension.option(option).is_some()) {
            _ if is_of_protocol => message!("advice-protocol-first", option = option),
            Some(extension) => {
                message!("advice-match-first", match = extension.name, option = option)
            }
            None => message!("advice-option"),
        };
        Err(Complaint::new(at, format!("unknown option \"{option}\""), expected, advice))
    }
}

fn protocol(text: &str, at: usize, inverted: bool) -> Result<Option<ProtocolMatch>, Complaint> {
    let lower = text.to_ascii_lowercase();
    let Some(number) = services::protocol(&lower) else {
        let message = format!("unknown protocol \"{lower}\" specified");
        return Err(Complaint::new(at, message, message!("expected-protocol-name"), message!("advice-name")));
    };
    match (number, inverted) {
        (0, true) => {
            let message = "rule would never match protocol";
            Err(Complaint::new(at, message, message!("expected-protocol-not-all"), message!("advice-remove-inversion")))
        }
        (0, false) => Ok(None),
        _ => Ok(Some(ProtocolMatch { inverted, protocol: Protocol::from_number(number) })),
    }
}

fn device(text: &str, at: usize, inverted: bool) -> Result<Box<InterfaceMatch>, Complaint> {
    const LONGEST: usize = 15;
    if text.is_empty() || text.len() > LONGEST {
        let message = format!("interface name `{text}' must be shorter than IFNAMSIZ ({LONGEST})");
        return Err(Complaint::new(
            at,
            message,
            message!("expected-characters", most = LONGEST.to_string()),
            message!("advice-device-name"),
        ));
    }
    Ok(Box::new(InterfaceMatch { inverted, pattern: text.into() }))
}
