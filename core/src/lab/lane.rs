use super::exchange::FlowState;
use super::open::Sending;
use super::{Client, ClientKind, Flow, Journey, LoadError, Network, NodeSync, Packets, Place, Tally, Target};
use crate::chance::Chance;
use crate::k8s::{Change, Changed, Cluster};
use crate::net::Protocol;
use crate::netfilter::Seconds;
use crate::proxy::Mode;
use crate::task::block_on;

/// One of the three datapaths with its network, and what was sent through it.
#[derive(Clone, Debug)]
pub struct Lane {
    pub mode: Mode,
    pub network: Network,
    chance: Chance,
    flow: Option<Flow>,
    /// What the packets of the open connection cost that were sent before the rules changed.
    pub past: Vec<Tally>,
    /// How many packets were sent through it so far, those of other connections too.
    pub sent: u64,
    /// The packets of the open connection since then, in order. Their steps name rules as they are now.
    pub journeys: Vec<Journey>,
}

impl Lane {
    pub fn new(network: Network, seed: u64) -> Self {
        let (past, journeys) = (Vec::new(), Vec::new());
        Self { mode: network.mode, network, chance: Chance::seeded(seed), flow: None, past, sent: 0, journeys }
    }

    /// Carries changes of the cluster over to the nodes; open connections go on. See [`Network::change`].
    pub fn change(&mut self, changes: &[Change], cluster: &Cluster, now: Seconds) -> Result<Vec<NodeSync>, LoadError> {
        self.put_by();
        for change in changes {
            if let Change::Node(Changed::Deleted(node)) = change
                && let Some(gone) = self.network.node_index(&node.name)
            {
                self.flow = self.flow.take().and_then(|flow| {
                    let is_there = !matches!(&flow.from, Place::Pod(address) if self.network.is_on(*address, gone));
                    Some(Flow { from: flow.from.without_node(gone).filter(|_| is_there)?, ..flow })
                });
            }
        }
        self.network.change(changes, cluster, now)
    }

    /// Keeps of the packets that were sent what they cost: the rules that their steps name are about to change.
    pub(super) fn put_by(&mut self) {
        let journeys = self.journeys.drain(..);
        self.past
            .extend(journeys.map(|journey| journey.tallies(&journey.moments()).last().copied().unwrap_or_default()));
    }

    /// Opens a connection and sends its first packet. False if the client has no address of the target's family.
    pub fn open(&mut self, client: &Client, target: &Target, source_port: u16, now: Seconds) -> bool {
        block_on(self.open_in_turns(client, target, Sending { source_port, packets: Packets::One, now }))
    }

    /// [`Self::open`], in turns.
    pub(super) async fn open_in_turns(
        &mut self,
        client: &Client,
        target: &Target,
        Sending { source_port, packets, now }: Sending,
    ) -> bool {
        self.past.clear();
        self.journeys.clear();
        if let ClientKind::Process { node } = &client.kind
            && let Some(node) = self.network.node_index(node)
        {
            // Its routes say which address is the source.
            self.network.on_node(node, |_| ()).await;
        }
        self.flow = Flow::open(&self.network, client, target, source_port);
        match (packets, &mut self.flow) {
            (Packets::One, _) => self.send_next_in_turns(now).await,
            (Packets::TwoAtOnce, Some(flow)) => {
                let journeys = self.network.exchange_at_once(flow, &mut self.chance, now).await;
                self.journeys.extend(journeys);
                true
            }
            (Packets::TwoAtOnce, None) => false,
        }
    }

    /// Sends the next packet of the open connection. False if none is open.
    pub fn send_next(&mut self, now: Seconds) -> bool {
        block_on(self.send_next_in_turns(now))
    }

    async fn send_next_in_turns(&mut self, now: Seconds) -> bool {
        let Some(flow) = &mut self.flow else {
            return false;
        };
        let journey = self.network.exchange_in_turns(flow, &mut self.chance, now).await;
        self.journeys.push(journey);
        self.sent += 1;
        true
    }

    /// Whether a TCP connection is open, which can be closed.
    pub fn can_close(&self) -> bool {
        self.flow.as_ref().is_some_and(|flow| flow.tuple.protocol == Protocol::Tcp && flow.state == FlowState::Open)
    }

    /// Closes the open connection: the client's FIN, and the acknowledgement of the server's if that has come.
    pub fn close(&mut self, now: Seconds) -> bool {
        if !self.can_close() {
            return false;
        }
        if let Some(flow) = &mut self.flow {
            flow.state = FlowState::Closing;
        }
        self.send_next(now);
        if self.flow.as_ref().is_some_and(|flow| flow.state == FlowState::Closed) {
            self.send_next(now);
        }
        self.flow = None;
        true
    }

    pub const fn flow(&self) -> Option<&Flow> {
        self.flow.as_ref()
    }
}
