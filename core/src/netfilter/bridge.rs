use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::net::Family;
use crate::trace::Fault;

/// The bridges of a node.
#[derive(Clone, Debug, Default)]
pub struct Bridges {
    by_name: BTreeMap<Arc<str>, Bridge>,
    /// The bridge that a device is a port of.
    masters: BTreeMap<Arc<str>, Arc<str>>,
    pub calls: BridgeCalls,
}

/// `net.bridge.bridge-nf-call-iptables` and `-ip6tables`: whether frames that a bridge carries pass the hooks of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BridgeCalls {
    pub v4: bool,
    pub v6: bool,
}

/// As where `br_netfilter` is loaded, which kubeadm and the network plugins ask for.
impl Default for BridgeCalls {
    fn default() -> Self {
        Self { v4: true, v6: true }
    }
}

impl BridgeCalls {
    pub const fn of(self, family: Family) -> bool {
        match family {
            Family::V4 => self.v4,
            Family::V6 => self.v6,
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Bridge {
    ports: Vec<Port>,
    /// Behind which port a station is: the neighbour table and the forwarding database in one. Nobody else is there,
    /// unless nobody has said who is.
    stations: BTreeMap<IpAddr, Arc<str>>,
}

#[derive(Clone, Debug)]
struct Port {
    name: Arc<str>,
    hairpin: bool,
}

/// Where a bridge sends a frame that came by one of its ports, or from the node itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Egress {
    Port(Arc<str>),
    /// It floods: these ports get the frame.
    Flood(Vec<Arc<str>>),
    /// By no port, and why.
    Nowhere(Fault),
}

/// What a packet that a bridge passed to the hooks of IP still knows of that (`struct nf_bridge_info`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bridged {
    /// The port that it came in by.
    pub input: Arc<str>,
    /// The port that it will leave by: none for a packet that is routed.
    pub output: Option<Arc<str>>,
}

impl Bridges {
    /// A bridge without ports.
    pub fn add(&mut self, bridge: Arc<str>) {
        self.by_name.entry(bridge).or_default();
    }

    /// Makes a device a port of a bridge, which need not be there yet.
    pub fn add_port(&mut self, bridge: &Arc<str>, port: Arc<str>, hairpin: bool) {
        self.masters.insert(port.clone(), bridge.clone());
        self.by_name.entry(bridge.clone()).or_default().ports.push(Port { name: port, hairpin });
    }

    /// False if the device is no port.
    pub fn set_hairpin(&mut self, port: &str, hairpin: bool) -> bool {
        let bridge = self.masters.get(port).and_then(|bridge| self.by_name.get_mut(bridge));
        let port = bridge.and_then(|bridge| bridge.ports.iter_mut().find(|known| &*known.name == port));
        port.map(|port| port.hairpin = hairpin).is_some()
    }

    /// Every port, with its bridge and whether it is a hairpin.
    pub fn ports(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<str>, bool)> {
        self.by_name
            .iter()
            .flat_map(|(name, bridge)| bridge.ports.iter().map(move |port| (name, &port.name, port.hairpin)))
    }

    pub fn remove_port(&mut self, port: &str) {
        if let Some(bridge) = self.masters.remove(port).and_then(|bridge| self.by_name.get_mut(&bridge)) {
            bridge.ports.retain(|known| &*known.name != port);
            bridge.stations.retain(|_, behind| &**behind != port);
        }
    }

    /// Says that whoever has the address is behind a port.
    pub fn learn(&mut self, station: IpAddr, port: &Arc<str>) {
        let bridge = self.masters.get(port).and_then(|bridge| self.by_name.get_mut(bridge));
        if let Some(bridge) = bridge {
            bridge.stations.insert(station, port.clone());
        }
    }

    /// The bridge that a device is a port of.
    pub fn master_of(&self, device: &str) -> Option<&Arc<str>> {
        self.masters.get(device)
    }

    pub fn ports_of(&self, bridge: &str) -> impl Iterator<Item = &Arc<str>> {
        self.by_name.get(bridge).into_iter().flat_map(|bridge| bridge.ports.iter().map(|port| &port.name))
    }

    /// `br_forward`, `br_flood`. `from` is the port that the frame came by; none for one of the node itself.
    pub fn egress(&self, bridge: &str, station: IpAddr, from: Option<&str>) -> Egress {
        let Some(bridge) = self.by_name.get(bridge) else {
            return Egress::Nowhere(Fault::NoBridge);
        };
        // `should_deliver`
        let gets = |port: &&Port| port.hairpin || from != Some(&*port.name);
        if let Some(behind) = bridge.stations.get(&station) {
            let port = bridge.ports.iter().filter(gets).find(|port| port.name == *behind);
            let turns_back = Egress::Nowhere(Fault::TurnsBack);
            return port.map_or(turns_back, |port| Egress::Port(port.name.clone()));
        }
        if !bridge.stations.is_empty() {
            return Egress::Nowhere(Fault::NobodyHasAddress);
        }
        let flooded: Vec<_> = bridge.ports.iter().filter(gets).map(|port| port.name.clone()).collect();
        match flooded.as_slice() {
            [] => Egress::Nowhere(Fault::NoOtherPort),
            [only] => Egress::Port(only.clone()),
            _ => Egress::Flood(flooded),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_turns_back_only_where_the_port_is_a_hairpin() {
        let bridge: Arc<str> = "cni0".into();
        let mut bridges = Bridges::default();
        bridges.add_port(&bridge, "veth0".into(), false);
        bridges.add_port(&bridge, "veth1".into(), true);
        let [one, other, nobody] = ["10.244.1.2", "10.244.1.3", "10.244.1.4"].map(|text| text.parse().unwrap());
        assert_eq!(bridges.egress("cni0", nobody, None), Egress::Flood(vec!["veth0".into(), "veth1".into()]));
        assert_eq!(bridges.egress("cni0", nobody, Some("veth0")), Egress::Port("veth1".into()));
        bridges.learn(one, &"veth0".into());
        bridges.learn(other, &"veth1".into());
        assert_eq!(bridges.egress("cni0", one, Some("veth1")), Egress::Port("veth0".into()));
        assert!(matches!(bridges.egress("cni0", one, Some("veth0")), Egress::Nowhere(Fault::TurnsBack)));
        assert_eq!(bridges.egress("cni0", one, None), Egress::Port("veth0".into()));
        assert_eq!(bridges.egress("cni0", other, Some("veth1")), Egress::Port("veth1".into()));
        bridges.remove_port("veth0");
        assert_eq!(bridges.master_of("veth0"), None);
        for gone in [one, nobody] {
            assert!(matches!(bridges.egress("cni0", gone, None), Egress::Nowhere(Fault::NobodyHasAddress)));
        }
    }
}
