//! Every text that the page itself says. What happens to packets is told by `datapath_core`.

use datapath_core::lab::{Lane, Stage, Through, Way};
use datapath_core::proxy::Mode;

mod building;
mod keeping;

pub use building::{adding, fields, operate};
pub use keeping::{handout, history, keep, notice, save};

pub mod page {
    pub const NAME: &str = "Datapath Lab";
    pub const PROMISE: &str = "One packet, three datapaths: what kube-proxy’s rules really do with it.";
    pub const LOADING: &str = "Loading the lab…";
    pub const SKIP: &str = "Skip to the lanes";
    pub const THEME: &str = "Colours";
    pub const KEYS: &str = "Keyboard shortcuts";
    pub const DROP: &str = "Drop to open";
    pub const PRIVATE: &str = "Everything runs in this page. Nothing leaves your browser.";
}

pub mod crash {
    pub const TITLE: &str = "The lab failed";
    pub const BODY: &str = "This is a defect of the lab, not of your text. Your lab is kept in this browser as it was \
        before the step that failed. Copy the report if you want to tell us about it.";
    pub const REPORT: &str = "Report";
    pub const TEXT: &str = "Your text";
    pub const SAVE: &str = "Save the lab as a file";
    pub const AGAIN: &str = "Go on from the last good step";
}

pub mod send {
    pub const TITLE: &str = "Send a packet";
    pub const FROM: &str = "From";
    pub const TO: &str = "To Service";
    pub const TO_ADDRESS: &str = "To";
    pub const THROUGH: &str = "Through";
    pub const SEND: &str = "Send packet";
    pub const NEXT: &str = "Next packet of this connection";
    pub const NEXT_SHORT: &str = "Next packet";
    pub const PODS: &str = "Client pods";
    pub const PROCESSES: &str = "Processes on nodes";
    pub const OUTSIDE: &str = "Outside the cluster";
    pub const SERVING: &str = "Pods of Services";
    pub const FILTER: &str = "Find a Service";
    pub const NO_TARGET: &str = "This cluster has no Service with an address.";
    pub const NO_ADDRESS: &str = "These rules name no address with a port: type one under “Another address”.";
    pub const NOT_SENT: &str =
        "Nothing was sent: this client has no address of the family that the Service’s address has.";

    pub const A_MACHINE: &str = "a machine";
    pub const BEHIND: &str = "Behind the node’s devices";
    pub const OTHER: &str = "Another address";
    pub const DESTINATION: &str = "Destination";
    pub const DESTINATION_LIKE: &str = "10.96.0.1:80/tcp";
    pub const SOURCE: &str = "Source";
    pub const SOURCE_LIKE: &str = "10.0.0.5 behind eth0";
    pub const OUTSIDE_LIKE: &str = "198.51.100.7";
    pub const ASK: &str = "Send there";

    pub fn behind(device: &str) -> String {
        format!("behind {device}")
    }

    pub fn process(node: &str) -> String {
        format!("process on {node}")
    }

    pub fn more(count: &str) -> String {
        format!("… {count} more")
    }
}

pub mod tour {
    use crate::state::Stop;

    pub const TITLE: &str = "Tour";
    pub const LEAVE: &str = "Leave the tour: it goes on from here when you take it up again";
    pub const BACK: &str = "Back";
    pub const NEXT: &str = "Next";
    pub const AGAIN: &str = "From the start";
    pub const DONE: &str = "Done";

