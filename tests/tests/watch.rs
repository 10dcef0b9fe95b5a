//! `watch`, and `kubectl get --watch`: what they print at once, and after each thing that was done.

use datapath_core::lab::WEB_SHOP;
use datapath_core::shell::run;
use datapath_tests::typed::open;

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
}

/// What it shows next is what the command itself then prints, and nothing where that is what it has shown.
#[test]
fn watch_looks_again_after_each_thing_that_was_done() {
    let (mut lab, at) = open(WEB_SHOP);
    let line = "kubectl get endpointslices -n shop";
    let ran = run(&mut lab, &at, &format!("watch -t {line}"));
    let [mut watch]: [_; 1] = ran.monitors.try_into().expect("it goes on");
    assert_eq!(watch.line, format!("watch -t {line}"));
    assert_eq!(ran.output.text(), run(&mut lab, &at, line).output.text());
    assert_eq!(watch.news(&lab), "");
    assert!(run(&mut lab, &at, "kubectl scale deployment web -n shop --replicas=5").changed);
    assert_eq!(watch.news(&lab), run(&mut lab, &at, line).output.text());
    assert!(run(&mut lab, &at, "iptables -N OWN").changed);
    assert_eq!(watch.news(&lab), "", "which no slice shows");
    let sends = run(&mut lab, &at, "watch curl -s 10.96.12.80");
    assert!(sends.monitors.is_empty(), "one that sends packets would do so at each look");
}

/// Its lines are those that `kubectl get` then has and had not before.
#[test]
fn kubectl_watches_objects() {
    let (mut lab, at) = open(WEB_SHOP);
    let line = "kubectl get pods -n shop -o wide";
    let ran = run(&mut lab, &at, &format!("{line} -w"));
    let [mut watch]: [_; 1] = ran.monitors.try_into().expect("it goes on");
    let before = ran.output.text();
    assert_eq!(before, run(&mut lab, &at, line).output.text());
    assert_eq!(watch.news(&lab), "");
    assert!(run(&mut lab, &at, "kubectl scale deployment web -n shop --replicas=5").changed);
    let after = run(&mut lab, &at, line).output.text();
    let name = |line: &str| line.split(' ').next().map(str::to_owned);
    let news: Vec<&str> = after.lines().filter(|line| !before.lines().any(|known| name(known) == name(line))).collect();
    assert_eq!(news.len(), 2);
    assert_eq!(watch.news(&lab).lines().collect::<Vec<_>>(), news);
    assert!(run(&mut lab, &at, "kubectl delete pod -n shop -l app=cart").changed);
    let told = watch.news(&lab);
    let cart: Vec<_> = before.lines().filter(|line| line.starts_with("cart-")).map(name).collect();
    assert!(!cart.is_empty() && cart.iter().all(|gone| told.lines().any(|line| name(line) == *gone)), "{told}");
    let piped = run(&mut lab, &at, &format!("{line} -w | head -1")).output;
    assert_eq!((piped.text().as_str(), piped.status), ("", 1));
}
