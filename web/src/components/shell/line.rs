use std::rc::Rc;

use datapath_core::shell::{complete, is_complete};
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::state::{Action, Handle};
use crate::text::say;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub model: Handle,
    pub close: Callback<()>,
}

/// Where in the history the line is; none for one that is new.
type Place = Option<usize>;

/// What is looked for in the history, as long as it is.
type Sought = Option<Rc<str>>;

/// The prompt and what is typed behind it. A text that a shell would ask more lines of gets them.
#[component]
pub fn Line(props: &Props) -> Html {
    let Props { model, close } = props;
    let field = use_node_ref();
    let draft = use_state(String::new);
    let place = use_state(|| None::<usize>);
    let offered = use_state(Vec::<String>::new);
    use_effect_with(field.clone(), |field| {
        if let Some(field) = field.cast::<HtmlTextAreaElement>() {
            // Refused only for what is not shown.
            let _ = field.focus();
        }
    });
    let sought = use_state(|| Sought::None);
    let write = {
        let (draft, place, offered, sought) = (draft.clone(), place.clone(), offered.clone(), sought.clone());
        Callback::from(move |(text, at): (String, Place)| {
            draft.set(text);
            place.set(at);
            offered.set(Vec::new());
            sought.set(None);
        })
    };
    let oninput =
        write.reform(|event: InputEvent| (event.target_unchecked_into::<HtmlTextAreaElement>().value(), None));
    let keys = Keys {
        model: model.clone(),
        draft: Rc::from(draft.as_str()),
        place: *place,
        write,
        sought: (*sought).clone(),
        seek: Callback::from(move |what| sought.set(Some(what))),
        offer: {
            let offered = offered.clone();
            Callback::from(move |candidates| offered.set(candidates))
        },
        is_offering: !offered.is_empty(),
        close: close.clone(),
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if keys.press(&event) {
            event.prevent_default();
        }
        // The page has keys of its own.
        event.stop_propagation();
    });
    let rows = draft.lines().count().max(1) + usize::from(draft.ends_with('\n'));
    let prompt = model.shell_place().map(|at| at.to_string()).unwrap_or_default();
    html! {
        <div class="shell-line">
            if !offered.is_empty() {
                <p class="offered mono" role="status">{ offered.join("  ") }</p>
            }
            <label>
                <span class="prompt mono">{ prompt }</span>
                <textarea
                    ref={field}
                    class="mono"
                    rows={rows.min(8).to_string()}
                    value={(*draft).clone()}
                    aria-label={say!("shell-input")}
                    aria-describedby="shell-hint"
                    autocapitalize="off"
                    autocomplete="off"
                    spellcheck="false"
                    {oninput}
                    {onkeydown}
                />
            </label>
            <p id="shell-hint" class="muted">{ say!("shell-hint") }</p>
        </div>
    }
}

struct Keys {
    model: Handle,
    draft: Rc<str>,
    place: Place,
    write: Callback<(String, Place)>,
    sought: Sought,
    seek: Callback<Rc<str>>,
    offer: Callback<Vec<String>>,
    is_offering: bool,
    close: Callback<()>,
}

impl Keys {
    /// More than fit below each other.
    const MOST_OFFERED: usize = 60;

    /// True for a key that is the shell's. Every other is the field's or the browser's.
    fn press(&self, event: &KeyboardEvent) -> bool {
        if event.is_composing() {
            return false;
        }
        let field = event.target_unchecked_into::<HtmlTextAreaElement>();
        let is_selected = field.selection_start().ok() != field.selection_end().ok();
        match (event.key().as_str(), event.ctrl_key()) {
            ("l", true) => self.model.dispatch(Action::ClearShell),
            ("c", true) if !is_selected => {
                self.model.dispatch(Action::StopListening);
                self.write.emit((String::new(), None));
            }
            ("r", true) if !self.draft.trim().is_empty() => self.seek(),
            (_, true) => return false,
            ("Enter", false) if event.shift_key() => return false,
            ("Enter", false) => return self.enter(),
            ("ArrowUp", false) => return self.earlier(),
            ("ArrowDown", false) => return self.later(),
            ("Tab", false) if !event.shift_key() => return self.complete(),
            ("Escape", false) if self.is_offering => self.offer.emit(Vec::new()),
            ("Escape", false) => self.close.emit(()),
            _ => return false,
        }
        true
    }

    /// Runs the line, unless a shell would ask for another.
    fn enter(&self) -> bool {
        if !is_complete(&self.draft) {
            return false;
        }
        if self.draft.trim() == "clear" {
            self.model.dispatch(Action::ClearShell);
        } else {
            self.model.dispatch(Action::Type(self.draft.trim_end().to_owned()));
        }
        self.write.emit((String::new(), None));
        true
    }

    fn earlier(&self) -> bool {
        let history = &self.model.terminal.history;
        let place = self.place.unwrap_or(history.len()).checked_sub(1);
        // In a text of several lines the key goes up a line.
        let is_moving = self.place.is_none() && self.draft.contains('\n');
        match place.and_then(|place| Some((place, history.get(place)?))) {
            Some((place, line)) if !is_moving => self.write.emit((line.to_string(), Some(place))),
            _ => return false,
        }
        true
    }

    /// Brings back the last line with what is typed in it; the one before with the next press. With nothing typed the key
    /// is the browser's.
    fn seek(&self) {
        let what = self.sought.clone().unwrap_or_else(|| self.draft.trim().into());
        let history = &self.model.terminal.history;
        let before = self.place.filter(|_| self.sought.is_some()).unwrap_or(history.len());
        let found = history[..before.min(history.len())].iter().rposition(|line| line.contains(&*what));
        if let Some((place, line)) = found.and_then(|place| Some((place, history.get(place)?))) {
            self.write.emit((line.to_string(), Some(place)));
        }
        self.seek.emit(what);
    }

    fn later(&self) -> bool {
        let Some(place) = self.place else {
            return false;
        };
        match self.model.terminal.history.get(place + 1) {
            Some(line) => self.write.emit((line.to_string(), Some(place + 1))),
            None => self.write.emit((String::new(), None)),
        }
        true
    }

    /// Goes on with the word, or offers how. Where nothing is typed the key goes to the next field, as everywhere; else it
    /// stays, as in a terminal, and Shift+Tab and Escape lead out.
    fn complete(&self) -> bool {
        let Some(at) = self.model.shell_place().filter(|_| !self.draft.trim().is_empty()) else {
            return false;
        };
        let completion = complete(&self.model.lab(), &at, &self.draft);
        let typed = &self.draft[completion.start..];
        let common = completion.common();
        match completion.candidates.as_slice() {
            [] => {}
            [only] if *only == typed => {}
            [only] => self.write.emit((format!("{}{only} ", &self.draft[..completion.start]), None)),
            _ if common.len() > typed.len() => {
                self.write.emit((format!("{}{common}", &self.draft[..completion.start]), None));
            }
            several => {
                let mut offered: Vec<String> = several.iter().take(Self::MOST_OFFERED).cloned().collect();
                if several.len() > offered.len() {
                    offered.push("…".to_owned());
                }
                self.offer.emit(offered);
            }
        }
        true
    }
}
