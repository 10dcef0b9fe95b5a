//! The command line of the lab prints what the real tools printed: each recorded session is typed again.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use datapath_core::lab::{Lab, WEB_SHOP};
use datapath_core::proxy::Mode;
use datapath_core::session::{Kept, Replay, Session, View};
use datapath_core::shell::{Host, Location, complete, run};
use datapath_tests::case::{Case, recorded_kube_proxy_cases};
use datapath_tests::typed::{EMPTY, Typed, folder, open, session};

/// What the recording leaves out, as it is another one each time.
fn lasting(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("Size in memory"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn replay(name: &str, lab: &mut Lab, at: &Location, typed: &[Typed]) {
    let mut differences = String::new();
    for Typed { command, printed, status } in typed {
        let line = command.split(" | sed").next().unwrap_or_default();
        let ran = run(lab, at, line);
        let text = lasting(&ran.output.text());
        if text != *printed || ran.output.status != *status {
            let (is, remarks) = (ran.output.status, ran.output.remarks().map(ToString::to_string).collect::<Vec<_>>());
            let _ =
                writeln!(differences, "$ {command}\n--- tool [{status}]\n{printed}--- lab [{is}]\n{text}{remarks:?}\n");
        }
    }
    assert!(differences.is_empty(), "{name}:\n{differences}");
}

/// What `ip` printed of a node such as the lab's is pasted, and printed again in all its forms.
#[test]
fn devices_list_as_they_were_pasted() {
    let typed = session("lab-node");
    let whole = typed.iter().find(|typed| typed.command == "ip addr").expect("the devices");
    let (mut lab, at) = open(&whole.printed);
    // The neighbours of a node come and go with its packets, which the lab does not follow.
    let typed: Vec<_> = typed.into_iter().filter(|typed| typed.command != "ip neigh").collect();
    assert!(typed.len() > 20);
    replay("lab-node", &mut lab, &at, &typed);
}

/// What dig.server.py knows, as objects.
const NAMES: &str = include_str!("../cases/shell/dig.cluster.yaml");

/// What is another one each time: numbers, and the time.
fn drawn_away(text: &str) -> String {
    let line = |line: &str| match line {
        line if line.starts_with("; COOKIE: ") => "; COOKIE: (echoed)".to_owned(),
        line if line.starts_with(";; Query time: ") => ";; Query time: 0 msec".to_owned(),
        line if line.starts_with(";; WHEN: ") => ";; WHEN: then".to_owned(),
        line => line.split(", id: ").next().unwrap_or(line).to_owned(),
    };
    text.lines().map(|text| line(text) + "\n").collect()
}

#[test]
fn dig_prints_what_cluster_dns_answers() {
    let (mut lab, _) = open(NAMES);
    let pod = Location::hosts(&lab).into_iter().find(|host| matches!(host, Host::Pod(name) if name.contains("asker")));
    let at = Location { host: pod.expect("the pod"), ..Location::first(&lab).expect("a node") };
    let typed = session("dig");
    assert!(typed.len() > 20);
    for Typed { command, printed, status } in typed {
        let ran = run(&mut lab, &at, &command);
        assert_eq!(drawn_away(&ran.output.text()), drawn_away(&printed), "{command}");
        assert_eq!(ran.output.status, status, "{command}");
    }
    let node = Location::first(&lab).expect("a node");
    let ran = run(&mut lab, &node, "dig @10.96.0.10 web.shop.svc.cluster.local +short");
    assert_eq!(ran.output.text(), "10.96.0.50\n", "a node that asks the cluster's own server");
    let ran = run(&mut lab, &node, "dig web.shop.svc.cluster.local +short");
    assert_eq!((ran.output.text().as_str(), ran.output.remarks().count()), ("", 1), "a node asks others");
}

#[test]
fn sessions_on_an_empty_machine() {
    let mut failed = Vec::new();
    for name in [
        "iptables",
        "iptables-restore",
        "nft",
        "nft-json",
        "ipset",
        "ipvsadm",
        "ip",
        "translate",
        "variants",
        "sysctl",
        "errors",
        "modules",
        "watch",
    ] {
        let caught = std::panic::catch_unwind(|| {
            let (mut lab, at) = open(EMPTY);
            replay(name, &mut lab, &at, &session(name));
        });
        failed.extend(caught.is_err().then_some(name));
    }
    assert!(failed.is_empty(), "{failed:?}");
}

/// kubectl v1.33 said what v1.36.2 says according to its source, but for a format of output that is new.
#[test]
fn kubectl_says_what_it_said() {
    let (mut lab, at) = open(WEB_SHOP);
    let mut typed = session("kubectl");
    for Typed { printed, .. } in &mut typed {
        *printed = printed.replace("jsonpath-file,name,", "jsonpath-file,kyaml,name,");
    }
    replay("kubectl", &mut lab, &at, &typed);
}

/// What kube-proxy writes, as the tool translates it: recorded for some cases, asked of the tool itself for all where it
/// is installed in the lab's version.
#[test]
fn kube_proxys_rules_are_translated() {
    let (mut lab, at) = open(EMPTY);
    let is_installed = std::process::Command::new("iptables-restore-translate").arg("-V").output();
    let is_installed = is_installed.is_ok_and(|output| output.stdout == b"iptables-restore-translate v1.8.9\n");
    let mut compared = 0;
    for case in Case::read_all(&recorded_kube_proxy_cases()).expect("the recorded cases") {
        for (file, tool) in [
            ("expected.iptables-restore", "iptables-restore-translate"),
            ("expected.ipvs.iptables-restore", "iptables-restore-translate"),
            ("expected.v6.iptables-restore", "ip6tables-restore-translate"),
        ] {
            let path = recorded_kube_proxy_cases().join(&case.name).join(file);
            let Ok(rules) = std::fs::read_to_string(&path) else { continue };
            let recorded = folder().join(format!("translate/{}.{file}", case.name));
            let expected = match std::fs::read_to_string(recorded) {
                Ok(text) => text,
                Err(_) if is_installed => {
                    let output = std::process::Command::new(tool).arg("-f").arg(&path).output().expect("the tool");
                    String::from_utf8(output.stdout).expect("text") + &String::from_utf8_lossy(&output.stderr)
                }
                Err(_) => continue,
            };
            let ran = run(&mut lab, &at, &format!("{tool} -f /dev/stdin <<'EOF'\n{rules}EOF"));
            assert_eq!(without_times(&ran.output.text()), without_times(&expected), "{} {file}", case.name);
            compared += 1;
        }
    }
    assert!(compared >= 6, "{compared}");
}

/// Without the lines that say when it was.
fn without_times(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with("# Translated by ") && !line.starts_with("# Completed on ")).collect()
}

/// What a monitor prints of the first packet to each destination is what nft printed of it, but for what the lab's packets
/// do not have, and for the ends of chains, of which Linux says nothing since 6.4.
#[test]
fn a_monitor_tells_of_marked_packets() {
    let read = |name: &str| std::fs::read_to_string(folder().join(name)).expect("a recording");
    let (mut lab, at) = open(EMPTY);
    let loaded = run(&mut lab, &at, &format!("nft -f - <<'EOF'\n{}EOF", read("monitor.nft")));
    assert_eq!(loaded.output.text(), "");
    let mut monitors = run(&mut lab, &at, "nft monitor trace &").monitors;
    let monitor = monitors.first_mut().expect("a monitor");
    for section in format!("\n{}", read("monitor.packets")).split("\n== ").skip(1) {
        let (destination, recorded) = section.split_once('\n').expect("a destination");
        let [protocol, address, port] = destination.split(' ').collect::<Vec<_>>()[..] else { panic!("{destination}") };
        let udp = if protocol == "udp" { "-u " } else { "" };
        run(&mut lab, &at, &format!("nc {udp}-z -w 1 {address} {port}"));
        let said = monitor.news(&lab);
        assert_eq!(of_first_packet(&said), of_first_packet(recorded), "{destination}:\n{said}");
    }
    assert_eq!(monitor.news(&lab), "", "nothing happened since");
}

/// The lines about the packet that is told of first, without what differs each time.
fn of_first_packet(text: &str) -> Vec<String> {
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("trace id ")?.split_once(' ')).peekable();
    let first = lines.peek().map(|(id, _)| *id);
    let of_first = lines.filter(|(id, line)| Some(*id) == first && !line.contains(" verdict continue "));
    let lasting = |line: &str| {
        let mut words: Vec<&str> = line.split(' ').collect();
        for name in [["ip", "id"], ["tcp", "window"], ["ip6", "flowlabel"], ["tcp", "sport"], ["udp", "sport"]] {
            if let Some(at) = words.windows(2).position(|pair| pair == name) {
                words.drain(at..at + 3);
            }
        }
        // The length of what it carries, and its checksum.
        for (name, count) in [("length", 2), ("@th,64,16", 2)] {
            while let Some(at) = words.iter().position(|word| *word == name) {
                words.drain(at..at + count);
            }
        }
        words.join(" ").replace("rule ip daddr @bad return (verdict return)", "verdict return ")
    };
    of_first.map(|(_, line)| lasting(line)).collect()
}