    pub const fn stop(stop: Stop) -> (&'static str, &'static str) {
        match stop {
            Stop::Send => (
                "One packet, three datapaths",
                "A pod asks a Service. The same packet goes through the same cluster three times: once for each way in \
                 which kube-proxy can program a node. Press “Send packet”.",
            ),
            Stop::Step => (
                "Step by step",
                "Each lane says in one sentence what the node does with the packet, and shows the rule that does it. \
                 Press “Step”, or the right arrow key, a few times.",
            ),
            Stop::Chosen => (
                "Who answers?",
                "A Service’s address is nobody’s: a node puts a pod’s in its place. iptables walks rules one by one, \
                 nftables looks it up in a map, IPVS asks a scheduler. Press “Backend chosen”.",
            ),
            Stop::Home => (
                "And back",
                "The answer takes the way back, and the client never learns which pod it was. The bars under each lane \
                 count what the node had to do. Press “Last step”.",
            ),
            Stop::Next => (
                "The second packet",
                "What was decided once is remembered. Press “Next packet” and compare what it costs.",
            ),
            Stop::Change => (
                "Now you",
                "Scale a Deployment, let a probe fail, add a Service or a node, drain one: you see who tells whom, and \
                 what every kube-proxy writes. Or paste your own cluster below. Undo takes back whatever you do.",
            ),
        }
    }

    pub fn place(index: usize, all: usize) -> String {
        format!("{} of {all}", index + 1)
    }
}

pub mod transport {
    pub const TITLE: &str = "Stepping";
    pub const FIRST: &str = "First step";
    pub const BACK: &str = "Step back";
    pub const STEP: &str = "Step";
    pub const LAST: &str = "Last step";
    pub const PLAY: &str = "Play";
    pub const PAUSE: &str = "Pause";
    pub const PACE: &str = "Speed";
    pub const PACES: [&str; 4] = ["½×", "1×", "2×", "5×"];
    pub const SCRUB: &str = "Position";
    pub const STAGES: &str = "Go to";
    pub const PACKETS: &str = "Packets of this connection";

    pub fn position(tick: usize, ticks: usize) -> String {
        format!("{} of {ticks}", tick + 1)
    }

    pub fn packet(index: usize) -> String {
        match index {
            0 => "First packet".to_owned(),
            _ => format!("Packet {}", index + 1),
        }
    }
}

pub mod lane {
    pub const TABS: &str = "Datapath to show";
    pub const ON_ITS_WAY: &str = "On its way";
    pub const NOTHING: &str = "Nothing sent yet";
    pub const CHANGED: &str =
        "The cluster has changed, and the rules with it. Send the next packet of this connection, or a new one.";
    pub const WAITS: &str = "waits for the others";
    pub const WHY: &str = "Why?";
    pub const WHY_CLOSE: &str = "Hide why";
    pub const ROUTE: &str = "Nodes on the way";
    pub const HEADER: &str = "Packet header";
    pub const SOURCE: &str = "Source";
    pub const DESTINATION: &str = "Destination";
    pub const PROTOCOL: &str = "Protocol";
    pub const TTL: &str = "TTL";
    pub const MARK: &str = "Mark";
    pub const NO_MARK: &str = "none";
    pub const WAS: &str = "was";
    pub const STEPS: &str = "All steps";
    pub const NO_STEPS: &str = "No node saw the packet.";

    pub fn map(node: &str, spot: &str) -> String {
        format!("The packet is on {node}: {spot}")
    }

    pub fn earlier(count: usize) -> String {
        format!("{count} earlier steps")
    }

    pub fn later(count: usize) -> String {
        format!("{count} later steps")
    }
}

pub mod spot {
    pub const IN: &str = "in";
    pub const OUT: &str = "out";
    pub const ROUTING: &str = "routing";
    pub const PROCESS: &str = "process";
}

pub mod ruleset {
    pub const SECTION: &str = "Part of the ruleset";
    pub const HERE: &str = "Back to the current rule";
    pub const EMPTY: &str = "No rules on this node.";
    pub const READING: &str = "Reading the rules…";
    pub const CURRENT: &str = "current";
    pub const MATCHED: &str = "matched";
    pub const MISSED: &str = "tested, no match";
    pub const DEAD: &str = "No packet comes here";

    pub fn label(mode: &str, node: &str) -> String {
        format!("Ruleset of {node} in {mode} mode")
    }

    pub fn above(lines: &str) -> String {
        format!("{lines} lines above")
    }

    pub fn below(lines: &str) -> String {
        format!("{lines} lines below")
    }
}

