//! `kube-flannel-cfg`, as Flannel reads it at start (`ParseConfig`, `parseVXLANConfig`).

use super::cursor::{Cursor, Scalar};
use super::nested::Origin;
use super::report::{Remedy, Report};
use super::tree::Tree;
use crate::k8s::{Flannel, FlannelBackend};
use crate::message;
use crate::message::Message;
use crate::source::Position;

/// The key under which the ConfigMap has the network.
pub(super) const NETWORK: &str = "net-conf.json";
const PLUGINS: &str = "cni-conf.json";

/// `text` is that around the ConfigMap. None if what it holds is not read.
pub(super) fn read(data: &Cursor<'_>, text: &str, report: &mut Report) -> Option<Flannel> {
    let network = Document::of(data, NETWORK, text, report)?;
    let plugins = Document::of(data, PLUGINS, text, report);
    Some(Flannel { backend: backend(&network, report)?, hairpin: plugins.is_some_and(|plugins| is_hairpin(&plugins)) })
}

/// JSON in a string of YAML.
struct Document {
    tree: Tree,
    origin: Origin,
}

impl Document {
    fn of(data: &Cursor<'_>, key: &str, outer: &str, report: &mut Report) -> Option<Self> {
        let field = data.field(key)?;
        let Some(Scalar::Text(text)) = field.scalar() else {
            return None;
        };
        let origin = Origin::of(outer, field.position(), text);
        let (tree, faults) = Tree::parse(text);
        let is_sound = faults.is_empty();
        for mut fault in faults {
            fault.position = origin.place(fault.position);
            report.push(fault);
        }
        is_sound.then_some(Self { tree, origin })
    }

    fn root(&self) -> Option<Cursor<'_>> {
        self.tree.roots().first().map(|root| Cursor::root(&self.tree, *root))
    }
}

fn backend(network: &Document, report: &mut Report) -> Option<FlannelBackend> {
    let root = network.root()?;
    // Without one it is `udp`.
    let Some(backend) = field(&root, "Backend") else {
        return Some(unknown(network.origin.place(root.position()), "udp", report));
    };
    let kind = field(&backend, "Type");
    let name = kind.as_ref().and_then(Cursor::plain).unwrap_or("udp");
    match name.to_ascii_lowercase().as_str() {
        "host-gw" => Some(FlannelBackend::HostGateway),
        "vxlan" => vxlan(network, &backend, report),
        _ => Some(unknown(network.origin.place(backend.position()), name, report)),
    }
}

fn unknown(at: Position, name: &str, report: &mut Report) -> FlannelBackend {
    let remedy = Remedy::new(message!("expected-flannel-backend"), message!("advice-flannel-backend"));
    report.warning(at, message!("wrong-flannel-backend", name = format!("{name:?}")), remedy);
    FlannelBackend::HostGateway
}

fn vxlan(network: &Document, backend: &Cursor<'_>, report: &mut Report) -> Option<FlannelBackend> {
    let FlannelBackend::Vxlan { id, port } = FlannelBackend::VXLAN else {
        return None;
    };
    let mut number = |name: &str, usual: u32, most: u32, expected: Message| {
        let Some(found) = field(backend, name) else {
            return Some(usual);
        };
        match found.scalar() {
            // As Go has it, 0 asks for the usual port.
            Some(Scalar::Integer(0)) if name == "Port" => Some(usual),
            Some(Scalar::Integer(value)) if (0..=i64::from(most)).contains(&value) => u32::try_from(value).ok(),
            _ => {
                let remedy = Remedy::new(expected, message!("advice-number-in-range"));
                let at = network.origin.place(found.position());
                report.error(at, message!("wrong-flannel-number", name = name), remedy);
                None
            }
        }
    };
    let id = number("VNI", id, 0x00ff_ffff, message!("expected-vni"));
    let port = number("Port", u32::from(port), u32::from(u16::MAX), message!("expected-vxlan-port"));
    let is_direct = field(backend, "DirectRouting").is_some_and(|field| field.plain() == Some("true"));
    let vxlan = FlannelBackend::Vxlan { id: id?, port: u16::try_from(port?).ok()? };
    // All nodes of the lab share one network.
    Some(if is_direct { FlannelBackend::HostGateway } else { vxlan })
}

/// Go's JSON takes names in any case.
fn field<'a>(of: &'a Cursor<'a>, name: &str) -> Option<Cursor<'a>> {
    of.fields().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, field)| field)
}

fn is_hairpin(plugins: &Document) -> bool {
    let Some(root) = plugins.root() else {
        return false;
    };
    let Some(list) = root.field("plugins") else {
        return false;
    };
    list.elements().any(|plugin| {
        let is_flannel = plugin.field("type").is_some_and(|kind| kind.plain() == Some("flannel"));
        let asks =
            |delegate: &Cursor<'_>| delegate.field("hairpinMode").is_some_and(|mode| mode.plain() == Some("true"));
        is_flannel && plugin.field("delegate").is_some_and(|delegate| asks(&delegate))
    })
}

#[cfg(test)]
mod tests {
    use crate::k8s::{Flannel, FlannelBackend, parse};

    fn config_map(backend: &str) -> String {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: kube-flannel-cfg, namespace: kube-flannel}}\ndata:\n  \
             cni-conf.json: |\n    {{\"plugins\": [{{\"type\": \"flannel\", \"delegate\": {{\"hairpinMode\": true}}}}]}}\n  \
             net-conf.json: |\n    {{\n      \"Network\": \"10.244.0.0/16\"{backend}\n    }}\n"
        )
    }

    #[test]
    fn the_backend_decides_how_nodes_are_joined() {
        let cases = [
            (r#", "Backend": {"Type": "vxlan"}"#, FlannelBackend::VXLAN),
            (r#", "Backend": {"Type": "VXLAN", "vni": 7, "Port": 4789}"#, FlannelBackend::Vxlan { id: 7, port: 4789 }),
            (r#", "Backend": {"Type": "vxlan", "Port": 0}"#, FlannelBackend::VXLAN),
            (r#", "Backend": {"Type": "vxlan", "DirectRouting": true}"#, FlannelBackend::HostGateway),
            (r#", "Backend": {"Type": "host-gw"}"#, FlannelBackend::HostGateway),
        ];
        for (text, backend) in cases {
            let parsed = parse(&config_map(text));
            assert_eq!(parsed.diagnostics, [], "{text}");
            assert_eq!(parsed.cluster.flannel, Some(Flannel { backend, hairpin: true }), "{text}");
        }
    }

    #[test]
    fn what_flannel_does_not_take_is_said_at_its_place() {
        let parsed = parse(&config_map(",\n      \"Backend\": {\"Type\": \"vxlan\", \"VNI\": 16777216}"));
        assert_eq!(parsed.diagnostics[0].position.to_string(), "10:43");
        let parsed = parse(&config_map(r#", "Backend": {"Type": "wireguard"}"#));
        assert_eq!(parsed.cluster.flannel.map(|flannel| flannel.backend), Some(FlannelBackend::HostGateway));
        assert!(parsed.diagnostics[0].message.to_string().contains("wireguard"));
        assert!(!parse(&config_map("]")).is_usable());
    }
}
