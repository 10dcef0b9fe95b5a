//! What is refused, in the words of iptables 1.8.9 (recorded by hand from the real tool), and where.

use datapath_core::iptables::{Tables, command, restore, save};
use datapath_core::net::Family;
use datapath_core::source::Diagnostic;

/// `LINE:COLUMN MESSAGE` of the first diagnostic.
fn refusal(text: &str) -> String {
    let mut tables = Tables::new(Family::V4);
    let diagnostics = restore(&mut tables, text, false).expect_err(text);
    assert_eq!(save(&tables), "", "nothing takes effect");
    format!("{} {}", diagnostics[0].position, diagnostics[0].message)
}

fn in_filter(line: &str) -> String {
    refusal(&format!("*filter\n:A - [0:0]\n{line}\nCOMMIT\n"))
}

#[track_caller]
fn check(line: &str, expected: &str) {
    assert_eq!(in_filter(line), expected);
}

#[test]
fn targets_and_chains() {
    check("-A INPUT -j NOPE", "3:13 Couldn't load target `NOPE':No such file or directory");
    check("-A INPUT -j IPVS", "3:13 Couldn't load target `IPVS':No such file or directory");
    check("-A INPUT -g NOPE", "3:13 goto 'NOPE' is not a chain");
    check("-A NOPE -j ACCEPT", "3:4 No chain/target/match by that name: table filter has no chain `NOPE'");
    check("-A INPUT -j INPUT", "3:13 Invalid argument: `INPUT' is a built-in chain");
    check("-N ACCEPT", "3:4 chain name may not clash with target name");
    check("-X INPUT", "3:4 Invalid argument: cannot delete a built-in chain: `INPUT'");
    check("-D INPUT 7", "3:4 Index of deletion too big");
    check("-I INPUT 9 -j ACCEPT", "3:4 Index of insertion too big");
    check("-D INPUT -j ACCEPT", "3:4 Bad rule (does a matching rule exist in that chain?)");
    check("-P INPUT FOO", "3:4 Bad policy name");
    check("-A INPUT -p tcp -m tcpmss", "3:20 tcpmss: option \"--mss\" must be specified");
    check("-A INPUT -m connlimit", "3:13 You must specify \"--connlimit-above\" or \"--connlimit-upto\".");
    check("-A INPUT -p tcp --syn -j TCPMSS", "3:26 TCPMSS target: At least one parameter is required");
    check(
        "-A INPUT -m quota --quota x",
        "3:19 quota: bad value for option \"--quota\", or out of range (0-18446744073709551615).",
    );
    check("-P A DROP", "3:4 Bad built-in chain name: `A'");
    let long = "a".repeat(29);
    check(&format!("-N {long}"), &format!("3:4 chain name `{long}' too long (must be under 29 chars)"));
    check(&format!(":{long} - [0:0]"), &format!("3:2 Invalid chain name `{long}' (28 chars max)"));
}

#[test]
fn matches_and_options() {
    check("-A INPUT -m nope", "3:13 Couldn't load match `nope':No such file or directory");
    check("-A INPUT --nope", "3:10 unknown option \"--nope\"");
    check("-A INPUT --dport 80", "3:10 unknown option \"--dport\"");
    check("-A INPUT foo", "3:10 Bad argument `foo'");
    check("-A INPUT -p tcp --dport", "3:17 option \"--dport\" requires an argument");
    check("-A INPUT -p tcp --dport 99999", "3:25 invalid port/service `99999' specified");
    check("-A INPUT -m comment ! --comment x", "3:23 comment: option \"--comment\" cannot be inverted.");
    check("-A INPUT -m comment", "3:13 comment: option \"--comment\" must be specified");
    check("-A INPUT -p tcp --tcp-flags SYN", "3:17 --tcp-flags requires two args.");
    check("-A INPUT -m tcp --dport 80", "3:13 tcp match: only valid for protocol 6");
    check("-A INPUT -m recent --rcheck --reap", "3:29 recent: option \"--reap\" also requires \"--seconds\".");
    check("-A INPUT -m statistic --mode odd", "3:23 Bad mode \"odd\"");
    check("-A INPUT -m set --match-set x up", "3:29 You must specify (the comma separated list of) 'src' or 'dst'.");
    check("-A INPUT ! -j ACCEPT", "3:12 cannot have ! before -j");
    check("-A INPUT -j ACCEPT -j DROP", "3:20 multiple -j flags not allowed");
    check("-A INPUT -A INPUT", "3:10 Cannot use -A with -A");
    check("-j ACCEPT", "3:1 no command specified");
}

