use std::fmt::Write;

use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, not, span};
use super::{Match, bang, write_option, write_value};
use crate::message;
use crate::net::Packet;

/// `-m frag` of IPv6: the header that says which part of a datagram a packet is. Conntrack puts parts together before
/// any table sees them; only what it cannot put together matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the kernel's independent flags IP6T_FRAG_*")]
pub struct FragMatch {
    /// First, last, and whether the test is inverted.
    pub ids: Option<(u32, u32, bool)>,
    /// Kept, as the kernel does: it asks for no length.
    pub length: Option<(u32, bool)>,
    pub reserved: bool,
    pub first: bool,
    pub more: bool,
    pub last: bool,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    if given.has("--fragmore") && given.has("--fraglast") {
        let message = "frag: option \"--fragmore\" cannot be used together with \"--fraglast\".";
        return Err(given.wrong("--fraglast", message, message!("expected-one-of-two"), message!("advice-remove-one")));
    }
    Ok(Match::Frag(Box::new(FragMatch {
        ids: given.range("--fragid"),
        length: given.number("--fraglen").map(|length| (length, given.inverted("--fraglen"))),
        reserved: given.has("--fragres"),
        first: given.has("--fragfirst"),
        more: given.has("--fragmore"),
        last: given.has("--fraglast"),
    })))
}

impl FragMatch {
    /// `frag_mt6`
    pub fn matches(&self, packet: &Packet) -> bool {
        let Some(part) = packet.fragment else {
            return false;
        };
        // Nobody sets what is reserved.
        self.ids.is_none_or(|(first, last, inverted)| (first..=last).contains(&part.id) != inverted)
            && (!self.first || part.offset == 0)
            && (!self.more || part.more)
            && (!self.last || !part.more)
    }

    fn flags(&self) -> [(bool, &'static str, &'static str); 4] {
        [
            (self.reserved, "--fragres", " reserved"),
            (self.first, "--fragfirst", " first"),
            (self.more, "--fragmore", " more"),
            (self.last, "--fraglast", " last"),
        ]
    }

    /// `frag_save`
    pub fn write(&self, out: &mut String) {
        match self.ids {
            Some((first, last, inverted)) if first == last => write_value(out, inverted, "--fragid", first),
            Some((first, last, inverted)) if (first, last) != (0, u32::MAX) => {
                write_value(out, inverted, "--fragid", format_args!("{first}:{last}"));
            }
            _ => {}
        }
        if let Some((length, inverted)) = self.length {
            write_value(out, inverted, "--fraglen", length);
        }
        for (_, option, _) in self.flags().into_iter().filter(|(set, ..)| *set) {
            write_option(out, false, option);
        }
    }

    /// `frag_print`
    pub fn list(&self, out: &mut String) {
        out.push_str(" frag ");
        let _ = match self.ids {
            Some((first, last, inverted)) if first == last => write!(out, "id:{}{first}", bang(inverted)),
            Some((first, last, inverted)) if (first, last) != (0, u32::MAX) || inverted => {
                write!(out, "ids:{}{first}:{last}", bang(inverted))
            }
            _ => Ok(()),
        };
        if let Some((length, inverted)) = self.length {
            let _ = write!(out, " length:{}{length}", bang(inverted));
        }
        for (_, _, word) in self.flags().into_iter().filter(|(set, ..)| *set) {
            out.push_str(word);
        }
    }

    /// `frag_xlate`
    pub(in crate::iptables) fn translate(&self, to: &mut Translation<'_>) {
        if let Some((first, last, inverted)) = self.ids.filter(|(first, last, _)| (*first, *last) != (0, u32::MAX)) {
            to.add(&format!("frag id {}{}", not(inverted), span(first, last)));
        }
        for (is_asked, test) in [
            (self.reserved, "frag reserved 1"),
            (self.first, "frag frag-off 0"),
            (self.more, "frag more-fragments 1"),
            (self.last, "frag more-fragments 0"),
        ] {
            if is_asked {
                to.add(test);
            }
        }
    }
}
