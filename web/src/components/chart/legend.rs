use datapath_core::proxy::Mode;
use yew::prelude::*;

use super::heading::{Sign, signs};
use super::{Chart, Plot};

/// The entries of a legend, whose colours the drawing takes.
pub fn entries(chart: &Chart) -> Html {
    let is_bars = matches!(chart.plot, Plot::Bars(_));
    let entry = |(sign, name): (Sign, String)| {
        let (class, sample) = match sign {
            Sign::Datapath(mode) => (mode.to_string(), if is_bars { bar(mode) } else { line(mode) }),
            Sign::Mark => ("sign".to_owned(), html! { <path class="mark" d="M16 0v12" /> }),
            Sign::Reach => ("sign".to_owned(), html! { <path class="dash" d="M0 6h31M31 3v6" /> }),
        };
        html! { <li {class}><svg viewBox="0 0 32 12" aria-hidden="true">{ sample }</svg>{ name }</li> }
    };
    signs(chart).into_iter().map(entry).collect()
}

fn line(mode: Mode) -> Html {
    let marker = match mode {
        Mode::Iptables => html! { <circle cx="16" cy="6" r="3.5" /> },
        Mode::Nftables => html! { <path d="M16 1.8 20.2 9H11.8z" /> },
        Mode::Ipvs => html! { <rect class="hollow" x="12" y="2" width="8" height="8" /> },
    };
    html! { <><path class="dash" d="M0 6h32" />{ marker }</> }
}

fn bar(mode: Mode) -> Html {
    match mode {
        Mode::Iptables => html! { <rect x="1" y="1" width="30" height="10" /> },
        Mode::Nftables => html! {
            <>
                <path class="hatch" d="M1 7 7 1M2 11 12 1M7 11 17 1M12 11 22 1M17 11 27 1M22 11 31 2M27 11 31 7" />
                <rect class="hollow" x="1" y="1" width="30" height="10" />
            </>
        },
        Mode::Ipvs => html! { <rect class="hollow" x="1" y="1" width="30" height="10" /> },
    }
}
