//! Texts that were written to break the reader, by hand and by chance.

use std::fmt::Write as _;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use datapath_core::controllers::Controllers;
use datapath_core::k8s::{self, Parsed};
use proptest::prelude::*;

const WEB_SHOP: &str = include_str!("../src/lab/web-shop.yaml");

/// How many times as long as an ordinary text of its length a text may take: what explodes takes millions.
const PATIENCE: u32 = 50;

/// Every kind that the example lacks.
const OTHER_KINDS: &str = include_str!("k8s_hostile/kinds.yaml");

fn read(text: &str) -> (Parsed, Duration) {
    let start = Instant::now();
    let parsed = k8s::parse(text);
    Controllers::start(&mut parsed.cluster.clone(), 1);
    (parsed, start.elapsed())
}

/// What an ordinary text of this length takes in this run, and one of some hundred kilobytes at least.
fn usual(length: usize) -> Duration {
    const COPIES: usize = 32;
    static LONG: OnceLock<(usize, Duration)> = OnceLock::new();
    let (measured, took) = LONG.get_or_init(|| {
        let text = [WEB_SHOP, "---\n"].concat().repeat(COPIES);
        (text.len(), read(&text).1)
    });
    took.mul_f64(length.max(*measured) as f64 / *measured as f64)
}

/// Parses and lets the controllers start in time, and with messages that fit on a page.
fn survive(text: &str) -> Parsed {
    let (parsed, took) = read(text);
    let usual = usual(text.len());
    assert!(took < usual * PATIENCE, "took {took:?}, and an ordinary text {usual:?}");
    assert!(parsed.diagnostics.len() <= 101, "{} diagnostics", parsed.diagnostics.len());
    for diagnostic in &parsed.diagnostics {
        let printed = diagnostic.to_string();
        assert!(printed.chars().count() < 1_000, "{printed}");
        assert!(!printed.chars().any(char::is_control), "{printed:?}");
    }
    parsed
}

fn first_error(text: &str) -> String {
    survive(text).diagnostics.first().map(ToString::to_string).unwrap_or_default()
}

#[test]
fn aliases_do_not_explode() {
    let mut bomb = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..30 {
        let below = vec![format!("*a{}", level - 1); 9].join(", ");
        let _ = writeln!(bomb, "a{level}: &a{level} [{below}]");
    }
    assert!(first_error(&bomb).contains("excessive aliasing"), "{}", first_error(&bomb));
    let list = "apiVersion: v1\nkind: List\nitems:\n- &n {apiVersion: v1, kind: Node, metadata: {name: a}}\n";
    survive(&format!("{list}{}", "- *n\n".repeat(100_000)));
}

#[test]
fn nesting_is_refused_before_the_stack_ends() {
    for opening in ["[", "{a: ", "- ", "? ", "[{a: ", "- ? "] {
        let error = first_error(&opening.repeat(100_000));
        assert!(error.contains("nested") || error.contains("not YAML"), "{opening:?}: {error}");
    }
    let deep = (0..2_000).fold(String::new(), |text, level| format!("{text}{}a:\n", " ".repeat(level)));
    assert!(first_error(&deep).contains("nested more than 100 levels"), "{}", first_error(&deep));
}

#[test]
fn large_pieces_are_quoted_in_part() {
    let huge = "x\u{1b}é".repeat(500_000).replace('\u{1b}', "\"'");
    let name = huge.replace('"', "\\\"");
    survive(&format!("apiVersion: v1\nkind: Node\nmetadata:\n  name: \"{name}\"\n"));
    survive(&format!("kind: \"{name}\"\n"));
    survive(&format!("apiVersion: v1\nkind: Node\nmetadata: {{name: a, labels: {{\"{name}\": 1}}}}\n"));
    let slice = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\naddressType: IPv4\n";
    let label = format!("kubernetes.io/service-name: \"\\t{name}\"");
    survive(&format!("{slice}metadata: {{name: a, labels: {{{label}}}}}\n"));
    survive(&huge);
    let keys = (0..100_000).fold(String::new(), |text, key| text + &format!("  k{}: 1\n", key % 99_000));
    survive(&format!("apiVersion: v1\nkind: Node\nmetadata:\n{keys}"));
}