/// The events of a connection, as the tool printed those of one to a port that takes it.
#[test]
fn conntrack_tells_of_connections() {
    let (mut lab, at) = open(WEB_SHOP);
    let mut ran = run(&mut lab, &at, "conntrack -E & curl -m 1 http://10.96.12.80");
    let lines: Vec<String> = ran.output.text().lines().map(str::to_owned).collect();
    let monitor = ran.monitors.first_mut().expect("a monitor");
    assert_eq!(monitor.news(&lab), "", "all was printed with the line");
    let [new, update, ..] = &lines[..] else { panic!("{lines:?}") };
    assert!(new.starts_with("    [NEW] tcp      6 120 SYN_SENT src=") && new.contains(" [UNREPLIED] src="), "{new}");
    assert!(update.starts_with(" [UPDATE] tcp      6 ") && !update.contains("[UNREPLIED]"), "{update}");
    assert!(lines.iter().all(|line| !line.contains("use=") && !line.contains("mark=0")), "{lines:?}");
    run(&mut lab, &at, "conntrack -D -p tcp");
    assert!(monitor.news(&lab).starts_with("[DESTROY] tcp      6 "));
}

#[test]
fn a_session_with_connections() {
    let typed = session("conntrack");
    // What `-I` made is what `-L` lists then.
    let first = typed.iter().rposition(|typed| typed.command.starts_with("conntrack -I")).expect("an entry") + 1;
    let listed = typed[first].printed.lines().skip(1).flat_map(|line| [line, "\n"]).collect::<String>();
    let (mut lab, at) = open(&format!("{EMPTY}{listed}"));
    replay("conntrack", &mut lab, &at, &typed[first..]);
}