#[test]
fn addresses_and_devices() {
    check("-A INPUT -s 1.2.3.400", "3:13 host/network `1.2.3.400' not found");
    check("-A INPUT -s 1.2.3.4/40", "3:13 invalid mask `40' specified");
    check("-A INPUT -s 1.2.3.4 -s 4.5.6.7", "3:21 multiple -s flags not allowed");
    check("-A INPUT ! -s 1.2.3.4,5.6.7.8", "3:15 ! not allowed with multiple source or destination IP addresses");
    check("-A INPUT -o eth0", "3:4 Can't use -o with INPUT");
    check("-A OUTPUT -i eth0", "3:4 Can't use -i with OUTPUT");
    check(
        "-A INPUT -i abcdefghijklmnopq",
        "3:13 interface name `abcdefghijklmnopq' must be shorter than IFNAMSIZ (15)",
    );
    check("-A INPUT -p foo", "3:13 unknown protocol \"foo\" specified");
    check("-A INPUT ! -p all", "3:15 rule would never match protocol");
}

#[test]
fn tables_as_a_whole() {
    assert_eq!(refusal("*filter\n:A - [0:0]\n"), "3:1 COMMIT expected at line 3");
    assert_eq!(refusal("*nope\nCOMMIT\n"), "1:2 unable to initialize table 'nope'");
    assert_eq!(refusal("foo\n"), "1:1 this line belongs to no table");
    assert_eq!(
        refusal("*filter\n:INPUT FOO [0:0]\nCOMMIT\n"),
        "2:8 Can't set policy `FOO' on `INPUT': Bad policy name"
    );
    assert_eq!(refusal("*filter\n:A - [0:0]\n:A - [0:0]\nCOMMIT\n"), "3:2 error creating chain 'A':File exists");
    assert_eq!(refusal("*filter\n[1:2 -A INPUT\nCOMMIT\n"), "2:1 Bad line 2: need ]");
    assert_eq!(
        refusal("*filter\n:A - [0:0]\n-A A -j A\n-A INPUT -j A\nCOMMIT\n"),
        "3:1 Too many levels of symbolic links: this jump leads back to chain `A' (iptables-restore: line 5 failed)"
    );
    assert_eq!(
        refusal("*nat\n-A PREROUTING -j MASQUERADE\nCOMMIT\n"),
        "2:1 MASQUERADE target: used from hooks PREROUTING, but only usable from POSTROUTING \
         (iptables-restore: line 3 failed)"
    );
    assert_eq!(
        refusal("*filter\n-A INPUT -j DNAT --to-destination 1.2.3.4\nCOMMIT\n"),
        "2:13 DNAT target: only valid in nat table, not filter"
    );
    assert_eq!(
        refusal("*mangle\n-A FORWARD -p tcp -j TCPMSS --set-mss 1400\nCOMMIT\n"),
        "2:1 Invalid argument: TCPMSS only works on TCP SYN packets (iptables-restore: line 3 failed)"
    );
    assert_eq!(
        refusal("*mangle\n-A PREROUTING -p tcp --syn -j TCPMSS --clamp-mss-to-pmtu\nCOMMIT\n"),
        "2:1 Invalid argument: path-MTU clamping only supported in FORWARD, OUTPUT and POSTROUTING hooks \
         (iptables-restore: line 3 failed)"
    );
}

#[test]
fn a_loop_that_no_hook_reaches_is_let_in_as_the_kernel_does() {
    let mut tables = Tables::new(Family::V4);
    let text = "*filter\n:A - [0:0]\n:B - [0:0]\n-A A -j B\n-A B -j A\nCOMMIT\n";
    restore(&mut tables, text, false).unwrap();
    assert!(
        command(&mut tables, "-A INPUT -j A")
            .unwrap_err()
            .message
            .to_string()
            .starts_with("Too many levels of symbolic links")
    );
}

