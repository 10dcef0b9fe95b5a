//! What somebody copies into a page to have a lab there.

use std::fmt::Write;

use super::Words;

/// A figure of a lab, as a page of somebody else has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    pub words: Words,
    pub theme: String,
    /// The tag of a language; that of the page if it is empty.
    pub language: String,
    /// In pixels; as high as its content if it is None, which a frame cannot be.
    pub height: Option<u32>,
    /// What the lab is known by.
    pub title: String,
    /// What stands in the element until it starts; just a link if it is None.
    pub still: Option<String>,
}

/// Pixels of a frame whose height is not given.
const FRAME_HEIGHT: u32 = 640;

impl Code {
    /// The address of the lab itself.
    pub fn page(&self) -> String {
        format!("{}#{}", self.words.lab, self.words.link)
    }

    /// The element, with a still picture or a link in place of it for whoever cannot run it.
    pub fn element(&self) -> String {
        let lab = &self.words.lab;
        let height = self.height.map(|height| height.to_string()).unwrap_or_default();
        let own = [("theme", &self.theme), ("language", &self.language), ("height", &height), ("lab-url", lab)];
        let mut attributes = String::new();
        for (name, value) in self.words().into_iter().chain(own).filter(|(_, value)| !value.is_empty()) {
            // Writing to a string cannot fail.
            let _ = write!(attributes, "\n  {name}=\"{}\"", escaped(value));
        }
        let link = || format!("<p><a href=\"{}\">{}</a></p>\n", escaped(&self.page()), escaped(&self.title));
        format!(
            "<script type=\"module\" src=\"{}package/datapath-lab.js\"></script>\n\
             <datapath-lab{attributes}>\n{}</datapath-lab>\n",
            escaped(folder(lab)),
            self.still.clone().unwrap_or_else(link)
        )
    }

    /// The frame, for places that allow no scripts.
    pub fn frame(&self) -> String {
        format!(
            "<iframe\n  src=\"{}\"\n  title=\"{}\" width=\"100%\" height=\"{}\" loading=\"lazy\" style=\"border: 0\"></iframe>\n",
            escaped(&self.address()),
            escaped(&self.title),
            self.height.unwrap_or(FRAME_HEIGHT)
        )
    }

    /// The address of the frame's content.
    pub fn address(&self) -> String {
        let own = [("theme", &self.theme), ("language", &self.language)];
        let words = self.words().into_iter().chain(own).filter(|(name, value)| *name != "link" && !value.is_empty());
        let mut address = format!("{}?embed", self.words.lab);
        for (name, value) in words {
            // Writing to a string cannot fail.
            let _ = write!(address, "&{name}={}", js_sys::encode_uri_component(value));
        }
        if !self.words.link.is_empty() {
            let _ = write!(address, "#{}", self.words.link);
        }
        address
    }

    /// The attributes that the parameters of an address are, too.
    fn words(&self) -> [(&'static str, &String); 10] {
        let Words { link, scenario, datapaths, view, client, target, port, protocol, step, controls, .. } = &self.words;
        [
            ("link", link),
            ("scenario", scenario),
            ("datapaths", datapaths),
            ("view", view),
            ("client", client),
            ("target", target),
            ("port", port),
            ("protocol", protocol),
            ("step", step),
            ("controls", controls),
        ]
    }
}

/// The folder that a page is in.
fn folder(page: &str) -> &str {
    page.rfind('/').map_or("", |slash| &page[..=slash])
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::{Code, Words};

    fn code() -> Code {
        Code {
            words: Words {
                link: "v1.abc".into(),
                view: "lane".into(),
                datapaths: "ipvs".into(),
                lab: "https://lab.example/a/index.html".into(),
                ..Words::default()
            },
            theme: String::new(),
            language: "zh-CN".into(),
            height: Some(500),
            title: "shop/web & \"co\" <1>".into(),
            still: None,
        }
    }

    #[test]
    fn the_element_has_what_was_chosen_and_no_more() {
        let element = code().element();
        for part in [
            "src=\"https://lab.example/a/package/datapath-lab.js\"",
            "link=\"v1.abc\"",
            "view=\"lane\"",
            "datapaths=\"ipvs\"",
            "language=\"zh-CN\"",
            "height=\"500\"",
            "lab-url=\"https://lab.example/a/index.html\"",
            "href=\"https://lab.example/a/index.html#v1.abc\"",
            ">shop/web &amp; &quot;co&quot; &lt;1&gt;</a>",
        ] {
            assert!(element.contains(part), "{part} in {element}");
        }
        for part in ["theme", "step", "controls", "client"] {
            assert!(!element.contains(&format!("{part}=")), "{part} in {element}");
        }
    }
}
