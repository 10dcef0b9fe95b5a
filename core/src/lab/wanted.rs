//! A packet as an attribute of a page or an argument of a program names it, in fewer words than the lab prints.

use crate::message;
use crate::message::Message;

use super::{Client, ClientKind, Lab, Target};

/// Between whom a packet goes. What is empty is left to the lab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// A Pod's name, a Node's (a process on it), `outside`, an address, or the words that a [`Client`] prints.
    pub client: String,
    /// `namespace/name` or `name` of a Service, `10.96.0.1:80/tcp`, or the words that a [`Target`] prints.
    pub target: String,
    /// Number or name of the Service's port.
    pub port: String,
    /// `tcp`, `udp` or `sctp`
    pub protocol: String,
}

/// What is listed of what there is, in an error.
const LISTED: usize = 6;

impl Wanted {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Lab {
    /// The client and the target that are meant.
    ///
    /// # Errors
    /// Says what there is none of, and what there is.
    pub fn wanted(&self, wanted: &Wanted) -> Result<(Client, Target), Message> {
        Ok((self.wanted_client(wanted.client.trim())?, self.wanted_target(wanted)?))
    }

    fn wanted_client(&self, words: &str) -> Result<Client, Message> {
        let clients = self.clients();
        let is_meant = |client: &&Client| match &client.kind {
            _ if words.is_empty() || client.to_string() == words => true,
            ClientKind::Pod { name, .. } => **name == *words,
            ClientKind::Process { node } => **node == *words,
            ClientKind::Outside => words == "outside",
            ClientKind::Behind { device } => **device == *words,
        };
        if let Some(client) = clients.iter().find(is_meant) {
            return Ok(client.clone());
        }
        self.client_at(words).map_err(|_| {
            let known = clients.iter().map(ToString::to_string);
            message!("embed-no-client", given = words, known = listed(known))
        })
    }

    fn wanted_target(&self, wanted: &Wanted) -> Result<Target, Message> {
        let Wanted { target: words, port, protocol, .. } = wanted;
        let (words, port, protocol) = (words.trim(), port.trim(), protocol.trim().to_ascii_lowercase());
        let fits = |target: &Target| {
            let number = target.destination.port.to_string();
            (port.is_empty() || number == port || *target.port_name == *port)
                && (protocol.is_empty() || target.protocol.to_string() == protocol)
        };
        if words.is_empty() {
            let opening = self.opening_packet().map(|(_, target)| target);
            let all = opening.into_iter().chain(self.targets());
            return all.into_iter().find(fits).ok_or_else(|| self.no_port(port, &protocol, &self.targets()));
        }
        let service = |target: &Target| {
            words == target.to_string() || words == target.service.to_string() || *words == *target.service.name
        };
        let of_service: Vec<_> = self.targets().into_iter().filter(service).collect();
        if of_service.is_empty() {
            return Target::parse(words).map_err(|_| {
                let mut known: Vec<_> = self.targets().iter().map(|target| target.service.to_string()).collect();
                known.dedup();
                message!("embed-no-target", given = words, known = listed(known.into_iter()))
            });
        }
        let found = of_service.iter().find(|target| fits(target)).cloned();
        found.ok_or_else(|| self.no_port(port, &protocol, &of_service))
    }

    fn no_port(&self, port: &str, protocol: &str, among: &[Target]) -> Message {
        let given = [port, protocol].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("/");
        let known = among.iter().map(|target| format!("{}/{}", target.destination.port, target.protocol));
        message!("embed-no-port", given = given, known = listed(known))
    }
}

fn listed(known: impl Iterator<Item = String>) -> String {
    let mut known: Vec<_> = known.collect();
    let all = known.len();
    known.truncate(LISTED);
    if all > LISTED {
        known.push("…".to_owned());
    }
    known.join(", ")
}

#[cfg(test)]
mod tests {
    use super::Wanted;
    use crate::lab::{Lab, WEB_SHOP};

    fn find(lab: &Lab, [client, target, port, protocol]: [&str; 4]) -> Result<(String, String), String> {
        let [client, target, port, protocol] = [client, target, port, protocol].map(str::to_owned);
        let found = lab.wanted(&Wanted { client, target, port, protocol });
        found.map(|(client, target)| (client.to_string(), target.to_string())).map_err(|why| why.to_string())
    }

    #[test]
    fn every_client_and_target_is_found_by_what_it_prints() {
        let lab = Lab::open(WEB_SHOP, 1).expect("the example");
        for client in lab.clients() {
            let words = client.to_string();
            assert_eq!(find(&lab, [&words, "", "", ""]).expect("found").0, words);
        }
        for target in lab.targets() {
            let words = target.to_string();
            assert_eq!(find(&lab, ["", &words, "", ""]).expect("found").1, words);
        }
        let (client, target) = lab.opening_packet().expect("a packet");
        assert_eq!(find(&lab, [""; 4]), Ok((client.to_string(), target.to_string())));
    }

    #[test]
    fn names_ports_and_protocols_choose_among_them() {
        let lab = Lab::open(WEB_SHOP, 1).expect("the example");
        for target in lab.targets() {
            let (port, protocol) = (target.destination.port.to_string(), target.protocol.to_string());
            let service = target.service.to_string();
            let (_, found) = find(&lab, ["", &service, &port, &protocol]).expect("found");
            assert!(found.starts_with(&service) && found.ends_with(&format!(":{port}/{protocol}")), "{found}");
        }
        assert_eq!(find(&lab, ["node2", "", "", ""]).expect("found").0, "process on node2");
        assert_eq!(find(&lab, ["outside", "", "", ""]).expect("found").0, "outside the cluster");
        assert!(find(&lab, ["", "web", "", ""]).expect("found").1.starts_with("shop/web"));
    }

    #[test]
    fn what_there_is_none_of_is_told_with_what_there_is() {
        let lab = Lab::open(WEB_SHOP, 1).expect("the example");
        for (wanted, words) in [
            (["nobody", "", "", ""], "process on node3"),
            (["", "shop/nothing", "", ""], "shop/web"),
            (["", "shop/web", "81", ""], "80/tcp"),
            (["", "shop/web", "", "sctp"], "80/tcp"),
            (["", "", "1", ""], "80/tcp"),
        ] {
            let why = find(&lab, wanted).expect_err("there is none");
            assert!(why.contains(words), "{wanted:?}: {why}");
        }
    }
}
