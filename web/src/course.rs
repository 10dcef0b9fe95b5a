//! The files of the lessons, which are fetched when somebody wants to learn.

use std::cell::RefCell;
use std::rc::Rc;

use datapath_core::lesson::{Lesson, beliefs, chapters};
use yew::UseReducerDispatcher;
use yew::platform::spawn_local;

use crate::language::file;
use crate::state::{Action, Chapter, Course, Model, Notice, Study};

thread_local! {
    /// Loaded once.
    static LOADED: RefCell<Option<Rc<Course>>> = const { RefCell::new(None) };
}

/// Loads the lessons, and opens one of them if it is named.
pub fn open(dispatcher: UseReducerDispatcher<Model>, lesson: Option<(String, usize)>) {
    spawn_local(async move {
        let Some(course) = load().await else {
            return dispatcher.dispatch(Action::Notice(Some(Notice::NoLessons)));
        };
        dispatcher.dispatch(Action::Study(Study::Course(course)));
        if let Some((name, step)) = lesson {
            dispatcher.dispatch(Action::Study(Study::Open { name: name.into(), step }));
        }
    });
}

async fn load() -> Option<Rc<Course>> {
    if let Some(loaded) = LOADED.with_borrow(Clone::clone) {
        return Some(loaded);
    }
    let index = file("lessons/index.txt").await?;
    let beliefs = beliefs(&file("lessons/beliefs.txt").await.unwrap_or_default());
    let (mut all, mut refused) = (Vec::new(), Vec::new());
    for chapter in chapters(&index) {
        let mut lessons = Vec::new();
        for name in chapter.names {
            let text = file(&format!("lessons/{name}.md")).await;
            match text.map(|text| Lesson::read(&text)) {
                Some(Ok(lesson)) => lessons.push((Rc::from(name), Rc::new(lesson))),
                Some(Err(wrong)) => refused.extend(wrong.first().map(|first| format!("{name}.md:{first}"))),
                None => refused.push(format!("{name}.md")),
            }
        }
        all.push(Chapter { title: chapter.title, lessons });
    }
    let course = Rc::new(Course { chapters: all, beliefs, refused });
    LOADED.with_borrow_mut(|loaded| *loaded = Some(course.clone()));
    Some(course)
}
