use std::fmt::Write;

use super::hooks::{HEIGHT, PLACES, Place, ROADS, VIEW_BOX};
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
        let mut html = String::from("<div>\n");
        self.paragraph(
            &message!(
                "still-sent",
                source = source,
                protocol = sent.protocol.to_string().to_uppercase(),
                destination = destination
            ),
            &mut html,
        );
        for (lane, journey) in lanes {
            self.lane(lane, journey, &mut html);
        }
        if let Some(page) = self.page {
            let title = escaped(&(self.say)(&self.lab.title()));
            // Writing to a string cannot fail.
            let _ = writeln!(html, "<p><a href=\"{}\">{title}</a></p>", escaped(page));
        }
        html.push_str("</div>\n");
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
        let way: Vec<Spot> = leg.tracer.trace.steps.iter().map(Spot::of).collect();
        let (passed, others): (Vec<Place>, Vec<Place>) = PLACES.iter().partition(|place| way.contains(&place.spot));
        let spots: Vec<String> = way.chunk_by(Spot::eq).map(|same| (self.say)(&same[0].name())).collect();
        let label = message!("still-map", node = leg.node_name.to_string(), spots = spots.join(", "));
        // Writing to a string cannot fail.
        let _ = write!(
            html,
            "<svg viewBox=\"{VIEW_BOX}\" width=\"100%\" height=\"84\" preserveAspectRatio=\"xMinYMid meet\" role=\"img\" \
             aria-label=\"{}\" font-size=\"11\" text-anchor=\"middle\" fill=\"currentColor\">\
             <path d=\"{}\" stroke=\"currentColor\" stroke-opacity=\".5\"/>",
            escaped(&(self.say)(&label)),
            ROADS.concat()
        );
        self.places(&passed, "1", (".15", "2"), html);
        self.places(&others, ".6", ("0", "1"), html);
        let _ = writeln!(html, "<text y=\"68\" text-anchor=\"start\">{}</text></svg>", escaped(&leg.node_name));
    }

    /// Boxes as one path, which takes a third of the room that nine of them would.
    fn places(&self, places: &[Place], opacity: &str, (fill, stroke): (&str, &str), html: &mut String) {
        let (mut boxes, mut names) = (String::new(), String::new());
        for Place { spot, x, y, width } in places {
            // Writing to a string cannot fail.
            let _ = write!(boxes, "M{x} {y}h{width}v{HEIGHT}h-{width}z");
            let name = escaped(&(self.say)(&spot.name()));
            let _ = write!(names, "<text x=\"{}\" y=\"{}\">{name}</text>", x + width / 2, y + 16);
        }
        let _ = write!(
            html,
            "<g opacity=\"{opacity}\"><path d=\"{boxes}\" fill-opacity=\"{fill}\" stroke=\"currentColor\" \
             stroke-width=\"{stroke}\"/>{names}</g>"
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
        for (leg, map) in legs.iter().zip(html.split("<svg").skip(1)) {
            // Of the nine places, those that some step was at are drawn in full.
            let spots: std::collections::BTreeSet<_> = leg.tracer.trace.steps.iter().map(Spot::of).collect();
            let groups: Vec<usize> = map.split("<g ").skip(1).map(|group| group.matches("<path").count()).collect();
            let boxes = |group: usize| map.split("<g ").nth(group).map_or(0, |group| group.matches("v24").count());
            assert_eq!(groups, [1, 1]);
            assert_eq!((boxes(1), boxes(1) + boxes(2)), (spots.len(), 9), "{map}");
        }
        assert!(html.contains("href=\"/?a=&quot;b&quot;&amp;c#&lt;d&gt;\""), "{html}");
        for clash in ["\n\n", "<script", "style=", "class=", " id="] {
            assert!(!html.contains(clash), "{clash} in {html}");
        }
    }
}
