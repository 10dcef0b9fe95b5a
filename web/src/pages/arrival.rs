use crate::state::{Known, Notice, Start};
use crate::{address, shelf};

/// What the page opens: the lab of the link that led here, or the one that this tab had, or the last one of all.
pub fn start() -> Start {
    let may_open = shelf::may_open();
    let next_id = shelf::new_id();
    // A link to a lesson is not to take the place of another one that was left in the middle.
    let is_to_lesson = address::lesson().is_some();
    let last = || Some(shelf::list().into_iter().find(|entry| !(is_to_lesson && entry.is_lesson))?.id);
    let own = address::lab().or_else(last).and_then(shelf::load);
    let (mut labs, mut notice) = (Vec::new(), None);
    match address::link() {
        Some(Ok(kept)) => {
            let said = own.is_some().then_some(Notice::FromLink);
            labs.push((Known::new(next_id, kept), said));
        }
        Some(Err(damage)) => notice = Some(Notice::BrokenLink(damage)),
        None => {}
    }
    match own {
        Some(own) if may_open => labs.push((own, None)),
        Some(_) => notice = notice.or(Some(Notice::Failed)),
        None => {}
    }
    let (settings, progress, typed) = (shelf::settings(), shelf::progress(), shelf::typed());
    Start { labs, notice, settings, progress, typed, next_id }
}
