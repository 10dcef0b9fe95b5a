use std::fmt::Write;
use std::net::IpAddr;

use super::super::given::{Given, Refusal};
use super::super::translate::Translation;
use super::{Match, bang, write_value};
use crate::message;
use crate::netfilter::Connection;
use crate::netfilter::jhash::{jhash, scaled};

/// `-m cluster`: connections of a client belong to one of several nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterMatch {
    pub nodes: u32,
    /// A bit for each node whose connections match.
    pub mask: u32,
    pub inverted: bool,
    pub seed: u32,
}

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let number = |option| given.required(given.number(option), "cluster", option);
    let (nodes, seed) = (number("--cluster-total-nodes")?, number("--cluster-hash-seed")?);
    let (one, several) = ("--cluster-local-node", "--cluster-local-nodemask");
    let (option, mask) = match (given.number(one), given.number(several)) {
        (Some(_), Some(_)) => {
            let message = format!("cluster: option \"{several}\" cannot be used together with \"{one}\".");
            return Err(given.wrong(several, message, message!("expected-one-of-two"), message!("advice-remove-one")));
        }
        (Some(node), None) => (one, 1_u32.checked_shl(node.saturating_sub(1)).unwrap_or(0)),
        (None, Some(mask)) => (several, mask),
        (None, None) => {
            let message = format!("cluster match: `{one}' or `{several}' is missing");
            return Err(given.wrong("", message, one, message!("advice-this-node")));
        }
    };
    if u64::from(mask) >= 1 << nodes {
        let what =
            if option == one { "must be <= `--cluster-total-nodes'" } else { "too big for `--cluster-total-nodes'" };
        let message = format!("cluster match: `{option}' {what}");
        return Err(given.wrong(option, message, message!("expected-one-of-nodes"), message!("advice-number")));
    }
    Ok(Match::Cluster(ClusterMatch { nodes, mask, inverted: given.inverted(option), seed }))
}

impl ClusterMatch {
    /// `xt_cluster_mt`.
    pub fn matches(self, connection: Option<&Connection>) -> bool {
        let Some(connection) = connection else {
            return false;
        };
        let hash = match connection.original.src.address {
            IpAddr::V4(address) => jhash(&address.octets(), self.seed),
            // `NF_CT_TUPLE_L3SIZE` counts words, and is taken for bytes: only the first word is hashed.
            IpAddr::V6(address) => jhash(&address.octets()[..4], self.seed),
        };
        (self.mask >> scaled(hash, self.nodes) & 1 == 1) != self.inverted
    }

    /// `cluster_save`.
    pub fn write(self, out: &mut String) {
        write_value(out, self.inverted, "--cluster-local-nodemask", format_args!("{:#010x}", self.mask));
        write_value(out, false, "--cluster-total-nodes", self.nodes);
        write_value(out, false, "--cluster-hash-seed", format_args!("{:#010x}", self.seed));
    }

    /// `cluster_print`
    pub fn list(self, out: &mut String) {
        let (mask, nodes, seed) = (self.mask, self.nodes, self.seed);
        // Writing to a string cannot fail.
        let _ = write!(out, " cluster {}node_mask={mask:#010x}", bang(self.inverted));
        let _ = write!(out, " total_nodes={nodes} hash_seed={seed:#010x}");
    }

    /// `cluster_xlate` leaves the inversion out, and counts a single node from 1.
    pub(in crate::iptables) fn translate(self, to: &mut Translation<'_>) {
        let nodes = match self.mask {
            mask if mask.count_ones() > 1 => {
                let nodes: Vec<_> = (0..32).filter(|node| mask >> node & 1 == 1).map(|node| node.to_string()).collect();
                format!("{{ {} }}", nodes.join(", "))
            }
            mask if mask <= 2 => format!("eq {mask}"),
            mask => format!("eq {}", 32 - mask.leading_zeros()),
        };
        let (total, seed) = (self.nodes, self.seed);
        to.add(&format!("jhash ct original saddr mod {total} seed {seed:#010x} {nodes} meta pkttype set host"));
    }
}
