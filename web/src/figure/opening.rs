use datapath_core::lab::{Client, Lab, Loading, LoadingStep, Refused, Target, Wanted};
use datapath_core::lesson::Lesson;
use datapath_core::message;
use datapath_core::message::Message;
use datapath_core::session::{Deed, Kept, Replay, Scenario, Session, View};
use datapath_core::source::Diagnostic;
use gloo::timers::future::TimeoutFuture;

use super::options::{Options, Source, Start};
use crate::state::{Action, Go, Model, TURNS_FOR};

/// Why a figure cannot be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    pub what: Message,
    /// What is wrong with its text, each with line and column.
    pub diagnostics: Vec<Diagnostic>,
}

impl From<Message> for Trouble {
    fn from(what: Message) -> Self {
        Self { what, diagnostics: Vec::new() }
    }
}

impl From<Refused> for Trouble {
    fn from(Refused { diagnostics }: Refused) -> Self {
        Self { what: message!("embed-refused"), diagnostics }
    }
}

/// Opens what the options say, in turns between which the page stays alive.
///
/// # Errors
/// Says what is wrong with the text, or what of it there is none of.
pub async fn open(options: &Options) -> Result<Model, Trouble> {
    let (mut session, view) = match content(&options.source)? {
        Content::Kept(kept) => {
            let view = kept.view.clone();
            (replay(*kept).await?.0, Some(view))
        }
        Content::Lesson(lesson) => (lesson.at_step(0)?, None),
        Content::Text(text) if options.packet.is_empty() => {
            let (lab, packet) = load(text).await?;
            (Session::opened(lab, packet), None)
        }
        Content::Text(text) => (replay(Kept::untouched(&text)).await?.0, None),
    };
    let view = if options.packet.is_empty() { view } else { send(&mut session, &options.packet, view)? };
    let mut model = Model::figure(session, view, &options.datapaths);
    match options.start {
        Some(Start::At(step)) => model.act(Action::Go(Go::To(step))),
        Some(Start::Last) => model.act(Action::Go(Go::Last)),
        None => {}
    }
    Ok(model)
}

/// What a lab is opened from.
enum Content {
    Kept(Box<Kept>),
    /// Its first step.
    Lesson(Box<Lesson>),
    /// A cluster, or a copied node.
    Text(String),
}

fn content(source: &Source) -> Result<Content, Trouble> {
    match source {
        Source::Text(text) if Kept::is_meant_by(text) => match Kept::from_file(text) {
            Ok(kept) => Ok(Content::Kept(Box::new(kept))),
            Err(damage) => Err(message!("embed-broken-file", why = damage.tell()).into()),
        },
        Source::Text(text) => of_text(unindented(text)),
        Source::Scenario(id) => match Scenario::by_id(id) {
            Some(scenario) => of_text(scenario.text.to_owned()),
            None => {
                let known = Scenario::ALL.map(|scenario| scenario.id).join(", ");
                Err(message!("embed-no-scenario", given = id, known = known).into())
            }
        },
        Source::Link(link) => match Kept::from_fragment(link.rsplit('#').next().unwrap_or_default()) {
            Some(Ok(kept)) => Ok(Content::Kept(Box::new(kept))),
            Some(Err(damage)) => Err(message!("embed-broken-link", why = damage.tell()).into()),
            None => Err(message!("embed-no-link").into()),
        },
    }
}

fn of_text(text: String) -> Result<Content, Trouble> {
    if !Lesson::is_meant_by(&text) {
        return Ok(Content::Text(text));
    }
    let wrong = |diagnostics| Trouble { what: message!("embed-broken-lesson"), diagnostics };
    Lesson::read(&text).map(|lesson| Content::Lesson(Box::new(lesson))).map_err(wrong)
}

/// Texts in a page are often indented as the elements around them are. What stays keeps its line, so that errors can be
/// found.
fn unindented(text: &str) -> String {
    let indentation = |line: &&str| line.len() - line.trim_start_matches(' ').len();
    let written = || text.lines().filter(|line| !line.trim().is_empty());
    let common = written().map(|line| indentation(&line)).min().unwrap_or_default();
    if common == 0 {
        return text.to_owned();
    }
    text.lines().map(|line| line.get(common..).unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Sends the packet that is wanted in place of the one that a text opens with.
fn send(session: &mut Session, wanted: &Wanted, view: Option<View>) -> Result<Option<View>, Trouble> {
    let (client, target) = session.lab().wanted(wanted)?;
    match view {
        None => {
            session.open_with(&[Deed::send(&client, &target)]);
            Ok(None)
        }
        Some(view) => {
            session.send(&client, &target, &view);
            let lane = view.lane;
            Ok(Some(View { client: client.to_string(), target: target.to_string(), lane, ..View::default() }))
        }
    }
}

async fn load(text: String) -> Result<(Lab, Option<(Client, Target)>), Refused> {
    let mut loading = Loading::new(&text, Session::SEED);
    while loading.step() != LoadingStep::Done {
        let end = js_sys::Date::now() + TURNS_FOR;
        while loading.step() != LoadingStep::Done && js_sys::Date::now() < end {
            loading.advance();
        }
        TimeoutFuture::new(0).await;
    }
    loading.finish()
}

async fn replay(kept: Kept) -> Result<(Session, View), Refused> {
    let mut replay = Replay::new(kept);
    while !replay.is_over() {
        let end = js_sys::Date::now() + TURNS_FOR;
        while !replay.is_over() && js_sys::Date::now() < end {
            replay.advance();
        }
        TimeoutFuture::new(0).await;
    }
    replay.finish()
}

#[cfg(test)]
mod tests {
    use super::unindented;

    #[test]
    fn an_indentation_that_all_lines_have_goes_and_lines_stay() {
        assert_eq!(unindented("\n    a:\n      b: 1\n\n    c: 2\n  "), "\na:\n  b: 1\n\nc: 2\n");
        assert_eq!(unindented("a:\n  b: 1"), "a:\n  b: 1");
    }
}