pub mod because {
    pub const TITLE: &str = "Why this line is there";
    pub const BECAUSE: &str = "Because of";
    pub const ALWAYS: &str = "kube-proxy writes this in every cluster.";
    pub const SETTINGS: &str = "Settings of kube-proxy";
    pub const NONE: &str = "Nothing of the cluster stands behind this line.";
    pub const CHOOSE: &str = "Choose a line to see why it is there.";
    pub const AND: &str = "and";
    pub const LINES: &str = "lines";
    pub const ALL_LINES: &str = "all its lines";
    pub const TEXT: &str = "text";
    pub const IN_TEXT: &str = "in the text";
    pub const FIND: &str = "Find the lines of a field";
    pub const PREVIOUS: &str = "Previous line of this field";
    pub const NEXT: &str = "Next line of this field";
    pub const CLEAR: &str = "Mark no field";
    pub const SHOW: &str = "Why is a line here?";
    pub const MARKED: &str = "of the marked field";

    pub fn count(at: Option<usize>, lines: &str) -> String {
        match at {
            Some(at) => format!("{} of {lines}", at + 1),
            None if lines == "1" => "1 line".to_owned(),
            None => format!("{lines} lines"),
        }
    }
}

pub mod cost {
    pub const TITLE: &str = "Cost so far";
    pub const RULES: &str = "Rules visited";
    pub const RULES_SHORT: &str = "Rules";
    pub const MATCHES: &str = "Tests in rules";
    pub const MATCHES_SHORT: &str = "Tests";
    pub const PROBES: &str = "Set, map look-ups";
    pub const PROBES_SHORT: &str = "Look-ups";
    pub const CONNECTIONS: &str = "Conntrack look-ups";
    pub const CONNECTIONS_SHORT: &str = "Conntrack";
    pub const REWRITES: &str = "Fields rewritten";
    pub const REWRITES_SHORT: &str = "Rewrites";
    pub const TIME: &str = "Estimated ns";
    pub const TIME_SHORT: &str = "≈ ns";
    pub const TIME_NOTE: &str = "The time is an estimate of what netfilter adds to the packet: the counts, each times what \
        it took on a real kernel (Linux 6.18, one virtual core of an Intel Xeon, measured with these very rules for 1 to \
        10,000 Services; estimates are within 15 % of that). That kernel has no IPVS: of IPVS’s own work only the \
        look-ups are in the time, so that it is too low.";
    pub const RULES_UNIT: &str = "rules";
    pub const REQUEST: &str = "request";
    pub const REPLY: &str = "answer";

    pub fn spoken(name: &str, so_far: u32, total: u32) -> String {
        format!("{name}: {so_far} so far, {total} in all")
    }
}

pub mod answers {
    use datapath_core::lab::Answer;

    pub const TITLE: &str = "Who answers";
    pub const NOTE: &str = "New connections from the chosen client, in a copy of the lanes as they are now: first every \
        way that chance can take, then a sample of connections, none of which ends.";
    pub const CONNECTIONS: &str = "New connections in each lane";
    pub const OPEN: &str = "Open them";
    pub const STOP: &str = "Stop";
    pub const PROGRESS: &str = "Connections opened";
    pub const ANSWERED_BY: &str = "Answered by";
    pub const CHANCE: &str = "Chance";
    pub const NO_CHANCE: &str = "–";
    pub const TURNS: &str = "Nothing is drawn here: the connection goes where the state of the node sends it, as when a \
        scheduler takes turns.";
    pub const MORE_WAYS: &str = "There are more ways than were followed, so these chances do not come to a whole.";

    pub fn progress(done: &str, is_running: bool) -> String {
        if is_running { format!("{done} opened…") } else { format!("{done} opened.") }
    }

    pub fn counted(connections: &str) -> String {
        format!("Of {connections}")
    }

    pub fn more(count: &str) -> String {
        format!("And {count} more.")
    }

    pub fn chance(answer: &Answer) -> String {
        format!("{:.1} %", answer.probability * 100.0)
    }

