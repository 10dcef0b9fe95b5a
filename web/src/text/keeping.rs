//! What is said about taking back, keeping, passing on and saving.

pub mod history {
    use datapath_core::session::Deed;

    use crate::state::Change;

    pub const TITLE: &str = "Undo and redo";
    pub const UNDO: &str = "Undo";
    pub const REDO: &str = "Redo";
    pub const NOTHING: &str = "nothing";

    pub fn undo(change: Option<&Change>) -> String {
        format!("{UNDO}: {}", what(change))
    }

    pub fn redo(change: Option<&Change>) -> String {
        format!("{REDO}: {}", what(change))
    }

    fn what(change: Option<&Change>) -> String {
        match change {
            None => NOTHING.to_owned(),
            Some(Change::Opened(title)) => format!("open {title}"),
            Some(Change::Deed(deed)) => match deed {
                Deed::Send { target, .. } => format!("send to {target}"),
                Deed::Next => "next packet".to_owned(),
                Deed::Act(_) => deed.to_string(),
                Deed::Wait(seconds) => format!("let {seconds} s pass"),
            },
        }
    }

    pub fn replaying(progress: Option<(usize, usize)>) -> String {
        match progress {
            None => "Reading the lab…".to_owned(),
            Some((done, all)) => format!("Doing again what was done: {done} of {all} steps"),
        }
    }
}

pub mod keep {
    use crate::shelf::Entry;

    pub const TITLE: &str = "Keep and share";
    pub const OPEN: &str = "Share";
    pub const CLOSE: &str = "Close";
    pub const LINK: &str = "Link";
    pub const LINK_NOTE: &str = "The whole lab and the step that you see are in the link itself, packed: no server has \
        them. Whoever opens it needs nothing else, and loses nothing of theirs.";
    pub const COPY: &str = "Copy link";
    pub const ADDRESS: &str = "The link";
    pub const FILE: &str = "File";
    pub const FILE_NOTE: &str = "The cluster’s text and what you did, as JSON. Open it here again, or drop it anywhere on \
        the page, as YAML and dumps of a node.";
    pub const SAVE: &str = "Save as a file";
    pub const CHOOSE: &str = "Open a file…";
    pub const PAPER: &str = "Paper";
    pub const PAPER_NOTE: &str = "Every step of the chosen lane, with the header before and after, for a handout.";
    pub const PRINT: &str = "Print the steps";
    pub const RECENT: &str = "Recent labs";
    pub const RECENT_NOTE: &str = "Kept in this browser, and nowhere else.";
    pub const NONE: &str = "No other lab yet: this one will stand here when you open another.";
    pub const HERE: &str = "open";
    pub const REMOVE: &str = "Remove";
    pub const RENAME: &str = "Rename";
    pub const INSTEAD: &str = "Open the example instead";
    pub const NAME: &str = "Name of the lab";
    pub const KEEP_NAME: &str = "Keep";

    pub fn rename(title: &str) -> String {
        format!("{RENAME}: {title}")
    }

    /// Longer ones are cut by some programs for mail and chat.
    const LONG_AT: usize = 8_000;
    /// Chromium's address bar takes no more (its security notes on the display of URLs).
    pub const TOO_LONG: usize = 32_000;

    pub fn length(signs: usize) -> String {
        let count = crate::text::number(signs);
        match signs {
            0..LONG_AT => format!("{count} characters."),
            LONG_AT..=TOO_LONG => format!(
                "{count} characters: some programs for mail and chat cut links as long as this. If it \
                arrives damaged, send the file."
            ),
            _ => format!(
                "{count} characters: too long for the address bar of a browser. Save the lab as a file, and \
                send that."
            ),
        }
    }

    pub fn size(entry: &Entry) -> String {
        let steps =
            if entry.steps == 1 { "1 step".to_owned() } else { format!("{} steps", crate::text::number(entry.steps)) };
        match entry.size {
            0..1_000 => format!("{} B · {steps}", entry.size),
            1_000..1_000_000 => format!("{} kB · {steps}", entry.size / 1_000),
            _ => format!("{}.{} MB · {steps}", entry.size / 1_000_000, entry.size % 1_000_000 / 100_000),
        }
    }

    pub fn remove(title: &str) -> String {
        format!("{REMOVE}: {title}")
    }
}

pub mod handout {
    pub const NUMBER: &str = "Step";
    pub const STEP: &str = "What happened";
    pub const HEADER: &str = "Header, before → after";

    pub fn title(lane: &str, lab: &str) -> String {
        format!("{lane} · {lab}")
    }

    pub fn between(packet: &str, client: &str, target: &str) -> String {
        format!("{packet}: from {client} to {target}")
    }

    pub fn left_out(steps: &str) -> String {
        format!("{steps} more steps are not printed.")
    }
}

pub mod save {
    pub const SVG: &str = "Save as SVG";
    pub const PNG: &str = "Save as PNG";
    pub const CSV: &str = "Save as CSV";
}

pub mod notice {
    use crate::state::Notice;

    pub const CLOSE: &str = "Close this message";
    pub const NEWS: &str = "A new version of the lab is ready. Your lab is kept.";
    pub const RELOAD: &str = "Open it";

    pub fn text(notice: &Notice) -> String {
        match notice {
            Notice::FromLink => "This lab came with the link. The one that you had is under “Share”, among the recent \
                labs."
                .to_owned(),
            Notice::BrokenLink(damage) => format!(
                "The link could not be opened: {damage}. Ask for it again, or for the \
                lab as a file. The lab below is the one that you had, or the example."
            ),
            Notice::BrokenFile(damage) => {
                format!("The file could not be opened: {damage}. The lab below is as it was.")
            }
            Notice::Unreadable => "The file could not be read as text.".to_owned(),
            Notice::Refused(why) => format!("The lab could not be opened, since its text is refused: {why}."),
            Notice::Forked => {
                "This lab is open in another tab, which went on with it. From here on each tab has a lab of its \
                own; both are under “Share”, among the recent labs."
                    .to_owned()
            }
            Notice::Gone => "This lab is not kept in this browser any more. The one below is as it was.".to_owned(),
            Notice::Failed => "The page failed or was closed while it opened your last lab, so it opened the example. \
                Yours is under “Share”, among the recent labs."
                .to_owned(),
        }
    }
}