/// Entries made, shown and changed by hand. The time that is left is the machine's own, where it is not set.
#[test]
fn connections_are_written_by_hand() {
    let (mut lab, at) = open(EMPTY);
    let mut differences = String::new();
    for Typed { command, printed, status } in session("conntrack-write") {
        let ran = run(&mut lab, &at, &command);
        let text = ran.output.text();
        let is_set = command.starts_with("conntrack -U") && command.contains(" -t ");
        let read = |text: &str| if is_set { text.to_owned() } else { without_time_left(text) };
        if read(&text) != read(&printed) || ran.output.status != status {
            let remarks = ran.output.remarks().map(ToString::to_string).collect::<Vec<_>>();
            let is = ran.output.status;
            let _ =
                writeln!(differences, "$ {command}\n--- tool [{status}]\n{printed}--- lab [{is}]\n{text}{remarks:?}\n");
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

fn without_time_left(text: &str) -> String {
    let line = |line: &str| match line.split_whitespace().collect::<Vec<_>>()[..] {
        [protocol @ ("tcp" | "udp"), number, _, ref rest @ ..] => format!("{protocol} {number} {}\n", rest.join(" ")),
        ["ipv4", two, protocol, number, _, ref rest @ ..] => {
            format!("ipv4 {two} {protocol} {number} {}\n", rest.join(" "))
        }
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// What the lab has of an object is told in kubectl's words and order.
#[test]
fn objects_are_described_in_kubectls_order() {
    let (mut lab, at) = open(WEB_SHOP);
    let made = run(&mut lab, &at, MORE_WORKLOADS);
    assert_eq!(made.output.status, 0, "{}", made.output.text());
    let read = std::fs::read_to_string(folder().join("describe.titles")).expect("the titles");
    for (kind, titles) in read.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": ")) {
        let titles: Vec<&str> = titles.split(", ").collect();
        let text = run(&mut lab, &at, &format!("kubectl describe {kind} -A")).output.text();
        let objects: Vec<Vec<&str>> = text
            .split("\nName: ")
            .map(|object| object.lines().filter(|line| !line.starts_with(' ')).filter_map(title).collect())
            .collect();
        for (number, mut printed) in objects.into_iter().enumerate() {
            if number > 0 {
                printed.insert(0, "Name");
            }
            let places: Vec<_> = printed.iter().map(|title| titles.iter().position(|known| known == title)).collect();
            assert!(places.iter().all(Option::is_some), "{kind}: {printed:?}\n{text}");
            assert!(places.is_sorted_by(|one, next| one < next), "{kind}: {printed:?}");
            for needed in ["Name", "Labels", "Annotations", "Events"] {
                assert!(printed.contains(&needed), "{kind} without {needed}: {printed:?}");
            }
        }
    }
}

/// What a line at the left edge is about.
fn title(line: &str) -> Option<&str> {
    line.split_once(':').map(|(title, _)| title)
}

const MORE_WORKLOADS: &str = "kubectl apply -f - <<'EOF'
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: db}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: shop}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: agent}]}
EOF";

/// Listed as they were pasted, in all forms.
#[test]
fn a_session_with_neighbours() {
    let typed = session("neigh");
    let listed = typed.iter().position(|typed| typed.command == "ip neigh show nud all").expect("neighbours");
    let pasted = format!("{}{}", typed[listed - 1].printed, typed[listed].printed);
    let (mut lab, at) = open(&pasted);
    replay("neigh", &mut lab, &at, &typed[listed..]);
    let (mut lab, at) = open(WEB_SHOP);
    let ran = run(&mut lab, &at, "ip neigh show dev veth0");
    assert_eq!(ran.output.text(), "10.244.1.2 lladdr 0a:58:0a:f4:01:02 PERMANENT \n");
    assert_eq!(ran.output.remarks().count(), 1, "no state of a real node");
}

/// The addresses that were listed are pasted, and the routes that the kernel made of them listed.
#[test]
fn a_session_with_the_table_local() {
    let typed = session("local-routes");
    let (mut lab, at) = open(&format!("{}{}", typed[0].printed, typed[1].printed));
    replay("local-routes", &mut lab, &at, &typed[2..]);
}

