use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use datapath_core::lab::{Line, LineRef, Listing, MetRules};
use datapath_core::trace::{ChainId, RuleId};
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::text::say;

/// Lines are shown in blocks of so many: the block of the current line, and one on either side. That fills the box, and
/// whoever steps through chains far apart has all of them written anew at every step.
const BLOCK: usize = 12;

/// How many blocks more are shown at a time.
const MORE: usize = 10;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub listing: Rc<Listing>,
    pub section: usize,
    pub line: Option<usize>,
    /// Whether the line is the step's own, or only the last before it.
    pub current: bool,
    pub met: Rc<MetRules>,
    /// Lines that are marked.
    pub marked: Rc<BTreeSet<usize>>,
    /// Rules that no packet comes to.
    pub dead: Rc<BTreeSet<RuleId>>,
    /// The declarations of chains whose counters are those of the step.
    pub declared: Rc<BTreeMap<ChainId, String>>,
    /// Where in the current line the test stands that failed, in bytes.
    pub failed: Option<Range<usize>>,
    /// The line that the user asked about.
    pub asked: Option<usize>,
    /// The user asks about a line.
    pub onask: Callback<usize>,
    /// On narrow screens only one lane can be scrolled: the one in sight.
    pub visible: bool,
}

/// A window on the text of a ruleset around one line.
#[component]
pub fn Code(props: &Props) -> Html {
    let lines = props.listing.sections.get(props.section).map_or(&[][..], |section| &section.lines);
    let block = props.line.unwrap_or_default() / BLOCK;
    let more = use_state_eq(|| (0, 0, (0, 0)));
    let (above, below) = if (more.0, more.1) == (props.section, block) { more.2 } else { (0, 0) };
    let window = window(lines.len(), block, above, below);
    let extend = |above: usize, below: usize| {
        let (more, section) = (more.setter(), props.section);
        Callback::from(move |_: MouseEvent| more.set((section, block, (above, below))))
    };
    let (outer, inner) = (use_node_ref(), use_node_ref());
    use_effect_with(
        (outer.clone(), inner.clone(), (props.section, props.line, props.visible), props.listing.clone()),
        |(outer, inner, ..)| center(outer, inner),
    );
    // What was scrolled to is of another text.
    use_effect_with(
        (outer.clone(), props.section, props.line.is_none(), props.listing.clone()),
        |(outer, _, begins, _)| {
            if let Some(outer) = outer.cast::<HtmlElement>().filter(|_| *begins) {
                outer.set_scroll_top(0);
            }
        },
    );
    let row = |(index, line): (usize, &Line)| {
        let here = Some(index) == props.line;
        let mark = mark(&props.met, line);
        let class = classes!(
            "line",
            mark,
            here.then_some(if props.current { "current" } else { "last" }),
            props.marked.contains(&index).then_some("marked"),
            (props.asked == Some(index)).then_some("asked"),
            is_dead(&props.dead, line).then_some("dead"),
        );
        let onclick = props.onask.reform(move |_: MouseEvent| index);
        let row = if here { inner.clone() } else { NodeRef::default() };
        let text = match &line.at {
            Some(LineRef::Chain(chain)) => props.declared.get(chain).unwrap_or(&line.text),
            _ => &line.text,
        };
        let (style, margin) = indented(text);
        let current = (here && props.current).then_some("true");
        // Without a key: a line from elsewhere is written over the one that stood here, which is less work than a new one.
        html! {
            <li ref={row} {class} ~style={style} tabindex={here.then_some("-1")} aria-current={current} {onclick}>
                { spoken(mark) }
                if is_dead(&props.dead, line) { <span class="unseen">{ say!("ruleset-dead") }{ ": " }</span> }
                if props.marked.contains(&index) { <span class="unseen">{ say!("because-marked") }{ ": " }</span> }
                { words(text, margin, props.failed.as_ref().filter(|_| here)) }
            </li>
        }
    };
    let shown = lines.iter().enumerate().skip(window.start).take(window.len());
    html! {
        <div class="code" ref={outer} tabindex="0" data-scrolls="" role="group" aria-label={title(props)}>
            { fold(window.start, say!("ruleset-above", lines = window.start), extend(above + MORE, below)) }
            <ol>{ for shown.map(row) }</ol>
            { fold(lines.len() - window.end, say!("ruleset-below", lines = lines.len() - window.end), extend(above, below + MORE)) }
            if lines.is_empty() { <p class="muted">{ say!("ruleset-empty") }</p> }
        </div>
    }
}

