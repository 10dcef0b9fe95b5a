//! The edge where text becomes a [`Cluster`].
//!
//! In: YAML or JSON of any origin. Out: the valid objects, and located diagnostics about everything
//! else, in the words of the API server (v1.36), whose defaults are filled in as well. Left out on
//! purpose: fields without bearing on kube-proxy's rules, of which kubectl prints many.

mod allocation;
mod cursor;
mod endpoint_slice;
mod locate;
mod metadata;
mod node;
mod report;
mod service;
mod service_address;
mod service_port;
mod text;
mod tree;
mod value;

use std::collections::BTreeMap;

use allocation::Allocation;
use cursor::Cursor;
pub use locate::locate;
use metadata::NameRule;
use report::{Remedy, Report};
use tree::{NodeId, Tree};

use super::Cluster;
use crate::source::{Diagnostic, Position, Severity};

const KUBECTL: Remedy<'static> = Remedy {
    expected: "objects as kubectl prints them",
    advice: "paste the output of `kubectl get services,endpointslices,nodes -A -o yaml`",
};

/// The kinds that kube-proxy watches, with the `apiVersion` that they are read in.
const KINDS: [(&str, &str); 3] = [("EndpointSlice", "discovery.k8s.io/v1"), ("Node", "v1"), ("Service", "v1")];

/// What [`parse`] made of a text: the objects without errors, and what there is to say about the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    pub cluster: Cluster,
    /// By place in the text; about a hundred at most.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// Whether nothing was left out for an error.
    pub fn is_usable(&self) -> bool {
        self.diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error)
    }
}