/// The first line of the screen, as watch of procps-ng 4.0.2 wrote it on a terminal of 80 columns.
#[test]
fn watch_says_what_it_looks_at() {
    const THEN: &str = "Mon Nov 23 01:57:16 2026";
    let (mut lab, at) = open(
        "apiVersion: v1\nkind: Node\nmetadata: {name: vm}\nstatus: {addresses: [{type: InternalIP, \
                              address: 192.168.0.1}]}\n",
    );
    for (line, head) in [
        ("watch -n 5 echo hi", format!("Every 5.0s: echo hi                                 vm: {THEN}")),
        ("watch -n 0.01 'echo hi'", format!("Every 0.1s: echo hi                                 vm: {THEN}")),
        ("watch echo 'a  b' c", format!("Every 2.0s: echo a  b c                             vm: {THEN}")),
        ("watch -x echo hi", format!("Every 2.0s: echo hi                                 vm: {THEN}")),
        (
            &format!("watch 'echo {}'", "x".repeat(34)),
            format!("Every 2.0s: echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx vm: {THEN}"),
        ),
        (
            &format!("watch 'echo {}'", "x".repeat(35)),
            format!("Every 2.0s: echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...  vm: {THEN}"),
        ),
    ] {
        let text = run(&mut lab, &at, line).output.text();
        let (first, rest) = text.split_once('\n').expect("a head");
        assert_eq!(format!("{}{THEN}", &first[..first.len() - THEN.len()]), head);
        assert!(rest.starts_with('\n'), "{rest}");
    }
    assert_eq!(run(&mut lab, &at, "watch -t echo hi").output.text(), "hi\n");
    let missing = run(&mut lab, &at, "iptables-restore < /nope").output;
    assert_eq!((missing.text().as_str(), missing.status), ("bash: /nope: No such file or directory\n", 1));
}

#[test]
fn a_session_with_a_bridge() {
    let typed = session("bridge");
    let listed = typed.iter().position(|typed| typed.command == "ip -d addr").expect("devices");
    let (mut lab, at) = open(&typed[listed].printed);
    replay("bridge", &mut lab, &at, &typed[listed + 1..]);
}

/// What people read on the web and type: it works, or fails as on a machine of today.
#[test]
fn what_learners_read() {
    let (mut lab, at) = open(WEB_SHOP);
    let ipvs = Location { mode: Mode::Ipvs, ..at.clone() };
    for (line, status, printed) in [
        ("iptables -L", 0, "Chain INPUT (policy ACCEPT)"),
        ("iptables -A INPUT -p tcp --dport 22 -j ACCEPT", 0, ""),
        ("iptables -t nat -A PREROUTING -p tcp --dport 80 -j IPVS", 2, "Couldn't load target `IPVS':No such file"),
        ("nft list ruleset", 0, ""),
        ("nft add rule ip filter input tcp dport 22 accept", 1, "Could not process rule: No such file or directory"),
        ("ipvsadm -L -n", 0, "IP Virtual Server version 1.2.1"),
        ("ipvsadm -A -t 192.168.0.1:80 -s rr", 0, ""),
        ("ipvsadm -a -t 192.168.0.1:80 -r 192.168.0.2:80 -m", 0, ""),
        ("ipvsadm -a -t 192.168.0.1:80 -r 192.168.0.3:80 -m", 0, ""),
        ("modprobe ip_vs", 0, ""),
        ("modprobe ip_vs_rr", 0, ""),
        ("modprobe ip_vs_wrr", 0, ""),
        ("modprobe ip_vs_sh", 0, ""),
        ("modprobe nf_conntrack_ipv4", 1, "modprobe: FATAL: Module nf_conntrack_ipv4 not found in directory"),
        ("kubectl edit cm kube-proxy -n kube-system", 0, ""),
        ("kubectl delete pod -n kube-system -l k8s-app=kube-proxy", 0, ""),
    ] {
        let at = if line.starts_with("ipvsadm") { &ipvs } else { &at };
        let ran = run(&mut lab, at, line);
        let text = ran.output.text();
        assert!(ran.output.status == status && text.contains(printed), "{line}: [{}] {text}", ran.output.status);
    }
}

