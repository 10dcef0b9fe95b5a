use super::Endpoint;

/// What a line of the program, or an entry of a set, is there for. Indexes are those of the cluster that was
/// translated, and hold only as long as no object comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause {
    /// A Service and one of its ports. None where the fields are those of every Service that has them.
    pub service_port: Option<(u32, u32)>,
    /// An EndpointSlice and one of its endpoints.
    pub endpoint: Option<(u32, u32)>,
    fields: u16,
    settings: u16,
}

/// The part of a Service, or of its EndpointSlices, that has an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    ClusterIp,
    ExternalIp,
    LoadBalancerIngress,
    LoadBalancerSourceRanges,
    NodePort,
    HealthCheckNodePort,
    ExternalTrafficPolicy,
    InternalTrafficPolicy,
    SessionAffinity,
    /// That no endpoint takes traffic.
    NoEndpoints,
    /// That no endpoint of this node takes traffic.
    NoLocalEndpoints,
    /// The port as such, for example the chain that spreads its traffic.
    Port,
    /// The port on which the endpoints listen.
    TargetPort,
}

/// A setting of kube-proxy that has an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    MasqueradeBit,
    MasqueradeAll,
    /// How traffic from pods of the node is recognised.
    DetectLocal,
    NodePortAddresses,
    LocalhostNodePorts,
    TcpBeLiberal,
    /// The ServiceCIDR objects.
    ServiceCidrs,
    Scheduler,
}

impl Field {
    const ALL: [Self; 13] = [
        Self::ClusterIp,
        Self::ExternalIp,
        Self::LoadBalancerIngress,
        Self::LoadBalancerSourceRanges,
        Self::NodePort,
        Self::HealthCheckNodePort,
        Self::ExternalTrafficPolicy,
        Self::InternalTrafficPolicy,
        Self::SessionAffinity,
        Self::NoEndpoints,
        Self::NoLocalEndpoints,
        Self::Port,
        Self::TargetPort,
    ];
}

impl Setting {
    const ALL: [Self; 8] = [
        Self::MasqueradeBit,
        Self::MasqueradeAll,
        Self::DetectLocal,
        Self::NodePortAddresses,
        Self::LocalhostNodePorts,
        Self::TcpBeLiberal,
        Self::ServiceCidrs,
        Self::Scheduler,
    ];
}

impl Cause {
    /// kube-proxy writes it in every cluster.
    pub const ALWAYS: Self = Self { service_port: None, endpoint: None, fields: 0, settings: 0 };

    pub(super) const fn of(service: u32, port: u32) -> Self {
        Self { service_port: Some((service, port)), ..Self::ALWAYS }
    }

    /// What all of them have in common: the cause of a line that stands for every one. None where there are none.
    pub(super) fn shared(causes: &[Self]) -> Option<Self> {
        let (first, rest) = causes.split_first()?;
        let fields = rest.iter().fold(first.fields, |fields, cause| fields & cause.fields);
        let settings = rest.iter().fold(first.settings, |settings, cause| settings & cause.settings);
        Some(Self { fields, settings, ..Self::ALWAYS })
    }

    pub(super) const fn set_by(setting: Setting) -> Self {
        Self::ALWAYS.when(setting)
    }

    pub(super) const fn and(self, field: Field) -> Self {
        Self { fields: self.fields | 1 << field as u16, ..self }
    }

    pub(super) const fn and_if(self, holds: bool, field: Field) -> Self {
        if holds { self.and(field) } else { self }
    }

    /// An endpoint, with the port on which it listens.
    pub(super) const fn and_endpoint(self, endpoint: &Endpoint) -> Self {
        Self { endpoint: Some((endpoint.slice, endpoint.index)), ..self.and(Field::TargetPort) }
    }

    pub(super) const fn when(self, setting: Setting) -> Self {
        Self { settings: self.settings | 1 << setting as u16, ..self }
    }

    pub fn fields(self) -> impl Iterator<Item = Field> {
        Field::ALL.into_iter().filter(move |field| self.fields & 1 << *field as u16 != 0)
    }

    pub fn settings(self) -> impl Iterator<Item = Setting> {
        Setting::ALL.into_iter().filter(move |setting| self.settings & 1 << *setting as u16 != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cause, Field, Setting};

    #[test]
    fn every_field_and_setting_is_told_apart() {
        for field in Field::ALL {
            assert_eq!(Cause::of(0, 0).and(field).fields().collect::<Vec<_>>(), [field]);
        }
        for setting in Setting::ALL {
            assert_eq!(Cause::set_by(setting).settings().collect::<Vec<_>>(), [setting]);
        }
    }
}
