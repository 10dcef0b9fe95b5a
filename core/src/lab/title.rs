use super::Lab;
use crate::k8s::NamespacedName;
use crate::message;
use crate::message::Message;

impl Lab {
    /// What tells this lab from others in a list: its first Services, or the address of the node that was copied.
    pub fn title(&self) -> Message {
        if self.is_copied() {
            let node = self.lanes.first().and_then(|lane| lane.network.node(0));
            let devices = node.map_or(&[][..], |node| node.stack.routing.devices());
            let mut addresses = devices.iter().flat_map(|device| &device.addresses).map(ipnet::IpNet::addr);
            let own = addresses.find(|address| !address.is_loopback());
            return own.map_or_else(
                || message!("title-copied-node"),
                |address| message!("title-copied-node-at", address = address.to_string()),
            );
        }
        let is_everywhere = |name: &NamespacedName| *name.namespace == *"default" || *name.namespace == *"kube-system";
        let names = || self.cluster.services.iter().map(|service| &service.name);
        let own = names().filter(|name| !is_everywhere(name));
        let first: Vec<_> = own.chain(names().filter(|name| is_everywhere(name))).take(2).collect();
        match first.as_slice() {
            [] => message!("title-no-services"),
            [one] => message!("title-one", service = one.to_string()),
            [one, other, ..] => match names().count() - first.len() {
                0 => message!("title-two", one = one.to_string(), other = other.to_string()),
                rest => message!("title-more", one = one.to_string(), other = other.to_string(), rest = rest),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lab::{Lab, WEB_SHOP};

    #[test]
    fn a_lab_is_known_by_what_is_its_own() {
        let title = |text: &str| {
            Lab::open(text, 1).unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics)).title().to_string()
        };
        assert_eq!(title(WEB_SHOP), "shop/web, shop/cart and 5 more");
        let node = "2: eth0: <BROADCAST,UP> mtu 1500\n    inet 10.0.0.2/24 scope global eth0\n";
        assert_eq!(title(node), "Copied node 10.0.0.2");
    }
}
