//! Every lesson and challenge that comes with the lab is run from beginning to end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use datapath_core::lesson::{Lesson, Step, beliefs, chapters, check, scenario};
use datapath_core::message::Language;
use datapath_core::session::Session;

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
}

/// What is run and judged in a lesson, whatever its language.
fn skeleton(lesson: &Lesson) -> String {
    let step = |step: &Step| {
        let conditions = step.prediction.iter().flat_map(|asked| &asked.choices).map(|choice| &choice.condition);
        format!("{:?} {:?}", step.run, conditions.collect::<Vec<_>>())
    };
    let steps: Vec<String> = lesson.steps().iter().map(step).collect();
    let challenge = lesson.challenge().map(|challenge| (&challenge.goal, &challenge.solution, challenge.par));
    format!(
        "{} {:?}\n{}\n{:?}\n{steps:#?}\n{challenge:?}",
        lesson.minutes, lesson.beliefs, lesson.cluster, lesson.opening
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
