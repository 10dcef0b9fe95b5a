//! What nft and the kernel refuse is refused, with their words, its place, and the ruleset left as it was.

use datapath_core::nftables::{Ruleset, apply, list};
use proptest::prelude::*;

const BEFORE: &str = "\
table ip t {
	set s { type ipv4_addr; elements = { 10.0.0.1 } }
	set ranges { type ipv4_addr; flags interval; elements = { 10.0.0.0/8 } }
	map v { type inet_service : verdict; elements = { 80 : jump regular } }
	map m { type ipv4_addr : mark; elements = { 10.0.0.1 : 1 } }
	chain regular { }
	chain used { }
	chain base { type filter hook input priority 0; policy accept;
		jump used
		ip saddr @s accept
		tcp dport vmap @v
	}
	chain pre { type nat hook prerouting priority dstnat; }
}
";

fn before() -> Ruleset {
    let mut ruleset = Ruleset::default();
    apply(&mut ruleset, BEFORE).unwrap();
    ruleset
}

/// The script is refused at the place, with words of the message, and nothing of it is done.
#[track_caller]
fn refused(script: &str, place: &str, words: &str) {
    let mut ruleset = before();
    let unchanged = list(&ruleset);
    let complaints = apply(&mut ruleset, script).expect_err(script);
    let first = complaints[0].to_string();
    let start: String = script.chars().take(200).collect();
    assert!(first.starts_with(&format!("{place}: error: ")), "{start}: {first}");
    assert!(first.contains(words), "{start}: {first}");
    assert_eq!(list(&ruleset), unchanged, "{start}");
}

#[test]
fn what_is_missing_is_named() {
    let missing = "No such file or directory";
    refused("add rule ip t nowhere accept", "1:15", missing);
    refused("add rule ip6 t base accept", "1:14", missing);
    refused("add rule ip t base jump nowhere", "1:25", missing);
    refused("add rule ip t base ip saddr @nowhere drop", "1:30", missing);
    refused("add element ip t nowhere { 1.2.3.4 }", "1:18", missing);
    refused("add element ip t v { 81 : goto nowhere }", "1:32", missing);
    refused("delete table ip nowhere", "1:17", missing);
    refused("delete chain ip t nowhere", "1:19", missing);
    refused("delete set ip t nowhere", "1:17", missing);
    refused("delete rule ip t base handle 4711", "1:30", missing);
    refused("delete element ip t s { 10.0.0.2 }", "1:25", missing);
    refused("flush chain ip t nowhere", "1:18", missing);
    refused("add rule ip t base counter name nowhere", "1:33", missing);
    refused("\n\nadd rule ip t base \\\n  jump nowhere", "4:8", missing);
}

#[test]
fn what_is_there_already_is_not_created() {
    let exists = "File exists";
    refused("create table ip t", "1:17", exists);
    refused("create chain ip t regular", "1:19", exists);
    refused("create set ip t s { type ipv4_addr ; }", "1:17", exists);
    refused("add set ip t s { type inet_service ; }", "1:14", exists);
    refused("create element ip t s { 10.0.0.1 }", "1:25", exists);
    refused("add element ip t v { 80 : drop }", "1:22", exists);
    refused("add chain ip t regular { type filter hook input priority 0 ; }", "1:16", exists);
    refused("add rule ip t base tcp dport vmap { 80 : accept, 80 : drop }", "1:50", exists);
    refused("add element ip t ranges { 10.1.0.0/16 }", "1:27", "interval overlaps");
}

#[test]
fn what_is_in_use_stays() {
    let busy = "Device or resource busy";
    refused("delete chain ip t used", "1:19", busy);
    refused("delete chain ip t regular", "1:19", busy);
    refused("delete set ip t s", "1:17", busy);
    refused("delete map ip t v", "1:17", busy);
}