/// Reads Services, EndpointSlices and Nodes from YAML or JSON: single objects, several documents, lists.
///
/// Never fails: what cannot be read is left out and reported. After a syntax error, the documents before
/// it remain. Takes time in proportion to the text, aliases included.
pub fn parse(text: &str) -> Parsed {
    let (tree, faults) = Tree::parse(text);
    let mut reader = Reader::default();
    let is_empty = faults.is_empty() && tree.roots().iter().all(|root| Cursor::root(&tree, *root).is_null());
    for fault in faults {
        reader.report.push(fault);
    }
    if is_empty {
        let message =
            "there is nothing here yet: paste the output of `kubectl get services,endpointslices,nodes -A -o yaml`";
        reader.report.push(Diagnostic::note(Position::START, message));
    }
    for root in tree.roots() {
        reader.document(&tree, *root);
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    cluster: Cluster,
    report: Report,
    allocation: Allocation,
    /// Kinds without bearing: where the first was, and how many there are.
    passed_over: BTreeMap<String, (Position, usize)>,
}

impl Reader {
    fn document(&mut self, tree: &Tree, root: NodeId) {
        let document = Cursor::root(tree, root);
        if !document.is_null() {
            self.value(&document, None);
        }
    }

    /// An object or a list of them. In typed lists, which the API prints without kinds of items, `implied`
    /// is the kind and apiVersion of an item.
    fn value(&mut self, value: &Cursor<'_>, implied: Option<(&str, &str)>) {
        if !value.is_mapping() {
            let message = format!("{} is not an object of Kubernetes", value.found());
            self.report.error(value.position(), message, KUBECTL);
            return;
        }
        let written = value.field("kind");
        let kind = match (&written, implied) {
            (Some(at), _) => at.text(&mut self.report).map(|kind| (kind, at.position())),
            (None, Some((kind, _))) => Some((kind, value.position())),
            (None, None) => {
                let expected = "Service, EndpointSlice, Node or List";
                self.report.required(value, "kind", "", Remedy { expected, ..KUBECTL });
                None
            }
        };
        let Some((kind, position)) = kind else { return };
        match (kind.strip_suffix("List"), KINDS.iter().find(|(name, _)| *name == kind)) {
            (_, Some(&(kind, expected))) => self.object(value, kind, expected, implied.is_some()),
            (Some(""), _) => self.list(value, None),
            (Some(item), _) if KINDS.iter().any(|(name, _)| *name == item) => {
                self.list(value, KINDS.iter().find(|(name, _)| *name == item).copied());
            }
            _ => self.other(kind, position),
        }
    }

    fn list(&mut self, list: &Cursor<'_>, implied: Option<(&str, &str)>) {
        let expected = implied.map_or("v1", |(_, version)| version);
        if !self.is_version(list, expected, false) {
            return;
        }
        let Some(items) = list.list("items", &mut self.report) else {
            return;
        };
        for item in items.elements() {
            self.value(&item, implied);
        }
    }

    fn is_version(&mut self, object: &Cursor<'_>, expected: &str, is_implied: bool) -> bool {
        let remedy = Remedy { expected, advice: "write the apiVersion that kubectl prints" };
        let Some(at) = object.field("apiVersion") else {
            if !is_implied {
                self.report.required(object, "apiVersion", "", remedy);
            }
            return is_implied;
        };
        let Some(version) = at.text(&mut self.report) else {
            return false;
        };
        if version != expected {
            self.report.invalid(&at, text::quote(version), "is not read here", remedy);
        }
        version == expected
    }

    fn object(&mut self, object: &Cursor<'_>, kind: &'static str, version: &str, is_implied: bool) {
        let errors = self.report.errors();
        let metadata = object.field("metadata");
        let name = metadata.as_ref().and_then(|metadata| metadata.field("name"));
        let name = match name.as_ref().and_then(Cursor::scalar) {
            Some(cursor::Scalar::Text(name)) => name,
            _ => "",
        };
        let named = object.as_object(kind, name);
        if !self.is_version(&named, version, is_implied) {
            return;
        }
        match kind {
            "Node" => self.node(&named, errors),
            "Service" => self.service(&named, errors),
            _ => self.endpoint_slice(&named, errors),
        }
    }

    /// Whether the object that was read since there were `errors` is free of them.
    fn is_valid(&self, object: &Cursor<'_>, errors: usize) -> bool {
        object.is_sound() && self.report.errors() == errors
    }

    fn node(&mut self, object: &Cursor<'_>, errors: usize) {
        let Some(node) = node::read(object, &mut self.report) else {
            return;
        };
        let name = super::NamespacedName { namespace: "".into(), name: node.name.clone() };
        self.allocation.name("Node", &name, object.position(), &mut self.report);
        if self.is_valid(object, errors) {
            self.cluster.nodes.push(node);
        }
    }

    fn service(&mut self, object: &Cursor<'_>, errors: usize) {
        let Some(metadata) = metadata::read(object, NameRule::Label, &mut self.report) else {
            return;
        };
        self.allocation.name("Service", &metadata.name, object.position(), &mut self.report);
        let Some(service) = service::read(object, metadata, &mut self.report) else {
            return;
        };
        if self.is_valid(object, errors) {
            self.allocation.service(object, &service, &mut self.report);
        }
        if self.is_valid(object, errors) {
            self.cluster.services.push(service);
        }
    }

    fn endpoint_slice(&mut self, object: &Cursor<'_>, errors: usize) {
        let Some(slice) = endpoint_slice::read(object, &mut self.report) else {
            return;
        };
        self.allocation.name("EndpointSlice", &slice.name, object.position(), &mut self.report);
        self.allocation.slice(&slice, object.position());
        if self.is_valid(object, errors) {
            self.cluster.endpoint_slices.push(slice);
        }
    }

    /// A kind that is not read: a misspelt one is an error, every other one is worth one note.
    fn other(&mut self, kind: &str, position: Position) {
        let singular = kind.strip_suffix(['s', 'S']).unwrap_or(kind);
        let meant =
            KINDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(kind) || name.eq_ignore_ascii_case(singular));
        let is_word =
            kind.starts_with(|c: char| c.is_ascii_uppercase()) && kind.chars().all(|c| c.is_ascii_alphanumeric());
        if meant.is_some() || !is_word {
            let message = format!("no kind {} is registered", text::quote(kind));
            let expected = meant.map_or("Service, EndpointSlice, Node or List", |(name, _)| name);
            self.report.error(position, message, Remedy { expected, advice: "write the kind as kubectl prints it" });
            return;
        }
        let entry = self.passed_over.entry(text::shorten(kind)).or_insert((position, 0));
        entry.1 += 1;
    }

    fn finish(mut self) -> Parsed {
        for (kind, (position, count)) in std::mem::take(&mut self.passed_over) {
            let times = if count > 1 { format!(" ({count} objects)") } else { String::new() };
            let message = format!("kind {kind} has no bearing on kube-proxy's rules and is passed over{times}");
            self.report.push(Diagnostic::note(position, message));
        }
        self.allocation.check_slices(&mut self.report);
        Parsed { cluster: self.cluster, diagnostics: self.report.into_diagnostics() }
    }
}
