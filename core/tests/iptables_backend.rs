//! Which built-in chains the kernel calls after what iptables-nft 1.8.9 was given, as `nft list ruleset` showed them.

use datapath_core::iptables::{Backend, Tables, command, restore, save};
use datapath_core::net::Family;
use datapath_core::netfilter::{Hook, XtTable};

fn registered(tables: &Tables) -> Vec<&'static str> {
    let hooks = Hook::ALL.into_iter().filter(|hook| tables.is_registered(XtTable::Nat, *hook));
    hooks.map(Hook::chain).collect()
}

fn over_nf_tables() -> Tables {
    let mut tables = Tables::new(Family::V4);
    tables.backend = Backend::NfTables;
    tables
}

#[test]
fn a_text_registers_the_chains_that_it_names() {
    let named: [(&str, &[&str]); 9] = [
        ("", &[]),
        ("-F\n", &[]),
        ("-X\n", &[]),
        ("-Z\n", &[]),
        (":FOO - [0:0]\n-A FOO -j ACCEPT\n", &[]),
        (":PREROUTING ACCEPT [0:0]\n", &["PREROUTING"]),
        ("-A PREROUTING -p tcp -j ACCEPT\n-D PREROUTING 1\n", &["PREROUTING"]),
        ("-F PREROUTING\n", &["PREROUTING"]),
        ("-P OUTPUT ACCEPT\n", &["OUTPUT"]),
    ];
    for (lines, expected) in named {
        let mut tables = over_nf_tables();
        restore(&mut tables, &format!("*nat\n{lines}COMMIT\n"), false).expect("it loads");
        assert_eq!(registered(&tables), expected, "{lines}");
        assert_eq!(tables.has(XtTable::Nat), !expected.is_empty() || lines.contains("FOO"), "{lines}");

        let mut legacy = Tables::new(Family::V4);
        restore(&mut legacy, &format!("*nat\n{lines}COMMIT\n"), false).expect("it loads");
        assert_eq!(registered(&legacy), ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"], "{lines}");
    }
}

#[test]
fn deleting_chains_takes_them_from_their_hooks() {
    const BEFORE: &str =
        "*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:FOO - [0:0]\n-A OUTPUT -p tcp\nCOMMIT\n";
    let left: [(&str, &[&str]); 5] = [
        ("-t nat -X", &["OUTPUT"]),
        ("-t nat -X FOO", &["PREROUTING", "OUTPUT"]),
        ("-t nat -X PREROUTING", &["OUTPUT"]),
        ("-t nat -F", &["PREROUTING", "OUTPUT"]),
        ("-t nat -A POSTROUTING", &["PREROUTING", "OUTPUT", "POSTROUTING"]),
    ];
    for (line, expected) in left {
        let mut tables = over_nf_tables();
        restore(&mut tables, BEFORE, false).expect("it loads");
        command(&mut tables, line).expect("it is done");
        assert_eq!(registered(&tables), expected, "{line}");
    }

    let mut tables = over_nf_tables();
    restore(&mut tables, BEFORE, false).expect("it loads");
    restore(&mut tables, "*nat\n-A POSTROUTING -p tcp\nCOMMIT\n", true).expect("it loads");
    assert_eq!(registered(&tables), ["PREROUTING", "OUTPUT", "POSTROUTING"]);
    restore(&mut tables, "*nat\n-A POSTROUTING -p udp\nCOMMIT\n", false).expect("it loads");
    assert_eq!(registered(&tables), ["POSTROUTING"]);
    restore(&mut tables, "*nat\nCOMMIT\n", false).expect("it loads");
    assert_eq!(save(&tables), "");
}
