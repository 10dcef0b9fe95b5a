use super::Cause;

/// A text that grows line by line, and for each line its cause where causes are asked for.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub text: String,
    causes: Option<Vec<Cause>>,
}

impl Lines {
    /// A text whose lines remember their causes. They point into the cluster by position, which holds only as long as
    /// no object comes or goes.
    pub fn explained() -> Self {
        Self { text: String::new(), causes: Some(Vec::new()) }
    }

    /// A text of the same kind, explained or not.
    pub fn another(&self) -> Self {
        Self { text: String::new(), causes: self.causes.as_ref().map(|_| Vec::new()) }
    }

    /// The text and the cause of each line; without causes if they were not asked for.
    pub fn into_parts(self) -> (String, Vec<Cause>) {
        (self.text, self.causes.unwrap_or_default())
    }

    /// Makes room for so many bytes and lines more: a text of megabytes that grows as it is written is moved again and
    /// again.
    pub fn reserve(&mut self, bytes: usize, lines: usize) {
        self.text.reserve(bytes);
        if let Some(causes) = &mut self.causes {
            causes.reserve(lines);
        }
    }

    fn end_line(&mut self, cause: Cause) {
        self.text.push('\n');
        if let Some(causes) = &mut self.causes {
            causes.push(cause);
        }
    }

    /// Appends one line, made of `pieces` with nothing between them.
    pub fn push(&mut self, cause: Cause, pieces: &[&str]) {
        for piece in pieces {
            self.text.push_str(piece);
        }
        self.end_line(cause);
    }

    /// Appends one line, made of several groups of pieces.
    pub fn push_all(&mut self, cause: Cause, groups: &[&[&str]]) {
        for piece in groups.iter().copied().flatten() {
            self.text.push_str(piece);
        }
        self.end_line(cause);
    }

    pub fn append(&mut self, other: &Self) {
        self.text.push_str(&other.text);
        if let (Some(causes), Some(others)) = (&mut self.causes, &other.causes) {
            causes.extend_from_slice(others);
        }
    }

    /// Puts `other` in front. A program of many megabytes is moved rather than copied.
    pub fn prepend(&mut self, other: Self) {
        self.text.insert_str(0, &other.text);
        if let (Some(causes), Some(others)) = (&mut self.causes, other.causes) {
            causes.splice(0..0, others);
        }
    }
}
