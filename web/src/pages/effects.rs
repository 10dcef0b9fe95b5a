//! What the page does beside being shown: it keeps its state, keeps time, and listens.

use std::cell::Cell;
use std::rc::Rc;

use datapath_core::lab::{LoadingStep, Refused};
use gloo::events::{EventListener, EventListenerOptions};
use gloo::file::FileList;
use gloo::timers::callback::{Interval, Timeout};
use gloo::utils::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::KeyboardEvent;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::{arrival, keys};
use crate::address::LessonPlace;
use crate::components::press_send;
use crate::shelf::Unkept;
use crate::state::{Action, Handle, Known, Model, Notice, TURNS_FOR};
use crate::{address, course, files, language, panic, shelf, text};

/// Long enough that typing does not write with every key.
const SAVE_AFTER_MS: u32 = 400;
/// Long enough for what the user does; browsers make no timer that repeats faster.
const LOAD_EVERY_MS: u32 = 4;

/// Keeps the lab in the browser, a moment after the last change, or when the page is left; once the rest of the program
/// is there, which writes it: before, nobody can do more than send a packet and follow it.
#[hook]
pub fn use_saving(model: &Handle, is_whole: bool) {
    let latest = model.clone();
    use_effect_with((model.clone(), is_whole), move |_| {
        let known = latest.known();
        panic::note(known.clone());
        let written = is_whole.then(|| {
            let known = known.map(Rc::new);
            let leaving = known.clone();
            let settings = latest.settings();
            let leave = EventListener::once(&window(), "pagehide", move |_| {
                keep(leaving.as_deref()).and_then(|()| shelf::store_settings(&settings)).unwrap_or_default();
            });
            let save = Timeout::new(SAVE_AFTER_MS, move || {
                let kept = keep(known.as_deref()).and_then(|()| shelf::store_settings(&latest.settings()));
                say(&latest, kept);
            });
            (save, leave)
        });
        move || drop(written)
    });
    // The address stands for the text: comparing megabytes at every step takes longer than the step.
    let latest = model.clone();
    use_effect_with((model.id, model.edition, model.draft.as_ptr().addr(), is_whole), move |_| {
        let written = is_whole.then(|| {
            let leaving = latest.clone();
            let leave = EventListener::once(&window(), "pagehide", move |_| keep_draft(&leaving).unwrap_or_default());
            let save = Timeout::new(SAVE_AFTER_MS, move || {
                if let Err(why) = keep_draft(&latest) {
                    say(&latest, Err(why));
                }
            });
            (save, leave)
        });
        move || drop(written)
    });
    let latest = model.clone();
    use_effect_with(model.id, move |id| {
        // Whatever was left to write when another lab came is written now.
        if let Some(left) = &latest.left {
            let draft = shelf::store_draft(left.id, left.draft.as_deref());
            let kept = if left.is_untouched() {
                shelf::remove(left.id);
                Ok(())
            } else {
                keep(Some(left))
            };
            say(&latest, kept.and(draft));
        }
        address::arrive(*id);
    });
}

fn keep(known: Option<&Known>) -> Result<(), Unkept> {
    // After a failure the last good state is what is kept.
    known.filter(|_| !panic::has_happened()).map_or(Ok(()), shelf::store)
}

fn keep_draft(model: &Handle) -> Result<(), Unkept> {
    if model.is_placeholder {
        return Ok(());
    }
    shelf::store_draft(model.id, model.edited.then_some(&*model.draft))
}

fn say(model: &Handle, kept: Result<(), Unkept>) {
    let unkept = kept.err();
    if unkept == Some(Unkept::Elsewhere) {
        return model.dispatch(Action::Fork(shelf::new_id()));
    }
    if unkept != model.unkept {
        model.dispatch(Action::Unkept(unkept));
    }
}

