//! The command line takes lines apart as bash does.

use datapath_core::lab::WEB_SHOP;
use datapath_core::proxy::Mode;
use datapath_core::session::{Replay, Session, Undo, View};
use datapath_core::shell::{Chunk, Environment, Location, Stream, complete, run, run_in};
use datapath_tests::typed::{EMPTY, open};

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

const WRITING_FILES: [&str; 36] = [
    "echo one > f; echo two >> f; cat f",
    "cat < f | wc -l; wc -l f; wc f; wc -c < f",
    "F=f; echo three > $F; cat $F f; echo again > \"$F\" && cat ./f",
    "> empty; wc -c empty; >> empty; cat empty empty | wc -c",
    "echo a b > 'with blank'; cat 'with blank'",
    "cat <<EOF > f\nx $F\ny\nEOF\ncat f",
    "> g cat f; cat g",
    "grep y f; grep -c x f; grep nothing f; echo $?",
    "head -n 1 f; tail -n 1 f; head -1 f; head -c 3 f; tail -n +2 f",
    "sort -r f; uniq f; sed s/x/z/ f",
    "for i in 1 2; do echo $i; done > f; cat f",
    "for i in 1 2; do echo $i >> f; done; cat f",
    "echo out | cat > f | wc -l; cat f",
    "cat nope > f 2>&1; cat f",
    "cat nope 2> f; cat f; echo $?",
    "cat nope 2>&1 > f | wc -l; wc -c f",
    "cat nope > /dev/null 2>&1; echo $?",
    "cat nope &> f; wc -l f; echo more &>> f; cat f",
    "echo to the other >&2 2> f; cat f",
    "cat f nope empty 2> g; echo $?; cat g",
    "cat < nope 2>/dev/null; echo $?",
    "cat 2> f < nope; echo $?; wc -l < f",
    "cat < nope > never; cat never 2> f; cat f",
    "cat < f > f; wc -c f",
    "echo a > $NOPE; echo $?",
    "echo a > /tmp; echo $?",
    "echo a > ''; echo $?",
    "echo a >| f; cat f",
    "X=$(cat f nope 2>/dev/null); echo $X $?",
    "X=1 > f; echo $X; wc -c f",
    "for i in {1..5}; do echo $i; done | tail -n 2 > f; cat f",
    "cat <<< here > f; cat < f <<< there; cat <<< there < f",
    "cat /dev/null; echo a > /dev/null; cat < /dev/null | wc -c",
    "false_ || echo no > f; cat f",
    "true > f && echo yes >> f; cat f; true && > f; wc -c f",
    "cat f - <<< end; tail -n 1 nope 2>&1; sort nope 2>&1; wc nope 2>&1; uniq nope 2>&1; sed s/a/b/ nope 2>&1",
];

