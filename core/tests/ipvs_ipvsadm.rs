//! What ipvsadm 1.31 reads, prints and refuses (recorded in user-mode-linux), against the model.

use std::fs;
use std::path::Path;

use datapath_core::ipvs::ipvsadm::{self, Columns};
use datapath_core::ipvs::{Ipvs, Sysctls};

fn recorded(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/ipvs");
    let path = path.join(format!("ipvsadm-{name}.txt"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn restored(text: &str) -> Ipvs {
    let mut ipvs = Ipvs::new(Sysctls::default());
    assert_eq!(ipvsadm::restore(&mut ipvs, text), []);
    ipvs
}

#[test]
fn prints_what_ipvsadm_prints() {
    let ipvs = restored(&recorded("restore"));
    assert_eq!(ipvsadm::save(&ipvs), recorded("save"));
    assert_eq!(ipvsadm::list(&ipvs, Columns::Forwarding), recorded("list"));
    assert_eq!(ipvsadm::list(&ipvs, Columns::Thresholds), recorded("thresholds"));
    assert_eq!(ipvsadm::list(&ipvs, Columns::PersistentConnections), recorded("persistent-conn"));
}

/// Recorded with ipvsadm 1.31 in user-mode-linux, before and after `ipvsadm --set 100 20 30`.
#[test]
fn prints_the_time_outs() {
    let mut ipvs = restored("");
    assert_eq!(ipvsadm::timeouts(&ipvs), "Timeout (tcp tcpfin udp): 900 120 300\n");
    assert_eq!(ipvsadm::restore(&mut ipvs, "--set 100 20 30"), []);
    assert_eq!(ipvsadm::timeouts(&ipvs), "Timeout (tcp tcpfin udp): 100 20 30\n");
}

#[test]
fn saved_text_restores_to_itself() {
    let saved = recorded("save");
    assert_eq!(ipvsadm::save(&restored(&saved)), saved);
}

/// Each line of the recording is followed by the message of ipvsadm, for the state that
/// `ipvsadm-restore.txt` makes. Two of its messages say too little and are worded otherwise here.
#[test]
fn refuses_what_ipvsadm_refuses() {
    let text = recorded("refusals");
    let mut lines = text.lines();
    while let (Some(line), Some(message)) = (lines.next(), lines.next()) {
        let mut ipvs = restored(&recorded("restore"));
        let diagnostics = ipvsadm::restore(&mut ipvs, &format!("\n{line}\n"));
        assert_eq!(diagnostics.len(), 1, "{line}: {diagnostics:?}");
        assert_eq!(diagnostics[0].position.line, 2, "{line}");
        let vague = message.contains("Try `ipvsadm -h'") || message.contains("Possibly wrong module version");
        if !vague {
            assert_eq!(diagnostics[0].message, message.trim(), "{line}");
        }
        assert_eq!(ipvsadm::save(&ipvs), recorded("save"), "{line}");
    }
}

#[test]
fn bad_text_is_an_error_with_a_place() {
    for (line, column) in [
        ("-A -t 10.96.0.10:80 -s", 21),
        ("-A -t 10.96.0.10:80 rr", 21),
        ("-a -t 10.96.0.10:80 -r 10.244.1.2:http -m", 24),
        ("-A", 1),
        ("hello", 1),
        ("-A -D -t 1.2.3.4:5", 4),
        ("--set 1 2", 1),
        ("--clear=now", 1),
        ("-é", 1),
    ] {
        let diagnostics = ipvsadm::restore(&mut Ipvs::default(), line);
        let places: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.position.column).collect();
        assert_eq!(places, [column], "{line}: {diagnostics:?}");
    }
}