#[test]
fn types_must_agree() {
    refused("add rule ip t base tcp dport @s drop", "1:31", "datatype mismatch");
    refused("add rule ip t base ip saddr vmap @v", "1:34", "datatype mismatch");
    refused("add rule ip t base ip saddr vmap @m", "1:34", "no verdict map");
    refused("add rule ip t base tcp dport 65536 drop", "1:30", "exceeds valid range");
    refused("add rule ip t base ip saddr fd00::1 drop", "1:29", "no value of type ipv4_addr");
    refused("add element ip t s { 80 : drop }", "1:22", "not a map");
    refused("add element ip t m { 10.0.0.2 }", "1:31", "expected `:`");
    refused("add element ip t s { 10.0.0.0/8 }", "1:22", "flags interval");
    refused("add element ip t s { 10.0.0.9 timeout 5s }", "1:22", "time-out");
    refused("add set ip t x { type ipv5_addr ; }", "1:23", "unknown datatype ipv5_addr");
    refused("add rule ip t base ip saddr 10.0.0.0/33 drop", "1:38", "Prefix length 33 is invalid");
}

#[test]
fn jumps_may_not_go_in_a_circle() {
    let circle = "the chains jump in a circle: regular → used → regular";
    refused("add rule ip t regular jump used\nadd rule ip t used goto regular", "2:20", circle);
    refused("add rule ip t regular jump regular", "1:23", "circle: regular → regular");
    refused("add rule ip t used tcp dport vmap @v\nadd rule ip t regular jump used", "2:23", "circle");
    refused(
        "add rule ip t used jump regular\nadd rule ip t regular tcp dport vmap { 1 : goto used }",
        "2:23",
        "circle",
    );
    let mut deep = String::new();
    for number in 0..20 {
        deep.push_str(&format!("add chain ip t c{}\n", 19 - number));
    }
    for number in 0..19 {
        deep.push_str(&format!("add rule ip t c{number} jump c{}\n", number + 1));
    }
    let unreached = deep.clone();
    deep.push_str("add rule ip t base jump c0");
    refused(&deep, "40:20", "Too many links: more than 15 jumps");
    // Fifteen jumps from the base chain on.
    apply(&mut before(), &format!("{unreached}add rule ip t base jump c5")).unwrap();
    // As Linux 6.18 takes it, and 6.1.192 by its source: nobody validates what no base chain leads to.
    let circle = "add chain ip t x\nadd chain ip t y\nadd rule ip t x jump y\nadd rule ip t y goto x\n";
    for script in [&unreached, circle] {
        apply(&mut before(), script).unwrap();
    }
    refused(&format!("{circle}add rule ip t base jump x"), "5:20", "Too many links: the chains jump in a circle");
}

#[test]
fn statements_belong_to_hooks() {
    let unsupported = "Operation not supported";
    refused("add rule ip t base dnat to 10.0.0.1", "1:20", unsupported);
    refused("add rule ip t used dnat to 10.0.0.1", "1:20", unsupported);
    refused("add rule ip t pre masquerade", "1:19", unsupported);
    refused("add rule ip t base jump pre", "1:25", "is a base chain");
    refused("add chain ip t x { type nat hook forward priority 0 ; }", "1:34", unsupported);
    refused("add chain ip t x { type nat hook prerouting priority -300 ; }", "1:54", unsupported);
    refused("add chain ip t x { type route hook input priority 0 ; }", "1:36", unsupported);
    refused("add chain ip t x { type filter hook ingress priority 0 ; }", "1:37", "does not support this hook");
    refused("add rule ip t pre dnat to 10.0.0.1:80", "1:35", "transport protocol mapping");
}

#[test]
fn grammar_is_told_with_its_place() {
    refused("add rule ip t base ip sadr 1.2.3.4 drop", "1:23", "unexpected `sadr`; expected a field of ip: ");
    refused("add rule ip t base tcp dport", "1:29", "unexpected the end of the text");
    refused("add rule ip t base accept drop", "1:27", "after terminal statement");
    refused("table ip t {\n chain regular {\n  accept\n", "4:1", "expected `}`");
    refused("table ip t {\n chain regular {\n  foo bar\n }\n}\n", "3:3", "unexpected `foo`");
    refused("frobnicate", "1:1", "unexpected `frobnicate`");
    refused("add rule ip t base ip saddr $nobody drop", "1:29", "unknown identifier");
    refused("define a = 1\ndefine a = 2", "2:8", "redefinition of symbol 'a'");
    refused("include \"other.nft\"", "1:1", "no files here");
    refused("add rule ip t base comment \"unclosed", "1:28", "unexpected `\"`");
    refused("add rule ip t base ip saddr { 10.0.0.1, ", "1:41", "expected");
}

