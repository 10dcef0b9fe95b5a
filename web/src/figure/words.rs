use datapath_core::lab::Wanted;
use datapath_core::message;
use datapath_core::message::Message;
use datapath_core::proxy::Mode;
use datapath_core::session::Scenario;

use super::options::{Named, Options, Part, Source, Start};

/// What attributes or an address say of a figure, each in its own words; what is empty says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The text of a cluster, of a copied node, or of a saved lab. It goes before the two below.
    pub text: String,
    /// The fragment of a link to a lab.
    pub link: String,
    /// The id of a built-in scenario.
    pub scenario: String,
    /// Names of datapaths, with spaces or commas between them.
    pub datapaths: String,
    pub view: String,
    pub client: String,
    pub target: String,
    pub port: String,
    pub protocol: String,
    /// A number from 0, or `last`.
    pub step: String,
    pub controls: String,
    /// Address of the lab.
    pub lab: String,
}

impl Words {
    /// # Errors
    /// Names the word that is not understood, and those that are.
    pub fn read(&self) -> Result<Options, Message> {
        let datapaths = self.datapaths.split([' ', ',', '\n', '\t']).filter(|name| !name.is_empty());
        let datapaths: Vec<Mode> = datapaths.map(|name| one("datapaths", name)).collect::<Result<_, _>>()?;
        let part: Part = or_default("view", &self.view)?;
        let datapaths = match (part, datapaths.as_slice()) {
            (Part::Lane, []) => vec![Mode::Iptables],
            (Part::Lane, [first, ..]) => vec![*first],
            _ => datapaths,
        };
        Ok(Options {
            source: self.source(),
            datapaths,
            part,
            packet: Wanted {
                client: self.client.clone(),
                target: self.target.clone(),
                port: self.port.clone(),
                protocol: self.protocol.clone(),
            },
            start: start(self.step.trim())?,
            controls: or_default("controls", &self.controls)?,
            lab: Some(self.lab.clone()).filter(|lab| !lab.is_empty()),
        })
    }

    fn source(&self) -> Source {
        if !self.text.trim().is_empty() {
            Source::Text(self.text.clone())
        } else if !self.link.trim().is_empty() {
            Source::Link(self.link.trim().to_owned())
        } else if !self.scenario.trim().is_empty() {
            Source::Scenario(self.scenario.trim().to_owned())
        } else {
            Source::Scenario(Scenario::ALL[0].id.to_owned())
        }
    }
}

fn one<T: Named>(attribute: &'static str, given: &str) -> Result<T, Message> {
    let given = given.trim();
    let unknown = || message!("embed-wrong-word", attribute = attribute, given = given, expected = T::names());
    T::named(&given.to_ascii_lowercase()).ok_or_else(unknown)
}

fn or_default<T: Named + Default>(attribute: &'static str, given: &str) -> Result<T, Message> {
    if given.trim().is_empty() { Ok(T::default()) } else { one(attribute, given) }
}

fn start(given: &str) -> Result<Option<Start>, Message> {
    match given {
        "" => Ok(None),
        "last" => Ok(Some(Start::Last)),
        number => {
            number.parse().map(|at| Some(Start::At(at))).map_err(|_| message!("embed-wrong-step", given = number))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::options::Controls;
    use super::*;

    #[test]
    fn nothing_said_is_the_example_with_everything() {
        let options = Words::default().read().expect("nothing is wrong");
        assert_eq!(options.source, Source::Scenario("web-shop".to_owned()));
        assert_eq!((options.part, options.controls, options.start), (Part::Full, Controls::All, None));
        assert!(options.datapaths.is_empty() && options.packet.is_empty());
    }

    #[test]
    fn a_lane_is_that_of_the_first_datapath() {
        let read = |datapaths: &str| {
            let words = Words { view: "lane".into(), datapaths: datapaths.into(), ..Words::default() };
            words.read().expect("known words").datapaths
        };
        assert_eq!(read("IPVS, nftables"), [Mode::Ipvs]);
        assert_eq!(read(""), [Mode::Iptables]);
    }

    #[test]
    fn a_word_that_is_not_known_is_named_with_those_that_are() {
        for (words, parts) in [
            (Words { view: "all".into(), ..Words::default() }, ["view", "\"all\"", "trace"]),
            (Words { datapaths: "ebpf".into(), ..Words::default() }, ["datapaths", "\"ebpf\"", "nftables"]),
            (Words { controls: "x".into(), ..Words::default() }, ["controls", "\"x\"", "steps"]),
            (Words { step: "-1".into(), ..Words::default() }, ["step", "\"-1\"", "last"]),
        ] {
            let why = words.read().expect_err("not known").to_string();
            assert!(parts.iter().all(|part| why.contains(part)), "{why}");
        }
    }
}
