use super::*;
use crate::iproute::{Node, install, route, rule};
use crate::net::Family;
use crate::netfilter::routing::{Device, DeviceKind};
use crate::netfilter::{Bridges, Routing};

macro_rules! recorded {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/cases/tools/iproute/", $name, ".txt"))
    };
}

fn node() -> Node {
    Node { interfaces: parse(recorded!("model-node")).unwrap().interfaces, ..Node::default() }
}

fn one_line(routing: &Routing) -> String {
    Listing::of(routing, &Bridges::default()).show(What::Addresses, Form::OneLine, None)
}

/// The commands of the recorded session and what each printed.
fn session() -> impl Iterator<Item = (&'static str, &'static str)> {
    let text = include_str!("../../../../tests/cases/shell/lab-node.session");
    text.split("$ ").skip(1).filter_map(|typed| typed.split_once('\n'))
}

#[test]
fn devices_of_the_lab_list_as_those_of_a_kernel() {
    let (mut routing, mut bridges) = (Routing::default(), Bridges::default());
    let nets = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<_>>();
    for (name, kind, mac, addresses) in [
        ("lo", DeviceKind::Loopback, None, nets(&["127.0.0.1/8", "::1/128"])),
        ("cni0", DeviceKind::Bridge, Some("0a:58:0a:f4:01:01"), nets(&["10.244.1.1/24"])),
        ("flannel.1", DeviceKind::Vxlan, Some("06:58:0a:f4:01:00"), nets(&["10.244.1.0/32"])),
        ("kube-ipvs0", DeviceKind::Dummy, Some("02:58:00:00:00:01"), nets(&["10.96.0.1/32"])),
        ("veth1", DeviceKind::Veth, Some("0e:58:0a:f4:01:02"), Vec::new()),
        ("veth2", DeviceKind::Veth, Some("0e:58:0a:f4:01:03"), Vec::new()),
    ] {
        let mac = mac.map(|mac| mac.parse().unwrap());
        routing.add_device(Device { name: name.into(), kind, mac, addresses });
    }
    routing.settings_of("flannel.1").mtu = Some(1450);
    bridges.add_port(&"cni0".into(), "veth1".into(), false);
    let (v4, v6) = (Some(Family::V4), Some(Family::V6));
    let mut seen = 0;
    for (command, printed) in session() {
        let (what, form, family) = match command {
            "ip addr" => (What::Addresses, Form::Full, None),
            "ip link" => (What::Links, Form::Full, None),
            "ip -o addr" => (What::Addresses, Form::OneLine, None),
            "ip -o link" => (What::Links, Form::OneLine, None),
            "ip -br addr" => (What::Addresses, Form::Brief, None),
            "ip -br link" => (What::Links, Form::Brief, None),
            "ip -4 addr" => (What::Addresses, Form::Full, v4),
            "ip -6 addr" => (What::Addresses, Form::Full, v6),
            "ip -4 -br addr" => (What::Addresses, Form::Brief, v4),
            _ => continue,
        };
        seen += 1;
        assert_eq!(Listing::of(&routing, &bridges).show(what, form, family), printed, "{command}");
    }
    assert_eq!(seen, 9);
}

#[test]
fn a_node_made_of_a_listing_lists_as_the_real_one() {
    let mut node = node();
    assert_eq!(one_line(&install(&node).0), recorded!("model-addr"));
    node.routes = [recorded!("model-route"), recorded!("model-route6")]
        .into_iter()
        .flat_map(|text| route::parse(text).unwrap().routes)
        .collect();
    let (routing, said) = install(&node);
    assert!(said.is_empty(), "{said:?}");
    assert_eq!(one_line(&routing), recorded!("model-addr"));
    assert_eq!(route::Listing::of(&routing, Family::V4).to_string(), recorded!("model-route"));
    assert_eq!(route::Listing::of(&routing, Family::V6).to_string(), recorded!("model-route6"));
}

#[test]
fn without_routes_the_kernels_own_are_derived() {
    let (routing, _) = install(&node());
    let kernels = |text: &str| -> String {
        let lines = text.lines().filter(|line| line.contains("proto kernel"));
        lines.map(|line| format!("{line}\n")).collect()
    };
    assert_eq!(route::Listing::of(&routing, Family::V4).to_string(), kernels(recorded!("model-route")));
    assert_eq!(route::Listing::of(&routing, Family::V6).to_string(), kernels(recorded!("model-route6")));
}

#[test]
fn details_tell_what_a_device_is() {
    let interfaces = parse(recorded!("link-details")).unwrap().interfaces;
    let kinds: Vec<_> = interfaces.iter().map(|interface| (&*interface.name, interface.kind())).collect();
    let expected = [
        ("lo", None),
        ("br0", Some("bridge")),
        ("veth1", Some("veth")),
        ("veth0", Some("veth")),
        ("vx0", Some("vxlan")),
        ("m0", Some("macvlan")),
        ("tun0", Some("tun")),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(parse(recorded!("link-details-one-line")).unwrap().interfaces.len(), expected.len());
    assert_eq!(interfaces[2].fact("master"), Some("br0"));
    assert_eq!(interfaces[4].has_flag("UP"), Some(false));
    let plain = parse(recorded!("link")).unwrap().interfaces;
    assert!(plain.iter().all(|interface| interface.kind().is_none()));
}

#[test]
fn errors_are_located() {
    let cases = [
        ("eth0: <UP>", "1:1", "a device such as `2: eth0:`"),
        ("2: eth0: <UP> mtu 1500\n    inet 10.0.0.1/33 scope global eth0", "2:10", "an address with its prefix length"),
        ("2: eth0    inet6 10.0.0.1/24", "1:18", "an address with its prefix length"),
        ("2: eth0: <UP>\ninet 10.0.0.1", "2:6", "an address with its prefix length"),
        ("2: eth0: <UP>\nnonsense", "2:1", "a device, or an address"),
        ("1: lo", "1:6", "inet or inet6"),
    ];
    for (text, place, expected) in cases {
        let error = parse(text).unwrap_err();
        assert_eq!(error.position.to_string(), place, "{text}: {error}");
        assert!(error.expected.to_string().starts_with(expected), "{text}: {error}");
    }
}

#[test]
fn listings_print_as_they_were_read() {
    let texts = [
        recorded!("addr"),
        recorded!("addr-details"),
        recorded!("addr-one-line"),
        recorded!("addr-statistics"),
        recorded!("addr4"),
        recorded!("addr6"),
        recorded!("link"),
        recorded!("link-details"),
        recorded!("link-details-one-line"),
        recorded!("link-one-line"),
    ];
    for text in texts {
        assert_eq!(parse(text).unwrap().to_string(), text);
    }
    let texts = [
        recorded!("route"),
        recorded!("route6"),
        recorded!("route-all"),
        recorded!("route-local"),
        recorded!("route-details"),
        recorded!("route-one-line"),
        recorded!("route-get"),
    ];
    for text in texts {
        assert_eq!(route::parse(text).unwrap().to_string(), text);
    }
    for text in [recorded!("rule"), recorded!("rule6")] {
        assert_eq!(rule::list(&rule::parse(text, None).unwrap()), text);
    }
}
