use serde::{Deserialize, Serialize};

use super::Stop;
use crate::language::Preference;
use crate::theme::Theme;

/// How the page is looked at, whichever lab is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: Theme,
    pub language: Preference,
    /// Index into [`super::PACES`].
    pub pace: usize,
    pub why: bool,
    /// Where the tour was left.
    pub stop: Stop,
}

impl Default for Settings {
    fn default() -> Self {
        Self { theme: Theme::Auto, language: Preference::default(), pace: 1, why: false, stop: Stop::Send }
    }
}
