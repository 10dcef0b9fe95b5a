//! Every lesson and challenge that comes with the lab is run from beginning to end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use datapath_core::lesson::{Lesson, beliefs, check, scenario};
use datapath_core::session::Session;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../lessons")
}

/// By the name of the file, without its ending.
fn lessons() -> BTreeMap<String, Lesson> {
    let mut lessons = BTreeMap::new();
    for entry in fs::read_dir(folder()).expect("the lessons") {
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
