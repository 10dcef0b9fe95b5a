//! The files of the lessons, which are fetched when somebody wants to learn: in the language of the page where there is
//! one, else in English.

use std::cell::RefCell;
use std::rc::Rc;

use datapath_core::lesson::{Lesson, beliefs, chapters};
use datapath_core::message::Language;
use futures_util::future::join_all;
use gloo::utils::window;
use web_sys::Url;
use yew::UseReducerDispatcher;
use yew::platform::spawn_local;

use crate::address::LessonPlace;
use crate::language::file;
use crate::state::{Action, Chapter, Course, Model, Notice, Study};
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
                return dispatcher.dispatch(bring(name, step).await);
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

/// Lessons of the course have no ending in their names.
fn is_file(name: &str) -> bool {
    name.ends_with(".md")
}

/// A lesson at an address of this site: others are not asked for anything.
async fn bring(name: String, step: usize) -> Action {
    let page = window().location();
    let here = page.href().and_then(|href| Url::new_with_base(&name, &href));
    let is_here = here.as_ref().is_ok_and(|url| page.origin().is_ok_and(|origin| origin == url.origin()));
    let text = match here {
        Ok(url) if is_here => file(&url.href()).await,
        _ => None,
    };
    match text.as_deref().map(Lesson::read) {
        None => Action::Notice(Some(Notice::NoLesson(name))),
        Some(Err(wrong)) => {
            let first = wrong.first().map(ToString::to_string).unwrap_or_default();
            Action::Notice(Some(Notice::Refused(format!("{name}:{first}"))))
        }
        Some(Ok(lesson)) => Action::Study(Study::Bring { name: name.into(), lesson: Rc::new(lesson), step }),
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
                Some(Err(wrong)) => refused.extend(wrong.first().map(|first| format!("{name}.md:{first}"))),
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