#[test]
fn a_hundred_thousand_faults_are_counted() {
    let items = "- {apiVersion: v1, kind: Node, metadata: {name: A}}\n".repeat(20_000);
    let parsed = survive(&format!("apiVersion: v1\nkind: List\nitems:\n{items}"));
    let last = parsed.diagnostics.last().map(ToString::to_string).unwrap_or_default();
    assert!(last.contains("19900 more"), "{last}");
    assert!(!parsed.is_usable());
}

#[test]
fn tokens_in_a_row_take_no_longer_than_their_length() {
    let tokens = [
        "- ", "? ", ": ", "a: ", "a: b\n", "{", "[", "[]", "'", "\"", "&a ", "*a ", "!a ", "|\n", ">-\n ", "---\n",
        "...\n", "%a ", "#", "\n", "\t", " ", ",", "<<: ", "\r", "\u{feff}", "\u{85}", "é", "@", "`", "!!str ", "- - ",
        "[a,", "{a,", "? - ",
    ];
    for first in tokens {
        for second in tokens {
            survive(&(first.to_owned() + second).repeat(3_000));
        }
        survive(&first.repeat(200_000));
    }
}

#[test]
fn a_configuration_is_read_once_however_often_it_is_there() {
    let value = "kind: KubeProxyConfiguration\\n".repeat(10_000);
    let map = format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}, data: {{c: \"{value}\"}}}}");
    let list = format!("apiVersion: v1\nkind: List\nitems:\n- &n {map}\n{}", "- *n\n".repeat(5_000));
    survive(&list);
    let mut bomb = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..30 {
        let below = vec![format!("*a{}", level - 1); 9].join(", ");
        let _ = writeln!(bomb, "a{level}: &a{level} [{below}]");
    }
    let inner = format!("kind: KubeProxyConfiguration\n{bomb}").replace('\n', "\n    ");
    let error =
        first_error(&format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  c: |\n    {inner}\n"));
    assert!(error.contains("excessive aliasing") && error.starts_with("12:"), "{error}");
    for opening in ["[", "{a: ", "- "] {
        let inner = format!("kind: KubeProxyConfiguration\nmode: {}", opening.repeat(50_000));
        survive(&format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}, data: {{c: {inner:?}}}}}"));
    }
}

#[test]
fn numbers_of_pods_have_an_end() {
    let template = "selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{}]}}";
    let workload = |kind: &str, name: usize| {
        format!(
            "---\n{{apiVersion: apps/v1, kind: {kind}, metadata: {{name: w{name}}}, spec: {{replicas: 2147483647, {template}}}}}\n"
        )
    };
    let service = |name: usize| {
        format!(
            "---\n{{apiVersion: v1, kind: Service, metadata: {{name: s{name}}}, spec: {{clusterIP: None, selector: {{a: b}}}}}}\n"
        )
    };
    let nodes = "apiVersion: v1\nkind: Node\nmetadata: {name: n}\nspec: {podCIDRs: [10.0.0.0/8]}\nstatus: {addresses: [{type: InternalIP, address: 192.168.0.1}]}\n";
    for kind in ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"] {
        let workloads: String = (0..100).map(|name| workload(kind, name)).collect();
        let services: String = (0..20).map(service).collect();
        survive(&format!("{nodes}{workloads}{services}"));
    }
    let percent = "strategy: {rollingUpdate: {maxSurge: 4294967295%, maxUnavailable: 100%}}";
    survive(&format!("{nodes}{}", workload("Deployment", 0).replace("replicas", &format!("{percent}, replicas"))));
}

