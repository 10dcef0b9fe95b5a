//! ping, curl and nc print what the real ones printed of the same packets: refused, dropped, answered, and with no way.

use datapath_core::lab::{Lab, WEB_SHOP};
use datapath_core::shell::{Host, Location, Status, run};
use datapath_tests::typed::{EMPTY, Typed, open, session};

/// Without what is another one each time, and what a server said.
fn lasting(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("< "));
    lines.map(|line| timeless(line) + "\n").collect()
}

/// Round trips take time, and so does waiting: a program that is to wait for a second says 1000 ms or 1001.
fn timeless(line: &str) -> String {
    let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    for at in 0..words.len() {
        let before = at.checked_sub(1).map(|before| words[before].clone()).unwrap_or_default();
        let unit = words.get(at + 1).map(String::as_str).unwrap_or_default().trim_end_matches([':', ',']);
        let is_number = words[at].trim_end_matches("ms,").chars().all(|sign| sign.is_ascii_digit() || sign == '.');
        let is_time = match before.as_str() {
            "after" => is_number && matches!(unit, "ms" | "milliseconds"),
            "time" => words[at].ends_with("ms") && words.first().is_some_and(|first| first.parse::<u32>().is_ok()),
            "=" => line.starts_with("rtt min/avg/max/mdev = "),
            _ => words[at].starts_with("time=") && unit == "ms",
        };
        if is_time {
            words[at] = "…".to_owned();
        }
    }
    words.join(" ")
}

fn check(name: &str) {
    let (mut lab, at) = open(EMPTY);
    let typed = session(name);
    assert!(typed.len() > 50, "{name}");
    let mut differences = String::new();
    for Typed { command, printed, status } in typed {
        let ran = run(&mut lab, &at, &command);
        let text = ran.output.text();
        if lasting(&text) != lasting(&printed) || ran.output.status != status {
            let (is, remarks) = (ran.output.status, ran.output.remarks().map(ToString::to_string).collect::<Vec<_>>());
            differences += &format!("$ {command}\n--- tool [{status}]\n{printed}--- lab [{is}]\n{text}{remarks:?}\n");
        }
    }
    assert!(differences.is_empty(), "{name}:\n{differences}");
}

#[test]
fn ping_says_what_it_said() {
    check("ping");
}

#[test]
fn curl_says_what_it_said() {
    check("curl");
}

#[test]
fn nc_says_what_it_said() {
    check("nc");
}

/// Where nobody says how long, the programs wait until somebody presses Ctrl-C.
#[test]
fn silence_lasts_until_it_is_interrupted() {
    let (mut lab, at) = open(WEB_SHOP);
    let mut check = |line: &str, status: Status, expected: &str| {
        let ran = run(&mut lab, &at, line);
        let text = ran.output.text();
        assert!(ran.output.status == status && text.contains(expected), "{line}: [{}] {text}", ran.output.status);
        assert!(ran.changed, "{line} is a deed");
    };
    check(
        "ping 127.0.0.1",
        0,
        "^C\n--- 127.0.0.1 ping statistics ---\n4 packets transmitted, 4 received, 0% packet loss",
    );
    check("curl -v http://127.0.0.1:81/", 7, "* connect to 127.0.0.1 port 81 failed: Connection refused\n");
    check("iptables -I OUTPUT -p tcp --dport 82 -j DROP", 0, "");
    check("curl 127.0.0.1:82", 130, "^C\n");
    check("nc -zv 127.0.0.1 82", 130, "^C\n");
}

/// What only a server could tell is left out, and the lab says so.
#[test]
fn the_status_of_an_answer_is_the_servers() {
    let (mut lab, at) = pod();
    let ran =
        run(&mut lab, &at, "curl -s -o /dev/null -w '%{http_code} %{remote_ip}:%{remote_port}\\n' http://web.shop");
    let web = lab.cluster.services.iter().find(|service| &*service.name.name == "web").expect("web").cluster_ips[0];
    assert_eq!((ran.output.text(), ran.output.status), (format!(" {web}:80\n"), 0));
    let ids: Vec<_> = ran.output.remarks().map(|remark| remark.id()).collect();
    assert_eq!(ids, ["shell-answered", "shell-curl-unknown"]);
}

/// In a Pod names are those of cluster DNS; the recording is of the same names, asked of a server that answers alike.
#[test]
fn names_are_told_in_full() {
    let (mut lab, at) = pod();
    let text = run(&mut lab, &at, "ping -c 1 web.shop").output.text();
    assert!(text.starts_with("PING web.shop.svc.cluster.local ("), "{text}");
    let text = run(&mut lab, &at, "nc -zv web.shop 80").output.text();
    let web = lab.cluster.services.iter().find(|service| &*service.name.name == "web").expect("web").cluster_ips[0];
    assert_eq!(text, format!("Connection to web.shop ({web}) 80 port [tcp/http] succeeded!\n"));
}

fn pod() -> (Lab, Location) {
    let (lab, at) = open(WEB_SHOP);
    let is_it = |host: &Host| matches!(host, Host::Pod(name) if &**name == "client-node1");
    let host = Location::hosts(&lab).into_iter().find(is_it).expect("the pod");
    (lab, Location { host, ..at })
}
