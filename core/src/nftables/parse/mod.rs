//! Reading nft's grammar: tokens, expressions, statements, set elements.
//!
//! The reader knows the table that it reads for, so that each constant is read as the type that its
//! place asks for, and names become numbers at once.

mod aside;
mod constant;
mod cursor;
mod elements;
mod expression;
mod keywords;
mod known;
mod nat;
mod reader;
mod reduce;
mod rule;
mod selector;
mod stateful;
mod statement;
mod token;

pub use cursor::{Cursor, Failure, Parsed};
pub use elements::{add_element, delete_element, element_key};
pub use expression::selector;
pub use keywords::is_keyword;
pub use reader::Reader;
pub use rule::rule;
pub use statement::{ICMP, ICMPV6, ICMPX};

pub use token::Kind;