    /// `0.667 × 0.500`: what was drawn on the way, where it was more than once.
    pub fn draws(answer: &Answer) -> Option<String> {
        let draws = answer.draws.iter().map(|draw| format!("{:.3}", draw.probability));
        (answer.draws.len() > 1).then(|| draws.collect::<Vec<_>>().join(" × "))
    }

    pub fn fit(statistic: f64, degrees: u32, probability: f64) -> String {
        let degrees = if degrees == 1 { "1 degree".to_owned() } else { format!("{degrees} degrees") };
        format!(
            "Chi-square {statistic:.2} at {degrees} of freedom: fair draws are at least this uneven {:.0} times in 100.",
            probability * 100.0
        )
    }
}

pub mod compare {
    pub const TITLE: &str = "Compare";
    pub const TOTALS: &str = "First packet and following packets";
    pub const TOTALS_NOTE: &str = "Request and answer together, on all nodes.";
    pub const TOTALS_HINT: &str =
        "Send the next packet of this connection: it takes the short way, and both stand here side by side.";
    pub const TOTALS_FINDING: &str = "What was decided for the first packet is repeated for the others: conntrack, or \
        IPVS’s own connection table, knows the backend. Only what asks every packet is left.";
    pub const DATAPATH: &str = "Datapath";
    pub const PACKET: &str = "Packet";
    pub const FIRST: &str = "first";
    pub const NEXT: &str = "next";
    pub const CURVE: &str = "Cost against the number of Services";
    pub const CURVE_NOTE: &str = "Measured by running the model: clusters of one node and 1 to 2,000 Services are \
        programmed here in your browser, and a request is sent to the Service in the middle.";
    pub const MEASURED: &str = "Count";
    pub const WHICH: &str = "Packet";
    pub const FIRST_PACKET: &str = "First packet";
    pub const FOLLOWING: &str = "Following packet";
    pub const AS_TABLE: &str = "As a table";
    pub const SERVICES: &str = "Services";
    pub const X_AXIS: &str = "Services in the cluster (log scale)";
    pub const DONE: &str = "Measured.";
    pub const FAILED: &str = "The lab’s own tools refused the rules of the synthetic cluster: a defect of the lab.";

    pub fn progress(done: usize, all: usize) -> String {
        format!("Measuring: {done} of {all}")
    }

    /// `3rd`
    pub fn nth(index: usize) -> String {
        let suffix = match (index + 1) % 100 {
            11..=13 => "th",
            other => match other % 10 {
                1 => "st",
                2 => "nd",
                3 => "rd",
                _ => "th",
            },
        };
        format!("{}{suffix}", index + 1)
    }

    pub fn end(mode: &str, count: &str, services: &str) -> String {
        format!("{mode}: {count} at {services} Services")
    }

    pub fn y_axis(name: &str) -> String {
        format!("{name} (log scale)")
    }
}

pub mod published {
    pub const TITLE: &str = "What others have measured";
    pub const NOTE: &str = "Round trip of the first packet on real clusters, read off the charts of KEP-3866 and of the \
        Kubernetes blog (28 February 2025). Beside them stands what a first packet meets in the model, in a cluster \
        of the same size.";
    pub const SERVICES: &str = "Services";
    pub const DATAPATH: &str = "Datapath";
    pub const P50: &str = "Median";
    pub const P99: &str = "99th percentile";
    pub const MICROSECONDS: &str = "µs, measured";
    pub const MODEL: &str = "Rules and look-ups";
    pub const MODEL_UNIT: &str = "counted by the model";
    pub const RUN: &str = "Run the model at 5,000 and 10,000 Services";
    pub const NOT_RUN: &str = "–";

    pub fn running(done: usize, all: usize) -> String {
        format!("Running: {done} of {all}")
    }
}

