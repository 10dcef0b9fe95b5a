use crate::lab::WEB_SHOP;

/// A cluster that is built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What an attribute or an address names it by.
    pub id: &'static str,
    /// The cluster as YAML.
    pub text: &'static str,
}

impl Scenario {
    /// The first is what a lab opens with by itself.
    pub const ALL: [Self; 1] = [Self { id: "web-shop", text: WEB_SHOP }];

    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scenario| scenario.id == id)
    }
}
