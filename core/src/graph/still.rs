use std::fmt::Write;

use super::hooks::{HEIGHT, PLACES, ROADS, VIEW_BOX};
use crate::lab::{Journey, Lab, Lane, Leg, Outcome, Spot, Way};
use crate::message;
use crate::message::Message;

/// What stands in a page where nothing runs: for each lane how the packet ended, and on every node that it passed the
/// hooks that it came by. It is HTML without scripts, styles, classes and ids, so that it may stand anywhere, and takes
/// its colours from the page around it; no line of it is empty, so that Markdown leaves it as it is.
pub struct Still<'s> {
    pub lab: &'s Lab,
    /// Places in [`Lab::lanes`].
    pub lanes: &'s [usize],
    /// Of the connection's packets, from 0.
    pub packet: usize,
    /// The address of the page in which it runs.
    pub page: Option<&'s str>,
    /// The words of a message, in the language of the page.
    pub say: &'s dyn Fn(&Message) -> String,
}

impl Still<'_> {
    /// None as long as nothing was sent.
    pub fn html(&self) -> Option<String> {
        let lanes: Vec<(&Lane, &Journey)> = self
            .lanes
            .iter()
            .filter_map(|lane| self.lab.lanes.get(*lane))
            .filter_map(|lane| Some((lane, lane.journeys.get(self.packet)?)))
            .collect();
        let (_, journey) = lanes.first()?;
        let sent = journey.sent.tuple();
        let (source, destination) = (sent.src.to_string(), sent.dst.to_string());
        let mut html = String::from("<figure>\n");
        self.paragraph(
            &message!("still-sent", source = source, protocol = sent.protocol.to_string(), destination = destination),
            &mut html,
        );
        for (lane, journey) in lanes {
            self.lane(lane, journey, &mut html);
        }
        if let Some(page) = self.page {
            let title = escaped(&(self.say)(&self.lab.title()));
            // Writing to a string cannot fail.
            let _ = writeln!(html, "<figcaption><a href=\"{}\">{title}</a></figcaption>", escaped(page));
        }
        html.push_str("</figure>\n");
        Some(html)
    }

    fn paragraph(&self, message: &Message, html: &mut String) {
        let text = escaped(&(self.say)(message));
        // Writing to a string cannot fail.
        let _ = writeln!(html, "<p>{text}</p>");
    }

    fn lane(&self, lane: &Lane, journey: &Journey, html: &mut String) {
        let name = if lane.network.is_copied() {
            (self.say)(&message!("lane-your-node"))
        } else {
            lane.mode.title().to_owned()
        };
        let cost = journey.cost(Way::Request);
        let mut said = vec![journey.outcome.tell(&lane.network).text];
        if let Outcome::Answered { request, .. } | Outcome::Delivered { request, .. } = &journey.outcome {
            let arrived = request.tuple();
            said.push(message!(
                "still-arrived",
                source = arrived.src.to_string(),
                destination = arrived.dst.to_string()
            ));
        }
        said.push(message!("still-cost", rules = cost.rules, probes = cost.probes, rewrites = cost.rewrites));
        let said: Vec<String> = said.iter().map(|message| (self.say)(message)).collect();
        let _ = writeln!(html, "<p><strong>{}</strong>: {}</p>", escaped(&name), escaped(&said.join(" · ")));
        for leg in journey.legs.iter().filter(|leg| leg.way == Way::Request) {
            self.map(leg, html);
        }
    }

    /// The hooks of one node, those that the packet came by drawn stronger.
    fn map(&self, leg: &Leg, html: &mut String) {
        let passed: Vec<Spot> = leg.tracer.trace.steps.iter().map(Spot::of).collect();
        let spots: Vec<String> = {
            let mut way = passed.clone();
            way.dedup();
            way.into_iter().map(|spot| (self.say)(&spot.name())).collect()
        };
        let label = message!("still-map", node = leg.node_name.to_string(), spots = spots.join(", "));
        let _ = write!(
            html,
            "<svg viewBox=\"{VIEW_BOX}\" width=\"100%\" height=\"72\" preserveAspectRatio=\"xMinYMid meet\" role=\"img\" \
             aria-label=\"{}\" font-size=\"11\" text-anchor=\"middle\" fill=\"currentColor\" stroke=\"currentColor\">\
             <path d=\"{}\" stroke-opacity=\".5\"/>",
            escaped(&(self.say)(&label)),
            ROADS.concat()
        );
        for place in PLACES {
            let (width, fill, faint) = if passed.contains(&place.spot) { ("2", ".15", "1") } else { ("1", "0", ".6") };
            let _ = write!(
                html,
                "<g opacity=\"{faint}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{HEIGHT}\" rx=\"5\" \
                 stroke-width=\"{width}\" fill-opacity=\"{fill}\"/><text x=\"{}\" y=\"{}\" stroke=\"none\">{}</text></g>",
                place.x,
                place.y,
                place.width,
                place.x + place.width / 2,
                place.y + 16,
                escaped(&(self.say)(&place.spot.name()))
            );
        }
        let _ = writeln!(
            html,
            "<text x=\"0\" y=\"68\" text-anchor=\"start\" stroke=\"none\">{}</text></svg>",
            escaped(&leg.node_name)
        );
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::Still;
    use crate::lab::{Lab, Spot, WEB_SHOP, Way};
    use crate::message::Message;

    #[test]
    fn every_node_on_the_way_has_its_map_and_nothing_could_clash_with_the_page() {
        let mut lab = Lab::open(WEB_SHOP, 1).expect("a cluster");
        let (client, target) = (lab.clients()[0].clone(), lab.targets()[0].clone());
        let html = |lab: &Lab| {
            Still { lab, lanes: &[0, 1, 2], packet: 0, page: Some("/?a=\"b\"&c#<d>"), say: &Message::to_string }.html()
        };
        assert_eq!(html(&lab), None);
        assert!(lab.send(&client, &target));
        let html = html(&lab).expect("a packet was sent");
        let journeys = lab.lanes.iter().map(|lane| lane.journeys.last().expect("a journey"));
        let legs: Vec<_> = journeys.flat_map(|journey| &journey.legs).filter(|leg| leg.way == Way::Request).collect();
        assert_eq!(html.matches("<svg").count(), legs.len());
        // Of the nine places, those that some step was at are drawn in full.
        let passed = legs.iter().map(|leg| {
            let spots: std::collections::BTreeSet<_> = leg.tracer.trace.steps.iter().map(Spot::of).collect();
            spots.len()
        });
        assert_eq!(html.matches("<g opacity=\"1\">").count(), passed.sum::<usize>());
        assert_eq!(html.matches("<g opacity").count(), 9 * legs.len());
        assert!(html.contains("href=\"/?a=&quot;b&quot;&amp;c#&lt;d&gt;\""), "{html}");
        for clash in ["\n\n", "<script", "style=", "class=", " id="] {
            assert!(!html.contains(clash), "{clash} in {html}");
        }
    }
}