/// What a line writes, later lines of the same machine read, as bash's do.
#[test]
fn files_are_there_for_later_lines() {
    let (lab, at) = open(WEB_SHOP);
    let mut session = Session::new(lab);
    let mut differences = String::new();
    let folder = std::env::temp_dir().join(format!("datapath-bash-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    for number in 0..WRITING_FILES.len() {
        // bash makes what the lines before made, and then prints.
        let before =
            format!("exec 3>&1 4>&2 > /dev/null 2>&1\n{}\nexec >&3 2>&4\n", WRITING_FILES[..number].join("\n"));
        let bash = std::process::Command::new("bash")
            .current_dir(&folder)
            .arg("-c")
            .arg(before + WRITING_FILES[number])
            .output();
        let said = bash.expect("bash");
        // A script has the number of the line in what it says.
        let real = [said.stderr, said.stdout].map(|text| String::from_utf8_lossy(&text).into_owned());
        let real_errors: String = real[0].lines().map(without_line_number).collect();
        let output = session.type_line(&at, WRITING_FILES[number], &View::default()).output;
        let of = |wanted: Stream| -> String {
            let texts = output.chunks.iter().map(|chunk| match chunk {
                Chunk::Text { stream, text } if *stream == wanted => text.as_str(),
                _ => "",
            });
            texts.collect()
        };
        if (of(Stream::Err), of(Stream::Out)) != (real_errors.clone(), real[1].clone()) {
            differences.push_str(&format!(
                "$ {}\n--- bash\n{real_errors}{}--- lab\n{}{}\n",
                WRITING_FILES[number],
                real[1],
                of(Stream::Err),
                of(Stream::Out)
            ));
        }
        for file in std::fs::read_dir(&folder).expect("the folder").flatten() {
            let _ = std::fs::remove_file(file.path());
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    assert!(differences.is_empty(), "{differences}");
}

fn without_line_number(line: &str) -> String {
    let parts: Vec<&str> = line.splitn(3, ": ").collect();
    match parts[..] {
        ["bash", number, rest] if number.starts_with("line ") => format!("bash: {rest}\n"),
        _ => format!("{line}\n"),
    }
}

/// Files come and go with the lines that wrote them, and each machine has its own.
#[test]
fn files_are_of_a_machine_and_of_the_lines_that_wrote_them() {
    let (lab, at) = open(WEB_SHOP);
    let mut session = Session::new(lab);
    let on =
        |session: &mut Session, at: &Location, line: &str| session.type_line(at, line, &View::default()).output.text();
    on(&mut session, &at, "N=rules");
    assert_eq!(on(&mut session, &at, "iptables-save -t nat > $N; iptables -t nat -F"), "");
    let rules = on(&mut session, &at, "cat /root/rules");
    assert!(rules.contains("-A KUBE-SERVICES "), "{rules}");
    assert_eq!(on(&mut session, &at, "iptables-restore rules && iptables-save -t nat"), rules);
    let elsewhere = Location { mode: Mode::Nftables, ..at.clone() };
    assert_eq!(on(&mut session, &elsewhere, "cat rules"), "cat: rules: No such file or directory\n");
    assert_eq!(
        on(&mut session, &elsewhere, "nft list ruleset > f; nft flush ruleset; nft -f f; nft list ruleset | wc -l"),
        { on(&mut session, &elsewhere, "wc -l < f") }
    );
    let ipvs = Location { mode: Mode::Ipvs, ..at.clone() };
    assert_eq!(on(&mut session, &ipvs, "ipvsadm -S -n > f; ipvsadm -C; ipvsadm -R < f; ipvsadm -S -n"), {
        on(&mut session, &ipvs, "cat f")
    });
    let said = on(&mut session, &at, "kubectl get svc web -n shop -o yaml > web.yaml; kubectl apply -f web.yaml");
    assert_eq!(said, "service/web unchanged\n");
    assert_eq!(on(&mut session, &at, "kubectl apply -f nope.yaml"), "error: the path \"nope.yaml\" does not exist\n");
    let (mut again, _) = Replay::new(session.keep(View::default())).finish().expect("the same text");
    assert_eq!(on(&mut again, &at, "cat rules"), rules, "a lab that is made again has them");
    while session.undoable().is_some() {
        if let Undo::Replay(kept) = session.undo(&View::default()) {
            session = Replay::new(*kept).finish().expect("the same text").0;
        }
    }
    assert_eq!(on(&mut session, &at, "cat rules"), "cat: rules: No such file or directory\n");
    let full = on(&mut session, &at, "seq 10000 > f; for i in {1..200}; do cat f f f f f f f f > g; cat g >> h; done");
    assert!(full.contains("cat: write error: No space left on device\n"), "{full}");
}

/// Files are those that lines have written, and what kubectl's own completion leaves out is left out: names and flags that
/// are there already.
#[test]
fn a_tab_completes_files_and_repeats_nothing() {
    let (mut lab, at) = open(WEB_SHOP);
    run(&mut lab, &at, "kubectl get svc web -n shop -o yaml > web.yaml; iptables-save > /tmp/rules");
    let candidates = |text: &str| complete(&lab, &at, text).candidates;
    assert_eq!(candidates("kubectl apply -f w"), ["web.yaml"]);
    assert_eq!(candidates("grep -c KUBE /t"), ["/tmp/rules"]);
    assert_eq!(candidates("iptables-restore < /"), ["/root/web.yaml", "/tmp/rules"]);
    assert_eq!(candidates("cat "), ["web.yaml"]);
    let services = candidates("kubectl -n shop get svc web ");
    assert!(services.contains(&"cart".to_owned()) && !services.contains(&"web".to_owned()), "{services:?}");
    assert_eq!(candidates("kubectl -n shop get svc/web svc/w"), [""; 0]);
    assert_eq!(candidates("kubectl get svc --show-labels --show-"), ["--show-kind", "--show-managed-fields"]);
    assert_eq!(candidates("kubectl create svc clusterip x --tcp=80 --tc"), ["--tcp"]);
    assert_eq!(
        candidates("conntrack -L --reply-"),
        ["--reply-dst", "--reply-port-dst", "--reply-port-src", "--reply-src"]
    );
    assert_eq!(candidates("conntrack -L --state E"), ["ESTABLISHED"]);
}

/// `display_history` of bash 5.2: `"%5d%c %s"`.
#[test]
fn a_shell_remembers_what_was_typed() {
    let (mut lab, at) = open(EMPTY);
    let mut environment = Environment::default();
    let mut says = |line: &str| {
        let ran = run_in(&mut lab, &at, &environment, line);
        environment = ran.environment;
        ran.output.text()
    };
    says("iptables -S");
    says("x=1; echo $x");
    assert_eq!(says("history"), "    1  iptables -S\n    2  x=1; echo $x\n    3  history\n");
    assert_eq!(says("history 2"), "    3  history\n    4  history 2\n");
    assert_eq!(says("history x"), "bash: history: x: numeric argument required\n");
}
