use std::fmt::Write;

use super::super::argument::number;
use super::super::given::{Given, Refusal};
use super::super::list::Names;
use super::super::translate::{Translation, add_masked, not};
use super::{Match, write_option};
use crate::message;

/// `-m realm`: the realm of the route that the packet takes. No route of the model has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RealmMatch {
    pub realm: u32,
    pub mask: u32,
    pub inverted: bool,
}

/// What Debian's `/etc/iproute2/rt_realms` calls realm 0.
const COSMOS: &str = "cosmos";

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    const OPTION: &str = "--realm";
    let text = given.required(given.text(OPTION), "realm", OPTION)?;
    let (realm, mask) = match text.split_once('/') {
        Some((realm, mask)) => (number(realm), number(mask)),
        None if text == COSMOS => (Some(0), Some(u32::MAX)),
        None => (number(text), Some(u32::MAX)),
    };
    let Some((realm, mask)) = realm.zip(mask) else {
        let message = format!("Bad value \"{text}\" for option \"{OPTION}\"");
        return Err(given.wrong(OPTION, message, message!("expected-realm"), message!("advice-realm")));
    };
    Ok(Match::Realm(RealmMatch { realm, mask, inverted: given.inverted(OPTION) }))
}

impl RealmMatch {
    /// `realm_mt`, with a `tclassid` of 0.
    pub const fn matches(self) -> bool {
        (self.realm == 0) != self.inverted
    }

    /// `realm_save`.
    pub fn write(self, out: &mut String) {
        write_option(out, self.inverted, "--realm");
        self.write_value(out, Names::Known);
    }

    /// `realm_print`
    pub fn list(self, out: &mut String, names: Names) {
        write_option(out, self.inverted, "realm");
        self.write_value(out, names);
    }

    /// `realm_xlate`
    pub(in crate::iptables) fn translate(self, to: &mut Translation<'_>) {
        to.add("rtclassid");
        match (self.realm, self.mask) {
            (0, u32::MAX) => to.add(&format!(" {}{COSMOS}", not(self.inverted))),
            (realm, mask) => add_masked(to, realm, mask, self.inverted),
        }
    }

    /// `xtables_print_val_mask`
    fn write_value(self, out: &mut String, names: Names) {
        // Writing to a string cannot fail.
        let _ = match (self.realm, self.mask, names) {
            (0, u32::MAX, Names::Known) => write!(out, " {COSMOS}"),
            (realm, u32::MAX, _) => write!(out, " {realm:#x}"),
            (realm, mask, _) => write!(out, " {realm:#x}/{mask:#x}"),
        };
    }
}
