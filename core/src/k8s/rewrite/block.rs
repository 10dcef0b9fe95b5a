//! Edits of block-style YAML, line by line.

use std::ops::Range;

use serde_json::Value;

use super::patch::{Edit, applied};
use crate::k8s::read::{NodeId, Shape, Tree};
use crate::k8s::write::yaml::{Yaml, scalar};

/// The lines of a text, with others in place of some.
pub(super) struct Lines<'t> {
    lines: Vec<&'t str>,
    /// Ranges of lines by their indexes and what stands in their place; no two overlap.
    changes: Vec<(Range<usize>, Vec<String>)>,
}

/// What cannot be changed line by line: whoever holds it is written anew.
struct NotBlock;

impl<'t> Lines<'t> {
    pub fn of(text: &'t str) -> Self {
        Self { lines: text.split_inclusive('\n').collect(), changes: Vec::new() }
    }

    pub fn into_text(mut self) -> String {
        self.changes.sort_by_key(|(range, _)| range.start);
        let mut text = String::new();
        let mut next = 0;
        for (range, with) in &self.changes {
            self.lines[next..range.start.max(next)].iter().for_each(|line| text.push_str(line));
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            for line in with {
                text.push_str(line);
                text.push('\n');
            }
            next = range.end.max(next);
        }
        self.lines[next..].iter().for_each(|line| text.push_str(line));
        text
    }

    /// Edits the document with this root; the next one's root is at `next`. None where it shares a line with another.
    pub fn edit_document(&mut self, tree: &Tree, root: NodeId, next: Option<u32>, edit: &Edit) -> Option<()> {
        if *edit == Edit::Keep {
            return Some(());
        }
        let start = line_of(tree, root);
        let limit = next.map_or(self.lines.len(), |line| (line as usize).saturating_sub(1));
        let is_marker = |line: &&str| line.starts_with("---") || line.starts_with("...");
        if self.lines.get(start).is_none_or(is_marker) {
            return None;
        }
        let end = (start + 1..limit).find(|line| is_marker(&self.lines[*line])).unwrap_or(limit);
        let range = self.trimmed(start..end, 0);
        if *edit == Edit::Delete {
            // Its comments and the marker above it go with it.
            let first = (0..start).rev().take_while(|line| is_remark(self.lines[*line])).last().unwrap_or(start);
            let marker = first.checked_sub(1).filter(|line| self.lines[*line].trim_end() == "---");
            self.changes.push((marker.unwrap_or(first)..range.end, Vec::new()));
            return Some(());
        }
        let known = self.changes.len();
        if self.edit(tree, root, range.clone(), edit).is_err() {
            self.changes.truncate(known);
            let mut yaml = Yaml::default();
            yaml.fields(&applied(tree, Some(root), edit)?);
            self.changes.push((range, yaml.into_text().lines().map(str::to_owned).collect()));
        }
        Some(())
    }

    /// Without what stands before the next thing: blank lines, and comments no deeper than `indent`.
    fn trimmed(&self, range: Range<usize>, indent: usize) -> Range<usize> {
        let belongs_to_next = |line: &&str| is_remark(line) && line.len() - line.trim_start().len() <= indent;
        let kept =
            self.lines[range.clone()].iter().rev().skip_while(|line| line.trim().is_empty() || belongs_to_next(line));
        range.start..range.start + kept.count()
    }

    fn edit(&mut self, tree: &Tree, node: NodeId, range: Range<usize>, edit: &Edit) -> Result<(), NotBlock> {
        match (edit, tree.shape(node)) {
            (Edit::Keep, _) => Ok(()),
            (Edit::Fields(fields), Shape::Mapping) => self.edit_fields(tree, node, range, fields),
            (Edit::Elements { of, edits, .. }, Shape::Sequence) if tree.elements(node).len() == *of => {
                self.edit_elements(tree, node, range, edits)
            }
            _ => Err(NotBlock),
        }
    }

    fn edit_fields(
        &mut self,
        tree: &Tree,
        node: NodeId,
        range: Range<usize>,
        fields: &[(String, Edit)],
    ) -> Result<(), NotBlock> {
        let entries = self.entries(tree, node, &range)?;
        let indent = entries.first().map(|entry| entry.indent).ok_or(NotBlock)?;
        let mut left = entries.len();
        let mut added = Vec::new();
        for (key, edit) in fields {
            let Some(entry) = entries.iter().find(|entry| entry.key == *key) else {
                if let Some(value) = applied(tree, None, edit) {
                    added.extend(printed(key, &value, indent));
                }
                continue;
            };
            if *edit == Edit::Delete {
                // What stands behind a dash cannot go without it.
                if entry.lead.trim_start().starts_with('-') || left == 1 {
                    return Err(NotBlock);
                }
                left -= 1;
                self.changes.push((entry.range.clone(), Vec::new()));
                continue;
            }
            let known = self.changes.len();
            let is_below = line_of(tree, entry.value) > entry.range.start;
            let inner = line_of(tree, entry.value)..entry.range.end;
            if !is_below || self.edit(tree, entry.value, inner, edit).is_err() {
                self.changes.truncate(known);
                self.replace(tree, entry, edit)?;
            }
        }
        if !added.is_empty() {
            let end = entries.last().map_or(range.end, |entry| entry.range.end);
            self.changes.push((end..end, added));
        }
        Ok(())
    }

