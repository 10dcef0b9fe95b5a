//! Objects as the API server prints them, as far as the lab knows them: the one writer of patches and of exports.
//!
//! In: the types of [`crate::k8s`]. Out: JSON values, which [`yaml`] prints; read again they are the same objects. Left
//! out on purpose: what the lab does not look at, such as images.

mod configuration;
mod endpoint_slice;
mod endpoints;
mod node;
mod pod;
mod service;
mod workload;
pub(crate) mod yaml;

pub(crate) use configuration::{configuration, kubeadm_configuration};
pub(crate) use endpoint_slice::endpoint_slice;
pub(crate) use endpoints::endpoints;
pub(crate) use node::node;
pub(crate) use pod::pod;
pub(crate) use service::service;
pub(crate) use workload::workload;

use serde_json::{Map, Value, json};

use super::{Labels, NamespacedName, Owner};
use crate::net::Protocol;

/// A mapping without empty fields.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    /// Writes the field, unless it is null or empty.
    fn put(&mut self, key: &str, value: Value) {
        let is_empty = match &value {
            Value::Null => true,
            Value::Object(fields) => fields.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::String(text) => text.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        };
        if !is_empty {
            self.keep(key, value);
        }
    }

    /// Writes the field, empty or not.
    fn keep(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }

    fn put_if(&mut self, key: &str, is_so: bool) {
        if is_so {
            self.keep(key, json!(true));
        }
    }
}

impl From<Fields> for Value {
    fn from(Fields(fields): Fields) -> Self {
        Self::Object(fields)
    }
}

fn object(version: &str, kind: &str, metadata: Fields) -> Fields {
    let mut object = Fields::default();
    object.keep("apiVersion", json!(version));
    object.keep("kind", json!(kind));
    object.keep("metadata", metadata.into());
    object
}

fn metadata(name: &NamespacedName, labels: &Labels) -> Fields {
    let mut metadata = Fields::default();
    metadata.keep("name", json!(*name.name));
    metadata.keep("namespace", json!(*name.namespace));
    metadata.put("labels", json!(labels));
    metadata
}

/// The entry of `ownerReferences` that is the controller; the lab knows no UIDs.
fn owner_references(owner: Option<&Owner>) -> Value {
    let entry = |owner: &Owner| json!({ "apiVersion": "apps/v1", "kind": owner.kind.name(), "name": *owner.name, "controller": true });
    owner.iter().map(|owner| entry(owner)).collect()
}

fn texts(items: impl IntoIterator<Item = impl ToString>) -> Value {
    items.into_iter().map(|item| json!(item.to_string())).collect()
}

fn protocol(protocol: Protocol) -> Value {
    json!(protocol.to_string().to_uppercase())
}
