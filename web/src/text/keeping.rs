//! What is said about taking back, keeping and passing on.

use super::{say, tell};

pub mod history {
    use datapath_core::lab::Packets;
    use datapath_core::session::Deed;

    use super::say;
    use crate::state::Change;

    pub fn undo(change: Option<&Change>) -> String {
        say!("history-undo-what", what = what(change))
    }

    pub fn redo(change: Option<&Change>) -> String {
        say!("history-redo-what", what = what(change))
    }

    fn what(change: Option<&Change>) -> String {
        match change {
            None => say!("history-nothing"),
            Some(Change::Opened(title)) => say!("history-open", title = title),
            Some(Change::Deed(deed)) => done(deed),
        }
    }

    pub fn done(deed: &Deed) -> String {
        match deed {
            Deed::Send { target, packets, .. } => sent(*packets, target),
            Deed::Next => say!("history-next"),
            Deed::Act(_) => deed.to_string(),
            Deed::Type { line, .. } => line.lines().next().unwrap_or_default().to_owned(),
            Deed::Close => say!("history-close"),
            Deed::Wait(seconds) => say!("history-wait", seconds = *seconds),
        }
    }

    pub fn sent(packets: Packets, target: &str) -> String {
        match packets {
            Packets::One => say!("history-send", target = target),
            Packets::TwoAtOnce => say!("history-send-twice", target = target),
        }
    }

    pub fn replaying(progress: Option<(usize, usize)>) -> String {
        match progress {
            None => say!("history-reading"),
            Some((done, all)) => say!("history-replaying", done = done, all = all),
        }
    }
}

pub mod keep {
    use datapath_core::session::Deed;

    use super::{history, say};
    use crate::shelf::Entry;

    /// Longer ones are cut by some programs for mail and chat.
    const LONG_AT: usize = 8_000;
    /// Chromium's address bar takes no more (its security notes on the display of URLs).
    pub const TOO_LONG: usize = 32_000;

    pub fn length(signs: usize) -> String {
        match signs {
            0..LONG_AT => say!("keep-length", count = signs),
            LONG_AT..=TOO_LONG => say!("keep-length-long", count = signs),
            _ => say!("keep-length-too-long", count = signs),
        }
    }

    pub fn after(title: &str, last: &Deed) -> String {
        let deed = match last {
            Deed::Send { target, packets, .. } => history::sent(*packets, &brief(target)),
            last => history::done(last),
        };
        say!("keep-after", title = title, deed = deed)
    }

    /// `shop/web:http 10.96.0.1:80/tcp`: what is asked, without the words for which of its addresses it is.
    fn brief(target: &str) -> String {
        match target.split_once(" at ") {
            Some((name, place)) => format!("{name} {}", place.rsplit(' ').next().unwrap_or(place)),
            None => target.to_owned(),
        }
    }

    /// `1 step`, `12 kB · 3 steps`
    pub fn size(entry: &Entry) -> String {
        let size = match entry.size {
            0..1_000 => format!("{} B", entry.size),
            1_000..1_000_000 => format!("{} kB", entry.size / 1_000),
            _ => format!("{}.{} MB", entry.size / 1_000_000, entry.size % 1_000_000 / 100_000),
        };
        say!("keep-size", size = size, steps = entry.steps)
    }
}

pub mod handout {
    use super::say;

    pub fn title(lane: &str, lab: &str) -> String {
        say!("handout-title", lane = lane, lab = lab)
    }
}

pub mod notice {
    use super::{say, tell};
    use crate::state::Notice;

    pub fn text(notice: &Notice) -> String {
        match notice {
            Notice::FromLink => say!("notice-from-link"),
            Notice::BrokenLink(damage) => say!("notice-broken-link", damage = damage.tell()),
            Notice::BrokenFile(damage) => say!("notice-broken-file", damage = damage.tell()),
            Notice::NoLanguage => say!("notice-no-language"),
            Notice::NoLessons => say!("notice-no-lessons"),
            Notice::NoLesson(name) => say!("notice-no-lesson", name = name.as_str()),
            Notice::Unreadable => say!("notice-unreadable"),
            Notice::FileRefused { why, more } => say!(
                "notice-file-refused",
                line = why.position.line,
                column = why.position.column,
                what = tell(&why.message),
                more = *more
            ),
            Notice::Refused(why) => say!("notice-refused", why = why.as_ref().map(say).unwrap_or_default()),
            Notice::Forked => say!("notice-forked"),
            Notice::Gone => say!("notice-gone"),
            Notice::Failed => say!("notice-failed"),
        }
    }
}
