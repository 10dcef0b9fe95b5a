use datapath_core::lab::{Dns, DnsData, DnsRecord};
use yew::prelude::*;

use super::SettledProps;
use super::picker::{Choice, Group, Picker};
use crate::text::{self, say};

/// Services that can be chosen from, and records that are listed.
const LISTED: usize = 500;

/// What cluster DNS answers, which for some Services is all that there is.
#[component]
pub fn Names(props: &SettledProps) -> Html {
    let lab = props.model.lab();
    let chosen = use_state_eq(|| None::<usize>);
    let services = &lab.cluster.services;
    // One without rules is what people wonder about.
    let wonder = services.iter().position(|service| service.cluster_ips.is_empty()).unwrap_or_default();
    let chosen_now = chosen.filter(|index| *index < services.len()).unwrap_or(wonder);
    let Some(service) = services.get(chosen_now) else {
        return html! {};
    };
    let dns = Dns::of(&lab.cluster, service);
    let labels = services.iter().take(LISTED).map(|service| text::say(&Dns::label(service)));
    let choices = labels.enumerate().map(|(value, text)| Choice { value, text }).collect();
    let hidden = services.len().saturating_sub(LISTED);
    let onchoose = {
        let set = chosen.setter();
        Callback::from(move |index| set.set(Some(index)))
    };
    html! {
        <details class="card names">
            <summary><h2>{ say!("names-title") }</h2></summary>
            <div class="choices">
                <Picker label={say!("names-service")} groups={vec![Group { choices, hidden, ..Group::default() }]} chosen={chosen_now} {onchoose} />
            </div>
            <p>{ text::sentence(&dns.why) }</p>
            if dns.records.is_empty() {
                <p><code>{ &dns.name }</code>{ " " }{ say!("names-nxdomain") }</p>
            } else {
                <div class="scroll" data-scrolls="" tabindex="0" role="group" aria-label={say!("names-records")}>
                    <table>
                        <thead><tr><th scope="col">{ say!("names-name") }</th><th scope="col">{ say!("names-type") }</th><th scope="col">{ say!("names-data") }</th></tr></thead>
                        <tbody>{ for dns.records.iter().take(LISTED).map(record) }</tbody>
                    </table>
                </div>
            }
        </details>
    }
}

fn record(DnsRecord { name, data }: &DnsRecord) -> Html {
    let (kind, data) = match data {
        DnsData::Address(address) => (if address.is_ipv4() { "A" } else { "AAAA" }, address.to_string()),
        DnsData::Cname(target) => ("CNAME", target.clone()),
        DnsData::Srv { weight, port, target } => ("SRV", format!("0 {weight} {port} {target}")),
    };
    html! { <tr><td><code>{ name }</code></td><td>{ kind }</td><td><code>{ data }</code></td></tr> }
}
