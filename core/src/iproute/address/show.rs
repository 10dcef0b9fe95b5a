use super::{Interface, Listing};
use crate::net::Family;

/// Of what a listing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Links,
    Addresses,
}

/// How it is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    #[default]
    Full,
    /// `-o`
    OneLine,
    /// `-br`
    Brief,
}

impl Listing {
    /// What `ip link` or `ip addr` prints of the devices, of one family with `-4` or `-6`.
    pub fn show(mut self, what: What, form: Form, family: Option<Family>) -> String {
        let family = family.filter(|_| what == What::Addresses);
        for interface in &mut self.interfaces {
            match what {
                What::Links => interface.addresses.clear(),
                What::Addresses => {
                    interface.addresses.retain(|address| family.is_none_or(|of| Family::of(address.local) == of));
                }
            }
        }
        self.interfaces.retain(|interface| family.is_none() || !interface.addresses.is_empty());
        if form == Form::Brief {
            return self.interfaces.iter().map(|interface| interface.brief(what)).collect();
        }
        self.one_line = form == Form::OneLine;
        for interface in &mut self.interfaces {
            let facts = interface.facts.take();
            interface.facts = match what {
                // A line for each address names its device.
                What::Addresses if self.one_line => None,
                _ => facts.map(|facts| facts_of(&facts, what, family).into()),
            };
            if family.is_some() {
                interface.details.clear();
            }
        }
        self.to_string()
    }
}

/// `ip link` says how the device works, and what the kernel lists of IPv6 says nothing of queueing and groups.
fn facts_of(facts: &str, what: What, family: Option<Family>) -> String {
    let mut words = facts.split(' ');
    let mut kept = Vec::new();
    while let Some(word) = words.next() {
        match word {
            "mode" => drop(words.next()),
            "qdisc" | "group" if family == Some(Family::V6) => drop(words.next()),
            "group" if what == What::Links => kept.extend(["mode", "DEFAULT", word]),
            _ => kept.push(word),
        }
    }
    kept.join(" ")
}

impl Interface {
    /// `print_linkinfo_brief`, `print_addrinfo`
    fn brief(&self, what: What) -> String {
        let link = self.link.as_ref().map_or_else(String::new, |link| format!("@{link}"));
        let mut line =
            format!("{:<16} {:<14} ", format!("{}{link}", self.name), self.fact("state").unwrap_or("UNKNOWN"));
        match what {
            What::Links => {
                let address = self.details.first().and_then(|line| line.split_whitespace().nth(1));
                let flags = self.facts.as_deref().and_then(|facts| facts.split(' ').next());
                address.into_iter().chain(flags).for_each(|word| line.extend([word, " "]));
            }
            What::Addresses => {
                for address in &self.addresses {
                    let peer = address.peer.map_or_else(String::new, |peer| format!(" peer {peer}"));
                    line.push_str(&format!("{}{peer}/{} ", address.local, address.prefix_length));
                }
            }
        }
        line.push('\n');
        line
    }
}
