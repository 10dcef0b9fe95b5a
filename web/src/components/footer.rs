use yew::prelude::*;

use super::SettledProps;
use crate::text::say;

#[component]
pub fn Footer(_: &SettledProps) -> Html {
    html! {
        <footer class="footer">
            <p>{ say!("footer-about") }</p>
            <p>{ say!("page-private") }</p>
        </footer>
    }
}
