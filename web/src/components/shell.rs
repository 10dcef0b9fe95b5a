mod editor;
mod line;

use std::rc::Rc;

use datapath_core::proxy::Mode;
use datapath_core::shell::{Chunk, Host, Location, Monitor, Stream};
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::ModelProps;
use super::picker::{Choice, Group, Picker};
use super::segmented::Segmented;
use crate::state::{Action, Typed};
use crate::text::{self, say};
use editor::Editor;
use line::Line;

/// The command line: a drawer at the bottom of the page, beside which the page can be used.
#[component]
pub fn Shell(props: &ModelProps) -> Html {
    let model = &props.model;
    let opener = use_node_ref();
    let open = model.terminal.open;
    let dispatcher = model.dispatcher();
    let onopen = Callback::from(move |_: MouseEvent| dispatcher.dispatch(Action::Shell(true)));
    let dispatcher = model.dispatcher();
    let close = Callback::from(move |()| dispatcher.dispatch(Action::Shell(false)));
    // The focus goes back to where it came from.
    let was_open = use_mut_ref(|| false);
    use_effect_with((open, opener.clone()), move |(open, opener)| {
        if was_open.replace(*open)
            && !open
            && let Some(opener) = opener.cast::<HtmlElement>()
        {
            // Refused only for what is not shown.
            let _ = opener.focus();
        }
    });
    html! {
        <>
            <button ref={opener} type="button" class="shell-opener" hidden={open} aria-label={say!("shell-title")} onclick={onopen} title={say!("shell-open")}>
                <span class="mono" aria-hidden="true">{ ">_" }</span>
                <span class="label">{ say!("shell-title") }</span>
            </button>
            if open { <Drawer model={model.clone()} {close} /> }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct DrawerProps {
    model: crate::state::Handle,
    close: Callback<()>,
}

#[component]
fn Drawer(props: &DrawerProps) -> Html {
    let DrawerProps { model, close } = props;
    let log = use_node_ref();
    use_effect_with((log.clone(), model.terminal.typed.clone()), |(log, _)| {
        if let Some(log) = log.cast::<Element>() {
            log.set_scroll_top(log.scroll_height());
        }
    });
    let dispatcher = model.dispatcher();
    let clear = Callback::from(move |_: MouseEvent| dispatcher.dispatch(Action::ClearShell));
    let dispatcher = model.dispatcher();
    let stop = Callback::from(move |_: MouseEvent| dispatcher.dispatch(Action::StopListening));
    let onclose = close.reform(|_: MouseEvent| ());
    html! {
        <section class="shell" aria-labelledby="shell-title">
            <header>
                <h2 id="shell-title">{ say!("shell-title") }</h2>
                <Places model={model.clone()} />
                <button type="button" onclick={clear}>{ say!("shell-clear") }</button>
                <button type="button" class="quiet round" aria-label={say!("shell-close")} title={say!("shell-close")} onclick={onclose}>
                    { "×" }
                </button>
            </header>
            <div ref={log} class="shell-log" role="log" aria-label={say!("shell-log")} tabindex="0" data-scrolls="">
                if model.terminal.typed.is_empty() {
                    <p class="remark">{ say!("shell-hello") }</p>
                }
                { for model.terminal.typed.iter().map(typed) }
            </div>
            if !model.terminal.monitors.is_empty() {
                <p class="listening" role="status">
                    <span>{ say!("shell-listens", lines = lines(model)) }</span>
                    <button type="button" onclick={stop}>{ say!("shell-stop") }</button>
                </p>
            }
            if let Some(edit) = &model.terminal.edit {
                <Editor model={model.clone()} edit={edit.clone()} />
            } else {
                <Line model={model.clone()} {close} />
            }
        </section>
    }
}

/// The programs that listen, each with where.
fn lines(model: &crate::state::Handle) -> String {
    let line = |monitor: &Monitor| format!("{} {} ({})", monitor.at, monitor.line, monitor.at.mode);
    model.terminal.monitors.iter().map(line).collect::<Vec<_>>().join(" · ")
}

/// A line with what it printed.
pub(super) fn typed(typed: &Rc<Typed>) -> Html {
    let chunk = |chunk: &Chunk| match chunk {
        Chunk::Text { stream, text } => {
            let class = (*stream == Stream::Err).then_some("err");
            html! { <pre {class}>{ text }</pre> }
        }
        Chunk::Remark(message) => html! { <p class="remark">{ text::say(message) }</p> },
    };
    html! {
        <div class="typed">
            if !typed.prompt.is_empty() {
                <pre class="asked"><span class="prompt">{ &typed.prompt }{ " " }</span>{ &*typed.line }</pre>
            }
            { for typed.output.chunks.iter().map(chunk) }
        </div>
    }
}

/// Which node, pod or machine, and of which datapath.
#[component]
fn Places(props: &ModelProps) -> Html {
    let model = &props.model;
    let Some(at) = model.shell_place() else {
        return html! {};
    };
    let (hosts, modes): (Vec<Host>, Vec<Mode>) = {
        let lab = model.lab();
        (Location::hosts(&lab), lab.lanes.iter().map(|lane| lane.mode).collect())
    };
    let chosen = hosts.iter().position(|host| *host == at.host).unwrap_or_default();
    let group = |name: Option<String>, is_of: fn(&Host) -> bool| {
        let of_group = hosts.iter().enumerate().filter(|(_, host)| is_of(host));
        let choices = of_group.map(|(value, host)| Choice { value, text: name_of(host) }).collect();
        Group { name, choices, hidden: 0 }
    };
    let groups = [
        group(Some(say!("shell-nodes")), |host| matches!(host, Host::Node(_))),
        group(Some(say!("shell-pods")), |host| matches!(host, Host::Pod(_))),
        group(None, |host| matches!(host, Host::Outside)),
    ];
    let groups: Vec<Group> = groups.into_iter().filter(|group| !group.choices.is_empty()).collect();
    let dispatcher = model.dispatcher();
    let mode = at.mode;
    let onhost = Callback::from(move |index: usize| {
        if let Some(host) = hosts.get(index) {
            dispatcher.dispatch(Action::ShellTo(Location { mode, host: host.clone() }));
        }
    });
    let options: Vec<AttrValue> = modes.iter().map(|mode| mode.to_string().into()).collect();
    let of_mode = modes.iter().position(|mode| *mode == at.mode).unwrap_or_default();
    let dispatcher = model.dispatcher();
    let host = at.host;
    let onmode = Callback::from(move |index: usize| {
        if let Some(mode) = modes.get(index) {
            dispatcher.dispatch(Action::ShellTo(Location { mode: *mode, host: host.clone() }));
        }
    });
    html! {
        <>
            <Picker label={say!("shell-place")} {groups} {chosen} onchoose={onhost} />
            if options.len() > 1 {
                <Segmented label={say!("shell-datapath")} {options} chosen={of_mode} onchoose={onmode} />
            }
        </>
    }
}

fn name_of(host: &Host) -> String {
    match host {
        Host::Node(name) | Host::Pod(name) => name.to_string(),
        Host::Outside => say!("shell-outside"),
    }
}
