use yew::prelude::*;

use super::SettledProps;
use crate::text::{self, say};

/// Where the lab assumes and simplifies.
#[component]
pub fn Assumed(props: &SettledProps) -> Html {
    let lab = props.model.lab();
    let assumptions = &lab.assumptions;
    let ranges = |ranges: &[_]| ranges.iter().map(ToString::to_string).collect::<Vec<String>>().join(", ");
    let mode = assumptions
        .cluster_mode()
        .map_or(say!("assumed-no-configuration"), |mode| say!("assumed-own-mode", mode = text::mode(mode)));
    let settings = assumptions.configured();
    let configured = if settings.is_empty() { say!("assumed-none") } else { settings.join(", ") };
    let of_both =
        [(say!("assumed-clock"), say!("assumed-clock-text")), (say!("assumed-chance"), say!("assumed-chance-text"))];
    let of_cluster = [
        (say!("assumed-mode"), mode),
        (say!("assumed-configured"), configured),
        (say!("assumed-cluster-cidr"), ranges(&assumptions.cluster_cidrs)),
        (say!("assumed-service-cidr"), ranges(&assumptions.service_cidrs)),
        (say!("assumed-nodes"), say!("assumed-nodes-text")),
        (say!("assumed-version"), say!("assumed-version-text")),
        (say!("assumed-power"), say!("assumed-power-text")),
    ];
    let of_node = [
        (say!("assumed-listens"), say!("assumed-listens-text")),
        (say!("assumed-sysctls"), say!("assumed-sysctls-text")),
        (say!("assumed-kept"), say!("assumed-kept-text")),
    ];
    let own = if lab.is_copied() { of_node.to_vec() } else { of_cluster.to_vec() };
    let row = |(name, value): (String, String)| html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> };
    html! {
        <details class="card assumed">
            <summary><h2>{ say!("assumed-title") }</h2></summary>
            <dl>{ for own.into_iter().chain(of_both).map(row) }</dl>
            <p>{ say!("assumed-simplified") }</p>
        </details>
    }
}
