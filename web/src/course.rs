//! The files of the lessons, which are fetched when somebody wants to learn: in the language of the page where there is
//! one, else in English.

use std::cell::RefCell;
use std::rc::Rc;

use datapath_core::lesson::{Lesson, beliefs, chapters, examine};
use datapath_core::message::Language;
use datapath_core::source::Diagnostic;
use futures_util::future::join_all;
use gloo::utils::window;
use web_sys::Url;
use yew::UseReducerDispatcher;
use yew::platform::spawn_local;

use crate::address::LessonPlace;
use crate::language::file;
use crate::state::{Action, Chapter, Course, Mistakes, Model, Notice, Study};
use crate::text;

const FOLDER: &str = "lessons";

thread_local! {
    /// Each language's is loaded once.
    static LOADED: RefCell<Vec<Rc<Course>>> = const { RefCell::new(Vec::new()) };
}

/// Loads the lessons, and opens one of them if it is named, or one that is elsewhere on this site.
pub fn open(dispatcher: UseReducerDispatcher<Model>, lesson: Option<LessonPlace>) {
    spawn_local(async move {
        let (name, step) = match lesson {
            Some(LessonPlace { name, step }) if is_file(&name) => {
                return bring(&dispatcher, name, step).await;
            }
            Some(LessonPlace { name, step }) => (Some(name), step),
            None => (None, 0),
        };
        let Some(course) = load(text::language()).await else {
            return dispatcher.dispatch(Action::Notice(Some(Notice::NoLessons)));
        };
        dispatcher.dispatch(Action::Study(Study::Course(course)));
        if let Some(name) = name {
            dispatcher.dispatch(Action::Study(Study::Open { name: name.into(), step }));
        }
    });
}

/// Reads the file of the lesson that is open again: its author may have changed it since.
pub fn read_again(dispatcher: UseReducerDispatcher<Model>, name: String) {
    spawn_local(async move {
        if !is_file(&name) {
            let course = load(text::language()).await;
            return course.into_iter().for_each(|course| dispatcher.dispatch(Action::Study(Study::Course(course))));
        }
        let Some(text) = beside(&name).await else { return };
        let (lesson, wrong) = examine(&text);
        let name: Rc<str> = name.into();
        if let Some(lesson) = lesson {
            dispatcher.dispatch(Action::Study(Study::Reread { name: name.clone(), lesson: Rc::new(lesson) }));
        }
        tell(&dispatcher, name, wrong);
    });
}

/// Lessons of the course have no ending in their names.
fn is_file(name: &str) -> bool {
    name.ends_with(".md")
}

/// A lesson at an address of this site: others are not asked for anything.
async fn bring(dispatcher: &UseReducerDispatcher<Model>, name: String, step: usize) {
    let Some(text) = beside(&name).await else {
        return dispatcher.dispatch(Action::Notice(Some(Notice::NoLesson(name))));
    };
    let (lesson, wrong) = examine(&text);
    let name: Rc<str> = name.into();
    if let Some(lesson) = lesson {
        dispatcher.dispatch(Action::Study(Study::Bring { name: name.clone(), lesson: Rc::new(lesson), step }));
    }
    tell(dispatcher, name, wrong);
}

/// The text at an address of this site.
async fn beside(name: &str) -> Option<String> {
    let page = window().location();
    let url = page.href().and_then(|href| Url::new_with_base(name, &href)).ok()?;
    let is_here = page.origin().is_ok_and(|origin| origin == url.origin());
    if is_here { file(&url.href()).await } else { None }
}

fn tell(dispatcher: &UseReducerDispatcher<Model>, name: Rc<str>, wrong: Vec<Diagnostic>) {
    if !wrong.is_empty() {
        let mistakes = Mistakes { name: Some(name), wrong };
        dispatcher.dispatch(Action::Study(Study::Mistakes(Some(Rc::new(mistakes)))));
    }
}

async fn load(language: Language) -> Option<Rc<Course>> {
    let loaded = LOADED.with_borrow(|all| all.iter().find(|course| course.language == language).cloned());
    if loaded.is_some() {
        return loaded;
    }
    let index = in_language(language, "index.txt".into()).await?;
    let beliefs = beliefs(&in_language(language, "beliefs.txt".into()).await.unwrap_or_default());
    let (mut all, mut refused) = (Vec::new(), Vec::new());
    for chapter in chapters(&index) {
        let mut lessons = Vec::new();
        let texts = chapter.names.iter().map(|name| in_language(language, format!("{name}.md")));
        for (name, text) in chapter.names.iter().zip(join_all(texts).await) {
            match text.map(|text| Lesson::read(&text)) {
                Some(Ok(lesson)) => lessons.push((Rc::from(&**name), Rc::new(lesson))),
                Some(Err(wrong)) => {
                    refused.extend(wrong.first().map(|first| format!("{name}.md:{}", crate::text::say(&first.tell()))))
                }
                None => refused.push(format!("{name}.md")),
            }
        }
        all.push(Chapter { title: chapter.title, lessons });
    }
    let course = Rc::new(Course { language, chapters: all, beliefs, refused });
    LOADED.with_borrow_mut(|loaded| loaded.push(course.clone()));
    Some(course)
}

async fn in_language(language: Language, name: String) -> Option<String> {
    if language != Language::English
        && let Some(text) = file(&format!("{FOLDER}/{}/{name}", language.tag())).await
    {
        return Some(text);
    }
    file(&format!("{FOLDER}/{name}")).await
}