#[test]
fn every_mistake_is_told_in_its_line() {
    let mut ruleset = before();
    let script = "add rule ip t base ip foo 1 drop\nadd rule ip t base accept\nadd rule ip t base jump nowhere\n";
    let places: Vec<_> =
        apply(&mut ruleset, script).unwrap_err().iter().map(|complaint| complaint.position.line).collect();
    assert_eq!(places, [1, 3]);
}

#[test]
fn nesting_and_definitions_are_bounded() {
    let deep = format!("add rule ip t base {}ip saddr{} 1.2.3.4 drop", "(".repeat(100_000), ")".repeat(100_000));
    refused(&deep, "1:33", "nested too deeply");
    let braces = format!("add element ip t s {}", "{".repeat(100_000));
    refused(&braces, "1:33", "nested too deeply");
    let mut bomb =
        "define v0 = 10.0.0.1, 10.0.0.1, 10.0.0.1, 10.0.0.1, 10.0.0.1, 10.0.0.1, 10.0.0.1, 10.0.0.1\n".to_owned();
    for number in 1..40 {
        let last = format!("$v{}, ", number - 1);
        bomb.push_str(&format!("define v{number} = {}$v0\n", last.repeat(8)));
    }
    bomb.push_str("add element ip t s { $v39 }\n");
    assert!(apply(&mut before(), &bomb).is_err());
    assert!(apply(&mut before(), "define a = $a\nadd element ip t s { $a }\n").is_err());
}

#[test]
fn many_elements_take_time_in_proportion() {
    let mut script =
        "add table ip big\nadd set ip big s { type ipv4_addr . inet_service ; }\nadd element ip big s { ".to_owned();
    for number in 0..200_000u32 {
        script.push_str(&format!("{} . {}, ", std::net::Ipv4Addr::from(number), number % 65536));
    }
    script.push_str("}\n");
    let mut ruleset = Ruleset::default();
    apply(&mut ruleset, &script).unwrap();
    assert_eq!(list(&ruleset).matches(" . ").count(), 200_001);
}

/// Pieces of scripts, so that random ones come far into the grammar.
const PIECES: [&str; 72] = [
    "add",
    "delete",
    "flush",
    "insert",
    "replace",
    "create",
    "destroy",
    "rule",
    "chain",
    "set",
    "map",
    "element",
    "table",
    "ip",
    "ip6",
    "inet",
    "t",
    "base",
    "s",
    "v",
    "{",
    "}",
    "(",
    ")",
    ";",
    "\n",
    ",",
    ":",
    ".",
    "-",
    "/",
    "@",
    "@s",
    "@v",
    "$x",
    "define x =",
    "=",
    "!=",
    "==",
    "&",
    "|",
    "^",
    "<<",
    "type",
    "ipv4_addr",
    "verdict",
    "flags",
    "interval",
    "elements =",
    "10.0.0.1",
    "fd00::1",
    "80",
    "tcp",
    "dport",
    "saddr",
    "meta",
    "mark",
    "ct",
    "state",
    "new",
    "vmap",
    "numgen random mod 2",
    "dnat to",
    "jump used",
    "accept",
    "counter",
    "limit rate",
    "comment \"x\"",
    "\"",
    "handle 5",
    "fib",
    "update @s { ip saddr }",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = apply(&mut before(), &String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_words_are_answered_and_what_is_taken_lists_again(words in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..40)) {
        let mut ruleset = before();
        if apply(&mut ruleset, &words.join(" ")).is_ok() {
            let listing = list(&ruleset);
            let mut again = Ruleset::default();
            prop_assert!(apply(&mut again, &listing).is_ok(), "{listing}");
            prop_assert_eq!(list(&again), listing);
        }
    }
}

/// Each line has a table, the hook of a chain, a rule, and what nft 1.0.6 said of it.
#[test]
fn protocols_conflict_where_nft_says_so() {
    let mut wrong = Vec::new();
    for line in include_str!("data/nftables/protocols.txt").lines() {
        let [table, hook, rule, message] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let script = format!("table {table} {{ chain c {{ {hook}\n{rule}\n}} }}");
        let said = match apply(&mut Ruleset::default(), &script) {
            Ok(()) => "OK".to_owned(),
            Err(diagnostics) => diagnostics[0].message.to_string(),
        };
        if !said.starts_with(message) {
            wrong.push(format!("{table}: {rule}\n  nft   {message}\n  model {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
