use serde::{Deserialize, Serialize};

use crate::theme::Theme;

/// How the page is looked at, whichever lab is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: Theme,
    /// Index into [`super::PACES`].
    pub pace: usize,
    pub why: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { theme: Theme::Auto, pace: 1, why: false }
    }
}
