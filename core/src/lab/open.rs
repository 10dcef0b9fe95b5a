use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Assumptions, Client, Files, Lane, LoadError, Network, ProxyStarts, Target};
use crate::controllers::{Controllers, Round};
use crate::dump;
use crate::k8s::{self, Cluster, Parsed, Rewritten};
use crate::message;
use crate::netfilter::Seconds;
use crate::proxy::Mode;
use crate::source::{Diagnostic, Position};
use crate::task::{block_on, yield_now};

/// A cluster in all three lanes.
#[derive(Clone, Debug)]
pub struct Lab {
    /// The text as it was given.
    pub text: String,
    pub cluster: Arc<Cluster>,
    pub controllers: Controllers,
    /// What the controllers made of the text before anything was asked.
    pub started: Vec<Round>,
    /// Warnings and notes about the text.
    pub diagnostics: Vec<Diagnostic>,
    pub assumptions: Assumptions,
    pub lanes: Vec<Lane>,
    pub now: Seconds,
    /// When objects were made that came after the text, by kind and name.
    pub(super) births: BTreeMap<(String, String), Seconds>,
    pub(crate) proxy_starts: ProxyStarts,
    pub(crate) files: Files,
    pub(super) has_changed: bool,
    pub(super) next_port: u16,
}

/// What the lanes share of a new connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sending {
    pub source_port: u16,
    pub packets: Packets,
    pub now: Seconds,
}

/// What a connection is opened with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Packets {
    #[default]
    One,
    /// As a resolver asks for both kinds of address by one socket: two processors take them through the node.
    TwoAtOnce,
}

/// Why a text did not become a lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub diagnostics: Vec<Diagnostic>,
}

impl Lab {
    /// Where the client's source ports begin; one more for each connection.
    pub(super) const FIRST_PORT: u16 = 40_000;
    /// Seconds between two packets that the user sends.
    const BETWEEN_PACKETS: Seconds = 1;

    /// Reads a cluster and lays it out in every mode. The same seed gives the same choices.
    pub fn open(text: &str, seed: u64) -> Result<Self, Refused> {
        block_on(Self::open_in_turns(text, seed))
    }

    /// [`Self::open`], in turns.
    pub(crate) async fn open_in_turns(text: &str, seed: u64) -> Result<Self, Refused> {
        if let Some(parts) = dump::split(text) {
            return Self::of_node(text, &parts, seed).await;
        }
        let mut parsed = k8s::parse_in_turns(text).await;
        yield_now().await;
        if !parsed.is_usable() {
            return Err(Refused { diagnostics: parsed.diagnostics });
        }
        if parsed.cluster.nodes.is_empty() {
            match k8s::assume_nodes(&mut parsed.cluster) {
                Some(note) => parsed.diagnostics.insert(0, note),
                None => return Err(nothing_to_show(parsed)),
            }
        }
        let (controllers, started) = Controllers::start_in_turns(&mut parsed.cluster, seed).await;
        let assumptions = Assumptions::of(&parsed.cluster);
        let cluster = Arc::new(parsed.cluster);
        let mut lanes = Vec::with_capacity(Mode::ALL.len());
        for mode in Mode::ALL {
            yield_now().await;
            lanes.push(Lane::new(Network::new(Arc::clone(&cluster), assumptions.in_mode(mode), mode), seed));
        }
        Ok(Self {
            text: text.to_owned(),
            cluster,
            controllers,
            started,
            diagnostics: parsed.diagnostics,
            assumptions,
            lanes,
            now: 0,
            births: BTreeMap::new(),
            proxy_starts: ProxyStarts::default(),
            files: Files::default(),
            has_changed: false,
            next_port: Self::FIRST_PORT,
        })
    }

    /// A single lane with a node as it was copied.
    async fn of_node(text: &str, parts: &dump::Parts, seed: u64) -> Result<Self, Refused> {
        let mut restored = dump::restore_in_turns(parts).await.map_err(|diagnostics| Refused { diagnostics })?;
        let diagnostics = std::mem::take(&mut restored.diagnostics);
        let mut cluster = Cluster::default();
        let (controllers, started) = Controllers::start(&mut cluster, seed);
        let assumptions = Assumptions::of(&cluster);
        let lanes = vec![Lane::new(Network::of_node(restored), seed)];
        Ok(Self {
            text: text.to_owned(),
            cluster: Arc::new(cluster),
            controllers,
            started,
            diagnostics,
            assumptions,
            lanes,
            now: 0,
            births: BTreeMap::new(),
            proxy_starts: ProxyStarts::default(),
            files: Files::default(),
            has_changed: false,
            next_port: Self::FIRST_PORT,
        })
    }

    /// Whether there is a copied node in place of a cluster.
    pub fn is_copied(&self) -> bool {
        self.lanes.iter().any(|lane| lane.network.is_copied())
    }