pub mod structure {
    pub const TITLE: &str = "Structure";
    pub const NOTE: &str = "The chains of this node and which leads to which. The packet’s path is lit; choose a chain \
        to see it in the ruleset.";
    pub const LANE: &str = "Datapath";
    pub const NODE: &str = "Node";
    pub const NOTHING: &str = "No chains on this node.";
    pub const LOOK: &str = "Look for rules that no packet comes to";
    pub const CHOOSE: &str = "Choose a chain to see through which others every packet in it has come.";
    pub const ALL_REACHED: &str = "Packets can come to every chain and every rule of this node.";
    pub const DEAD_CHAINS: &str = "Chains";
    pub const DEAD_RULES: &str = "Rules";

    pub fn vertex(label: &str, is_dead: bool) -> String {
        if is_dead { format!("{label}: no packet comes here") } else { label.to_owned() }
    }

    pub fn above(chain: &str, above: &[String], is_reached: bool) -> String {
        match (is_reached, above) {
            (false, _) => format!("No packet comes to {chain}."),
            (true, []) => format!(
                "The kernel calls {chain} itself, or packets come there by several ways that have no chain in common."
            ),
            (true, above) => format!("Every packet in {chain} has come through {}.", above.join(" → ")),
        }
    }

    pub fn cycle(cycle: &str) -> String {
        format!("These chains lead back to themselves, so that the tools refuse whatever leads there: {cycle}.")
    }

    pub fn dead(chains: usize, rules: usize, more: usize) -> String {
        let count = |count: usize, name: &str| format!("{count} {name}{}", if count == 1 { "" } else { "s" });
        let more = if more > 0 { " and more" } else { "" };
        format!("No packet comes to {} and {}{more}", count(chains, "chain"), count(rules, "rule"))
    }

    pub fn more(count: &str) -> String {
        format!("{count} more are not listed.")
    }

    pub fn label(mode: &str, node: &str) -> String {
        format!("Chains of {node} in {mode} mode")
    }

    pub fn left_out(count: &str) -> String {
        format!("{count} chains that the packet did not come near are left out.")
    }
}

pub mod cluster {
    use crate::shelf::Unkept;

    pub const TITLE: &str = "Cluster";
    pub const NOTE: &str = "Paste what this prints, or drop a file here. kube-proxy’s ConfigMap may stand beside it:";
    pub const NODE_NOTE: &str = "Or, from one node, any of these: then its packets go through those very rules.";
    pub const NODE_COMMANDS: &str = "iptables-save; ip6tables-save; nft list ruleset; ipset save; ipvsadm -S -n; \
        conntrack -L; ip addr; ip route";
    pub const COMMAND: &str =
        "kubectl get svc,endpointslices,nodes,pods,deployments,replicasets,statefulsets,daemonsets -A -o yaml";
    pub const LABEL: &str = "Cluster as YAML or JSON";
    pub const LOAD: &str = "Load";
    pub const EXAMPLE: &str = "Back to the example";
    pub const STOP: &str = "Stop";
    pub const FROM_EXAMPLE: &str = "Back to your cluster";
    pub const LOADED: &str = "This is what the lanes show.";
    pub const UP_TO_DATE: &str = "This is what the lanes show, with what you did written into it.";
    pub const ANEW: &str = "This is what the lanes show, written anew: comments and what the lab does not look at are \
        gone. Undo brings them back.";
    pub const MOVED_ON: &str = "The lanes show this, and what you did to it since.";
    pub const CHANGED: &str = "Changed by you: Load shows it in the lanes.";
    pub const BOTH_CHANGED: &str = "Changed by you, and the cluster has changed too: Load puts this text in its place.";
    pub const BRING: &str = "Write what I did into it";
    pub const DISCARD: &str = "Show the cluster as it is";
    pub const BACK_FROM_DISCARD: &str = "Back to my text";
    pub const REFUSED: &str = "This text was not loaded. The lanes above still show the last cluster that was.";
    pub const NOTED: &str = "Loaded, with these remarks:";
    pub const EXPECTED: &str = "Expected:";
    pub const GO: &str = "Go to this place in the text";

