use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// Names the group.
    pub label: AttrValue,
    pub options: Vec<AttrValue>,
    pub chosen: usize,
    pub onchoose: Callback<usize>,
    #[prop_or_default]
    pub class: Classes,
}

/// One of a few choices, all in sight.
#[component]
pub fn Segmented(props: &Props) -> Html {
    let option = |(index, text): (usize, &AttrValue)| {
        let onclick = props.onchoose.reform(move |_| index);
        html! {
            <button type="button" aria-pressed={(index == props.chosen).to_string()} {onclick}>{ text }</button>
        }
    };
    html! {
        <div class={classes!("segmented", props.class.clone())} role="group" aria-label={props.label.clone()}>
            { for props.options.iter().enumerate().map(option) }
        </div>
    }
}
