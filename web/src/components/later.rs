use gloo::timers::callback::Timeout;
use yew::prelude::*;

/// Milliseconds: who steps on quickly is not held up, and nobody else notices.
const LATER: u32 = 60;

/// The value a moment later, for what may come after the step that everybody looks at.
#[hook]
pub fn use_later<T: Clone + PartialEq + 'static>(value: T) -> T {
    let later = use_state_eq(|| value.clone());
    let set = later.setter();
    use_effect_with(value, move |value| {
        let value = value.clone();
        let timer = Timeout::new(LATER, move || set.set(value));
        move || drop(timer)
    });
    (*later).clone()
}
