//! What is said about building and changing a cluster.

pub mod fields {
    use datapath_core::lab::Subject;

    pub const TITLE: &str = "Change or delete an object";
    pub const NOTE: &str = "What you choose or type happens at once, as kubectl patch would do it: the nodes follow, and \
        Undo takes it back.";
    pub const OBJECT: &str = "Object";

    pub fn group(subject: &Subject) -> String {
        let name = match subject {
            Subject::Service(_) => "Services",
            Subject::EndpointSlice(_) => "EndpointSlices made by hand",
            Subject::Deployment(_) => "Deployments",
            Subject::Node(_) => "Nodes",
            Subject::KubeProxy => "Settings",
        };
        name.to_owned()
    }

    pub fn delete(subject: &str) -> String {
        format!("Delete {subject}")
    }

    pub fn sentence(what: &str) -> String {
        let mut letters = what.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        format!("{}{}.", first.map(String::from).unwrap_or_default(), letters.as_str())
    }
}

pub mod adding {
    use datapath_core::lab::Blank;

    pub const TITLE: &str = "Add to the cluster";
    pub const WHAT: &str = "What to add";

    pub const fn name(blank: Blank) -> &'static str {
        match blank {
            Blank::Service => "Service",
            Blank::EndpointSlice => "Endpoints",
            Blank::Deployment => "Deployment",
            Blank::Node => "Node",
            Blank::Client => "Client Pod",
        }
    }

    pub fn create(blank: Blank) -> String {
        format!("Create {}", blank.kind())
    }
}

pub mod operate {
    pub const TITLE: &str = "Change the cluster";
    pub const NOTE: &str = "Do something to it, and follow it from the object to the kernels: controllers, EndpointSlices, \
        kube-proxy on each node. The open connection goes on: its next packet is sent through the new rules.";
    pub const NO_WORKLOADS: &str = "This text has no workloads and no Pods: add `deployments,pods` to what you paste.";
    pub const HINT: &str = "Scale a workload or let a Pod fail its readiness probe: here stands what follows from it.";
    pub const BARE: &str = "Pods of no workload";
    pub const NODES: &str = "Nodes";
    pub const REPLICAS: &str = "Replicas";
    pub const FEWER: &str = "One replica fewer";
    pub const MORE: &str = "One replica more";
    pub const RESTART: &str = "Restart rollout";
    pub const FAIL_PROBE: &str = "Fail probe";
    pub const PASS_PROBE: &str = "Pass probe";
    pub const DELETE: &str = "Delete";
    pub const FAIL_NODE: &str = "Power off";
    pub const RECOVER_NODE: &str = "Power on";
    pub const DRAIN: &str = "Drain";
    pub const UNCORDON: &str = "Uncordon";
    pub const PENDING: &str = "pending";
    pub const READY: &str = "ready";
    pub const NOT_READY: &str = "not ready";
    pub const TERMINATING: &str = "terminating";
    pub const NO_NODE: &str = "no node";
    pub const WAIT: &str = "Wait a minute";
    pub const WAIT_WHY: &str =
        "In IPVS mode kube-proxy looks once a minute whether a real server that must go is idle.";
    pub const PATH: &str = "What followed";
    pub const COST: &str = "What it cost the kube-proxies of all nodes, all syncs together";
    pub const COLUMNS: [(&str, &str); 7] = [
        ("kube-proxy", ""),
        ("Syncs", "all nodes"),
        ("Tools", "programs started"),
        ("Netlink", "requests"),
        ("Lines", "that tools read"),
        ("Bytes", "that tools read"),
        ("Written", "− is deleted"),
    ];
    pub const RULES: &str = "rules";
    pub const CHAINS: &str = "chains";
    pub const ELEMENTS: &str = "elements";
    pub const VIRTUAL_SERVERS: &str = "virtual servers";
    pub const REAL_SERVERS: &str = "real servers";
    pub const ADDRESSES: &str = "addresses";
    pub const CONNECTIONS: &str = "conntrack entries";
    pub const NOTHING_WRITTEN: &str = "nothing";
    pub const FULL_FIRST: &str = "full sync: its first";
    pub const FULL_TOPOLOGY: &str = "full sync: the zone of the node changed";
    pub const FULL_PERIOD: &str = "full sync: the last one was an hour ago";
    pub const FULL_FAILURE: &str = "full sync: the last one failed";
    pub const PARTIAL: &str = "partial sync: only what belongs to changed Services, and shared chains";
    pub const DIFFERENCES: &str = "compares everything with the kernel, and writes what differs";
    pub const TERMINATION: &str = "looks whether real servers that must go are idle";

    pub fn node(is_ready: bool, is_cordoned: bool, pods: usize) -> String {
        let state = if is_ready { READY } else { NOT_READY };
        let cordoned = if is_cordoned { ", cordoned" } else { "" };
        let plural = if pods == 1 { "" } else { "s" };
        format!("{state}{cordoned} · {pods} Pod{plural}")
    }

    pub fn undone(why: &str) -> String {
        format!("Not done: {why}.")
    }

    pub fn left_out(nodes: usize) -> String {
        let (nodes, them) =
            if nodes == 1 { ("1 node".to_owned(), "it writes") } else { (format!("{nodes} nodes"), "they write") };
        format!("{nodes} that no packet has needed yet are not counted: {them} all of it when they are first needed.")
    }

    pub fn tracker(services: &[String]) -> String {
        format!("kube-proxy’s change tracker notes: {}", services.join(", "))
    }

    pub fn more(count: &str) -> String {
        format!("… {count} more")
    }

    /// `1 rule`, `1,200 rules`
    pub fn objects(count: usize, name: &str) -> String {
        let name = if count != 1 {
            name
        } else if name == CONNECTIONS {
            "conntrack entry"
        } else if name == ADDRESSES {
            "address"
        } else {
            name.trim_end_matches('s')
        };
        format!("{} {name}", crate::text::number(count))
    }

    /// `1.2 kB`
    pub fn bytes(count: usize) -> String {
        match count {
            0..1_000 => format!("{count}"),
            1_000..1_000_000 => format!("{}.{} k", count / 1_000, count % 1_000 / 100),
            _ => format!("{}.{} M", count / 1_000_000, count % 1_000_000 / 100_000),
        }
    }
}