#[test]
fn the_advice_for_ipvs_says_where_it_works() {
    let mut tables = Tables::new(Family::V4);
    let diagnostic = command(&mut tables, "iptables -A INPUT -j IPVS").unwrap_err();
    assert!(diagnostic.advice.to_string().contains("ipvsadm"), "{diagnostic}");
}

#[test]
fn tables_before_the_error_took_effect_and_later_ones_do_not() {
    let mut tables = Tables::new(Family::V4);
    let text = "*nat\n:A - [0:0]\nCOMMIT\n*filter\n:B - [0:0]\n-A INPUT -j NOPE\nCOMMIT\n*mangle\n:C - [0:0]\nCOMMIT\n";
    assert_eq!(restore(&mut tables, text, false).unwrap_err().len(), 1);
    assert!(save(&tables).starts_with("*nat\n"));
    assert!(!save(&tables).contains("*filter") && !save(&tables).contains("*mangle"));
}

#[test]
fn windows_line_ends_are_read() {
    let mut tables = Tables::new(Family::V4);
    restore(&mut tables, "*filter\r\n:A - [0:0]\r\n-A INPUT -j A\r\nCOMMIT\r\n", false).unwrap();
    assert!(save(&tables).contains("-A INPUT -j A\n"));
}

#[test]
fn noflush_empties_the_chains_that_are_declared_and_keeps_the_others() {
    let mut tables = Tables::new(Family::V4);
    restore(&mut tables, "*nat\n:A - [0:0]\n:B - [0:0]\n-A A -j B\n-A B -j RETURN\nCOMMIT\n", true).unwrap();
    command(&mut tables, "iptables -t nat -I PREROUTING -m comment --comment \"portals\" -j A").unwrap();
    restore(&mut tables, "*nat\n:A - [0:0]\n-A A -j RETURN\nCOMMIT\n", true).unwrap();
    let expected = "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n\
                    :A - [0:0]\n:B - [0:0]\n-A PREROUTING -m comment --comment portals -j A\n-A A -j RETURN\n-A B -j RETURN\n\
                    COMMIT\n";
    assert_eq!(save(&tables), expected);
    // B is referred to no more, so that kube-proxy can delete it; A still is.
    restore(&mut tables, "*nat\n:B - [0:0]\n-X B\nCOMMIT\n", true).unwrap();
    assert!(restore(&mut tables, "*nat\n:A - [0:0]\n-X A\nCOMMIT\n", true).is_err());
}

#[test]
fn what_is_not_modelled_is_kept_as_it_is_written() {
    let text =
        "-A INPUT -p tcp -m cgroup ! --cgroup 5 -m u32 --u32 \"0>>22&0x3C@0=0x1\" -j IDLETIMER --label \"a b\"\n";
    let mut tables = Tables::new(Family::V4);
    restore(&mut tables, &format!("*filter\n{text}COMMIT\n"), false).unwrap();
    assert!(save(&tables).contains(text), "{}", save(&tables));
}

/// Each line has a table, a rule, and what `iptables-legacy-restore` 1.8.9 said; `-` where only the kernel refused it,
/// which says no more than that.
#[test]
fn what_the_tool_refuses_is_refused_in_its_words() {
    let recorded = include_str!("data/iptables/refusals.txt");
    let mut wrong = Vec::new();
    for line in recorded.lines() {
        let [table, rule, message] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let text = format!("*{table}\n:A - [0:0]\n{}\nCOMMIT\n", rule.replace("\\n", "\n"));
        match restore(&mut Tables::new(Family::V4), &text, false) {
            Ok(()) => wrong.push(format!("{rule}: taken")),
            Err(diagnostics) => {
                let Diagnostic { message: said, advice, .. } = &diagnostics[0];
                if (message != "-" && message != said.to_string()) || advice.is_empty() {
                    wrong.push(format!("{rule}\n  tool  {message}\n  model {said} ({advice})"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