#[test]
fn subsets_do_not_explode() {
    let addresses =
        (0..3_000).fold(String::new(), |text, n| text + &format!("{{ip: 10.0.{}.{}}},", n / 250, n % 250 + 1));
    let ports = (1..3_000).fold(String::new(), |text, n| text + &format!("{{name: p{n}, port: {n}}},"));
    let subset = format!("{{addresses: [{addresses}], ports: [{ports}]}}");
    let service = "---\n{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {clusterIP: None}}\n";
    let subsets = vec![subset; 20].join(",");
    survive(&format!("{{apiVersion: v1, kind: Endpoints, metadata: {{name: a}}, subsets: [{subsets}]}}\n{service}"));
}

#[test]
fn a_hundred_thousand_endpoints_are_a_hundred_thousand_pods() {
    let service =
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {clusterIP: None, selector: {app: web}}\n";
    let slices = (0..1_000).fold(service.to_owned(), |mut text, slice| {
        let _ = write!(
            text,
            "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: web-{slice}, labels: {{kubernetes.io/service-name: web}}}}\naddressType: IPv4\nendpoints:\n"
        );
        for endpoint in 0..100 {
            let _ = writeln!(
                text,
                "- {{addresses: [10.{}.{}.{endpoint}], targetRef: {{kind: Pod, name: web-{slice}-{endpoint}}}}}",
                slice / 250,
                slice % 250
            );
        }
        text
    });
    let mut cluster = survive(&slices).cluster;
    Controllers::start(&mut cluster, 1);
    assert_eq!(cluster.pods.len(), 100_000);
}

#[derive(Clone, Debug)]
enum Mutation {
    Delete { at: usize, length: usize },
    Insert { at: usize, text: String },
    SwapLines { first: usize, second: usize },
    Indent { line: usize, by: usize },
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let token = prop::sample::select(vec![
        "\0", "\t", "\n", "\r\n", ":", "- ", "[", "]", "{", "}", "\"", "'", "&a ", "*a", "|", "#", "null", "-1",
        "65536", "é", "\u{feff}", "1e400", "<<: ", "---\n", "!!int ", "~", "\u{2028}",
    ]);
    prop_oneof![
        (any::<usize>(), 1..40_usize).prop_map(|(at, length)| Mutation::Delete { at, length }),
        (any::<usize>(), token).prop_map(|(at, text)| Mutation::Insert { at, text: text.to_owned() }),
        (any::<usize>(), ".{0,8}").prop_map(|(at, text)| Mutation::Insert { at, text }),
        (any::<usize>(), any::<usize>()).prop_map(|(first, second)| Mutation::SwapLines { first, second }),
        (any::<usize>(), 0..6_usize).prop_map(|(line, by)| Mutation::Indent { line, by }),
    ]
}

fn boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at % (text.len() + 1))
}

fn mutate(text: &mut String, mutation: &Mutation) {
    match mutation {
        Mutation::Delete { at, length } => {
            let start = boundary(text, *at);
            let end = text.floor_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end.max(start), "");
        }
        Mutation::Insert { at, text: inserted } => text.insert_str(boundary(text, *at), inserted),
        Mutation::SwapLines { first, second } => {
            let mut lines: Vec<&str> = text.split('\n').collect();
            let count = lines.len();
            lines.swap(first % count, second % count);
            *text = lines.join("\n");
        }
        Mutation::Indent { line, by } => {
            let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
            let place = line % lines.len();
            lines[place] = format!("{}{}", " ".repeat(*by), lines[place].trim_start());
            *text = lines.join("\n");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_survived(text in "\\PC{0,200}|[-:\\[\\]{}&*!|>'\"%@`#,?~a0 \t\r\n]{0,120}") {
        survive(&text);
    }

    #[test]
    fn any_damage_to_a_cluster_is_survived(
        mutations in prop::collection::vec(mutation(), 1..12),
        other_kinds in any::<bool>(),
    ) {
        let mut text = if other_kinds { OTHER_KINDS } else { WEB_SHOP }.to_owned();
        for mutation in &mutations {
            mutate(&mut text, mutation);
        }
        survive(&text);
    }
}
