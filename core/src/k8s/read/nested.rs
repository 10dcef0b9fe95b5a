//! YAML inside a string of YAML, as in a ConfigMap's `data`.

use crate::source::Position;

/// Where the lines of such a string are in the text around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A literal block (`|`): its lines are lines of the text, indented.
    Block { first_line: u32, indent: u32 },
    /// A string in quotes or a folded block, of which only the beginning is known.
    Within(Position),
}

impl Origin {
    /// `at` is where the scalar with the value `content` begins in `outer`.
    pub(super) fn of(outer: &str, at: Position, content: &str) -> Self {
        Self::of_block(outer, at, content).unwrap_or(Self::Within(at))
    }

    fn of_block(outer: &str, at: Position, content: &str) -> Option<Self> {
        // The scalar begins at its first line that is not blank.
        let blank = content.lines().take_while(|line| line.trim().is_empty()).count();
        let mut lines = outer.lines().skip((at.line as usize).checked_sub(1)?).peekable();
        let indent = lines.peek()?.len().checked_sub(content.lines().nth(blank)?.len())?;
        let is_indented = |line: &str| line.get(..indent).is_some_and(|start| start.bytes().all(|byte| byte == b' '));
        let same = content.lines().skip(blank).zip(lines).all(|(inner, outer)| {
            inner.is_empty() && outer.trim().is_empty() || is_indented(outer) && outer.get(indent..) == Some(inner)
        });
        let first_line = at.line.checked_sub(u32::try_from(blank).ok()?)?;
        same.then_some(Self::Block { first_line, indent: u32::try_from(indent).ok()? })
    }

    /// The place in the outer text of a place in the string.
    pub(super) fn place(self, inner: Position) -> Position {
        match self {
            Self::Within(at) => at,
            Self::Block { first_line, indent } => Position::new(
                first_line.saturating_add(inner.line.saturating_sub(1)),
                indent.saturating_add(inner.column),
            ),
        }
    }
}
