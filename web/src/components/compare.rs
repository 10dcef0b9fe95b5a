use yew::prelude::*;

use super::SettledProps;
use super::answers::WhoAnswers;
use super::cost_curve::CostCurve;
use super::published::PublishedNumbers;
use super::totals::Totals;
use crate::text::{self, say};

/// The datapaths beside each other: this connection's packets, and how cost grows with the cluster.
#[component]
pub fn Compare(props: &SettledProps) -> Html {
    html! {
        <section class="card compare" aria-labelledby="compare">
            <h2 id="compare">{ say!("compare-title") }</h2>
            <div class="halves">
                <Totals model={props.model.clone()} />
                <CostCurve theme={props.model.theme} language={text::language()} />
            </div>
            <p class="muted">{ say!("cost-time-note") }</p>
            <PublishedNumbers theme={props.model.theme} language={text::language()} />
            <WhoAnswers model={props.model.clone()} />
        </section>
    }
}
