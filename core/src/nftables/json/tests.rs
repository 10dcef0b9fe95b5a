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
    value["nftables"].as_array().unwrap().iter().map(|object| without_handles(&super::format::line(object))).collect()
}

#[test]
fn lists_as_the_real_tool() {
    let ruleset = ruleset(recorded!("ruleset.nft"));
    assert_eq!(crate::nftables::list(&ruleset), recorded!("list.txt"));
    // What the program has in its memory behind the flags of a dormant table changes.
    let expected = recorded!("list.json").replace("\"flags\": \"k\"", "\"flags\": \"dormant\"");
    let printed = list(&ruleset, 0);
    let differ = |(printed, expected): (&String, &String)| {
        (printed != expected).then(|| format!("printed:  {printed}\nrecorded: {expected}\n"))
    };
    let (of_printed, of_expected) = (objects(&printed), objects(&expected));
    let differences: Vec<_> = of_printed.iter().zip(&of_expected).filter_map(differ).collect();
    assert!(differences.is_empty(), "{}", differences.concat());
    assert_eq!(without_handles(&printed), without_handles(&expected));
}

/// nft makes the chains of a block before its objects, these before its sets, and rules last; the model gives handles
/// in the order of the text.
fn without_handles(text: &str) -> String {
    let mut parts = text.split("\"handle\": ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + part.trim_start_matches(|digit: char| digit.is_ascii_digit()))
}
