/// What a line, a set element or a virtual server is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// kube-proxy writes it in every cluster, as its settings say.
    Settings,
    /// A field of `cluster.services[service].ports[port]`, of that Service, or of its endpoints.
    ServicePort { service: u32, port: u32, field: Field },
}

/// The part of a Service that has an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The port as such, for example the chain that spreads its traffic.
    Port,
    ClusterIp,
    ExternalIp,
    LoadBalancerIngress,
    LoadBalancerSourceRanges,
    NodePort,
    HealthCheckNodePort,
    ExternalTrafficPolicy,
    InternalTrafficPolicy,
    SessionAffinity,
    /// `cluster.endpoint_slices[slice].endpoints[endpoint]`.
    Endpoint {
        slice: u32,
        endpoint: u32,
    },
}

/// A text that grows line by line, and for each line its cause.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub text: String,
    pub causes: Vec<Cause>,
}

impl Lines {
    /// Appends one line, made of `pieces` with nothing between them.
    pub fn push(&mut self, cause: Cause, pieces: &[&str]) {
        for piece in pieces {
            self.text.push_str(piece);
        }
        self.text.push('\n');
        self.causes.push(cause);
    }

    /// Appends one line, made of several groups of pieces.
    pub fn push_all(&mut self, cause: Cause, groups: &[&[&str]]) {
        for piece in groups.iter().copied().flatten() {
            self.text.push_str(piece);
        }
        self.text.push('\n');
        self.causes.push(cause);
    }

    pub fn append(&mut self, other: &Self) {
        self.text.push_str(&other.text);
        self.causes.extend_from_slice(&other.causes);
    }

    /// Puts `other` in front. A program of many megabytes is moved rather than copied.
    pub fn prepend(&mut self, other: Self) {
        self.text.insert_str(0, &other.text);
        self.causes.splice(0..0, other.causes);
    }
}
