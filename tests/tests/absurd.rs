//! Texts that no node has, and somebody pastes: very long, very deep, never closed. Each is answered, and twice as much of
//! it takes about twice as long.

use std::fmt::Write;
use std::time::Duration;

use datapath_tests::effort;
use datapath_tests::fuzz::{TARGETS, Target};

fn target(name: &str) -> Target {
    TARGETS.into_iter().find(|(known, _)| *known == name).expect("a target")
}

/// The best of three, as others use the machine too.
fn time(target: fn(&str) -> bool, text: &str) -> Duration {
    (0..3).map(|_| effort::of(|| target(text))).min().unwrap_or_default()
}

/// Quadratic time would be 16 times as long for four times the text.
fn check(name: &str, what: &str, make: impl Fn(usize) -> String) {
    const COUNT: usize = 2_000;
    let (_, read) = target(name);
    let (short, long) = (time(read, &make(COUNT)), time(read, &make(4 * COUNT)));
    let bound = short * 9 + Duration::from_millis(50);
    assert!(long < bound, "{name}: {what}: {short:?} for {COUNT}, {long:?} for four times as many");
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{}", line(number));
        text
    })
}

fn address(number: usize) -> String {
    format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255)
}

#[test]
fn nesting_that_never_ends_is_refused() {
    for (name, _) in TARGETS {
        for sign in ["{", "[", "(", "\"", "- ", "{a: ", "table ip t {\n", "*filter\n", "!", "\\"] {
            check(name, sign, |count| sign.repeat(count));
        }
    }
}

#[test]
fn what_closes_and_was_never_open_is_refused() {
    for (name, _) in TARGETS {
        for sign in ["}", "]", "COMMIT\n", "'", "\r\n", "\0", "\u{e9}", ";"] {
            check(name, sign, |count| sign.repeat(count));
        }
    }
}

#[test]
fn one_endless_line_is_read_in_linear_time() {
    for (name, _) in TARGETS {
        check(name, "words", |count| "-A INPUT -s 10.0.0.1 ".repeat(count));
        check(name, "digits", |count| "9".repeat(count));
    }
}

#[test]
fn large_sets_are_read_in_linear_time() {
    check("ipset", "addresses", |count| {
        format!("create s hash:ip maxelem 10000000\n{}", lines(count, |number| format!("add s {}", address(number))))
    });
    check("nft", "elements", |count| {
        let elements: Vec<_> = (0..count).map(address).collect();
        format!("table ip t {{\nset s {{ type ipv4_addr; elements = {{ {} }} }}\n}}\n", elements.join(", "))
    });
    check("nft", "intervals", |count| {
        let elements: Vec<_> =
            (0..count).map(|number| format!("{}-{}", address(4 * number), address(4 * number + 1))).collect();
        format!(
            "table ip t {{\nset s {{ type ipv4_addr; flags interval; elements = {{ {} }} }}\n}}\n",
            elements.join(", ")
        )
    });
    check("nft", "one element each", |count| {
        let set = "add table ip t\nadd set ip t s { type ipv4_addr; }\n";
        format!("{set}{}", lines(count, |number| format!("add element ip t s {{ {} }}", address(number))))
    });
}

#[test]
fn long_listings_are_read_in_linear_time() {
    check("iptables-restore", "rules", |count| {
        format!("*filter\n{}COMMIT\n", lines(count, |number| format!("-A INPUT -s {}/32 -j DROP", address(number))))
    });
    let rule = |number| format!("INPUT -s {}/32 -j DROP", address(number));
    check("iptables-restore", "rules put first", |count| {
        format!("*filter\n{}COMMIT\n", lines(count, |number| format!("-I {}", rule(number))))
    });
    check("iptables-restore", "rules put in the middle", |count| {
        let put = |number: usize| rule(number).replacen("INPUT", &format!("INPUT {}", number / 2 + 1), 1);
        format!("*filter\n{}COMMIT\n", lines(count, |number| format!("-I {}", put(number))))
    });
    check("iptables-restore", "rules taken away, the last first", |count| {
        let added = lines(count, |number| format!("-A {}", rule(number)));
        format!("*filter\n{added}{}COMMIT\n", lines(count, |number| format!("-D {}", rule(count - 1 - number))))
    });
    check("iptables-restore", "the same rule taken away", |count| {
        let added = lines(count, |_| format!("-A {}", rule(0)));
        format!("*filter\n{added}{}COMMIT\n", lines(count, |_| format!("-D {}", rule(0))))
    });
    check("ipset", "members taken from a list", |count| {
        let set = |number| format!("create s{number} hash:ip");
        let member = |word: &str| lines(count, |number| format!("{word} l s{number}"));
        let made = format!("{}create l list:set size {count}\n", lines(count, set));
        format!("{made}{}{}", member("add"), member("del"))
    });
    check("iptables-restore", "chains", |count| {
        let chains = lines(count, |number| format!(":C{number} - [0:0]"));
        format!("*filter\n{chains}{}COMMIT\n", lines(count, |number| format!("-A INPUT -j C{number}")))
    });
    check("nft", "chains", |count| {
        format!("table ip t {{\n{}}}\n", lines(count, |number| format!("chain c{number} {{ accept; }}")))
    });
    check("conntrack", "entries", |count| {
        lines(count, |number| {
            let end = address(number);
            format!(
                "udp 17 20 src={end} dst=10.96.0.10 sport=1 dport=53 src=10.96.0.10 dst={end} sport=53 dport=1 mark=0 use=1"
            )
        })
    });
    check("ipvsadm", "services", |count| lines(count, |number| format!("-A -t {}:80 -s rr", address(number))));
    check("ip-route", "routes", |count| lines(count, |number| format!("{} dev eth0 scope link", address(number))));
    check("dump", "routes", |count| lines(count, |number| format!("{} dev eth0 scope link", address(number))));
    check("ip-rule", "rules", |count| {
        lines(count, |number| format!("{number}:\tfrom {} lookup main", address(number)))
    });
    check("k8s", "objects", |count| {
        let object = |number| format!("---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: n{number}}}");
        lines(count / 4, object)
    });
}