/// An editor gets kubectl's text, and what it saves is done; what the API server refuses opens it again.
#[test]
fn objects_are_edited() {
    let (mut lab, at) = open(WEB_SHOP);
    let edit = run(&mut lab, &at, "kubectl edit svc web -n shop").edit.expect("an editor");
    assert!(edit.text.starts_with("# Please edit the object below. Lines beginning with a '#' will be ignored,\n"));
    let says = |lab: &mut Lab, line: &str| {
        let ran = run(lab, &at, line);
        (ran.output.text(), ran.output.status, ran.edit)
    };
    assert_eq!(says(&mut lab, &edit.saved(&edit.text)), ("Edit cancelled, no changes made.\n".to_owned(), 0, None));
    assert_eq!(says(&mut lab, &edit.saved("")), ("Edit cancelled, saved file was empty.\n".to_owned(), 0, None));
    let (said, status, again) = says(&mut lab, &edit.saved(&edit.text.replace("port: 80\n", "port: 0\n")));
    assert_eq!((said.as_str(), status), ("error: services \"web\" is invalid\n", 1));
    let again = again.expect("opened again").text;
    assert!(again.contains("#\n# services \"web\" was not valid:\n# * spec.ports[0].port: Invalid value: 0: must be"));
    let (said, status, again) = says(&mut lab, &edit.saved("a: [\n"));
    assert_eq!((said.as_str(), status), ("", 1));
    assert!(again.expect("opened again").text.contains("# The edited file had a syntax error: "));
    let renamed = edit.saved(&edit.text.replace("  name: web\n", "  name: other\n"));
    assert!(says(&mut lab, &renamed).0.starts_with("error: At least one of apiVersion, kind and name was changed\n"));
    let other = says(&mut lab, &edit.saved(&edit.text.replace("port: 80\n", "port: 8000\n")));
    assert_eq!(other, ("service/web edited\n".to_owned(), 0, None));
    assert!(says(&mut lab, "kubectl get svc web -n shop").0.contains(" 8000"));
    let by_sed = says(&mut lab, "KUBE_EDITOR='sed -i s/8000/80/' kubectl edit svc web -n shop");
    assert_eq!(by_sed, ("service/web edited\n".to_owned(), 0, None));
    let edit = run(&mut lab, &at, "kubectl edit cm kube-proxy -n kube-system").edit.expect("an editor");
    let text = edit.text.replace("scheduler: \"\"", "scheduler: wrr");
    assert_eq!(says(&mut lab, &edit.saved(&text)), ("configmap/kube-proxy edited\n".to_owned(), 0, None));
    assert!(says(&mut lab, "kubectl get cm kube-proxy -n kube-system -o yaml").0.contains("scheduler: wrr"));
}

/// kube-proxy reads its ConfigMap when it starts, so that the edit alone does nothing. `mode` does not move the lanes.
#[test]
fn a_restart_brings_the_config_map() {
    let (mut lab, at) = open(WEB_SHOP);
    let at = Location { mode: Mode::Ipvs, ..at };
    let schedulers = |lab: &mut Lab| {
        let text = run(lab, &at, "ipvsadm -Ln").output.text();
        let services = text.lines().filter(|line| line.starts_with("TCP") || line.starts_with("UDP"));
        services.map(|line| line.split_whitespace().nth(2).expect("a scheduler").to_owned()).collect::<BTreeSet<_>>()
    };
    let edit = |lab: &mut Lab, old: &str, new: &str| {
        let edit = run(lab, &at, "kubectl edit cm kube-proxy -n kube-system").edit.expect("an editor");
        assert!(edit.text.contains(old), "{}", edit.text);
        let ran = run(lab, &at, &edit.saved(&edit.text.replace(old, new)));
        assert_eq!(ran.output.text(), "configmap/kube-proxy edited\n");
        ran.output.remarks().map(|remark| remark.id()).collect::<Vec<_>>()
    };
    let only = |name: &str| BTreeSet::from([name.to_owned()]);
    assert_eq!(edit(&mut lab, "scheduler: \"\"", "scheduler: wrr"), ["shell-edited-configuration"]);
    assert_eq!(schedulers(&mut lab), only("rr"));
    assert_eq!(run(&mut lab, &at, "kubectl scale deploy web -n shop --replicas=5").output.status, 0);
    assert_eq!(schedulers(&mut lab), only("rr"), "a sync reads no configuration");
    let restarted = run(&mut lab, &at, "kubectl rollout restart ds kube-proxy -n kube-system");
    assert_eq!(restarted.output.text(), "daemonset.apps/kube-proxy restarted\n");
    assert_eq!(schedulers(&mut lab), only("wrr"));
    assert_eq!(edit(&mut lab, "mode: \"\"", "mode: nftables"), ["shell-edited-configuration", "shell-edited-mode"]);
    run(&mut lab, &at, "kubectl rollout restart ds kube-proxy -n kube-system");
    assert_eq!(schedulers(&mut lab), only("wrr"), "the lane is still that of IPVS");
}

/// The clock began with the objects of the text.
#[test]
fn objects_have_an_age() {
    let (mut lab, at) = open(WEB_SHOP);
    lab.wait(150).expect("time passes");
    let mut get = |line: &str| run(&mut lab, &at, line).output.text();
    get("kubectl scale deploy web -n shop --replicas=5");
    let pods = get("kubectl get pods -n shop --no-headers");
    let ages: Vec<&str> = pods.lines().filter_map(|line| line.split_whitespace().last()).collect();
    assert!(
        ages.iter().any(|age| age.starts_with("2m")) && ages.iter().any(|age| age.ends_with('s') && age.len() < 4),
        "{pods}"
    );
}

#[test]
fn what_was_typed_is_taken_back_and_kept() {
    let mut session = Session::open(WEB_SHOP).expect("the example");
    let at = Location::first(session.lab()).expect("a node");
    let listed = |session: &mut Session| session.type_line(&at, "iptables -S INPUT", &View::default()).output.text();
    let before = listed(&mut session);
    assert_eq!(session.steps().count(), 0, "looking is no deed");
    session.type_line(&at, "iptables -I INPUT -m comment --comment \"it's mine\" -j DROP", &View::default());
    let after = listed(&mut session);
    assert_ne!(before, after);
    let kept = Kept::from_fragment(&session.keep(View::default()).to_fragment()).expect("a link").expect("whole");
    session.undo(&View::default());
    assert_eq!(listed(&mut session), before);
    session.redo(&View::default());
    assert_eq!(listed(&mut session), after);
    let mut again = Replay::new(kept).finish().expect("the same text").0;
    assert_eq!(listed(&mut again), after);
}

