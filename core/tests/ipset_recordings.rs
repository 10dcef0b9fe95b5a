//! Sets of every modelled type: judged by what `ipset save` and `list` 7.17 printed on Linux 6.18
//! (`data/ipset`), without the random seeds and the sizes in memory.

use datapath_core::ipset::{Detail, IpSets, list, restore, save};

/// The lines with the elements of each set sorted, since the kernel's order follows its random seed. The
/// order of lists counts and stays.
fn ordered(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    let is_element = |line: &str| line.starts_with("add ") || !line.contains(' ') || line.contains([',', '/']);
    let is_list = |line: &str| line.starts_with("add g ");
    let mut start = 0;
    while start < lines.len() {
        let length = lines[start..].iter().take_while(|line| is_element(line) && !is_list(line)).count();
        lines[start..start + length].sort_unstable();
        start += length.max(1);
    }
    lines
}

fn check(printed: &str, recorded: &str) {
    let (printed, recorded) = (ordered(printed), ordered(recorded));
    let mut differing = recorded.iter().zip(&printed).filter(|(recorded, printed)| recorded != printed);
    assert_eq!(differing.next(), None, "ipset's line and the model's");
    assert_eq!(recorded.len(), printed.len());
}

#[test]
fn sets_print_as_ipset_prints_them() {
    let mut sets = IpSets::default();
    restore(&mut sets, include_str!("data/ipset/sets.commands"), false, 0).unwrap();
    let saved = save(&sets, 0);
    check(&saved, include_str!("data/ipset/sets.saved"));
    check(&list(&sets, Detail::Members, |_| 0, 0), include_str!("data/ipset/sets.listed"));

    let mut again = IpSets::default();
    restore(&mut again, &saved, false, 0).unwrap();
    assert_eq!(save(&again, 0), saved, "printed, read and printed");
}
