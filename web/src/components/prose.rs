use datapath_core::lesson::{Block, Span};
use yew::prelude::*;

/// A text with its paragraphs, lists and links.
pub fn blocks(blocks: &[Block]) -> Html {
    html! { <>{ for blocks.iter().map(block) }</> }
}

fn block(block: &Block) -> Html {
    match block {
        Block::Paragraph(text) => html! { <p>{ spans(text) }</p> },
        Block::Heading(text) => html! { <h4>{ spans(text) }</h4> },
        Block::Quote(inner) => html! { <blockquote>{ blocks(inner) }</blockquote> },
        Block::Code(text) => html! { <pre class="mono" tabindex="0">{ text }</pre> },
        Block::List { ordered: true, items } => html! { <ol>{ for items.iter().map(item) }</ol> },
        Block::List { ordered: false, items } => html! { <ul>{ for items.iter().map(item) }</ul> },
        Block::Table { head, rows } => html! {
            <div class="scroll" tabindex="0">
                <table>
                    <thead><tr>{ for head.iter().map(|cell| html! { <th scope="col">{ spans(cell) }</th> }) }</tr></thead>
                    <tbody>{ for rows.iter().map(|row| html! {
                        <tr>{ for row.iter().map(|cell| html! { <td>{ spans(cell) }</td> }) }</tr>
                    }) }</tbody>
                </table>
            </div>
        },
    }
}

fn item(item: &Vec<Block>) -> Html {
    match item.as_slice() {
        [Block::Paragraph(text)] => html! { <li>{ spans(text) }</li> },
        item => html! { <li>{ blocks(item) }</li> },
    }
}

/// A line of a text.
pub fn spans(line: &[Span]) -> Html {
    html! { <>{ for line.iter().map(span) }</> }
}

fn span(span: &Span) -> Html {
    match span {
        Span::Text(text) => html! { { text } },
        Span::Code(text) => html! { <code>{ text }</code> },
        Span::Emphasis(inner) => html! { <em>{ spans(inner) }</em> },
        Span::Strong(inner) => html! { <strong>{ spans(inner) }</strong> },
        // A place in the page, or a page of somebody else's; anything else, such as a script, is no link.
        Span::Link { to, text } if to.starts_with('#') => html! { <a href={to.clone()}>{ spans(text) }</a> },
        Span::Link { to, text } if to.starts_with("https://") || to.starts_with("http://") => {
            html! { <a href={to.clone()} target="_blank" rel="noopener noreferrer">{ spans(text) }</a> }
        }
        Span::Link { text, .. } => spans(text),
    }
}