fn title(props: &Props) -> Option<String> {
    props.listing.sections.get(props.section).map(|section| section.title.clone())
}

/// The lines around a block, with so many blocks more above and below.
fn window(lines: usize, block: usize, above: usize, below: usize) -> Range<usize> {
    let first = block.saturating_sub(1 + above) * BLOCK;
    let end = (block + 2 + below) * BLOCK;
    first.min(lines)..end.min(lines)
}

fn fold(hidden: usize, text: String, onclick: Callback<MouseEvent>) -> Option<Html> {
    (hidden > 0).then(|| html! { <button type="button" class="fold" {onclick}>{ "… " }{ text }</button> })
}

/// How far a line is indented, and in how many bytes: that becomes a margin, so that what is folded stands under it. Tabs
/// count two.
fn indented(line: &str) -> (String, usize) {
    let margin = &line[..line.len() - line.trim_start().len()];
    let width: usize = margin.chars().map(|sign| if sign == '\t' { 2 } else { 1 }).sum();
    (if width > 0 { format!("--indent:{width}") } else { String::new() }, margin.len())
}

/// What a line says after its margin, with the test marked that failed.
fn words(line: &str, margin: usize, failed: Option<&Range<usize>>) -> Html {
    match failed {
        Some(failed) if failed.start >= margin => html! {
            <>
                { &line[margin..failed.start] }
                <mark class="failed">{ &line[failed.clone()] }</mark>
                { &line[failed.end..] }
            </>
        },
        _ => html! { &line[margin..] },
    }
}

fn is_dead(dead: &BTreeSet<RuleId>, line: &Line) -> bool {
    matches!(&line.at, Some(LineRef::Rule(rule)) if dead.contains(rule))
}

/// Whether the packet has met this line's rule.
fn mark(met: &MetRules, line: &Line) -> Option<&'static str> {
    match &line.at {
        Some(LineRef::Rule(rule)) => met.get(*rule).map(|matched| if matched { "matched" } else { "missed" }),
        _ => None,
    }
}

fn spoken(mark: Option<&str>) -> Option<Html> {
    let text = match mark? {
        "matched" => say!("ruleset-matched"),
        _ => say!("ruleset-missed"),
    };
    Some(html! { <span class="unseen">{ text }{ ": " }</span> })
}

/// Scrolls the box, and never the page, so that the line stands in its upper half.
fn center(outer: &NodeRef, inner: &NodeRef) {
    let (Some(outer), Some(inner)) = (outer.cast::<HtmlElement>(), inner.cast::<HtmlElement>()) else {
        return;
    };
    outer.set_scroll_top(inner.offset_top() - outer.client_height() * 2 / 5 + inner.offset_height() / 2);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_holds_the_line_and_stays_within_the_text() {
        for (lines, line) in
            [(0, 0), (1, 0), (39, 38), (40, 39), (41, 40), (10_000, 0), (10_000, 5_000), (10_000, 9_999)]
        {
            let window = window(lines, line / BLOCK, 0, 0);
            assert!(window.end <= lines && window.len() <= 3 * BLOCK, "{lines} lines, line {line}: {window:?}");
            assert!(lines == 0 || window.contains(&line), "{lines} lines, line {line}: {window:?}");
        }
    }
}