#[test]
fn each_datapath_has_nodes_of_its_own() {
    let (mut lab, at) = open(WEB_SHOP);
    run(&mut lab, &at, "iptables -N ONLY-HERE");
    let there = Location { mode: Mode::Ipvs, ..at.clone() };
    assert_eq!(run(&mut lab, &at, "iptables -L ONLY-HERE").output.status, 0);
    assert_eq!(run(&mut lab, &there, "iptables -L ONLY-HERE").output.status, 1);
    let pod = Location::hosts(&lab).into_iter().find(|host| matches!(host, Host::Pod(_))).expect("a pod");
    let ran = run(&mut lab, &Location { host: pod, ..at }, "iptables -L");
    assert_eq!((ran.output.status, ran.output.text().as_str()), (127, "bash: iptables: command not found\n"));
}

#[test]
fn a_tab_completes_what_is_there() {
    let (lab, at) = open(WEB_SHOP);
    for (text, expected) in [
        ("iptab", "iptables"),
        ("iptables -t na", "nat"),
        ("iptables -t nat -L KUBE-SERV", "KUBE-SERVICES"),
        ("iptables -A INPUT -j MASQ", "MASQUERADE"),
        ("nft list rule", "ruleset"),
        ("iptables-save | gr", "grep"),
        ("kubectl des", "describe"),
        ("kubectl create serv", "service"),
        ("kubectl create service clu", "clusterip"),
        ("kubectl get endpointsl", "endpointslices"),
        ("kubectl get svc -n sho", "shop"),
        ("kubectl get svc -n shop pay", "payments"),
        ("kubectl -n shop describe deploy/rec", "deploy/recommendations"),
        ("kubectl get pods --all-n", "--all-namespaces"),
        ("kubectl rollout rest", "restart"),
        ("kubectl cordon node", "node"),
        ("watch -n 1 kubectl get dep", "deployments"),
        ("ssh no", "node"),
        ("nft add ru", "rule"),
        ("ipset create x hash:ip,port,", "hash:ip,port,"),
        ("ipvsadm --add-serv", "--add-serv"),
    ] {
        let completion = complete(&lab, &at, text);
        assert_eq!(completion.common(), expected, "{text}: {:?}", completion.candidates);
    }
}

/// What stands behind ssh's destination is typed there, with its options.
#[test]
fn ssh_leaves_a_command_its_options() {
    let (mut lab, at) = open(WEB_SHOP);
    let there = Location { host: Host::Node("node2".into()), ..at.clone() };
    for command in ["iptables -t nat -S KUBE-NODEPORTS", "ip -br addr", "hostname"] {
        let by_ssh = run(&mut lab, &at, &format!("ssh -q root@node2 {command}")).output;
        let directly = run(&mut lab, &there, command).output;
        assert_eq!((by_ssh.text(), by_ssh.status), (directly.text(), 0), "{command}");
    }
}

/// In a datapath of nftables there are tables, chains and sets to complete.
#[test]
fn a_tab_completes_what_nft_knows() {
    let (lab, at) = open(WEB_SHOP);
    let at = Location { mode: Mode::Nftables, ..at };
    for (text, expected) in [
        ("nft list chain ip kube-pr", "kube-proxy"),
        ("nft list chain ip kube-proxy nat-prer", "nat-prerouting"),
        ("nft list chain kube-proxy nat-prer", "nat-prerouting"),
        ("nft get element ip kube-proxy cluster-i", "cluster-ips"),
        ("nft list ta", "table"),
    ] {
        let completion = complete(&lab, &at, text);
        assert_eq!(completion.common(), expected, "{text}: {:?}", completion.candidates);
    }
}

/// Joined or not, each command that changes something is an action of its own.
#[test]
fn joined_commands_are_counted_one_by_one() {
    let mut session = Session::open(WEB_SHOP).expect("the example");
    let at = Location::first(session.lab()).expect("a node");
    let mut type_line = |line: &str, expected: usize| {
        session.type_line(&at, line, &View::default());
        assert_eq!(session.actions(), expected, "{line}");
    };
    type_line("iptables -S INPUT; iptables -L", 0);
    type_line("iptables -N ONE; iptables -N TWO && iptables -S ONE && iptables -A ONE -j TWO", 3);
    type_line("iptables -N ONE || iptables -N THREE", 4);
    type_line("curl -m 1 http://web.shop; ping -c 1 127.0.0.1", 4);
    type_line(
        "kubectl scale deploy web -n shop --replicas=2 ; kubectl exec client-node1 -- curl -m 1 http://web.shop",
        5,
    );
    session.undo(&View::default());
    assert_eq!(session.actions(), 4);
    session.redo(&View::default());
    assert_eq!(session.actions(), 5);
}

