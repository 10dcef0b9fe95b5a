//! The typed API, called in a browser as JavaScript would call it.

use datapath_wasm::Lab;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn get(object: &JsValue, path: &[&str]) -> JsValue {
    path.iter()
        .fold(object.clone(), |object, key| js_sys::Reflect::get(&object, &JsValue::from_str(key)).expect("a property"))
}

fn text(object: &JsValue, path: &[&str]) -> String {
    get(object, path).as_string().unwrap_or_default()
}

#[wasm_bindgen_test]
fn one_packet_gives_one_journey_for_each_datapath() {
    let mut lab = Lab::new(None, None).expect("the built-in cluster");
    let target =
        lab.targets().expect("targets").iter().position(|target| text(&target.js_value(), &["service"]) == "shop/web");
    let journeys = lab.send(0, target.expect("the shop's web Service")).expect("journeys");
    let datapaths: Vec<_> = journeys.iter().map(|journey| text(&journey.js_value(), &["datapath"])).collect();
    assert_eq!(datapaths, ["iptables", "nftables", "ipvs"]);
    for journey in &journeys {
        assert_eq!(text(&journey.js_value(), &["outcome", "ending"]), "answered");
        assert!(!text(&journey.js_value(), &["moments", "0", "text"]).is_empty());
    }
    let rules = |journey: &JsValue| get(journey, &["request", "rules"]).as_f64().unwrap_or_default();
    let next = lab.send_next().expect("journeys");
    assert!(rules(&next[0].js_value()) < rules(&journeys[0].js_value()), "the second packet takes the short way");
}

#[wasm_bindgen_test]
fn bad_input_is_an_error_and_not_a_panic() {
    assert!(Lab::new(Some("kind: [".into()), None).is_err());
    assert!(Lab::new(Some(String::new()), None).is_err());
    let mut lab = Lab::new(None, None).expect("the built-in cluster");
    assert!(lab.send(usize::MAX, 0).is_err());
    assert!(lab.send_next().is_err());
}

#[wasm_bindgen_test]
fn every_rule_of_a_service_names_the_field_that_caused_it() {
    let lab = Lab::new(None, None).expect("the built-in cluster");
    let sections = lab.ruleset("iptables", "node1").expect("rules");
    let nat =
        sections.iter().map(|section| section.js_value()).find(|section| text(section, &["command"]).contains("nat"));
    let lines = js_sys::Array::from(&get(&nat.expect("the nat table"), &["lines"]));
    let of_web: Vec<JsValue> =
        lines.iter().filter(|line| text(line, &["text"]).contains("shop/web:http cluster")).collect();
    assert!(!of_web.is_empty());
    for line in of_web {
        assert_eq!(text(&line, &["reasons", "0", "object"]), "shop/web");
        assert_eq!(text(&line, &["reasons", "0", "field"]), "spec.clusterIP");
    }
    let files = lab.export("ipvs", "node1").expect("files");
    let names: Vec<String> = files.iter().map(|file| text(&file.js_value(), &["name"])).collect();
    assert!(names.iter().any(|name| name.contains("ipvsadm")), "{names:?}");
    assert!(lab.ruleset("iptables", "nowhere").is_err());
    assert!(lab.ruleset("ebpf", "node1").is_err());
}

#[wasm_bindgen_test]
fn an_action_reaches_the_kernels() {
    let mut lab = Lab::new(None, None).expect("the built-in cluster");
    assert!(lab.offers().contains(&"kubectl scale deployment/web -n shop --replicas=4".to_owned()));
    let path = lab.act("kubectl scale deployment/web -n shop --replicas=5").expect("a path").js_value();
    let rounds = js_sys::Array::from(&get(&path, &["rounds"]));
    let written = rounds.iter().flat_map(|round| js_sys::Array::from(&get(&round, &["syncs"])).to_vec());
    let lines: f64 = written.filter_map(|sync| get(&sync, &["effort", "lines"]).as_f64()).sum();
    assert!(lines > 0.0);
    assert!(lab.act("kubectl scale deployment/nobody -n shop --replicas=5").is_err());
    assert!(lab.act("rm -rf /").is_err());
}
