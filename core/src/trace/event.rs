use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use crate::net::{Endpoint, Family, Tuple};
use crate::netfilter::{ConnectionId, CtInfo, Direction, Hook, Manip, RejectWith, Verdict, XtTable};

use super::{Drawn, Failed, Fault};

/// A chain of a node, by number. The node's rulesets give its name and text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChainId {
    Iptables { family: Family, table: XtTable, chain: u32 },
    Nftables { table: u32, chain: u32 },
}

/// A rule of a node: its chain, and its place in the chain from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId {
    pub chain: ChainId,
    pub index: u32,
}

/// A structure in which a key is looked up at a cost that does not grow with its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Structure {
    IpSet,
    NftSet,
    NftMap,
    NftVerdictMap,
    IpvsServices,
    IpvsConnections,
}

impl fmt::Display for Structure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IpSet => "ipset",
            Self::NftSet => "set",
            Self::NftMap => "map",
            Self::NftVerdictMap => "verdict map",
            Self::IpvsServices => "IPVS virtual services",
            Self::IpvsConnections => "IPVS connection table",
        })
    }
}

/// How the kernel finds a key in a structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Index {
    /// In one bucket of a hash table.
    Hash,
    /// In a hash table, once for each length of a prefix that it has.
    PrefixHash,
    /// The key is the number of a bit.
    Bitmap,
    /// Among ranges, which are kept in order.
    Ranges,
    /// In one member after the other.
    List,
}

/// Why a chain was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeftBy {
    /// The end of a chain that was jumped to: back to the caller.
    End,
    /// A RETURN or `return`.
    Return,
    /// The end of a base chain: its policy decides.
    Policy,
    /// A verdict that ends the walk.
    Verdict,
}

/// Where the routing decision sends the packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// To this node: the address is one of its own.
    Local {
        device: Arc<str>,
    },
    /// On through a device, by way of a gateway or straight to the address.
    Via {
        device: Arc<str>,
        gateway: Option<IpAddr>,
    },
    /// No route.
    Unreachable,
    Blackhole,
    /// A route or a policy rule that forbids it and says so.
    Refused(RejectWith),
}

/// How a backend was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    /// By the rule or map element that holds its address.
    Nat,
    /// By an IPVS scheduler.
    Scheduler(&'static str),
    /// By a persistence template of IPVS.
    Template,
}

/// Where a step comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A function that the kernel registered at a hook.
    Hook {
        hook: Hook,
        priority: i32,
    },
    Chain(ChainId),
    Rule(RuleId),
    /// An element of a set or map, or the place where it would be.
    Element {
        name: Arc<str>,
    },
    Connection(ConnectionId),
    /// A virtual service of IPVS.
    VirtualService(Arc<str>),
    /// The routing tables.
    Routing,
    /// A device, or the process behind the socket.
    Device(Arc<str>),
}

/// What came of a question for the machine that has an address (ARP).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The node that asked; none for a machine outside.
    pub by: Option<Arc<str>>,
    pub address: Ipv4Addr,
    /// Whose answer came first.
    pub first: Option<Arc<str>>,
    pub answered: Vec<Arc<str>>,
    /// Those that have the address and do not say so, each with its `arp_ignore`.
    pub ignored: Vec<(Arc<str>, u8)>,
}

impl Asked {
    pub const fn for_address(by: Option<Arc<str>>, address: Ipv4Addr) -> Self {
        Self { by, address, first: None, answered: Vec::new(), ignored: Vec::new() }
    }
}

