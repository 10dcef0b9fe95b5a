//! The edge where text becomes a [`Cluster`].
//!
//! In: YAML or JSON of any origin. Out: the valid objects, and located diagnostics about everything
//! else, in the words of the API server (v1.36), whose defaults are filled in as well. Left out on
//! purpose: fields without bearing on kube-proxy's rules or on endpoints, of which kubectl prints many.

mod allocation;
mod configuration;
mod cursor;
mod duration;
mod endpoint_slice;
mod endpoints;
mod flannel;
mod labels;
mod locate;
mod metadata;
mod nested;
mod node;
mod pod;
mod references;
mod report;
mod selector;
mod service;
mod service_address;
mod service_port;
mod text;
mod tree;
mod unallocated;
mod unknown_fields;
mod value;
mod workload;

use std::collections::BTreeMap;

use allocation::Allocation;
use cursor::Cursor;
pub(in crate::k8s) use cursor::scalar_of;
pub use locate::{locate, locate_setting};
use metadata::NameRule;
pub(crate) use metadata::is_subdomain;
use report::{Remedy, Report};
pub(in crate::k8s) use tree::{NodeId, Shape, Tree};
use unallocated::Unallocated;

use super::{Cluster, WorkloadKind};
use crate::message;
use crate::source::{Diagnostic, Phrase, Position, Severity};
use crate::task::{Turns, block_on};

/// A few milliseconds' worth in a browser, where each is a full EndpointSlice.
const ITEMS_IN_A_TURN: usize = 20;

fn kubectl_remedy() -> Remedy {
    Remedy::new(message!("expected-objects"), message!("advice-paste-objects"))
}

/// The kinds that are read, with the `apiVersion` that they are read in.
const KINDS: [(&str, &str); 11] = [
    ("ConfigMap", "v1"),
    ("DaemonSet", "apps/v1"),
    ("Deployment", "apps/v1"),
    ("EndpointSlice", "discovery.k8s.io/v1"),
    ("Endpoints", "v1"),
    (CONFIGURATION, CONFIGURATION_VERSION),
    ("Node", "v1"),
    ("Pod", "v1"),
    ("ReplicaSet", "apps/v1"),
    ("Service", "v1"),
    ("StatefulSet", "apps/v1"),
];

const CONFIGURATION: &str = "KubeProxyConfiguration";
const CONFIGURATION_VERSION: &str = "kubeproxy.config.k8s.io/v1alpha1";

/// What [`parse`] made of a text: the objects without errors, and what there is to say about the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    pub cluster: Cluster,
    /// By place in the text; about a hundred at most.
    pub diagnostics: Vec<Diagnostic>,
    /// Where the configuration of kube-proxy is.
    pub configuration_at: Option<Position>,
}

impl Parsed {
    /// Whether nothing was left out for an error.
    pub fn is_usable(&self) -> bool {
        self.diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error)
    }
}

/// Reads the kinds of a [`Cluster`] from YAML or JSON: single objects, several documents, lists.
///
/// Never fails: what cannot be read is left out and reported. After a syntax error, the documents before
/// it remain. Takes time in proportion to the text, aliases included.
pub fn parse(text: &str) -> Parsed {
    block_on(parse_in_turns(text))
}

/// [`parse`], in turns.
pub(crate) async fn parse_in_turns(text: &str) -> Parsed {
    let (tree, faults) = Tree::parse_in_turns(text).await;
    let mut reader = Reader { text, ..Reader::default() };
    let is_empty = faults.is_empty() && tree.roots().iter().all(|root| Cursor::root(&tree, *root).is_null());
    for fault in faults {
        reader.report.push(fault);
    }
    if is_empty {
        let message = message!("wrong-empty");
        reader.report.push(Diagnostic::note(Position::START, message));
    }
    for root in tree.roots() {
        reader.document(&tree, *root).await;
    }
    reader.finish()
}

#[derive(Default)]
struct Reader<'t> {
    text: &'t str,
    cluster: Cluster,
    report: Report,
    allocation: Allocation,
    unallocated: Vec<Unallocated>,
    configuration_at: Option<Position>,
    /// Kinds without bearing: where the first was, and how many there are.
    passed_over: BTreeMap<String, (Position, usize)>,
}

