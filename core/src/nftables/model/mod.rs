//! What a ruleset is, in the kernel's terms: tables with chains of rules, sets, maps and objects.

mod aside;
mod clock;
mod data_type;
pub mod duration;
mod elements;
mod expression;
mod fragment;
mod header;
mod named;
mod set;
mod stateful;
mod statement;
mod symbols;
mod table;

pub use aside::{Aside, CtObject, Forwarding, RtKey, SocketKey, Tproxy};
pub use data_type::{DataType, name_value, string_of};
pub use elements::{Data, Element, Elements, InsertError, Key};
pub use expression::{
    CtField, CtKey, Expression, Fib, FibAddress, FibResult, Hash, MetaKey, Numgen, NumgenMode, RawBase, Seed, SetUse,
    ShiftDirection,
};
pub use fragment::FragmentKey;
pub use header::{Field, Header, Layer};
pub use named::Named;
pub use set::{Set, SetData, SetFlags};
pub use stateful::{ConnectionCount, Limit, Per, Quota, RateUnit, State, Stateful};
pub use statement::{
    Assign, Comparison, Log, LogFlags, Match, Nat, NatAddress, NatFlags, NatPort, ObjectKind, Rebind, Reject,
    RejectKind, RuleVerdict, SetOp, SetUpdate, Statement, Target, Test,
};
pub use table::{
    BaseHook, Chain, ChainHook, ChainIndex, ChainKind, Object, ObjectId, Policy, Rule, Ruleset, SetId, StateId, Table,
    TableFamily, Unmodelled,
};
