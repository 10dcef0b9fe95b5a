//! Every lesson and challenge that comes with the lab is run from beginning to end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use datapath_core::lab::WEB_SHOP;
use datapath_core::lesson::{
    Lesson, Performed, Step, Tested, Trial, beliefs, chapters, check, deeds, examine, scenario,
};
use datapath_core::message::Language;
use datapath_core::session::{Deed, Session, View};
use datapath_core::source::Position;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../lessons")
}

/// By the name of the file, without its ending.
fn lessons() -> BTreeMap<String, Lesson> {
    lessons_in(&folder())
}

fn lessons_in(folder: &Path) -> BTreeMap<String, Lesson> {
    let mut lessons = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the lessons") {
        let path = entry.expect("a folder entry").path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs::read_to_string(&path).expect("a lesson");
            let lesson = Lesson::read(&text).unwrap_or_else(|wrong| panic!("{}: {wrong:#?}", path.display()));
            lessons.insert(path.file_stem().expect("a name").to_string_lossy().into_owned(), lesson);
        }
    }
    lessons
}

#[test]
fn questions_have_one_right_answer_and_solutions_solve() {
    for (name, lesson) in lessons() {
        let wrong = check(&lesson);
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    }
}

#[test]
fn the_list_has_each_of_them_once() {
    let index = fs::read_to_string(folder().join("index.txt")).expect("the list");
    let listed: Vec<&str> = index.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let once: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(once.len(), listed.len(), "a lesson is listed twice");
    let lessons = lessons();
    assert!(lessons.keys().map(String::as_str).eq(once), "the list and the files differ");
}

#[test]
fn every_lesson_can_be_told_in_a_line() {
    for (name, lesson) in lessons() {
        assert!(!lesson.about.is_empty(), "{name} does not say what it is about");
        assert!((1..=15).contains(&lesson.minutes), "{name}: {} minutes", lesson.minutes);
    }
}

/// Issues of kubernetes/kubernetes in which somebody looked for days for what a challenge lets you find.
const STORIES: [u32; 20] = [
    20475, 34321, 38456, 48370, 56903, 57841, 57922, 66607, 70747, 71809, 72236, 74383, 74839, 81775, 92761, 96018,
    98465, 109811, 125467, 139513,
];

#[test]
fn stories_are_challenges() {
    let challenges: String = (lessons().keys().filter(|name| name.starts_with("ch-")))
        .map(|name| fs::read_to_string(folder().join(format!("{name}.md"))).expect("a challenge"))
        .collect();
    let untold: Vec<_> = STORIES.iter().filter(|number| !challenges.contains(&format!("/issues/{number})"))).collect();
    assert!(untold.is_empty(), "{untold:?}");
}

#[test]
fn links_lead_to_lessons_that_there_are() {
    let lessons = lessons();
    for name in lessons.keys() {
        let text = fs::read_to_string(folder().join(format!("{name}.md"))).expect("a lesson");
        for link in text.split("](#lesson=").skip(1) {
            let to = link.split([')', '/']).next().unwrap_or_default();
            assert!(lessons.contains_key(to), "{name} links to {to}");
        }
    }
}

#[test]
fn what_is_saved_as_a_scenario_opens_the_same_lab() {
    for (name, lesson) in lessons() {
        let session = lesson.open().unwrap_or_else(|refused| panic!("{name}: {:?}", refused.diagnostics));
        let text = scenario(&session, &lesson.title);
        let again = Lesson::read(&text).unwrap_or_else(|wrong| panic!("{name}: {wrong:#?}\n{text}"));
        assert_eq!((&again.title, &*again.cluster), (&lesson.title, session.lab().text.as_str()), "{name}");
        let reopened: Session = again.open().unwrap_or_else(|refused| panic!("{name}: {:?}", refused.diagnostics));
        assert_eq!(reopened.lab().connections(), session.lab().connections(), "{name}");
    }
}

#[test]
fn every_belief_can_be_tried() {
    let text = fs::read_to_string(folder().join("beliefs.txt")).expect("the beliefs");
    let listed: BTreeSet<u32> = beliefs(&text).iter().map(|belief| belief.number).collect();
    assert_eq!(listed, (1..=33).collect(), "the beliefs are numbered");
    let tried: BTreeSet<u32> = lessons().values().flat_map(|lesson| lesson.beliefs.clone()).collect();
    assert_eq!(tried, listed);
    let unsourced: Vec<&str> = text.lines().filter(|line| !line.contains("](http")).collect();
    assert!(unsourced.is_empty(), "beliefs without a source: {unsourced:#?}");
}

