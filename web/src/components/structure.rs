use datapath_core::graph::{Bend, Edge, Picture, Size, Vertex, VertexKind, draw};
use datapath_core::lab::Lane;
use datapath_core::trace::{ChainId, Origin, Trace};
use web_sys::Element;
use yew::prelude::*;

use super::findings::FindingsView;
use super::later::use_later;
use super::reach::use_reach;
use super::saving::save_svg;
use super::segmented::Segmented;
use super::zooming::Zooming;
use super::{ModelProps, Settled};
use crate::state::{Action, Handle, Peek};
use crate::text::{self, say, structure as t};

/// The chains of one lane's node, with the packet's path lit.
#[component]
pub fn Structure(props: &ModelProps) -> Html {
    let model = &props.model;
    let lab = model.lab();
    let chosen_node = use_state_eq(|| None::<(u32, usize)>);
    let Some(lane) = lab.lanes.get(model.lane) else {
        return html! {};
    };
    let chosen = chosen_node.filter(|(edition, _)| *edition == model.edition).map(|(_, node)| node);
    let node = chosen.or_else(|| current_node(model, lane)).unwrap_or_default();
    // Thousands of chains take longer to draw than a step may.
    let (drawn_lane, drawn_node) = use_later((model.lane, node));
    let choose_node = {
        let (set, edition) = (chosen_node.setter(), model.edition);
        Callback::from(move |node| set.set(Some((edition, node))))
    };
    let peek = model.peek.clone().filter(|peek| (peek.lane, peek.node) == (drawn_lane, drawn_node));
    let dispatcher = model.dispatcher();
    let lanes = model.lanes();
    let names = lanes.iter().map(|lane| text::lane(&lab.lanes[*lane]).into()).collect::<Vec<_>>();
    let chosen_lane = lanes.iter().position(|lane| *lane == model.lane).unwrap_or_default();
    let choose_lane = Callback::from(move |index: usize| dispatcher.dispatch(Action::Lane(lanes[index])));
    html! {
        <section class={classes!("card", "structure", lane.mode.to_string())} aria-labelledby="structure">
            <h2 id="structure">{ say!("structure-title") }</h2>
            <p class="muted">{ say!("structure-note") }</p>
            <div class="choices">
                <Segmented
                    label={say!("structure-lane")}
                    options={names}
                    chosen={chosen_lane}
                    onchoose={choose_lane}
                />
                <Segmented
                    label={say!("structure-node")}
                    options={lane.network.node_names.iter().map(|name| name.to_string().into()).collect::<Vec<_>>()}
                    chosen={node}
                    onchoose={choose_node}
                />
            </div>
            <PictureView model={Settled::from(model)} lane={drawn_lane} node={drawn_node} peek={peek} />
        </section>
    }
}

/// The node that the packet is on.
fn current_node(model: &Handle, lane: &Lane) -> Option<usize> {
    let shown = model.shown.as_ref()?;
    let moment = shown.tracks.get(model.lane)?.moment(model.moment(model.lane)?)?;
    Some(lane.journeys.get(shown.packet)?.legs.get(moment.leg)?.node)
}

/// What the packet that is shown did on a node on its way out.
fn trace<'a>(model: &Handle, lane: &'a Lane, node: usize) -> Option<&'a Trace> {
    let journey = lane.journeys.get(model.shown.as_ref()?.packet)?;
    journey.legs.iter().find(|leg| leg.node == node).map(|leg| &leg.tracer.trace)
}

#[derive(Properties, PartialEq)]
struct PictureProps {
    model: Settled,
    lane: usize,
    node: usize,
    /// What is chosen.
    peek: Option<Peek>,
}

/// Laid out anew only where a step cannot have left it as it was.
#[component]
fn PictureView(PictureProps { model, lane, node, peek }: &PictureProps) -> Html {
    let frame = use_node_ref();
    let (reach, onask) = use_reach(model, *lane, *node);
    let lab = model.lab();
    let shown = lab.lanes.get(*lane).and_then(|lane| Some((lane, lane.network.node(*node)?)));
    let Some((of, machine)) = shown else {
        return html! { <p>{ say!("structure-nothing") }</p> };
    };
    let picture = draw(machine, trace(model, of, *node), reach.as_deref());
    if picture.vertices.is_empty() {
        return html! { <p>{ say!("structure-nothing") }</p> };
    }
    let label = say!("structure-label", mode = text::lane(of), node = &machine.name);
    let save = {
        let (frame, label) = (frame.clone(), label.clone());
        let name = format!("structure-{}-{}.svg", of.mode, machine.name);
        Callback::from(move |_: MouseEvent| {
            let svg = frame.cast::<Element>().and_then(|shown| shown.query_selector("svg").ok().flatten());
            if let Some(svg) = svg {
                save_svg(&name, &label, &svg);
            }
        })
    };
    let picture_of = format!("{lane} {node}");
    html! {
        <>
            <Zooming key={picture_of} {label} size={size(&picture)} about={about(&picture)} frame={frame.clone()}>
                { svg(&picture, |vertex| place(model, (*lane, *node), vertex, peek.as_ref())) }
            </Zooming>
            if picture.left_out > 0 {
                <p class="muted">{ say!("structure-left-out", count = picture.left_out) }</p>
            }
            <div class="buttons"><button type="button" class="small" onclick={save}>{ say!("save-svg") }</button></div>
            <FindingsView model={model.clone()} lane={*lane} node={*node} peek={peek.as_ref().and_then(chain)} {reach} {onask} />
        </>
    }
}

