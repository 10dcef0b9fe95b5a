use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::text::say;

/// Choices under one name. A group without a name stands by itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    pub name: Option<String>,
    pub choices: Vec<Choice>,
    /// How many more there are that are not listed.
    pub hidden: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub value: usize,
    pub text: String,
}

#[derive(Properties, PartialEq)]
pub struct Props {
    pub groups: Vec<Group>,
    pub chosen: usize,
    pub onchoose: Callback<usize>,
    /// For a list that has no label in sight.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    #[prop_or_default]
    pub class: Classes,
}

/// A list of the browser's own to choose from.
#[component]
pub fn Picker(props: &Props) -> Html {
    let select = use_node_ref();
    // An option's `selected` attribute has no effect any more once the user has chosen: the list itself must be told.
    use_effect_with((select.clone(), props.chosen, props.groups.clone()), |(select, chosen, _)| {
        if let Some(select) = select.cast::<HtmlSelectElement>() {
            select.set_value(&chosen.to_string());
        }
    });
    let onchange = props
        .onchoose
        .reform(|event: Event| event.target_unchecked_into::<HtmlSelectElement>().value().parse().unwrap_or_default());
    html! {
        <select ref={select} class={props.class.clone()} aria-label={props.label.clone()} title={props.label.clone()} {onchange}>
            { for props.groups.iter().map(group) }
        </select>
    }
}

fn group(group: &Group) -> Html {
    let option = |Choice { value, text }: &Choice| html! { <option value={value.to_string()}>{ text }</option> };
    let options = html! {
        <>
            { for group.choices.iter().map(option) }
            if group.hidden > 0 {
                <option disabled=true>{ say!("more", count = group.hidden) }</option>
            }
        </>
    };
    match &group.name {
        Some(name) => html! { <optgroup label={name.clone()}>{ options }</optgroup> },
        None => options,
    }
}
