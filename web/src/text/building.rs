//! What is said about building and changing a cluster.

use super::say;

pub mod fields {
    use datapath_core::lab::Subject;

    use super::say;

    pub fn group(subject: &Subject) -> String {
        match subject {
            Subject::Service(_) => say!("fields-services"),
            Subject::EndpointSlice(_) => say!("fields-slices"),
            Subject::Workload(..) => say!("fields-workloads"),
            Subject::Node(_) => say!("fields-nodes"),
            Subject::KubeProxy => say!("fields-settings"),
        }
    }
}

pub mod adding {
    use datapath_core::lab::Blank;

    use super::say;

    pub fn name(blank: Blank) -> String {
        match blank {
            Blank::Service => say!("adding-service"),
            Blank::EndpointSlice => say!("adding-endpoints"),
            Blank::Deployment => say!("adding-deployment"),
            Blank::Node => say!("adding-node"),
            Blank::Client => say!("adding-client"),
        }
    }
}

pub mod operate {
    use datapath_core::message;
    use datapath_core::message::Message;

    use super::say;

    /// The head of each column of what kube-proxies did, with what it says more exactly.
    pub fn columns() -> [(String, Option<String>); 7] {
        [
            ("kube-proxy".to_owned(), None),
            (say!("operate-syncs"), Some(say!("operate-syncs-note"))),
            (say!("operate-tools"), Some(say!("operate-tools-note"))),
            (say!("operate-netlink"), Some(say!("operate-netlink-note"))),
            (say!("operate-lines"), Some(say!("operate-read-note"))),
            (say!("operate-bytes"), Some(say!("operate-read-note"))),
            (say!("operate-written"), Some(say!("operate-written-note"))),
        ]
    }

    /// `ready, cordoned · 3 Pods`
    pub fn node(is_ready: bool, is_cordoned: bool, pods: usize) -> String {
        let state: Message = if is_ready { message!("operate-ready") } else { message!("operate-not-ready") };
        let cordoned = if is_cordoned { "yes" } else { "no" };
        say!("operate-node", state = state, cordoned = cordoned, pods = pods)
    }
}
