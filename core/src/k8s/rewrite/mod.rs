//! A cluster's text brought up to date: what changed is written into it, and everything else stays as it was typed.
//!
//! In: the text, the cluster that it was read as, and the cluster now. Out: a text that is read as the cluster now.
//! Comments stay unless the lines that they stand in or between had to be written anew. Left out on purpose: changes
//! inside of JSON and of YAML in braces, whose objects are written anew as a whole.

mod block;
mod objects;
mod patch;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::read::Tree;
use super::write::yaml::Yaml;
use super::{Cluster, parse};
use block::Lines;
use objects::{Key, Objects};

/// The text of a cluster as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewritten {
    pub text: String,
    /// Whether nothing of the text before could be kept.
    pub is_anew: bool,
}

/// Brings a text, which was read as `before`, up to date with `after`.
pub fn rewritten(text: &str, before: &Cluster, after: &Cluster) -> Rewritten {
    let once = edited(text, before, after);
    let kept = once.and_then(|once| if is_read_as(&once, after) { Some(once) } else { spelled_out(&once, after) });
    match kept {
        Some(text) => Rewritten { text, is_anew: false },
        None => Rewritten { text: anew(after), is_anew: true },
    }
}

/// A text that leaves to the API server what would now be given otherwise, with that written into it.
fn spelled_out(text: &str, after: &Cluster) -> Option<String> {
    let parsed = parse(text);
    let again = edited(text, &parsed.cluster, after).filter(|_| parsed.is_usable());
    again.filter(|again| is_read_as(again, after))
}

/// Whether the text is read as this cluster, whatever the order of its objects.
fn is_read_as(text: &str, cluster: &Cluster) -> bool {
    let parsed = parse(text);
    parsed.is_usable() && sorted(parsed.cluster) == sorted(cluster.clone())
}

fn sorted(mut cluster: Cluster) -> Cluster {
    cluster.nodes.sort_by(|one, other| one.name.cmp(&other.name));
    cluster.services.sort_by(|one, other| one.name.cmp(&other.name));
    cluster.endpoint_slices.sort_by(|one, other| one.name.cmp(&other.name));
    cluster.pods.sort_by(|one, other| one.name.cmp(&other.name));
    cluster.workloads.sort_by(|one, other| (one.kind(), &one.name).cmp(&(other.kind(), &other.name)));
    cluster.endpoints.sort_by(|one, other| one.name.cmp(&other.name));
    if let Some(configuration) = &mut cluster.proxy_configuration {
        configuration.given.sort_unstable();
    }
    cluster
}

fn anew(cluster: &Cluster) -> String {
    let mut yaml = Yaml::default();
    for (_, value) in Objects::of(cluster).iter() {
        yaml.object(&value);
    }
    yaml.into_text()
}

/// None for a text that is not YAML through and through.
fn edited(text: &str, before: &Cluster, after: &Cluster) -> Option<String> {
    let (tree, faults) = Tree::parse(text);
    if !faults.is_empty() {
        return None;
    }
    let (before, after) = (Objects::of(before), Objects::of(after));
    let mut lines = Lines::of(text);
    let mut written = Vec::new();
    for (place, root) in tree.roots().iter().enumerate() {
        let edit = patch::edit_of(&tree, *root, &before, &after, &mut written);
        let end = tree.roots().get(place + 1).map(|next| tree.position(*next).line);
        lines.edit_document(&tree, *root, end, &edit)?;
    }
    let mut text = lines.into_text();
    written.sort_unstable();
    let mut yaml = Yaml::default();
    let missing = after.iter().filter(|(key, _)| written.binary_search(key).is_err());
    missing.for_each(|(_, value): (Key, Value)| yaml.object(&value));
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&yaml.into_text());
    Some(text)
}
