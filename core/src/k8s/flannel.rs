/// What the ConfigMap `kube-flannel-cfg` says of how pods and nodes are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flannel {
    pub backend: FlannelBackend,
    /// `hairpinMode` of the ports of `cni0`.
    pub hairpin: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlannelBackend {
    /// Nodes route to each other's pods over the network that they share.
    HostGateway,
    /// Packets between nodes go inside of UDP, by the device `flannel.ID`.
    Vxlan { id: u32, port: u16 },
}

impl FlannelBackend {
    /// Flannel's own number, and the port of the kernel.
    pub const VXLAN: Self = Self::Vxlan { id: 1, port: 8472 };
}
