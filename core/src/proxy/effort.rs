use super::operation::{IpvsRequest, Operation, Sync};

/// What a sync costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// Programs that are started, `iptables` and the like, for reading and for writing.
    pub tool_runs: usize,
    /// Requests over netlink, for reading and for writing.
    pub netlink_requests: usize,
    /// Changes that take effect as a whole: one for each table in `iptables-restore`, one for each `nft`.
    pub transactions: usize,
    /// Of all inputs of tools.
    pub bytes: usize,
    pub lines: usize,
    pub rules: Objects,
    pub chains: Objects,
    /// Of nft's sets and maps, and of ipsets.
    pub elements: Objects,
    pub virtual_servers: Objects,
    pub real_servers: Objects,
    /// On kube-ipvs0.
    pub addresses: Objects,
    /// Conntrack entries.
    pub connections_deleted: usize,
}

/// How many objects of a kind a sync writes and deletes. What is written may have been there before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    pub written: usize,
    pub deleted: usize,
}

impl Sync {
    pub fn effort(&self) -> Effort {
        Effort::of([self])
    }
}

impl Effort {
    /// What several syncs cost together.
    pub fn of<'s>(syncs: impl IntoIterator<Item = &'s Sync>) -> Self {
        let mut effort = Self::default();
        for operation in syncs.into_iter().flat_map(|sync| &sync.operations) {
            effort.count(operation);
        }
        effort
    }

    fn count(&mut self, operation: &Operation) {
        match operation {
            Operation::EnsureChain { .. } | Operation::CreateSet { .. } => self.tool_runs += 1,
            Operation::EnsureJump { present, .. } => {
                self.tool_runs += if *present { 1 } else { 2 };
                self.rules.written += usize::from(!present);
            }
            Operation::IptablesRestore(text) => self.count_restore(text),
            Operation::Nft(text) => self.count_nft(text),
            Operation::AddEntry { .. } => {
                self.tool_runs += 1;
                self.elements.written += 1;
            }
            Operation::DeleteEntry { .. } => {
                self.tool_runs += 1;
                self.elements.deleted += 1;
            }
            Operation::Ipvs(request) => self.count_ipvs(request),
            Operation::EnsureDummyDevice => self.netlink_requests += 1,
            Operation::Bind(_) => {
                self.netlink_requests += 1;
                self.addresses.written += 1;
            }
            Operation::Unbind(_) => {
                self.netlink_requests += 1;
                self.addresses.deleted += 1;
            }
            Operation::DeleteConnection(_) => {
                self.netlink_requests += 1;
                self.connections_deleted += 1;
            }
            Operation::Read { source, times } if source.is_tool() => self.tool_runs += times,
            Operation::Read { times, .. } => self.netlink_requests += times,
            Operation::OpenHealthCheck { .. }
            | Operation::CloseHealthCheck { .. }
            | Operation::AnswerHealthCheck { .. } => {}
        }
    }

    fn count_ipvs(&mut self, request: &IpvsRequest) {
        self.netlink_requests += 1;
        match request {
            IpvsRequest::NewService { .. } | IpvsRequest::SetService { .. } => self.virtual_servers.written += 1,
            IpvsRequest::DeleteService(_) => self.virtual_servers.deleted += 1,
            IpvsRequest::NewDestination { .. } | IpvsRequest::SetDestination { .. } => self.real_servers.written += 1,
            IpvsRequest::DeleteDestination { .. } => self.real_servers.deleted += 1,
        }
    }

    fn count_restore(&mut self, text: &str) {
        self.count_text(text, |effort, line| match line.as_bytes().first() {
            Some(b':') => effort.chains.written += 1,
            Some(b'C') => effort.transactions += 1,
            _ if line.starts_with("-A") => effort.rules.written += 1,
            _ if line.starts_with("-X") => effort.chains.deleted += 1,
            _ => {}
        });
    }

    fn count_nft(&mut self, text: &str) {
        self.transactions += 1;
        self.count_text(text, |effort, line| {
            let mut words = line.split(' ');
            match (words.next(), words.next()) {
                (Some("add"), Some("rule")) => effort.rules.written += 1,
                (Some("add"), Some("chain")) => effort.chains.written += 1,
                (Some("delete"), Some("chain")) => effort.chains.deleted += 1,
                (Some("add"), Some("element")) => effort.elements.written += 1,
                (Some("delete"), Some("element")) => effort.elements.deleted += 1,
                _ => {}
            }
        });
    }

    fn count_text(&mut self, text: &str, mut line: impl FnMut(&mut Self, &str)) {
        self.tool_runs += 1;
        self.bytes += text.len();
        for text in text.lines() {
            self.lines += 1;
            line(self, text);
        }
    }
}