impl Reader<'_> {
    async fn document(&mut self, tree: &Tree, root: NodeId) {
        let document = Cursor::root(tree, root);
        if !document.is_null() {
            self.value(&document, None).await;
        }
    }

    /// An object or a list of them. In typed lists, which the API prints without kinds of items, `implied`
    /// is the kind and apiVersion of an item.
    async fn value(&mut self, value: &Cursor<'_>, implied: Option<(&str, &str)>) {
        if !value.is_mapping() {
            let message = format!("{} is not an object of Kubernetes", value.found());
            self.report.error(value.position(), message, kubectl_remedy());
            return;
        }
        let written = value.field("kind");
        let kind = match (&written, implied) {
            (Some(at), _) => at.text(&mut self.report).map(|kind| (kind, at.position())),
            (None, Some((kind, _))) => Some((kind, value.position())),
            (None, None) => {
                let expected = message!("expected-kinds");
                self.report.required(value, "kind", "", Remedy { expected: expected.into(), ..kubectl_remedy() });
                None
            }
        };
        let Some((kind, position)) = kind else { return };
        match (kind.strip_suffix("List"), KINDS.iter().find(|(name, _)| *name == kind)) {
            (_, Some(&(kind, expected))) => self.object(value, kind, expected, implied.is_some()),
            (Some(""), _) => self.list(value, None).await,
            (Some(item), _) if KINDS.iter().any(|(name, _)| *name == item) => {
                self.list(value, KINDS.iter().find(|(name, _)| *name == item).copied()).await;
            }
            _ => self.other(kind, position),
        }
    }

    async fn list(&mut self, list: &Cursor<'_>, implied: Option<(&str, &str)>) {
        let expected = implied.map_or("v1", |(_, version)| version);
        if !self.is_version(list, expected, false) {
            return;
        }
        let Some(items) = list.list("items", &mut self.report) else {
            return;
        };
        let mut turns = Turns::of(ITEMS_IN_A_TURN);
        for item in items.elements() {
            Box::pin(self.value(&item, implied)).await;
            turns.count().await;
        }
    }

    fn is_version(&mut self, object: &Cursor<'_>, expected: &str, is_implied: bool) -> bool {
        let remedy = || Remedy::new(expected, message!("advice-version"));
        let Some(at) = object.field("apiVersion") else {
            if !is_implied {
                self.report.required(object, "apiVersion", "", remedy());
            }
            return is_implied;
        };
        let Some(version) = at.text(&mut self.report) else {
            return false;
        };
        if version != expected {
            self.report.invalid(&at, text::quote(version), "is not read here", remedy());
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
        unknown_fields::check_field(&named, "metadata", &metadata::FIELDS, &mut self.report);
        match kind {
            "ConfigMap" => self.config_map(&named),
            CONFIGURATION => self.configuration(&named, errors),
            "DaemonSet" => self.workload(&named, WorkloadKind::DaemonSet, errors),
            "Deployment" => self.workload(&named, WorkloadKind::Deployment, errors),
            "Endpoints" => self.endpoints(&named, errors),
            "Node" => self.node(&named, errors),
            "Pod" => self.pod(&named, errors),
            "ReplicaSet" => self.workload(&named, WorkloadKind::ReplicaSet, errors),
            "Service" => self.service(&named, errors),
            "StatefulSet" => self.workload(&named, WorkloadKind::StatefulSet, errors),
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
        let unallocated = Unallocated::of(object, &service, self.cluster.services.len(), &mut self.report);
        if self.is_valid(object, errors) {
            self.unallocated.extend(unallocated);
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

    fn pod(&mut self, object: &Cursor<'_>, errors: usize) {
        let Some(pod) = pod::read(object, &mut self.report) else {
            return;
        };
        self.allocation.name("Pod", &pod.name, object.position(), &mut self.report);
        if self.is_valid(object, errors) {
            self.cluster.pods.push(pod);
        }
    }

    fn workload(&mut self, object: &Cursor<'_>, kind: WorkloadKind, errors: usize) {
        let Some(workload) = workload::read(object, kind, &mut self.report) else {
            return;
        };
        self.allocation.name(kind.name(), &workload.name, object.position(), &mut self.report);
        if self.is_valid(object, errors) {
            self.cluster.workloads.push(workload);
        }
    }

    fn endpoints(&mut self, object: &Cursor<'_>, errors: usize) {
        let Some(endpoints) = endpoints::read(object, &mut self.report) else {
            return;
        };
        self.allocation.name("Endpoints", &endpoints.name, object.position(), &mut self.report);
        if !endpoints.is_leader_election {
            self.allocation.endpoints(&endpoints, object.position());
        }
        if self.is_valid(object, errors) {
            self.cluster.endpoints.push(endpoints);
        }
    }

    fn configuration(&mut self, object: &Cursor<'_>, errors: usize) {
        if self.cluster.proxy_configuration.is_some() {
            let remedy = Remedy::new(message!("expected-one-configuration"), message!("advice-delete-one-of-two"));
            self.report.error(object.position(), message!("wrong-second-configuration", kind = CONFIGURATION), remedy);
            return;
        }
        let configuration = configuration::read(object, &mut self.report);
        if self.is_valid(object, errors) {
            self.cluster.proxy_configuration = Some(configuration);
            self.configuration_at = Some(object.position());
        }
    }

    /// kube-proxy's has its configuration in it, and Flannel's how pods are joined; every other one is passed over.
    fn config_map(&mut self, object: &Cursor<'_>) {
        let data = object.field("data").filter(Cursor::is_mapping);
        if let Some(data) = data.as_ref().filter(|data| data.field(flannel::NETWORK).is_some()) {
            return self.flannel(object, data);
        }
        let held = data.as_ref().and_then(|data| {
            data.fields().find_map(|(_, field)| match field.scalar() {
                Some(cursor::Scalar::Text(text)) if text.contains(CONFIGURATION) => Some((field, text)),
                _ => None,
            })
        });
        let Some((field, text)) = held else {
            let position = object.field("kind").map_or(object.position(), |kind| kind.position());
            self.pass_over("ConfigMap", position);
            return;
        };
        let Some(metadata) = metadata::read(object, NameRule::Subdomain, &mut self.report) else {
            return;
        };
        let errors = self.report.errors();
        self.allocation.name("ConfigMap", &metadata.name, object.position(), &mut self.report);
        if self.is_valid(object, errors) {
            self.nested(field.position(), text);
        }
    }

    fn flannel(&mut self, object: &Cursor<'_>, data: &Cursor<'_>) {
        let Some(metadata) = metadata::read(object, NameRule::Subdomain, &mut self.report) else {
            return;
        };
        let errors = self.report.errors();
        self.allocation.name("ConfigMap", &metadata.name, object.position(), &mut self.report);
        let flannel = flannel::read(data, self.text, &mut self.report);
        if self.is_valid(object, errors) {
            self.cluster.flannel = flannel.or(self.cluster.flannel);
        }
    }

    /// The configuration in a ConfigMap, with the places of what is said about it moved to the outer text.
    fn nested(&mut self, at: Position, text: &str) {
        let origin = nested::Origin::of(self.text, at, text);
        let (tree, faults) = Tree::parse(text);
        let outer = std::mem::take(&mut self.report);
        for fault in faults {
            self.report.push(fault);
        }
        let is_configuration = |document: &Cursor<'_>| {
            let kind = document.field("kind");
            kind.as_ref().and_then(Cursor::plain) == Some(CONFIGURATION)
        };
        let documents = tree.roots().iter().map(|root| Cursor::root(&tree, *root));
        let before = self.configuration_at;
        for document in documents.filter(is_configuration) {
            self.object(&document, CONFIGURATION, CONFIGURATION_VERSION, false);
        }
        if before.is_none() {
            self.configuration_at = self.configuration_at.map(|inner| origin.place(inner));
        }
        let inner = std::mem::replace(&mut self.report, outer);
        for mut diagnostic in inner.into_diagnostics() {
            diagnostic.position = origin.place(diagnostic.position);
            self.report.push(diagnostic);
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
            let expected = meant.map_or_else(|| message!("expected-kinds").into(), |(name, _)| Phrase::from(*name));
            self.report.error(position, message, Remedy::new(expected, message!("advice-kind")));
            return;
        }
        self.pass_over(kind, position);
    }

    fn pass_over(&mut self, kind: &str, position: Position) {
        let entry = self.passed_over.entry(text::shorten(kind)).or_insert((position, 0));
        entry.1 += 1;
    }

    fn finish(mut self) -> Parsed {
        for (kind, (position, count)) in std::mem::take(&mut self.passed_over) {
            let message = match count {
                ..=1 => message!("wrong-passed-over", kind = kind),
                _ => message!("wrong-passed-over-several", kind = kind, count = count.to_string()),
            };
            self.report.push(Diagnostic::note(position, message));
        }
        self.allocation.check_services(&mut self.report);
        references::check(&self.cluster, &self.allocation, &mut self.report);
        unallocated::allocate(&self.unallocated, &mut self.cluster, &mut self.report);
        let Self { cluster, configuration_at, report, .. } = self;
        Parsed { cluster, diagnostics: report.into_diagnostics(), configuration_at }
    }
}
