use super::super::argument::number;
use super::super::given::{Given, Refusal};
use super::super::translate::{Translation, not, span};
use super::{Match, write_option, write_value};
use crate::message;
use crate::netfilter::Sender;

/// `-m owner`. An id test has its first and last id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnerMatch {
    pub user: Option<Ids>,
    pub group: Option<Ids>,
    /// Whether the other groups of the process count too, of which the model knows none.
    pub supplementary: bool,
    /// `--socket-exists`, and whether it is inverted.
    pub socket: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ids {
    pub first: u32,
    pub last: u32,
    pub inverted: bool,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    if given.options.is_empty() {
        let message = "owner: At least one of --uid-owner, --gid-owner or --socket-exists is required";
        return Err(given.wrong(
            "",
            message,
            message!("expected-three", one = "--uid-owner", other = "--gid-owner", third = "--socket-exists"),
            message!("advice-add-one-of-them"),
        ));
    }
    let supplementary = given.has("--suppl-groups");
    let group = read_ids(given, "--gid-owner")?;
    if supplementary && group.is_none() {
        let message = "owner: Bad value for \"--suppl-groups\" option: \"you need to use --gid-owner first\"";
        return Err(given.wrong(
            "--suppl-groups",
            message,
            message!("expected-gid-before"),
            message!("advice-add-option", what = "--gid-owner"),
        ));
    }
    let socket = given.find("--socket-exists").map(|option| option.inverted);
    Ok(Match::Owner(OwnerMatch { user: read_ids(given, "--uid-owner")?, group, supplementary, socket }))
}

/// `owner_parse_range`; the kernel refuses a range that ends before it begins (`owner_check`).
fn read_ids(given: &Given<'_>, option: &str) -> Result<Option<Ids>, Refusal> {
    let Some(text) = given.text(option) else {
        return Ok(None);
    };
    let id = |text: &str| match text {
        "root" => Some(0),
        text => number(text).filter(|id| *id < u32::MAX),
    };
    let (first, last) = text.split_once(['-', ':']).unwrap_or((text, text));
    match (id(first), id(last)) {
        (Some(first), Some(last)) if first <= last => Ok(Some(Ids { first, last, inverted: given.inverted(option) })),
        (Some(_), Some(_)) => {
            let message = message!("wrong-empty-range", text = text);
            Err(given.wrong(option, message, "FIRST-LAST", message!("advice-swap")))
        }
        _ => {
            let message = format!("owner: Bad value for \"{option}\" option: \"{text}\"");
            let advice = message!("advice-numeric-owner");
            Err(given.wrong(option, message, message!("expected-owner"), advice))
        }
    }
}

impl Ids {
    const fn matches(self, id: u32) -> bool {
        (self.first <= id && id <= self.last) != self.inverted
    }
}

impl OwnerMatch {
    /// `owner_mt`. What has no owner matches only where every test is inverted.
    pub fn matches(self, sender: Sender) -> bool {
        let is_inverted = |ids: Option<Ids>| ids.is_none_or(|ids| ids.inverted);
        match sender {
            Sender::Nobody => {
                is_inverted(self.user)
                    && is_inverted(self.group)
                    && self.socket.is_none_or(|inverted| inverted)
                    && !self.supplementary
            }
            _ if self.socket == Some(true) => false,
            Sender::Kernel => is_inverted(self.user) && is_inverted(self.group),
            Sender::Process { user, group } => {
                self.user.is_none_or(|ids| ids.matches(user)) && self.group.is_none_or(|ids| ids.matches(group))
            }
        }
    }

    /// `owner_mt_save`.
    pub fn write(self, out: &mut String) {
        let ids = |out: &mut String, option: &str, ids: Option<Ids>| match ids {
            None => {}
            Some(Ids { first, last, inverted }) if first == last => write_value(out, inverted, option, first),
            Some(Ids { first, last, inverted }) => {
                write_value(out, inverted, option, format_args!("{first}-{last}"));
            }
        };
        if let Some(inverted) = self.socket {
            write_option(out, inverted, "--socket-exists");
        }
        ids(out, "--uid-owner", self.user);
        ids(out, "--gid-owner", self.group);
        if self.supplementary {
            write_option(out, false, "--suppl-groups");
        }
    }

    /// `owner_mt_print`
    pub fn list(self, out: &mut String) {
        if let Some(inverted) = self.socket {
            write_option(out, inverted, "owner socket exists");
        }
        for (label, ids) in [("owner UID match", self.user), ("owner GID match", self.group)] {
            match ids {
                None => {}
                Some(Ids { first, last, inverted }) if first == last => write_value(out, inverted, label, first),
                Some(Ids { first, last, inverted }) => {
                    write_value(out, inverted, label, format_args!("{first}-{last}"));
                }
            }
        }
        if self.supplementary {
            write_option(out, false, "incl. suppl. groups");
        }
    }

    /// `owner_mt_xlate` has words for a user or a group, and for nothing besides.
    pub(in crate::iptables) fn translate(self, to: &mut Translation<'_>) -> bool {
        let (field, ids) = match self {
            Self { user: Some(ids), group: None, supplementary: false, socket: None } => ("skuid", ids),
            Self { user: None, group: Some(ids), supplementary: false, socket: None } => ("skgid", ids),
            _ => return false,
        };
        to.add(&format!("{field} {}{}", not(ids.inverted), span(ids.first, ids.last)));
        true
    }
}
