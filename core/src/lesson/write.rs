use std::fmt::Write;

use super::Performed;
use crate::lab::Lab;
use crate::session::{Deed, Session, View};

/// A session as a file that opens the same lab: its text, and what was done in it.
pub fn scenario(session: &Session, title: &str) -> String {
    let text = session.lab().text.as_str();
    let fence = fence(text);
    let mut out = format!("---\ntitle: {}\nabout: \nminutes: 5\n---\n\n", title.replace(['\n', '\r'], " "));
    out.push_str("Say here what there is to see.\n\n");
    // Writing to a String cannot fail.
    let _ = write!(out, "{fence}cluster\n{text}");
    if !text.ends_with('\n') {
        out.push('\n');
    }
    let _ = writeln!(out, "{fence}");
    let deeds = told(session);
    if !deeds.is_empty() {
        out.push_str("\n```do\n");
        for deed in deeds {
            let _ = writeln!(out, "{deed}");
        }
        out.push_str("```\n");
    }
    out
}

/// What was done, without the packets that the page sent by itself after an action and that nothing came of: another
/// followed, and the lab is the same without them.
fn told(session: &Session) -> Vec<Deed> {
    let all = || session.opening().iter().chain(session.steps().flat_map(|step| step.deeds())).cloned().collect();
    let mut told: Vec<Deed> = Vec::new();
    let mut is_followed = false;
    for step in session.steps().rev() {
        let (own, also) = step.deeds().split_at(1);
        for deed in also.iter().rev().chain(own) {
            let is_by_itself = own != [deed.clone()] && *deed == Deed::Next;
            if !(is_by_itself && is_followed) {
                told.push(deed.clone());
            }
            is_followed |= deed.sends();
        }
    }
    told.extend(session.opening().iter().rev().cloned());
    told.reverse();
    let is_shorter = told.len() < session.opening().len() + session.steps().flat_map(|step| step.deeds()).count();
    if is_shorter && !leads_to(&told, session) { all() } else { told }
}

fn leads_to(deeds: &[Deed], session: &Session) -> bool {
    let Ok(lab) = Lab::open(&session.lab().text, Session::SEED) else { return false };
    let mut again = Session::new(lab);
    if Performed::of(&mut again, deeds, &View::default()).is_err() {
        return false;
    }
    let (there, here) = (again.lab(), session.lab());
    let last = |lab: &Lab| -> Vec<_> {
        let last = |lane: &crate::lab::Lane| lane.journeys.last().map(|journey| journey.outcome.clone());
        lab.lanes.iter().map(last).collect()
    };
    last(there) == last(here) && there.connections() == here.connections()
}

/// More backticks than stand together anywhere in the text.
fn fence(text: &str) -> String {
    let longest = text.split(|other| other != '`').map(str::len).max().unwrap_or_default();
    "`".repeat(longest.max(2) + 1)
}
