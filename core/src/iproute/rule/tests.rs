use super::*;

macro_rules! recorded {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/cases/tools/iproute/", $name, ".txt"))
    };
}

#[test]
fn a_fresh_kernel_has_three_rules() {
    assert_eq!(list(&Rule::defaults(Family::V4)), recorded!("model-rule"));
    assert_eq!(list(&Rule::defaults(Family::V6)), recorded!("model-rule6"));
    assert!(parse(recorded!("model-rule"), None).unwrap().iter().all(Rule::is_default));
}

#[test]
fn conditions_are_taken_apart() {
    let rules = parse(recorded!("rule"), None).unwrap();
    let find = |priority: u32| rules.iter().find(|rule| rule.priority == priority).unwrap();
    assert_eq!(find(32765).conditions[1], Condition::Mark { value: 1, mask: Some(0xf) });
    assert_eq!(find(32765).action, Action::Lookup("100".into()));
    assert_eq!(find(50).conditions[2], Condition::Input("veth0".into()));
    assert!(find(60).inverted && !find(60).is_default());
    assert_eq!(&*find(73).kept, "suppress_prefixlength 0");
    assert_eq!(find(70).action, Action::Other("blackhole".into()));
}

#[test]
fn errors_are_located() {
    let cases = [
        ("from all lookup main", "1:1", "a priority with a colon"),
        ("0:\tfrom all lookup local\n1:\tfrom 10.0.0.0/99 lookup 5", "2:9", "all, an address or a prefix"),
        ("1:\tfrom all fwmark 0xg lookup 5", "1:20", "a mark such as 0x1"),
        ("1:\tfrom all", "1:12", "lookup, goto or another action"),
    ];
    for (text, place, expected) in cases {
        let error = parse(text, None).unwrap_err();
        assert_eq!(error.position.to_string(), place, "{text}: {error}");
        assert!(error.expected.to_string().starts_with(expected), "{text}: {error}");
    }
}
