//! The command line takes lines apart as bash does.

use datapath_core::lab::WEB_SHOP;
use datapath_core::session::{Replay, Session, View};
use datapath_core::shell::run;
use datapath_tests::typed::open;

/// What bash prints of the same lines, typed one after the other.
#[test]
fn words_stand_for_what_bash_puts_in() {
    const LINES: [&str; 35] = [
        r#"X=1; echo $X "$X" '$X' \\$X a${X}b $NOPE end"#,
        "echo $?",
        "Y='a  b'; echo $Y \"$Y\"",
        "echo $X-$Y",
        r#"Z=$(echo one; echo "two  three"); echo $Z; echo "$Z""#,
        r#"echo "$(echo 'a)b' | wc -c)" x$ $"#,
        "true && A=$X$X; echo \"$A\"",
        "grep nothing <<< something; echo $?",
        "W=$(grep nothing <<< x); echo $?",
        "V=a=b; echo $V",
        "E=; echo [$E] \"$E\" | wc -c",
        "echo '' \"\" | wc -c",
        "Q=$(echo a$(echo b)c); echo ${Q}d",
        "cat <<EOF\n$X 'x' \"$Y\" \\$X \\\\ \\a $(echo out) a\\\nb\nEOF",
        "cat <<'EOF'\n$X \\$X $(echo out)\nEOF",
        "cat <<\"EOF\" | wc -l\n$X\n\nEOF",
        "cat <<-EOF\n\t$X\n\tEOF",
        "cat <<< \"$X$Y\"; cat <<< $X",
        "for i in 1 2 3; do echo $i; done",
        "for i in a \"b c\" $Y; do echo \"<$i>\"; done | wc -l",
        "for i in {1..3} {3..1}; do echo -n $i; done; echo; echo $i",
        "for i in 1 2\ndo\n  for j in x y; do echo $i$j; done\ndone",
        "for i in $NOPE; do echo never; done; echo $?",
        "while [ ] 2>/dev/null; do echo never; done 2>/dev/null; echo $?",
        "N=; until grep -q xxx <<< $N; do N=x$N; done; echo $N",
        "for i in 1; do cat <<EOF\ni is $i\nEOF\ndone",
        "echo for i in 1; echo do done",
        "for i in 1 2 3 4; do grep -q 3 <<< $i && break; grep -q 2 <<< $i && continue; echo $i; done; echo end $i",
        "for i in 1 2; do for j in a b; do grep -q b <<< $j && continue 2; echo $i$j; done; echo never; done",
        "for i in 1 2; do for j in a b; do break 2; done; echo never; done; echo $i$j",
        "for i in $(seq 3); do echo $i; done; seq 2 4; seq 5 -2 1; seq 3 1 | wc -l",
        r#"echo 'mode: "" and mode: ""' | sed 's/mode: ""/mode: "ipvs"/'"#,
        r#"echo 'a.b+c a.b+c' | sed -e 's/a\.b+c/<&>/g' -e 's|<|$1/|'"#,
        r#"echo 'aab (x)' | sed -E 's/(a+)b/\&/' | sed 's/(x)/{y}/'"#,
        r#"printf 'one\ntwo' | sed s/o/0/"#,
    ];
    let (lab, at) = open(WEB_SHOP);
    let mut session = Session::new(lab);
    let mut type_line = |line: &str| session.type_line(&at, line, &View::default()).output.text();
    let printed: String = LINES.into_iter().map(&mut type_line).collect();
    let bash = std::process::Command::new("bash").arg("-c").arg(LINES.join("\n")).output();
    assert_eq!(printed, String::from_utf8_lossy(&bash.expect("bash").stdout));
    type_line("IP=$(kubectl get svc web -n shop -o jsonpath='{.spec.clusterIP}')");
    type_line("iptables -A INPUT -d $IP -j DROP");
    let mut again = Replay::new(session.keep(View::default())).finish().expect("the same text").0;
    let listed = again.type_line(&at, "iptables -S INPUT", &View::default()).output.text();
    assert!(listed.contains("-A INPUT -d 10.96.12.80/32 -j DROP\n"), "{listed}");
}

/// bash would go on for ever.
#[test]
fn a_loop_without_end_ends() {
    let (mut lab, at) = open(WEB_SHOP);
    let ran = run(&mut lab, &at, "while true; do echo again; done");
    assert_eq!(ran.output.text().lines().count(), 200);
    assert_eq!(ran.output.remarks().map(|remark| remark.id()).collect::<Vec<_>>(), ["shell-loop-end"]);
    let ran = run(&mut lab, &at, "for i in 1 2 3; do kubectl scale deploy web -n shop --replicas=$i; done");
    assert_eq!((ran.output.status, ran.actions), (0, 3));
    let ran = run(&mut lab, &at, "for i in 1 2; do echo $i; done done");
    assert_eq!(ran.output.text(), "bash: syntax error near unexpected token `done'\n");
}