/// Opens the lab of an address or of an entry of the browser's history that the user goes to.
#[hook]
pub fn use_arrivals(model: &Handle) {
    let latest = model.clone();
    use_effect_with((), move |()| {
        let listener = EventListener::new(&window(), "popstate", move |_| match address::link() {
            Some(Ok(kept)) => {
                let known = Known::new(shelf::new_id(), kept);
                latest.dispatch(Action::FromLink(Rc::new(known)));
            }
            Some(Err(damage)) => {
                latest.dispatch(Action::Notice(Some(Notice::BrokenLink(damage))));
                address::arrive(latest.id);
            }
            None => {
                let other = address::lab().filter(|id| *id != latest.id);
                match (other, other.and_then(shelf::load), address::lesson()) {
                    (_, Some(known), _) => latest.dispatch(Action::Bring(Rc::new(known))),
                    (_, None, Some(lesson)) => course::open(latest.dispatcher(), Some(lesson)),
                    (Some(_), None, None) => latest.dispatch(Action::Notice(Some(Notice::Gone))),
                    (None, None, None) => address::arrive(latest.id),
                }
            }
        });
        move || drop(listener)
    });
}

/// Opens the lesson that the address names, keeps the address that of the step that is open, and keeps what was done.
#[hook]
pub fn use_lessons(model: &Handle) {
    let dispatcher = model.dispatcher();
    let is_wanted = match &model.course {
        None => model.menu,
        Some(course) => course.language != text::language(),
    };
    use_effect_with((is_wanted, text::language()), move |(is_wanted, _)| {
        if *is_wanted {
            course::open(dispatcher, None);
        }
    });
    // The lab that comes first takes the address.
    let wanted = use_memo((), |()| address::lesson());
    let dispatcher = model.dispatcher();
    let place = model.learning.as_ref().and_then(|learning| Some((learning.name.clone()?, learning.step)));
    let left_at = place.clone().map(|(name, step)| LessonPlace { name: name.to_string(), step });
    use_effect_with(model.is_placeholder, move |is_placeholder| match (&*wanted, left_at) {
        _ if *is_placeholder => {}
        // What was done in it came with its lab.
        (wanted, Some(left_at)) if wanted.as_ref().is_none_or(|wanted| *wanted == left_at) => {
            course::read_again(dispatcher, left_at.name);
        }
        (Some(wanted), _) => course::open(dispatcher, Some(wanted.clone())),
        (None, _) => {}
    });
    let was = use_mut_ref(|| None);
    use_effect_with((model.id, place), move |(id, place)| {
        // Before the first lesson is open, the address may name the one that is still on its way.
        if place.is_some() || was.borrow().is_some() {
            address::study(*id, place.as_ref().map(|(name, step)| (&**name, *step)));
        }
        was.borrow_mut().clone_from(place);
    });
    let latest = model.clone();
    use_effect_with(model.progress.clone(), move |progress| {
        if !progress.is_empty() {
            say(&latest, shelf::store_progress(progress));
        }
    });
    let latest = model.clone();
    use_effect_with(model.terminal.history.last().cloned(), move |line| {
        if let Some(line) = line {
            say(&latest, shelf::store_typed(line));
        }
    });
}

/// Opens files that are dropped anywhere on the page. True while some are held over it.
#[hook]
pub fn use_drops(model: &Handle) -> bool {
    let over = use_state_eq(|| false);
    let (set, model) = (over.setter(), model.clone());
    use_effect_with((), move |()| {
        let options = EventListenerOptions::enable_prevent_default();
        let files = |event: &Event| event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
        let held =
            move |event: &Event| files(event).is_some_and(|data| data.types().includes(&JsValue::from_str("Files"), 0));
        let enter = set.clone();
        let dragover = EventListener::new_with_options(&document(), "dragover", options, move |event| {
            if held(event) {
                event.prevent_default();
                enter.set(true);
            }
        });
        let leave = set.clone();
        let dragleave = EventListener::new(&document(), "dragleave", move |event| {
            // Into another element is not out of the page.
            if event.dyn_ref::<DragEvent>().is_some_and(|event| event.related_target().is_none()) {
                leave.set(false);
            }
        });
        let drop_in = EventListener::new_with_options(&document(), "drop", options, move |event| {
            set.set(false);
            if let Some(list) = files(event).and_then(|data| data.files()).filter(|list| list.length() > 0) {
                event.prevent_default();
                files::open(FileList::from(list), model.dispatcher());
            }
        });
        move || drop((dragover, dragleave, drop_in))
    });
    *over
}

