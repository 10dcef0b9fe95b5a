use super::*;
use crate::iproute::{Node, address, install, rule};
use crate::net::Family;
use crate::netfilter::routing::Flow;
use crate::trace::Route as Decision;

macro_rules! recorded {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/cases/tools/iproute/", $name, ".txt"))
    };
}

#[test]
fn routes_of_all_tables_make_the_same_node_as_those_of_main() {
    let interfaces = address::parse(recorded!("addr-details")).unwrap().interfaces;
    let of_main = [recorded!("route"), recorded!("route6")].into_iter().flat_map(|text| parse(text).unwrap().routes);
    let (main, said) = install(&Node { interfaces: interfaces.clone(), routes: of_main.collect(), ..Node::default() });
    let said: Vec<_> = said.iter().map(|said| said.message.to_string()).collect();
    assert_eq!(said, ["several ways are not modelled: every packet takes the first"; 2]);
    let routes = parse(recorded!("route-all")).unwrap().routes;
    let (all, _) = install(&Node { interfaces: interfaces.clone(), routes: routes.clone(), ..Node::default() });
    for family in [Family::V4, Family::V6] {
        assert_eq!(Listing::of(&all, family), Listing::of(&main, family));
    }
}

#[test]
fn rules_by_mark_ask_other_tables() {
    let interfaces = address::parse(recorded!("addr-details")).unwrap().interfaces;
    let routes = parse(recorded!("route-all")).unwrap().routes;
    let node = |rules: Vec<rule::Rule>| {
        install(&Node { interfaces: interfaces.clone(), routes: routes.clone(), rules, ..Node::default() })
    };
    let (_, said) = node(rule::parse(recorded!("rule"), Some(Family::V4)).unwrap());
    let passed_over = said.iter().filter(|said| said.message.to_string().starts_with("the rule ")).count();
    assert_eq!(passed_over, 6, "{said:?}");
    let text = "32765:\tfrom all fwmark 0x1/0xf lookup 100\n";
    let (routing, _) = node(rule::parse(text, None).unwrap());
    let gateway = |mark| match routing.lookup_flow(&Flow { mark, ..Flow::to("10.62.0.9".parse().unwrap()) }) {
        Decision::Via { gateway, .. } => gateway.map(|gateway| gateway.to_string()),
        other => panic!("{other:?}"),
    };
    assert_eq!(gateway(0x31).as_deref(), Some("10.99.0.1"));
    assert_eq!(gateway(0x32).as_deref(), Some("10.0.0.4"));
}

#[test]
fn a_pasted_node_routes_as_the_real_one() {
    let interfaces = address::parse(recorded!("addr")).unwrap().interfaces;
    let routes = parse(recorded!("route")).unwrap().routes;
    let (routing, _) = install(&Node { interfaces, routes, ..Node::default() });
    // 10.244.1.9 via 10.0.0.3 dev veth0 src 10.0.0.1
    let answer = parse(recorded!("route-get")).unwrap().routes.remove(0);
    let Decision::Via { device, gateway } = routing.lookup(answer.prefix.addr()) else {
        panic!("no way");
    };
    assert_eq!((Some(&device), gateway), (answer.device(), answer.gateway()));
    assert_eq!(routing.source_for(answer.prefix.addr()), answer.source());
    assert_eq!(routing.lookup("10.50.0.1".parse().unwrap()), Decision::Blackhole);
    assert!(routing.is_local("172.16.0.1".parse().unwrap()));
    assert!(routing.is_local("127.8.0.1".parse().unwrap()));
}

#[test]
fn the_family_of_a_default_route_is_found() {
    let families = |text: &str| -> Vec<_> {
        parse(text).unwrap().routes.iter().map(|route| Family::of(route.prefix.addr())).collect()
    };
    assert_eq!(
        families("default dev tun0 scope link \ndefault dev tun0 metric 1024 pref medium\n"),
        [Family::V4, Family::V6]
    );
    assert_eq!(families("default via inet6 fe80::5 dev eth0 \n"), [Family::V6]);
}

#[test]
fn errors_are_located() {
    let cases = [
        ("default via 10.0.0 dev eth0", "1:13", "the address of a gateway"),
        ("default via", "1:12", "the address of a gateway"),
        ("10.0.0.0/24 dev eth0\n10.0.0.0/33 dev eth0", "2:1", "a destination such as default"),
        ("\n\tnexthop via 10.0.0.1 dev eth0", "2:1", "a destination such as default"),
        ("blackhole", "1:10", "a destination such as default"),
        ("default dev eth0 metric low", "1:25", "a number"),
    ];
    for (text, place, expected) in cases {
        let error = parse(text).unwrap_err();
        assert_eq!(error.position.to_string(), place, "{text}: {error}");
        assert!(error.expected.to_string().starts_with(expected), "{text}: {error}");
    }
}
