/// A language that there is a file of messages for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    #[default]
    English,
    SimplifiedChinese,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::English, Self::SimplifiedChinese];

    /// Its tag by BCP 47, which names its file.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::SimplifiedChinese => "zh-CN",
        }
    }

    /// What its speakers call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::SimplifiedChinese => "简体中文",
        }
    }

    /// The first of the tags that a reader prefers whose language there is; None if there is none. Chinese of any
    /// region is better than none.
    pub fn preferred<'t>(tags: impl IntoIterator<Item = &'t str>) -> Option<Self> {
        let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        tags.into_iter().find_map(|tag| Self::ALL.into_iter().find(|own| primary(own.tag()) == primary(tag)))
    }

    /// The plural category of a count, by CLDR's rules for cardinals.
    pub(super) const fn category(self, count: u64) -> &'static str {
        match (self, count) {
            (Self::English, 1) => "one",
            (Self::English | Self::SimplifiedChinese, _) => "other",
        }
    }

    /// A count as it is written: `9,412`.
    pub fn number(self, count: u64) -> String {
        let (separator, group) = match self {
            Self::English | Self::SimplifiedChinese => (',', 3),
        };
        let digits = count.to_string();
        let mut grouped = String::with_capacity(digits.len() + digits.len() / group);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(group) {
                grouped.push(separator);
            }
            grouped.push(digit);
        }
        grouped
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (9_412, "9,412"), (1_234_567, "1,234,567")] {
            assert_eq!(Language::English.number(number), text);
        }
    }

    #[test]
    fn the_first_language_that_there_is() {
        for (tags, language) in [
            (&["zh-CN", "en"][..], Some(Language::SimplifiedChinese)),
            (&["de-AT", "zh-Hans-SG", "en-GB"], Some(Language::SimplifiedChinese)),
            (&["en-GB", "zh"], Some(Language::English)),
            (&["de", "fr-CH"], None),
            (&[], None),
        ] {
            assert_eq!(Language::preferred(tags.iter().copied()), language, "{tags:?}");
        }
    }
}