/// What the page starts with, once something stands in for its lab. That too takes turns: the first time that code runs in
/// a browser, it is compiled.
#[hook]
pub fn use_start() -> Option<Result<Rc<Model>, Refused>> {
    let start = use_state(|| None);
    let set = start.setter();
    use_effect_with(start.is_some(), move |is_there| {
        let (mut nothing, mut started) = (Some(Model::nothing()), None);
        let timer = (!is_there).then(|| {
            Interval::new(LOAD_EVERY_MS, move || {
                if started.is_some() {
                    return set.set(started.take());
                }
                let end = js_sys::Date::now() + TURNS_FOR;
                while let Some(underway) = &mut nothing
                    && underway.step() != LoadingStep::Done
                    && js_sys::Date::now() < end
                {
                    underway.advance();
                }
                if let Some(done) = nothing.take_if(|nothing| nothing.step() == LoadingStep::Done) {
                    started = Some(Model::start(done, arrival::start()).map(Rc::new));
                }
            })
        });
        move || drop(timer)
    });
    (*start).clone()
}

/// Opens another lab in turns, between which the page stays alive.
#[hook]
pub fn use_loading(model: &Handle) {
    let latest = model.clone();
    let told = (model.loading, model.pending.as_ptr().addr());
    use_effect_with(told, move |(loading, _)| {
        let timer = loading.map(|_| {
            let mut is_news = false;
            Interval::new(LOAD_EVERY_MS, move || {
                // What there is to tell is told in a turn of its own.
                if is_news {
                    latest.dispatch(Action::LoadOn);
                }
                is_news = !is_news && latest.take_turns();
            })
        });
        move || drop(timer)
    });
}

/// Steps while the lab is playing.
#[hook]
pub fn use_player(model: &Handle) {
    let beat = (model.playing, model.pace, model.at());
    let model = model.clone();
    use_effect_with(beat, move |(playing, ..)| {
        let timer = playing.then(|| Timeout::new(model.pause(), move || model.dispatch(Action::Beat)));
        move || drop(timer)
    });
}

#[hook]
pub fn use_theme(model: &Handle) {
    use_effect_with(model.theme, |theme| theme.apply());
}

/// Shows the page in the language that was chosen, once its words are there.
#[hook]
pub fn use_language(model: &Handle) {
    let dispatcher = model.dispatcher();
    use_effect_with(model.language, move |preference| {
        let language = preference.language();
        let is_current = Rc::new(Cell::new(true));
        if language != text::language() {
            let is_current = is_current.clone();
            spawn_local(async move {
                let words = language::load(language).await;
                if is_current.get() {
                    words.into_iter().for_each(language::speak);
                    dispatcher.dispatch(Action::Spoken(words.is_some()));
                }
            });
        }
        // Another may be chosen while its file is on the way.
        move || is_current.set(false)
    });
}

/// The keys of the lab, wherever the focus is.
#[hook]
pub fn use_keys(model: &Handle) {
    use_effect_with(model.clone(), |model| {
        let model = model.clone();
        let options = EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(&document(), "keydown", options, move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            if let Some(action) = keys::action(event, &model) {
                event.prevent_default();
                match action {
                    Action::Send => press_send(),
                    action => model.dispatch(action),
                }
            }
        });
        move || drop(listener)
    });
}

/// Whether the page is shown as it is printed, once all of the program is there, which that needs.
#[hook]
pub fn use_printing(is_whole: bool) -> bool {
    let printing = use_state_eq(|| false);
    let set = printing.setter();
    use_effect_with(is_whole, move |is_whole| {
        let listeners = is_whole.then(|| {
            let media = window().match_media("print").ok().flatten();
            let now = media.clone();
            let by_media = set.clone();
            let (before, after) = (set.clone(), set.clone());
            (
                media.map(|media| {
                    EventListener::new(&media, "change", move |_| {
                        by_media.set(now.as_ref().is_some_and(web_sys::MediaQueryList::matches));
                    })
                }),
                EventListener::new(&window(), "beforeprint", move |_| before.set(true)),
                EventListener::new(&window(), "afterprint", move |_| after.set(false)),
            )
        });
        move || drop(listeners)
    });
    *printing
}