/// What is run and judged in a lesson, whatever its language.
fn skeleton(lesson: &Lesson) -> String {
    let step = |step: &Step| {
        let conditions = step.prediction.iter().flat_map(|asked| &asked.choices).map(|choice| &choice.condition);
        format!("{:?} {:?}", deeds(&step.run).collect::<Vec<_>>(), conditions.collect::<Vec<_>>())
    };
    let steps: Vec<String> = lesson.steps().iter().map(step).collect();
    let goal = |trial: &Trial| match trial {
        Trial::Do(line) => line.deed.to_string(),
        Trial::Expect { condition, .. } => format!("{condition:?}"),
    };
    let challenge = lesson.challenge().map(|challenge| {
        let goal: Vec<String> = challenge.goal.iter().map(goal).collect();
        (goal, deeds(&challenge.solution).collect::<Vec<_>>(), challenge.par)
    });
    format!(
        "{} {:?}\n{}\n{:?}\n{steps:#?}\n{challenge:?}",
        lesson.minutes,
        lesson.beliefs,
        lesson.cluster,
        deeds(&lesson.opening).collect::<Vec<_>>()
    )
}

fn links(text: &str) -> BTreeSet<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link).collect()
}

#[test]
fn translations_run_and_judge_the_same() {
    let english = lessons();
    for language in Language::ALL.into_iter().filter(|language| *language != Language::English) {
        let translated = folder().join(language.tag());
        let lessons = lessons_in(&translated);
        assert!(lessons.keys().eq(english.keys()), "{}: other lessons", language.tag());
        for (name, lesson) in &lessons {
            assert_eq!(skeleton(lesson), skeleton(&english[name]), "{}/{name}", language.tag());
            assert!(lesson.runs_as(&english[name]), "{}/{name}", language.tag());
            assert_ne!(lesson.title, english[name].title, "{}/{name} is not translated", language.tag());
        }
        for entry in fs::read_dir(&translated).expect("a folder") {
            let name = entry.expect("a folder entry").file_name();
            let of = |folder: &Path| fs::read_to_string(folder.join(&name)).expect("a file in both languages");
            assert_eq!(links(&of(&translated)), links(&of(&folder())), "{}/{}", language.tag(), name.display());
        }
        let names = |folder: &Path| {
            let index = fs::read_to_string(folder.join("index.txt")).expect("the list");
            chapters(&index).into_iter().map(|chapter| chapter.names).collect::<Vec<_>>()
        };
        assert_eq!(names(&translated), names(&folder()), "{}", language.tag());
    }
}

/// A lesson of the course, with one thing in it wrong: what is found and put in its place, the word at which that is told,
/// and how it is told.
const DAMAGED: [(&str, &str, &str, &str, &str); 15] = [
    ("udp", "minutes: ", "minutes: about ", "about", "minutes has \"about"),
    ("udp", "\n---\n", "\n\n", "UDP has", "the head does not end"),
    ("udp", "title:", "titel:", "titel", "a head has no line"),
    ("what-a-service-is", "```predict", "```ask", "```ask", "a block ```ask stands here"),
    ("what-a-service-is", "next\n```", "next\n", "```do", "the block ```do does not end"),
    ("what-a-service-is", "send pod client-node1", "send pod client-node7", "pod client-node7", "this cannot be done"),
    ("what-a-service-is", "-> shop/web:http", "=> shop/web:http", "\n", "this is nothing that can be done"),
    ("ch-local-and-nobody-home", "kubectl scale", "kubectl scal", "scal", "found \"scal\""),
    ("ch-local-and-nobody-home", "--replicas=1\n", "--replicas=one\n", "--replicas=one", "found \"--replicas=one\""),
    (
        "ch-local-and-nobody-home",
        "not any lane rewrote source",
        "not any lane rewrote sauce",
        "sauce",
        "found \"sauce\"",
    ),
    (
        "ch-local-and-nobody-home",
        "not any lane rewrote source",
        "any lane rewrote source",
        "any lane",
        "the solution does not reach",
    ),
    (
        "ch-local-and-nobody-home",
        "deployment/web -n shop --replicas=3",
        "deployment/wep -n shop --replicas=3",
        "kubectl scale deployment/wep",
        "this cannot be done",
    ),
    ("ch-a-quarter-each", "iptables answers = 4", "iptables answers is 4", "is 4", "found \"is\""),
    ("ch-every-change-costs", "and nftables lines", "and nftables limes", "limes", "found \"limes\""),
    ("udp", "UDP has", "UDP <b>has</b>", "<b>", "there is HTML here"),
];