    pub fn unkept(why: Unkept) -> String {
        match why {
            Unkept::Forbidden => {
                "Your browser does not let this page keep its state: a reload will lose what you did. \
                Save the lab as a file under “Keep and share”."
                    .to_owned()
            }
            Unkept::Elsewhere => "This lab is open in another tab.".to_owned(),
            Unkept::Full(bytes) => format!(
                "The browser’s room for this page is full: {} kB more do not fit, and a reload will lose what you did. \
                 Under “Keep and share”, remove labs that you do not need, or save this one as a file.",
                bytes.div_ceil(1_000)
            ),
        }
    }

    pub fn reading(bytes: usize) -> String {
        let tenths = bytes / 100_000;
        if tenths == 0 { "Reading…".to_owned() } else { format!("Reading {}.{} MB…", tenths / 10, tenths % 10) }
    }

    pub fn programming(mode: super::Mode) -> String {
        format!("Programming the nodes in {mode} mode…")
    }

    pub fn more(count: &str) -> String {
        format!("{count} more; mend these first.")
    }
}

pub mod connections {
    pub const TITLE: &str = "Connections";
    pub const NOTE: &str = "What the kernels remember after the packets that were sent, as their own tools list it. Let \
        time pass and see entries age and go.";
    pub const NONE: &str = "Nothing is remembered here.";
    pub const WAIT: &str = "Let pass";
    pub const STEPS: [(u64, &str); 4] = [(1, "1 s"), (10, "10 s"), (60, "1 min"), (3_600, "1 h")];

    /// `Clock: 1:02:03`
    pub fn clock(now: u64) -> String {
        format!("Clock: {}:{:02}:{:02}", now / 3_600, now / 60 % 60, now % 60)
    }

    pub fn more(count: &str) -> String {
        format!("… {count} more")
    }
}

pub mod names {
    pub const TITLE: &str = "What DNS answers";
    pub const SERVICE: &str = "Service";
    pub const RECORDS: &str = "Records of the cluster’s DNS";
    pub const NAME: &str = "Name";
    pub const TYPE: &str = "Type";
    pub const DATA: &str = "Data";
    pub const NXDOMAIN: &str = "does not exist (NXDOMAIN).";

    /// As a sentence.
    pub fn why(why: &str) -> String {
        let mut signs = why.chars();
        let first: String = signs.next().into_iter().flat_map(char::to_uppercase).collect();
        format!("{first}{}.", signs.as_str())
    }
}

pub mod take_away {
    pub const TITLE: &str = "Take it away";
    pub const NOTE: &str = "What the lanes show, as files that the real tools load: each says how, and how to undo it.";
    pub const DATAPATH: &str = "Datapath";
    pub const NODE: &str = "Node";
    pub const FORMAT: &str = "Format";
    pub const COPY: &str = "Copy";
    pub const DOWNLOAD: &str = "Download";
    pub const COPIED: &str = "Copied.";
    pub const NOT_COPIED_TEXT: &str = "The browser did not let the page copy: select it and copy it yourself.";
    pub const NOT_COPIED: &str = "The browser did not let the page copy: use Download.";

    pub fn rest(lines: &str) -> String {
        format!("{lines} more lines are in the file.")
    }
}

pub mod severity {
    pub const ERROR: &str = "Error";
    pub const WARNING: &str = "Warning";
    pub const NOTE: &str = "Note";
}