    /// Writes an entry anew, and only its value where both are in one line.
    fn replace(&mut self, tree: &Tree, entry: &Entry<'_>, edit: &Edit) -> Result<(), NotBlock> {
        let value = applied(tree, Some(entry.value), edit).ok_or(NotBlock)?;
        let line = self.lines[entry.range.start];
        if let Shape::Scalar { text, quoted } = tree.shape(entry.value)
            && line_of(tree, entry.value) == entry.range.start
            && entry.range.len() == 1
            && !value.is_object()
            && !value.is_array()
        {
            let before: String = line.chars().take(column_of(tree, entry.value)).collect();
            let after = line.get(before.len()..).unwrap_or_default();
            let written = match after.chars().next().filter(|_| quoted) {
                Some(quote) => format!("{quote}{text}{quote}"),
                None => text.to_owned(),
            };
            if let Some(rest) = after.strip_prefix(&written) {
                let changed = format!("{before}{}{}", scalar(&value), rest.trim_end_matches(['\r', '\n']));
                self.changes.push((entry.range.clone(), vec![changed]));
                return Ok(());
            }
        }
        let mut lines = printed(entry.key, &value, entry.indent);
        if let Some(first) = lines.first_mut() {
            *first = format!("{}{}", entry.lead, first.trim_start());
        }
        self.changes.push((entry.range.clone(), lines));
        Ok(())
    }

    fn edit_elements(
        &mut self,
        tree: &Tree,
        node: NodeId,
        range: Range<usize>,
        edits: &[Edit],
    ) -> Result<(), NotBlock> {
        let elements = tree.elements(node);
        let starts: Vec<usize> = elements.iter().map(|element| line_of(tree, *element)).collect();
        let is_in_order = starts.windows(2).all(|pair| pair[0] < pair[1]);
        let has_dashes =
            elements.iter().zip(&starts).all(|(element, start)| self.lead(tree, *element, *start).trim() == "-");
        let is_within = starts.first().is_some_and(|first| *first >= range.start) && starts.last() < Some(&range.end);
        if !is_in_order || !has_dashes || !is_within {
            return Err(NotBlock);
        }
        let mut behind = range.end;
        for (place, (element, edit)) in elements.iter().zip(edits).enumerate() {
            let end = starts.get(place + 1).copied().unwrap_or(range.end);
            let indent = column_of(tree, *element).saturating_sub(1);
            let here = self.trimmed(starts[place]..end, indent);
            behind = here.end;
            if *edit == Edit::Delete {
                self.changes.push((here, Vec::new()));
                continue;
            }
            let known = self.changes.len();
            if self.edit(tree, *element, here.clone(), edit).is_err() {
                self.changes.truncate(known);
                let value = applied(tree, Some(*element), edit).ok_or(NotBlock)?;
                self.changes.push((here.clone(), item(&value, &self.lead(tree, *element, here.start))));
            }
        }
        for edit in edits.iter().skip(elements.len()) {
            let value = applied(tree, None, edit).ok_or(NotBlock)?;
            let lead = self.lead(tree, *elements.first().ok_or(NotBlock)?, starts[0]);
            self.changes.push((behind..behind, item(&value, &lead)));
        }
        Ok(())
    }

    /// What stands before an element in its line.
    fn lead(&self, tree: &Tree, element: NodeId, line: usize) -> String {
        self.lines[line].chars().take(column_of(tree, element)).collect()
    }

    /// The entries of a mapping whose keys stand below each other.
    fn entries<'n>(&self, tree: &'n Tree, node: NodeId, range: &Range<usize>) -> Result<Vec<Entry<'n>>, NotBlock> {
        let mut entries: Vec<Entry<'_>> = Vec::new();
        for (key_node, value) in tree.keyed(node) {
            let Shape::Scalar { text: key, .. } = tree.shape(key_node) else {
                return Err(NotBlock);
            };
            let (line, indent) = (line_of(tree, key_node), column_of(tree, key_node));
            let lead: String = self.lines.get(line).ok_or(NotBlock)?.chars().take(indent).collect();
            let is_first = entries.is_empty();
            let may_lead = |sign: char| sign == ' ' || (is_first && sign == '-');
            let follows = entries.last().is_none_or(|last| last.range.start < line && last.indent == indent);
            let is_here = !is_first || tree.position(node) == tree.position(key_node);
            if !range.contains(&line) || !follows || !is_here || !lead.chars().all(may_lead) {
                return Err(NotBlock);
            }
            if let Some(last) = entries.last_mut() {
                last.range.end = line;
            }
            entries.push(Entry { key, value, indent, lead, range: line..range.end });
        }
        for entry in &mut entries {
            entry.range = self.trimmed(entry.range.clone(), entry.indent);
        }
        Ok(entries)
    }
}

struct Entry<'n> {
    key: &'n str,
    value: NodeId,
    /// Signs before the key.
    indent: usize,
    /// These signs: blanks, and a dash in the first line of a list's element.
    lead: String,
    range: Range<usize>,
}

fn is_remark(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

fn line_of(tree: &Tree, node: NodeId) -> usize {
    (tree.position(node).line as usize).saturating_sub(1)
}

fn column_of(tree: &Tree, node: NodeId) -> usize {
    (tree.position(node).column as usize).saturating_sub(1)
}

/// The lines of an entry.
fn printed(key: &str, value: &Value, indent: usize) -> Vec<String> {
    let mut yaml = Yaml::default();
    yaml.entry(key, value);
    let margin = " ".repeat(indent);
    yaml.into_text().lines().map(|line| format!("{margin}{line}")).collect()
}

/// The lines of an element of a list, the first behind its dash.
fn item(value: &Value, lead: &str) -> Vec<String> {
    let mut yaml = Yaml::default();
    yaml.fields(value);
    let text = yaml.into_text();
    let text = if text.is_empty() { scalar(value) } else { text };
    let margin = " ".repeat(lead.chars().count());
    let line = |(place, line): (usize, &str)| format!("{}{line}", if place == 0 { lead } else { &margin });
    text.lines().enumerate().map(line).collect()
}
