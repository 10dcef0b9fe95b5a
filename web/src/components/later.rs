use gloo::timers::callback::Timeout;
use yew::prelude::*;

/// The value a moment later, for what may come after the step that everybody looks at.
#[hook]
pub fn use_later<T: Clone + PartialEq + 'static>(value: T) -> T {
    let later = use_state_eq(|| value.clone());
    let set = later.setter();
    use_effect_with(value, move |value| {
        let value = value.clone();
        let timer = Timeout::new(0, move || set.set(value));
        move || drop(timer)
    });
    (*later).clone()
}
