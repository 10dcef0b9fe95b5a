use super::*;
use crate::iptables::{commands, restore, restore_commands};

macro_rules! recorded {
    ($($name:literal),*) => {
        include_str!(concat!("../../../../tests/cases/tools/iptables/", $($name),*))
    };
}

/// All listings of one table, in the order of the script that recorded them.
macro_rules! listings {
    ($table:literal) => {
        [
            recorded!($table, ".names.txt"),
            recorded!($table, ".numeric.txt"),
            recorded!($table, ".verbose.txt"),
            recorded!($table, ".verbose-numeric-numbered.txt"),
            recorded!($table, ".exact.txt"),
            recorded!($table, ".commands.txt"),
            recorded!($table, ".commands-counted.txt"),
        ]
    };
}

fn restored(family: Family, text: &str) -> Tables {
    let mut tables = Tables::new(family);
    restore(&mut tables, text, false).unwrap_or_else(|errors| panic!("{errors:?}"));
    tables
}

fn check(tables: &Tables, name: XtTable, recorded: [&str; 7]) {
    let numeric = ListOptions { names: Names::Numeric, ..ListOptions::default() };
    let verbose = ListOptions { verbose: true, ..ListOptions::default() };
    let printed = [
        list(tables, name, None, ListOptions::default()),
        list(tables, name, None, numeric),
        list(tables, name, None, verbose),
        list(tables, name, None, ListOptions { verbose: true, line_numbers: true, ..numeric }),
        list(tables, name, None, ListOptions { verbose: true, exact: true, ..numeric }),
        commands(tables, name, false),
        commands(tables, name, true),
    ];
    for (printed, recorded) in printed.iter().zip(recorded) {
        for (printed, recorded) in printed.lines().zip(recorded.lines()) {
            assert_eq!(printed, recorded, "{}", name.name());
        }
        assert_eq!(printed, recorded);
    }
}

#[test]
fn lists_as_the_real_tool() {
    let tables = restored(Family::V4, recorded!("rules.v4"));
    check(&tables, XtTable::Filter, listings!("filter.v4"));
    check(&tables, XtTable::Nat, listings!("nat.v4"));
    check(&tables, XtTable::Raw, listings!("raw.v4"));
    check(&tables, XtTable::Mangle, listings!("mangle.v4"));
    let numeric = ListOptions { names: Names::Numeric, ..ListOptions::default() };
    assert_eq!(list(&tables, XtTable::Filter, Some("FORWARD"), numeric), recorded!("one-chain.txt"));
    let tables = restored(Family::V6, recorded!("rules.v6"));
    check(&tables, XtTable::Filter, listings!("filter.v6"));
    check(&tables, XtTable::Nat, listings!("nat.v6"));
}

#[test]
fn what_commands_list_sets_the_table_up_again() {
    for (family, name, text) in [
        (Family::V4, XtTable::Filter, recorded!("filter.v4.commands-counted.txt")),
        (Family::V4, XtTable::Nat, recorded!("nat.v4.commands-counted.txt")),
        (Family::V6, XtTable::Filter, recorded!("filter.v6.commands-counted.txt")),
    ] {
        let mut tables = Tables::new(family);
        restore_commands(&mut tables, name, text).unwrap();
        assert_eq!(commands(&tables, name, true), text);
        let mut tables = Tables::new(family);
        restore_commands(&mut tables, name, &text.replace('\n', "\r\n")).unwrap();
        assert_eq!(commands(&tables, name, true), text);
    }
}

#[test]
fn wrong_commands_are_located_and_change_nothing() {
    let mut tables = Tables::new(Family::V4);
    let text = "-P INPUT ACCEPT\n-N A\n-A A -j B\n-A GONE -j A\nnonsense\n";
    let errors = restore_commands(&mut tables, XtTable::Filter, text).unwrap_err();
    let places: Vec<_> = errors.iter().map(|error| error.position.to_string()).collect();
    assert_eq!(places, ["3:9", "4:4", "5:1"]);
    assert!(!tables.has(XtTable::Filter));
}
