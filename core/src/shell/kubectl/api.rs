//! The API server as kubectl meets it: what it says of an object before a controller has it.

mod decode;
mod refuse;
mod service;
mod strategic;
mod types;

pub(super) use decode::metadata;
pub(super) use refuse::{Directive, Failure, Patch, create, patch, replace};
pub(super) use strategic::difference;
pub(super) use types::ordered;