/// Around what is drawn.
const MARGIN: f64 = 10.0;

fn size(picture: &Picture) -> Size {
    Size { width: picture.width + 2.0 * MARGIN, height: picture.height + 2.0 * MARGIN }
}

/// Where the packet's path begins, or else the picture.
fn about(picture: &Picture) -> (f64, f64) {
    let lit = picture.edges.iter().filter(|edge| edge.lit).filter_map(|edge| picture.vertices.get(edge.from));
    let first = lit.min_by(|a, b| (a.x, a.y).partial_cmp(&(b.x, b.y)).unwrap_or(std::cmp::Ordering::Equal));
    first.map_or((0.0, 0.0), |vertex| (vertex.x + MARGIN, vertex.y + vertex.height / 2.0 + MARGIN))
}

fn svg(picture: &Picture, place: impl Fn(&Vertex) -> Html) -> Html {
    let edges = || picture.edges.iter();
    let lit = edges().filter(|edge| edge.lit);
    let roads = edges().filter(|edge| !edge.lit).chain(lit);
    let Size { width, height } = size(picture);
    html! {
        <svg width={width.to_string()} height={height.to_string()} viewBox={format!("-{MARGIN} -{MARGIN} {width} {height}")}>
            { for roads.filter_map(|edge| road(picture, edge)) }
            { for picture.vertices.iter().map(place) }
        </svg>
    }
}

/// Level, with a curve at every bend.
fn road(picture: &Picture, edge: &Edge) -> Option<Html> {
    let from = picture.vertices.get(edge.from)?;
    let mut d = format!("M{:.1} {:.1}", from.x + from.width, from.y + from.height / 2.0);
    for Bend { from: (x1, y1), to: (x2, y2) } in &edge.bends {
        let bend = ((x2 - x1).abs() / 2.0).max(12.0);
        let curve = format!("H{x1:.1}C{:.1} {y1:.1} {:.1} {y2:.1} {x2:.1} {y2:.1}", x1 + bend, x2 - bend);
        d.push_str(&curve);
    }
    Some(html! { <path class={classes!(edge.lit.then_some("lit"))} {d} /> })
}

const fn chain(peek: &Peek) -> Option<ChainId> {
    match peek.origin {
        Origin::Chain(chain) => Some(chain),
        _ => None,
    }
}

fn place(model: &Handle, (lane, node): (usize, usize), vertex: &Vertex, peek: Option<&Peek>) -> Html {
    let class = classes!(kind(vertex.kind), vertex.lit.then_some("lit"), vertex.dead.then_some("dead"));
    let shape = html! {
        <>
            <rect
                x={vertex.x.to_string()}
                y={vertex.y.to_string()}
                width={vertex.width.to_string()}
                height={vertex.height.to_string()}
                rx="5"
            />
            <text x={(vertex.x + vertex.width / 2.0).to_string()} y={(vertex.y + vertex.height / 2.0 + 4.0).to_string()}>
                { &vertex.label }
            </text>
        </>
    };
    let dispatcher = model.dispatcher();
    let own = Peek { lane, node, origin: vertex.origin.clone(), word: vertex.word.clone() };
    let chosen = (peek == Some(&own)).then_some("true");
    let go = Callback::from(move |()| dispatcher.dispatch(Action::Peek(Some(own.clone()))));
    let onclick = go.reform(|_: MouseEvent| ());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " ") {
            // Else the page would scroll.
            event.prevent_default();
            go.emit(());
        }
    });
    html! {
        <g {class} role="button" tabindex="0" aria-label={t::vertex(&vertex.label, vertex.dead)} aria-current={chosen} {onclick} {onkeydown}>
            { shape }
        </g>
    }
}

const fn kind(kind: VertexKind) -> &'static str {
    match kind {
        VertexKind::BaseChain => "base",
        VertexKind::Chain => "chain",
        VertexKind::Map => "map-vertex",
        VertexKind::VirtualService => "virtual",
        VertexKind::RealServer => "real",
    }
}
