/// The lines of a listing. With `-o` a backslash stands where a line would end.
pub(super) struct Lines<'a> {
    pub one_line: bool,
    /// The number of each line from 1, and its text; the parts of one line have one number.
    pub lines: Vec<(u32, &'a str)>,
}

impl<'a> Lines<'a> {
    /// Empty lines are passed over.
    pub fn of(text: &'a str) -> Self {
        let numbered = || (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        let one_line = numbered().any(|(_, line)| line.contains('\\'));
        let parts = |(number, line): (u32, &'a str)| line.split('\\').map(move |part| (number, part));
        Self { one_line, lines: numbered().flat_map(parts).filter(|(_, line)| !line.trim().is_empty()).collect() }
    }
}
