use yew::prelude::*;

use crate::text::{footer, page};

#[component]
pub fn Footer() -> Html {
    html! {
        <footer class="footer">
            <p>{ footer::ABOUT }</p>
            <p>{ page::PRIVATE }</p>
        </footer>
    }
}
