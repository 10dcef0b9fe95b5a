use yew::prelude::*;

use super::SettledProps;
use crate::text::{self, assumed as t};

/// Where the lab assumes and simplifies.
#[component]
pub fn Assumed(props: &SettledProps) -> Html {
    let lab = props.model.lab();
    let assumptions = &lab.assumptions;
    let ranges = |ranges: &[_]| ranges.iter().map(ToString::to_string).collect::<Vec<String>>().join(", ");
    let mode = assumptions.cluster_mode().map_or(t::NO_CONFIGURATION.to_owned(), |mode| t::own_mode(text::mode(mode)));
    let settings = assumptions.configured();
    let configured = if settings.is_empty() { t::NONE.to_owned() } else { settings.join(", ") };
    let of_both = [(t::CLOCK, t::CLOCK_TEXT.to_owned()), (t::CHANCE, t::CHANCE_TEXT.to_owned())];
    let of_cluster = [
        (t::MODE, mode),
        (t::CONFIGURED, configured),
        (t::CLUSTER_CIDR, ranges(&assumptions.cluster_cidrs)),
        (t::SERVICE_CIDR, ranges(&assumptions.service_cidrs)),
        (t::NODES, t::NODES_TEXT.to_owned()),
        (t::VERSION, t::VERSION_TEXT.to_owned()),
        (t::POWER, t::POWER_TEXT.to_owned()),
    ];
    let of_node = [
        (t::LISTENS, t::LISTENS_TEXT.to_owned()),
        (t::SYSCTLS, t::SYSCTLS_TEXT.to_owned()),
        (t::KEPT, t::KEPT_TEXT.to_owned()),
    ];
    let own = if lab.is_copied() { of_node.to_vec() } else { of_cluster.to_vec() };
    let row = |(name, value): (&'static str, String)| html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> };
    html! {
        <details class="card assumed">
            <summary><h2>{ t::TITLE }</h2></summary>
            <dl>{ for own.into_iter().chain(of_both).map(row) }</dl>
            <p>{ t::SIMPLIFIED }</p>
        </details>
    }
}