pub mod assumed {
    pub const TITLE: &str = "What is assumed and simplified";
    pub const MODE: &str = "Mode of this cluster";
    pub const NO_CONFIGURATION: &str = "not known: the text has no KubeProxyConfiguration";
    pub const CONFIGURED: &str = "Settings taken from the text";
    pub const NONE: &str = "none: all are kube-proxy’s defaults";
    pub const CLUSTER_CIDR: &str = "Pod network (clusterCIDR)";
    pub const SERVICE_CIDR: &str = "Service network";
    pub const NODES: &str = "Nodes";
    pub const NODES_TEXT: &str =
        "on one network with a /24 (IPv6: /64) prefix, each with the routes to the others’ pods";
    pub const VERSION: &str = "kube-proxy";
    pub const VERSION_TEXT: &str = "v1.36.2: its first full sync, then the syncs that changes lead to, each by itself";
    pub const CLOCK: &str = "Clock";
    pub const CLOCK_TEXT: &str = "virtual: one second between two packets that you send";
    pub const POWER: &str = "Nodes without power";
    pub const POWER_TEXT: &str =
        "lose everything: they come back with an empty kernel and a kube-proxy that starts anew";
    pub const LISTENS: &str = "Who listens";
    pub const LISTENS_TEXT: &str = "not known from what was copied: whoever a packet reaches answers it";
    pub const SYSCTLS: &str = "Sysctls";
    pub const SYSCTLS_TEXT: &str =
        "those of a fresh kernel that forwards: net.ipv4.ip_forward = 1, route_localnet and rp_filter off";
    pub const KEPT: &str = "What is not modelled";
    pub const KEPT_TEXT: &str = "is kept as it is written, and said when a packet reaches it; nothing is guessed";
    pub const CHANCE: &str = "Chance";
    pub const CHANCE_TEXT: &str = "seeded: the same steps give the same choices";
    pub const SIMPLIFIED: &str = "Left out: the pods’ own network stacks, TCP windows and retransmissions, \
        fragments, bridges, SCTP’s states, neighbour discovery, offloads and flow tables. Each pod has one cable to its node. Counts are \
        counts of the model’s work, not nanoseconds.";

    pub fn own_mode(mode: &str) -> String {
        format!("{mode}, as its KubeProxyConfiguration says")
    }
}

pub mod keys {
    pub const TITLE: &str = "Keys";
    pub const CLOSE: &str = "Close";
    pub const ALL: [(&[&str], &str); 12] = [
        (&["→"], "step"),
        (&["←"], "step back"),
        (&["Home"], "first step"),
        (&["End"], "last step"),
        (&["Space"], "play or pause"),
        (&["S"], "send packet"),
        (&["N"], "next packet of this connection"),
        (&["1", "2", "3"], "select iptables, nftables, IPVS"),
        (&["W"], "show or hide why"),
        (&["Ctrl Z"], "undo"),
        (&["Ctrl Y"], "redo"),
        (&["?"], "this sheet"),
    ];
}

pub mod footer {
    pub const ABOUT: &str = "A model of kube-proxy’s iptables, nftables and IPVS modes and of the Linux node under them. \
        What you see is the trace of its evaluators, not an animation.";
}

pub const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Iptables => "iptables",
        Mode::Nftables => "nftables",
        Mode::Ipvs => "IPVS",
    }
}

/// A lane's heading: its datapath, or that it is a copied node.
pub const fn lane(lane: &Lane) -> &'static str {
    if lane.network.is_copied() { "Your node" } else { mode(lane.mode) }
}

/// The datapath's way of finding a Service, in a few words.
pub const fn motto(mode: Mode) -> &'static str {
    match mode {
        Mode::Iptables => "rules, one after the other",
        Mode::Nftables => "rules with verdict maps",
        Mode::Ipvs => "a load balancer in the kernel",
    }
}

pub const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Sent => "Sent",
        Stage::Chosen => "Backend chosen",
        Stage::Rewritten => "Rewritten",
        Stage::Reached => "Reached",
        Stage::Answering => "Answering",
        Stage::Home => "Home",
    }
}

pub const fn way(way: Way) -> &'static str {
    match way {
        Way::Request => "request",
        Way::Reply => "answer",
    }
}

pub fn through(through: &Through) -> String {
    match through {
        Through::ClusterIp => "ClusterIP".to_owned(),
        Through::NodePort { node } => format!("NodePort of {node}"),
        Through::ExternalIp => "external IP".to_owned(),
        Through::LoadBalancer => "load balancer".to_owned(),
        Through::Address => "address".to_owned(),
    }
}

/// `9,412`
pub fn number(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (9_412, "9,412"), (1_234_567, "1,234,567")] {
            assert_eq!(super::number(number), text);
        }
    }
}
