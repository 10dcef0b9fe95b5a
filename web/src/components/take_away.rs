use datapath_core::export::{File, Format, Subject, export, namespaces};
use datapath_core::lab::Lab;
use datapath_core::message::Language;
use gloo::file::{Blob, ObjectUrl};
use yew::prelude::*;

use super::Settled;
use super::copying::use_copying;
use super::picker::{Choice, Group, Picker};
use super::segmented::Segmented;
use crate::text::{self, say};

/// Lines of a file that are shown; the file itself has them all.
const SHOWN: usize = 200;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub model: Settled,
    /// Whose rules.
    pub lane: usize,
}

/// The cluster and one node's rules as files for the real tools.
#[component]
pub fn TakeAway(props: &Props) -> Html {
    let Props { model, lane } = props;
    let open = use_state_eq(|| false);
    let node = use_state_eq(|| 0_usize);
    let format = use_state_eq(|| None::<Format>);
    let ontoggle = {
        let set = open.setter();
        Callback::from(move |event: Event| {
            set.set(event.target_unchecked_into::<web_sys::Element>().has_attribute("open"));
        })
    };
    html! {
        <details class="card take-away" {ontoggle}>
            <summary><h2>{ say!("take-away-title") }</h2></summary>
            <p class="muted">{ say!("take-away-note") }</p>
            if *open {
                { choices(props, &node, &format) }
                <Files key={format!("{} {lane} {} {:?}", model.edition, *node, *format)} model={model.clone()} lane={*lane} node={*node} format={*format} />
                <OwnMachine model={model.clone()} lane={*lane} />
            }
        </details>
    }
}

/// The formats of the chosen datapath, and the one that is chosen: else the first of the rules.
fn formats(lab: &Lab, lane: usize, chosen: Option<Format>) -> (Vec<Format>, Option<Format>) {
    let Some(mode) = lab.lanes.get(lane).map(|lane| lane.mode) else {
        return (Vec::new(), None);
    };
    let all: Vec<Format> = Format::ALL.into_iter().filter(|format| format.applies_to(mode)).collect();
    let rules = all.iter().copied().find(|format| !matches!(format, Format::Objects | Format::ProxyConfiguration));
    let chosen = chosen.filter(|format| all.contains(format)).or(rules);
    (all, chosen)
}

fn choices(
    Props { model, lane }: &Props,
    node: &UseStateHandle<usize>,
    format: &UseStateHandle<Option<Format>>,
) -> Html {
    let lab = model.lab();
    let (all, chosen) = formats(&lab, *lane, **format);
    let choice = |(value, format): (usize, &Format)| Choice { value, text: format.to_string() };
    let groups = vec![Group { choices: all.iter().enumerate().map(choice).collect(), ..Group::default() }];
    let chosen = all.iter().position(|format| Some(*format) == chosen).unwrap_or_default();
    let set_format = {
        let set = format.setter();
        Callback::from(move |index: usize| set.set(all.get(index).copied()))
    };
    let set_node = {
        let set = node.setter();
        Callback::from(move |node| set.set(node))
    };
    let dispatcher = model.dispatcher();
    let set_lane = Callback::from(move |lane| dispatcher.dispatch(crate::state::Action::Lane(lane)));
    html! {
        <div class="choices">
            <Segmented
                label={say!("take-away-datapath")}
                options={lab.lanes.iter().map(|lane| text::mode(lane.mode).into()).collect::<Vec<_>>()}
                chosen={*lane}
                onchoose={set_lane}
            />
            <Segmented
                label={say!("take-away-node")}
                options={lab.cluster.nodes.iter().map(|node| node.name.to_string().into()).collect::<Vec<_>>()}
                chosen={**node}
                onchoose={set_node}
            />
            <Picker label={say!("take-away-format")} {groups} {chosen} onchoose={set_format} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct FilesProps {
    model: Settled,
    lane: usize,
    node: usize,
    format: Option<Format>,
}

#[component]
fn Files(FilesProps { model, lane, node, format }: &FilesProps) -> Html {
    let files = use_memo((), |()| {
        let lab = model.lab();
        let (_, format) = formats(&lab, *lane, *format);
        let mode = lab.lanes.get(*lane).map(|lane| lane.mode);
        let subject = mode.and_then(|mode| Subject::of(&lab, mode, *node));
        subject.zip(format).map(|(subject, format)| export(&subject, format)).unwrap_or_default()
    });
    html! { <ul class="files">{ for files.iter().map(|file| html! { <FileView key={file.name.clone()} file={file.clone()} language={text::language()} /> }) }</ul> }
}

#[derive(Properties, PartialEq)]
struct OwnMachineProps {
    model: Settled,
    lane: usize,
}

/// The whole cluster as a script for a Linux machine of the user's own, made when it is asked for.
#[component]
fn OwnMachine(OwnMachineProps { model, lane }: &OwnMachineProps) -> Html {
    let open = use_state_eq(|| false);
    let ontoggle = {
        let set = open.setter();
        Callback::from(move |event: Event| {
            set.set(event.target_unchecked_into::<web_sys::Element>().has_attribute("open"));
        })
    };
    let file = (*open).then(|| {
        let lab = model.lab();
        let mode = lab.lanes.get(*lane).map(|lane| lane.mode);
        mode.and_then(|mode| namespaces(&lab, mode))
    });
    html! {
        <details class="own-machine" {ontoggle}>
            <summary>{ say!("export-own-machine") }</summary>
            { match file {
                None => html! {},
                Some(None) => html! { <p class="muted">{ say!("export-no-namespaces") }</p> },
                Some(Some(file)) => html! { <ul class="files"><FileView {file} language={text::language()} /></ul> },
            } }
        </details>
    }
}

#[derive(Properties, PartialEq)]
struct FileProps {
    file: File,
    language: Language,
}

/// A file with its beginning in sight.
#[component]
fn FileView(FileProps { file, .. }: &FileProps) -> Html {
    let url = use_memo(file.text.clone(), |text| {
        ObjectUrl::from(Blob::new_with_options(text.as_str(), Some("text/plain;charset=utf-8")))
    });
    let (copied, copy) = use_copying();
    let text = file.text.clone();
    let onclick = Callback::from(move |_: MouseEvent| copy.emit(text.clone()));
    let lines = file.text.lines().count();
    let beginning: String = file.text.split_inclusive('\n').take(SHOWN).collect();
    html! {
        <li>
            <header>
                <h3><code>{ &file.name }</code></h3>
                <button type="button" {onclick}>{ say!("take-away-copy") }</button>
                <a class="button" download={file.name.clone()} href={url.to_string()}>{ say!("take-away-download") }</a>
                <span class="muted" role="status">{ copied.map(|done| if done { say!("take-away-copied") } else { say!("take-away-not-copied") }) }</span>
            </header>
            <p class="muted">{ text::say(&file.note) }</p>
            <pre class="mono" tabindex="0" data-scrolls="" aria-label={file.name.clone()}>{ beginning }</pre>
            if lines > SHOWN { <p class="muted">{ say!("take-away-rest", lines = lines - SHOWN) }</p> }
        </li>
    }
}
