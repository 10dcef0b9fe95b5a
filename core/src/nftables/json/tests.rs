use super::*;
use crate::nftables::apply;

macro_rules! recorded {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/cases/tools/nft/", $name))
    };
}

fn ruleset(text: &str) -> Ruleset {
    let mut ruleset = Ruleset::default();
    apply(&mut ruleset, text).unwrap_or_else(|errors| panic!("{errors:?}"));
    ruleset
}

fn objects(text: &str) -> Vec<String> {
    let value: Value = serde_json::from_str(text).unwrap();
    value["nftables"].as_array().unwrap().iter().map(Value::to_string).collect()
}

#[test]
fn lists_as_the_real_tool() {
    let ruleset = ruleset(recorded!("ruleset.nft"));
    assert_eq!(crate::nftables::list(&ruleset), recorded!("list.txt"));
    // What the program has in its memory behind the flags of a dormant table changes.
    let expected = recorded!("list.json").replace("\"flags\": \"k\"", "\"flags\": \"dormant\"");
    let printed = list(&ruleset, 0);
    for (printed, expected) in objects(&printed).iter().zip(objects(&expected)) {
        assert_eq!(*printed, expected);
    }
    assert_eq!(printed, expected);
}