/// One thing that happened to a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The packet came in from a device.
    Arrived {
        device: Arc<str>,
    },
    /// A process of this node sent the packet.
    Sent,
    HookEntered(Hook),
    /// A base chain has a priority; a chain that was jumped to has none.
    ChainEntered {
        chain: ChainId,
        priority: Option<i32>,
    },
    ChainLeft {
        chain: ChainId,
        by: LeftBy,
    },
    /// All matches of the rule were true; `tests` is their number.
    RuleMatched {
        rule: RuleId,
        tests: u32,
        /// What chance drew for one of them, if it did.
        drawn: Option<Box<Drawn>>,
    },
    /// `count` rules, one after the other from `first` on, were tested in vain, with `tests` matches in all. Of several
    /// rules the first match failed; of a single one the last that was tested.
    RulesMissed {
        first: RuleId,
        count: u32,
        tests: u32,
        /// Of the first rule.
        failed: Box<Failed>,
    },
    LookedUp {
        structure: Structure,
        index: Index,
        name: Arc<str>,
        key: String,
        found: Option<String>,
        /// By what chance drew the key, if it did: `numgen random mod 3`.
        drawn: Option<String>,
    },
    BackendChosen {
        backend: Endpoint,
        by: Backend,
    },
    MarkSet {
        from: u32,
        to: u32,
    },
    /// The connection mark, which outlives the packet.
    ConnectionMarkSet {
        from: u32,
        to: u32,
    },
    HeaderRewritten {
        manip: Manip,
        from: Endpoint,
        to: Endpoint,
    },
    /// Not in the table, so a new one was made; it enters the table when it is confirmed.
    ConnectionCreated {
        connection: ConnectionId,
        tuple: Tuple,
    },
    ConnectionFound {
        connection: ConnectionId,
        direction: Direction,
        info: CtInfo,
    },
    /// The reply that conntrack expects from now on.
    ConnectionAltered {
        connection: ConnectionId,
        reply: Tuple,
    },
    /// Entered the conntrack table.
    ConnectionConfirmed {
        connection: ConnectionId,
    },
    /// While this packet stood before the table, another one of its flow came by, and its connection entered first.
    Overtaken,
    /// Another connection of the flow is in the table: this one enters only to be found by its answers, for a second.
    EntryClashes,
    /// Another connection has one of its tuples: the connection does not enter the table (`insert_failed`).
    InsertFailed,
    /// The packet belongs to no connection and cannot open one.
    ConnectionInvalid {
        reason: Fault,
    },
    /// The conntrack table has no room for another connection.
    ConnectionTableFull,
    /// NAT already decided for this connection: the nat chains are not visited.
    NatSkipped {
        connection: ConnectionId,
    },
    Routed(Route),
    /// Dropped by the routing of incoming packets, since no honest network sends such addresses.
    Martian {
        reason: Fault,
    },
    /// A socket of this node will get the packet, whatever its addresses are.
    AssignedTo {
        socket: String,
    },
    /// IPVS keeps the packet and sends it on itself.
    Stolen {
        by: &'static str,
    },
    Verdict(Verdict),
    /// A process of this node got the packet.
    Delivered,
    /// The packet left through a device.
    Transmitted {
        device: Arc<str>,
        next_hop: IpAddr,
    },
    /// A fragment is kept until the others of its datagram are here.
    FragmentHeld,
    /// All fragments are here: from here on the packet is the whole datagram.
    Reassembled,
    /// The packet is too long for the device, or came in parts: it leaves in so many.
    Fragmented {
        count: usize,
    },
    /// The packet is now inside another one, whose headers are the ones from here on.
    Encapsulated,
    /// The packet that was inside goes on by itself.
    Decapsulated,
    /// A bridge hands the frame to one of its ports.
    Switched {
        bridge: Arc<str>,
        port: Arc<str>,
    },
    /// Dropped below IP, where nobody answers.
    FrameDropped {
        reason: Fault,
    },
    /// Before the packet came, its sender asked on the link who has its address.
    WhoHas(Asked),
    /// A copy of the packet, which a rule has made, begins its own way: to a machine, or by a device.
    Copied {
        packet: String,
        to: String,
    },
    /// The steps of the copy end here; what follows is of the packet that it was made of.
    OriginalGoesOn,
    /// The node itself made this packet: the answer of a REJECT, an ICMP error.
    Answered {
        packet: String,
    },
    /// Something that the model keeps but does not run; what follows may differ from a real node.
    NotModelled {
        what: String,
    },
}
