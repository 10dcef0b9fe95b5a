use yew::prelude::*;

use super::SettledProps;
use super::answers::WhoAnswers;
use super::cost_curve::CostCurve;
use super::published::PublishedNumbers;
use super::totals::Totals;
use crate::text::{compare as t, cost};

/// The datapaths beside each other: this connection's packets, and how cost grows with the cluster.
#[component]
pub fn Compare(props: &SettledProps) -> Html {
    html! {
        <section class="card compare" aria-labelledby="compare">
            <h2 id="compare">{ t::TITLE }</h2>
            <div class="halves">
                <Totals model={props.model.clone()} />
                <CostCurve theme={props.model.theme} />
            </div>
            <p class="muted">{ cost::TIME_NOTE }</p>
            <PublishedNumbers />
            <WhoAnswers model={props.model.clone()} />
        </section>
    }
}