/// Columns: pkg/printers/internalversion/printers.go; sentences: staging/src/k8s.io/kubectl/pkg/cmd of v1.36.
#[test]
fn kubectl_shows_and_changes_the_cluster() {
    let (mut lab, at) = open(WEB_SHOP);
    for (line, status, expected) in [
        ("kubectl get svc", 0, "No resources found in default namespace.\n"),
        ("kubectl get foo", 1, "error: the server doesn't have a resource type \"foo\"\n"),
        ("kubectl get svc nope -n shop", 1, "Error from server (NotFound): services \"nope\" not found\n"),
        ("kubectl get deploy nope", 1, "Error from server (NotFound): deployments.apps \"nope\" not found\n"),
        ("kubectl scale deployment/web -n shop --replicas=5", 0, "deployment.apps/web scaled\n"),
        ("kubectl get deploy web -n shop -o name", 0, "deployment.apps/web\n"),
        ("kubectl rollout restart deployment/web -n shop", 0, "deployment.apps/web restarted\n"),
        ("kubectl label svc web -n shop tier=front", 0, "service/web labeled\n"),
        ("kubectl label svc web -n shop tier=front", 0, "service/web not labeled\n"),
        (
            "kubectl label svc web -n shop tier=back",
            1,
            "error: 'tier' already has a value (front), and --overwrite is false\n",
        ),
        ("kubectl label svc web -n shop tier-", 0, "service/web unlabeled\n"),
        (
            "kubectl patch svc web -n shop -p '{\"spec\":{\"sessionAffinity\":\"ClientIP\"}}'",
            0,
            "service/web patched\n",
        ),
        ("kubectl expose deploy web -n shop --name=web2 --port=80 --target-port=8080", 0, "service/web2 exposed\n"),
        ("kubectl create service clusterip other --tcp=80:8080", 0, "service/other created\n"),
        (
            "kubectl create service clusterip other --tcp=80:8080",
            1,
            "error: failed to create ClusterIP service: services \"other\" already exists\n",
        ),
        ("kubectl get svc -o name", 0, "service/other\n"),
        ("kubectl delete svc other", 0, "service \"other\" deleted from default namespace\n"),
        ("kubectl cordon node1", 0, "node/node1 cordoned\n"),
        ("kubectl cordon node1", 0, "node/node1 already cordoned\n"),
        ("kubectl get node node1 | tail -1 | grep -c Ready,SchedulingDisabled", 0, "1\n"),
        (
            "cat <<EOF | kubectl apply -f -\napiVersion: v1\nkind: Service\nmetadata:\n  name: db\nspec:\n  ports:\n  - port: 5432\nEOF",
            0,
            "service/db created\n",
        ),
        (
            "kubectl apply -f - <<EOF\napiVersion: v1\nkind: Service\nmetadata:\n  name: db\nspec:\n  ports:\n  - port: 5433\nEOF",
            0,
            "service/db configured\n",
        ),
        ("kubectl get svc db --no-headers | wc -l", 0, "1\n"),
        ("kubectl get cm kube-proxy -n kube-system -o name", 0, "configmap/kube-proxy\n"),
    ] {
        let ran = run(&mut lab, &at, line);
        let text = ran.output.text();
        let remarks: Vec<_> = ran.output.remarks().map(ToString::to_string).collect();
        assert!(ran.output.status == status && text == expected, "{line}: [{}] {text}\n{remarks:?}", ran.output.status);
    }
    let ran =
        run(&mut lab, &at, "kubectl get svc -n shop; kubectl get pods -A -o wide; kubectl describe svc web -n shop");
    println!("{}", ran.output.text());
    assert!(ran.output.text().starts_with("NAME "));
    let document = run(&mut lab, &at, "kubectl get svc web -n shop -o yaml").output.text();
    assert!(Lab::open(&document, 1).is_ok() || document.contains("kind: Service"), "{document}");
    let json = run(&mut lab, &at, "kubectl get svc web -n shop -o json").output.text();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).expect("JSON")["kind"], "Service");
}

/// What a rule of kube-proxy's does to packets, and what its next full sync does to somebody's change of it.
#[test]
fn a_rule_changed_by_hand_lasts_until_kube_proxy_writes_it_again() {
    let (mut lab, at) = open(WEB_SHOP);
    let rules = |lab: &mut Lab| run(lab, &at, "iptables-save -t nat | grep -c KUBE-SVC").output.text();
    let before = rules(&mut lab);
    let curl = "kubectl exec client-node1 -- curl -sS -m 2 http://web.shop";
    assert_eq!(run(&mut lab, &at, curl).output.text(), "");
    run(&mut lab, &at, "iptables -t nat -F KUBE-SERVICES");
    let text = run(&mut lab, &at, curl).output.text();
    assert!(text.contains("curl: ("), "{text}");
    run(&mut lab, &at, "kubectl rollout restart ds kube-proxy -n kube-system");
    assert_eq!(rules(&mut lab), before);
    assert_eq!(run(&mut lab, &at, curl).output.text(), "");
}

