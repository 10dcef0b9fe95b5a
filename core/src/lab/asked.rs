//! A packet as a form has it: who sends it by which protocol to where, and from which port.

use super::{Client, Lab, Target, Through};
use crate::chance::Chance;
use crate::message;
use crate::message::Message;
use crate::net::{Endpoint, Protocol};

/// What was typed and chosen. What is empty stands for the client and the target that are chosen beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub source: String,
    pub destination: String,
    /// None for that of the destination.
    pub protocol: Option<Means>,
    pub port: SourcePort,
}

/// What a packet is sent by. An echo is of the family of its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Means {
    Tcp,
    Udp,
    Sctp,
    Echo,
}

/// From which port a connection is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SourcePort {
    /// The one after that of the last connection.
    #[default]
    Next,
    /// One that a kernel could draw.
    Random,
    /// As it was typed.
    This(String),
}

/// Who sends what from where. No port is the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub client: Option<Client>,
    pub target: Target,
    pub port: Option<u16>,
}

/// Why it cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unasked {
    pub field: AskedField,
    pub why: Message,
}

/// What of a packet was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AskedField {
    Source,
    Destination,
    Port,
}

impl Means {
    pub const ALL: [Self; 4] = [Self::Tcp, Self::Udp, Self::Sctp, Self::Echo];

    const fn protocol(self, is_v4: bool) -> Protocol {
        match self {
            Self::Tcp => Protocol::Tcp,
            Self::Udp => Protocol::Udp,
            Self::Sctp => Protocol::Sctp,
            Self::Echo if is_v4 => Protocol::Icmp,
            Self::Echo => Protocol::Icmpv6,
        }
    }

    /// As it stands behind a destination.
    const fn suffix(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
            Self::Echo => "icmp",
        }
    }
}

impl Lab {
    /// What is asked, with the client and the target that are chosen beside it.
    ///
    /// # Errors
    /// Says which field is wrong, and what was expected.
    pub fn asked(&self, asked: &Asked, chosen: (Option<&Client>, Option<&Target>)) -> Result<Question, Unasked> {
        let of = |field: AskedField| move |why: Message| Unasked { field, why };
        let client = match asked.source.trim() {
            "" => chosen.0.cloned(),
            source => Some(self.client_at(source).map_err(of(AskedField::Source))?),
        };
        let target = self.target_asked(asked, chosen.1).map_err(of(AskedField::Destination))?;
        let port = match &asked.port {
            SourcePort::Next => None,
            SourcePort::Random => self.random_port(target.protocol),
            SourcePort::This(typed) => {
                let port = typed.trim().parse().ok().filter(|port| *port > 0);
                Some(port.ok_or_else(|| of(AskedField::Port)(message!("ask-port", given = typed.trim())))?)
            }
        };
        let port = port.filter(|_| target.has_ports());
        Ok(Question { client, target, port })
    }

    fn target_asked(&self, asked: &Asked, chosen: Option<&Target>) -> Result<Target, Message> {
        match (asked.destination.trim(), asked.protocol, chosen) {
            ("", None, Some(chosen)) => Ok(chosen.clone()),
            ("", Some(means), Some(chosen)) => Ok(self.by_means(chosen, means)),
            (typed, None, _) => Target::parse(typed),
            (typed, Some(means), _) => {
                let place = typed.rsplit_once('/').map_or(typed, |(place, _)| place);
                // A port that was typed is of no use to an echo.
                let socket = place.parse::<std::net::SocketAddr>().ok().filter(|_| means == Means::Echo);
                let place = socket.map_or_else(|| place.to_owned(), |socket| socket.ip().to_string());
                Target::parse(&format!("{place}/{}", means.suffix()))
            }
        }
    }

    /// The same address by another protocol: what the lab lists there, or else the address alone.
    fn by_means(&self, target: &Target, means: Means) -> Target {
        let address = target.destination.address;
        let protocol = means.protocol(address.is_ipv4());
        if target.protocol == protocol {
            return target.clone();
        }
        let listed = self.targets();
        let here = || listed.iter().filter(|other| other.destination.address == address);
        let port = if target.has_ports() {
            target.destination.port
        } else {
            here().find(|other| other.has_ports()).map_or(80, |other| other.destination.port)
        };
        let destination = Endpoint::new(address, if means == Means::Echo { 0 } else { port });
        let same = here().find(|other| other.protocol == protocol && other.destination == destination);
        let name = match &target.through {
            Through::Address => target.service.name.to_string(),
            _ => target.service.to_string(),
        };
        same.cloned().unwrap_or_else(|| Target::address(&name, protocol, destination))
    }