/// The text from a place on.
fn at(text: &str, position: Position) -> String {
    let line = text.split_inclusive('\n').nth(position.line as usize - 1).unwrap_or_default();
    let mut here: String = line.chars().skip(position.column as usize - 1).collect();
    here.extend(text.split_inclusive('\n').skip(position.line as usize));
    here
}

#[test]
fn what_is_wrong_is_told_at_its_word() {
    for (name, found, wrong, word, told) in DAMAGED {
        let text = fs::read_to_string(folder().join(format!("{name}.md"))).expect("a lesson");
        let damaged = text.replacen(found, wrong, 1);
        assert_ne!(damaged, text, "{name} has no {found:?}");
        let (_, diagnostics) = examine(&damaged);
        let Some(first) = diagnostics.iter().find(|diagnostic| diagnostic.message.to_string().contains(told)) else {
            panic!("{name}, {wrong:?}: {diagnostics:#?}");
        };
        let here = at(&damaged, first.position);
        assert!(here.starts_with(word), "{name}, {wrong:?}: {first} is at {:?}", here.lines().next());
    }
}

#[test]
fn a_cluster_that_is_refused_is_told_of_by_the_lines_of_the_file() {
    let text = fs::read_to_string(folder().join("ch-balancer-bypassed.md")).expect("a challenge");
    let damaged = text.replacen("port: 443", "port: 70443", 1);
    assert_ne!(damaged, text);
    let (lesson, diagnostics) = examine(&damaged);
    assert!(lesson.is_some() && !diagnostics.is_empty());
    assert!(at(&damaged, diagnostics[0].position).starts_with("70443"), "{diagnostics:#?}");
}

#[test]
fn lines_that_end_as_on_windows_are_no_mistake() {
    let text = fs::read_to_string(folder().join("udp.md")).expect("a lesson");
    assert_eq!(examine(&text.replace('\n', "\r\n")).1, []);
}

#[test]
fn a_goal_is_told_part_by_part() {
    let lesson = &lessons()["ch-local-and-nobody-home"];
    let challenge = lesson.challenge().expect("a challenge");
    let mut session = lesson.open().expect("its lab");
    let met = |session: &Session| -> Vec<bool> {
        let claims = challenge.tested(session);
        claims.iter().filter(|tested| matches!(tested, Tested::Claim { .. })).map(Tested::is_met).collect()
    };
    // Two nodes have no server; none rewrites the source.
    assert!(met(&session).contains(&false) && met(&session).contains(&true));
    Performed::of(&mut session, deeds(&challenge.solution), &View::default()).expect("the solution");
    assert_eq!(met(&session), [true; 6]);
}

#[test]
fn a_scenario_has_no_packets_that_nothing_came_of() {
    let mut session = Session::open(WEB_SHOP).expect("the example");
    for replicas in [5, 2, 6] {
        let line = format!("kubectl scale deployment/web -n shop --replicas={replicas}");
        let deed: Deed = line.parse().expect("a deed");
        Performed::of(&mut session, [&deed], &View::default()).expect("it can be done");
        assert!(session.also_send_next());
    }
    let text = scenario(&session, "Three changes");
    let lines: Vec<&str> = text.split("```do\n").nth(1).expect("what was done").lines().collect();
    assert_eq!(lines.iter().filter(|line| **line == "next").count(), 1, "{lines:#?}");
    assert_eq!(lines.iter().filter(|line| line.starts_with("kubectl scale")).count(), 3);
    let again = Lesson::read(&text).expect("a scenario").open().expect("its lab");
    assert_eq!(again.lab().connections(), session.lab().connections());
}
