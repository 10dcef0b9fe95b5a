//! The page without a network: a service worker keeps its files, and says when there is a newer version of them.

use gloo::events::EventListener;
use gloo::utils::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration, ServiceWorkerState};
use yew::platform::spawn_local;
use yew::prelude::*;

const WORKER: &str = "sw.js";
/// What the worker hears when it may take over.
const TAKE_OVER: &str = "take-over";

/// A newer version that is ready and waits.
#[derive(Clone, Debug, PartialEq)]
pub struct News(ServiceWorker);

impl News {
    /// Opens it in place of this one.
    pub fn open(&self) {
        if let Some(container) = container() {
            EventListener::once(&container, "controllerchange", |_| {
                // Refused only while the page is left anyway.
                let _ = window().location().reload();
            })
            .forget();
        }
        // Refused only for what cannot be copied.
        let _ = self.0.post_message(&JsValue::from_str(TAKE_OVER));
    }
}

/// Starts the worker, and gives a newer version once there is one. Where the browser has no workers or the page is not
/// trusted, there is none, and the page needs its server. The worker waits for the program, all of whose files it asks for,
/// too.
#[hook]
pub fn use_news(is_whole: bool) -> Option<News> {
    let news = use_state_eq(|| None::<News>);
    let set = news.setter();
    use_effect_with(is_whole, move |is_whole| {
        if *is_whole {
            spawn_local(async move {
                // Whatever fails here, the page works as long as its server does.
                let _ = watch(set).await;
            });
        }
    });
    (*news).clone()
}

async fn watch(set: UseStateSetter<Option<News>>) -> Option<()> {
    let container = container()?;
    let registered = JsFuture::from(container.register(WORKER)).await.ok()?;
    let registration: ServiceWorkerRegistration = registered.dyn_into().ok()?;
    if let (Some(waiting), Some(_)) = (registration.waiting(), container.controller()) {
        set.set(Some(News(waiting)));
    }
    let of = registration.clone();
    EventListener::new(&registration, "updatefound", move |_| {
        // The first version is no news.
        if let (Some(worker), true) = (of.installing(), container.controller().is_some()) {
            let (set, ready) = (set.clone(), worker.clone());
            EventListener::new(&worker, "statechange", move |_| {
                if ready.state() == ServiceWorkerState::Installed {
                    set.set(Some(News(ready.clone())));
                }
            })
            .forget();
        }
    })
    .forget();
    Some(())
}

fn container() -> Option<ServiceWorkerContainer> {
    let navigator = window().navigator();
    let found = js_sys::Reflect::get(&navigator, &JsValue::from_str("serviceWorker")).ok()?;
    found.dyn_into().ok()
}