    /// Of `net.ipv4.ip_local_port_range`, by the seed and the second. A TCP socket that connects gets an even one, as
    /// long as there is one (`__inet_hash_connect`); an echo has none.
    fn random_port(&self, protocol: Protocol) -> Option<u16> {
        let mut chance = Chance::seeded(self.now);
        match protocol {
            Protocol::Tcp => u16::try_from(chance.arbitrary(EPHEMERAL / 2)).ok().map(|place| LOWEST + 2 * place),
            Protocol::Udp | Protocol::Sctp => {
                u16::try_from(chance.arbitrary(EPHEMERAL)).ok().map(|place| LOWEST + place)
            }
            _ => None,
        }
    }
}

/// Its first port, and how many there are: 32768 to 60999.
const LOWEST: u16 = 32_768;
const EPHEMERAL: u32 = 60_999 - 32_768 + 1;

#[cfg(test)]
mod tests {
    use super::{Asked, AskedField, Means, SourcePort};
    use crate::lab::{Lab, Target, WEB_SHOP};

    fn shop() -> Lab {
        Lab::open(WEB_SHOP, 1).expect("the example opens")
    }

    fn target(lab: &Lab, asked: &Asked, chosen: &Target) -> String {
        let target = lab.asked(asked, (None, Some(chosen))).expect("it can be asked").target;
        // What is kept of it in a file or a link leads to the same again.
        assert_eq!(lab.target_of(&target.to_string()), Some(target.clone()));
        target.to_string()
    }

    #[test]
    fn the_same_address_is_asked_by_every_protocol_and_back() {
        let lab = shop();
        let listed = lab.targets();
        let find = |words: &str| listed.iter().find(|target| target.to_string() == words).cloned().expect(words);
        let web = find("shop/web:http at ClusterIP 10.96.12.80:80/tcp");
        let by = |means, chosen: &Target| target(&lab, &Asked { protocol: Some(means), ..Asked::default() }, chosen);
        assert_eq!(by(Means::Tcp, &web), web.to_string());
        assert_eq!(by(Means::Udp, &web), "shop/web at 10.96.12.80:80/udp");
        assert_eq!(by(Means::Echo, &web), "shop/web at 10.96.12.80/icmp");
        let echo = Target::parse("shop/web at 10.96.12.80:0/icmp").expect("as it was printed before");
        assert_eq!(by(Means::Tcp, &echo), web.to_string());
        let dns = find("kube-system/kube-dns:dns at ClusterIP 10.96.0.10:53/udp");
        assert_eq!(by(Means::Tcp, &dns), "kube-system/kube-dns:dns-tcp at ClusterIP 10.96.0.10:53/tcp");
        let typed =
            Asked { destination: "10.96.0.1:80/udp".to_owned(), protocol: Some(Means::Echo), ..Asked::default() };
        assert_eq!(target(&lab, &typed, &web), "10.96.0.1 at 10.96.0.1/icmp");
    }

    #[test]
    fn a_random_port_is_one_that_a_kernel_could_draw_and_the_same_at_the_same_second() {
        let mut lab = shop();
        let (client, web) = lab.opening_packet().expect("a packet");
        let dns = Target::parse("10.96.0.10:53/udp").expect("a target");
        let mut drawn = Vec::new();
        for _ in 0..40 {
            let asked = Asked { port: SourcePort::Random, ..Asked::default() };
            let port = |target| lab.asked(&asked, (Some(&client), Some(target))).expect("it can be asked").port;
            let tcp = port(&web).expect("a port");
            assert_eq!(port(&web), Some(tcp));
            assert!((32_768..=60_999).contains(&tcp) && tcp % 2 == 0, "{tcp}");
            let udp = port(&dns).expect("a port");
            assert!((32_768..=60_999).contains(&udp), "{udp}");
            drawn.push(tcp);
            lab.send(&client, &web);
        }
        drawn.sort_unstable();
        drawn.dedup();
        assert!(drawn.len() > 35, "{drawn:?}");
        let echo = Asked { protocol: Some(Means::Echo), port: SourcePort::Random, ..Asked::default() };
        assert_eq!(lab.asked(&echo, (None, Some(&web))).expect("it can be asked").port, None);
    }

    #[test]
    fn what_cannot_be_sent_names_its_field() {
        let lab = shop();
        let web = lab.opening_target();
        for (asked, field) in [
            (Asked { source: "nobody".to_owned(), ..Asked::default() }, AskedField::Source),
            (Asked { destination: "10.96.0.1".to_owned(), ..Asked::default() }, AskedField::Destination),
            (Asked { port: SourcePort::This("70000".to_owned()), ..Asked::default() }, AskedField::Port),
            (Asked { port: SourcePort::This(String::new()), ..Asked::default() }, AskedField::Port),
        ] {
            assert_eq!(lab.asked(&asked, (None, web.as_ref())).expect_err("refused").field, field);
        }
    }
}