    /// Whether something was done to the cluster since its text was read.
    pub const fn has_changed(&self) -> bool {
        self.has_changed
    }

    /// The text of the cluster as it is now: as it was given, with what was done written into it.
    pub fn written(&self) -> Rewritten {
        if !self.has_changed || self.is_copied() {
            return Rewritten { text: self.text.clone(), is_anew: false };
        }
        k8s::rewritten(&self.text, &k8s::parse(&self.text).cluster, &self.cluster)
    }

    /// What is to be said about the text: warnings and notes, and, as defects of the lab, what the nodes that were
    /// started so far refused of their kube-proxies' rules.
    pub fn remarks(&self) -> Vec<Diagnostic> {
        let refusals = self.lanes.iter().flat_map(|lane| lane.network.refusals());
        self.diagnostics.iter().cloned().chain(refusals.flat_map(describe)).collect()
    }

    pub fn clients(&self) -> Vec<Client> {
        self.lanes.first().map(|lane| lane.network.clients()).unwrap_or_default()
    }

    pub fn targets(&self) -> Vec<Target> {
        let copied = self.lanes.first().and_then(|lane| lane.network.targets());
        copied.unwrap_or_else(|| Target::all(&self.cluster))
    }

    /// Opens a new connection in every lane and sends its first packet. False where the client has no
    /// address of the target's family.
    pub fn send(&mut self, client: &Client, target: &Target) -> bool {
        self.send_from(client, target, None, Packets::One)
    }

    /// As [`Self::send`], from a source port; the next one without.
    pub fn send_from(&mut self, client: &Client, target: &Target, port: Option<u16>, packets: Packets) -> bool {
        block_on(self.send_in_turns(client, target, port, packets))
    }

    /// [`Self::send_from`], in turns.
    pub(crate) async fn send_in_turns(
        &mut self,
        client: &Client,
        target: &Target,
        port: Option<u16>,
        packets: Packets,
    ) -> bool {
        let begun = match port {
            Some(port) => self.begin_from(port),
            None => self.begin(),
        };
        let sending = Sending { packets, ..begun };
        let mut sent = true;
        for lane in 0..self.lanes.len() {
            sent &= self.send_in(lane, client, target, sending).await;
        }
        sent
    }

    /// Before a connection is opened in one lane after the other.
    pub(super) fn begin(&mut self) -> Sending {
        let source_port = self.next_port;
        self.next_port = self.next_port.checked_add(1).unwrap_or(Self::FIRST_PORT);
        self.begin_from(source_port)
    }

    fn begin_from(&mut self, source_port: u16) -> Sending {
        self.now += Self::BETWEEN_PACKETS;
        Sending { source_port, packets: Packets::One, now: self.now }
    }

    pub(super) async fn send_in(&mut self, lane: usize, client: &Client, target: &Target, sending: Sending) -> bool {
        match self.lanes.get_mut(lane) {
            Some(lane) => lane.open_in_turns(client, target, sending).await,
            None => false,
        }
    }

    /// Sends the next packet of the open connection in every lane. False if none is open.
    pub fn send_next(&mut self) -> bool {
        self.now += Self::BETWEEN_PACKETS;
        let now = self.now;
        let mut sent = true;
        for lane in &mut self.lanes {
            sent &= lane.send_next(now);
        }
        sent
    }
}

impl Lab {
    /// Whether a TCP connection is open in every lane.
    pub fn can_close(&self) -> bool {
        !self.lanes.is_empty() && self.lanes.iter().all(Lane::can_close)
    }

    /// Closes the open connection in every lane. False if none is open, or it is none of TCP.
    pub fn close(&mut self) -> bool {
        if !self.can_close() {
            return false;
        }
        self.now += Self::BETWEEN_PACKETS;
        let now = self.now;
        for lane in &mut self.lanes {
            lane.close(now);
        }
        true
    }
}

/// For a text that has neither nodes nor anything to put on them.
fn nothing_to_show(Parsed { mut diagnostics, configuration_at, .. }: Parsed) -> Refused {
    diagnostics.push(match configuration_at {
        Some(position) => Diagnostic::error(
            position,
            message!("wrong-configuration-alone"),
            message!("expected-services-beside"),
            message!("advice-configuration"),
        ),
        None => Diagnostic::error(
            Position::START,
            message!("wrong-no-node"),
            message!("expected-node"),
            message!("advice-paste-cluster"),
        ),
    });
    Refused { diagnostics }
}

fn describe(LoadError { node, tool, diagnostics }: &LoadError) -> impl Iterator<Item = Diagnostic> {
    diagnostics.iter().map(move |diagnostic| {
        Diagnostic::error(
            Position::START,
            message!("wrong-own-rules", tool = *tool, node = node, why = diagnostic.tell()),
            message!("expected-loadable"),
            message!("advice-report"),
        )
    })
}