/// The API server of the recording has what the lab has. Where that changed, record again what this test wrote.
#[test]
fn kubectl_was_recorded_with_the_labs_objects() {
    let (mut lab, at) = open(WEB_SHOP);
    let kinds = "svc,deploy,rs,sts,ds,pods,nodes,endpointslices";
    let objects = run(&mut lab, &at, &format!("kubectl get {kinds} -A -o json")).output.text();
    let path = folder().join("kubectl.objects.json");
    if std::fs::read_to_string(&path).unwrap_or_default() != objects {
        std::fs::write(&path, objects).expect("a file");
        panic!("the objects are others now: record kubectl.session again");
    }
}

/// A node shows the version that the text gives; one without shows none.
#[test]
fn nodes_have_the_version_of_their_kubelet() {
    let node = "apiVersion: v1\nkind: Node\nmetadata: {name: old}\nstatus:\n  addresses: [{type: InternalIP, address: \
        192.168.7.7}]\n  nodeInfo: {kubeletVersion: v1.35.0, osImage: Debian GNU/Linux 12 (bookworm), architecture: amd64, \
        kernelVersion: 6.1.0-18-amd64, containerRuntimeVersion: 'containerd://1.7.1'}\n";
    let (mut lab, at) = open(&format!("{WEB_SHOP}\n---\n{node}"));
    let mut says = |line: &str| run(&mut lab, &at, line).output.text();
    assert!(says("kubectl get node old --no-headers").ends_with("v1.35.0\n"));
    let wide = says("kubectl get node old -o wide --no-headers");
    let info = "192.168.7.7   <none>   Debian GNU/Linux 12 (bookworm)   6.1.0-18-amd64 (amd64)   containerd://1.7.1\n";
    assert!(wide.ends_with(info), "{wide}");
    assert!(says("kubectl get node old -o jsonpath='{.status.nodeInfo.kubeletVersion}'").starts_with("v1.35.0"));
    assert!(says("kubectl get nodes --field-selector metadata.name=old -o name").starts_with("node/old\n"));
}

/// What has no recording: sentences of staging/src/k8s.io/kubectl/pkg/cmd and of the API server, v1.36.
#[test]
fn kubectl_makes_and_selects() {
    let (mut lab, at) = open(WEB_SHOP);
    for (line, status, expected) in [
        ("kubectl run probe --image=busybox -n shop -l app=probe,tier=x", 0, "pod/probe created\n"),
        (
            "kubectl run probe --image=busybox -n shop",
            1,
            "Error from server (AlreadyExists): pods \"probe\" already exists\n",
        ),
        ("kubectl get pod probe -n shop -o jsonpath='{.metadata.labels.tier}{\"\\n\"}'", 0, "x\n"),
        ("kubectl get pods -n shop --field-selector metadata.name=probe -o name", 0, "pod/probe\n"),
        ("kubectl get pods -n shop --field-selector metadata.name!=probe,spec.nodeName=nowhere -o name", 0, ""),
        (
            "kubectl get pods --field-selector foo=bar",
            1,
            "Error from server (BadRequest): Unable to find \"/v1, Resource=pods\" that match label selector \"\", field \
             selector \"foo=bar\": field label not supported: foo\n",
        ),
        (
            "kubectl get deploy --field-selector foo=bar",
            1,
            "Error from server (BadRequest): Unable to find \"apps/v1, Resource=deployments\" that match label selector \
             \"\", field selector \"foo=bar\": \"foo\" is not a known field selector: only \"metadata.name\", \
             \"metadata.namespace\"\n",
        ),
        ("kubectl get pod probe -n shop -L tier,nope --no-headers | grep -c 'x *$'", 0, "1\n"),
        ("kubectl get svc web -n shop --show-kind --no-headers | grep -o '^service/web'", 0, "service/web\n"),
        ("kubectl logs probe -n shop", 0, ""),
        ("kubectl get svc web -n shop -w | wc -l", 0, "2\n"),
        ("kubectl create service nodeport np --tcp=80:8080 --node-port=30123", 0, "service/np created\n"),
        ("kubectl get svc np -o jsonpath='{.spec.ports[0].nodePort}{\"\\n\"}'", 0, "30123\n"),
        (
            "kubectl delete -f - <<EOF\napiVersion: v1\nkind: Service\nmetadata: {name: np}\nEOF",
            0,
            "service \"np\" deleted from default namespace\n",
        ),
        (
            "kubectl delete -f - <<EOF\napiVersion: v1\nkind: Service\nmetadata: {name: np}\nEOF",
            1,
            "Error from server (NotFound): error when deleting \"STDIN\": services \"np\" not found\n",
        ),
        (
            "kubectl create -f - <<EOF\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {ports: [{port: 80}]}\nEOF",
            1,
            "Error from server (AlreadyExists): error when creating \"STDIN\": services \"web\" already exists\n",
        ),
        (
            "kubectl apply -f - <<EOF\napiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 0}]}\nEOF",
            1,
            "The Service \"bad\" is invalid: spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive\n",
        ),
        ("kubectl label svc web -n shop a=1 app-", 0, "service/web modified\n"),
        ("kubectl cordon -l kubernetes.io/hostname=nowhere", 0, ""),
    ] {
        let ran = run(&mut lab, &at, line);
        let text = ran.output.text();
        assert!(ran.output.status == status && text == expected, "{line}: [{}] {text}", ran.output.status);
    }
}
