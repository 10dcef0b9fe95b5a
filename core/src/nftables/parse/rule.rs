use std::sync::Arc;

use super::cursor::{Failure, Parsed};
use super::known::Known;
use super::reader::Reader;
use super::reduce::{for_each_field, leave_out_implied, merge};
use super::token::Kind;
use crate::message;
use crate::nftables::model::{Expression, RejectKind, Rule, Statement};

/// Reads a rule to its end.
pub fn rule(reader: &mut Reader<'_, '_, '_>) -> Parsed<Rule> {
    let mut known = Known::new(reader.table.family);
    let mut statements = Vec::new();
    let mut comment = None;
    if reader.cursor.peek().ends_command() {
        return Err(reader.cursor.unexpected(message!("expected-statement")));
    }
    while !reader.cursor.peek().ends_command() {
        if reader.cursor.accept_word("comment") {
            comment = Some(reader.comment()?);
            if !reader.cursor.peek().ends_command() {
                return Err(reader.cursor.unexpected(message!("expected-end-of-rule")));
            }
            break;
        }
        let here = reader.cursor.mark();
        let offset = reader.cursor.offset();
        let read = match statements.last() {
            Some(Statement::Verdict(_) | Statement::Reject(_)) => Err(ends_already(reader)),
            _ => reader.statement(&mut known),
        };
        match read {
            Ok(statement) => {
                let Some(statement) = statement else { continue };
                if matches!(&statement, Statement::Reject(reject) if reject.kind == RejectKind::TcpReset) {
                    known.use_reset();
                }
                // A match has asked for its fields before its right side was read.
                if !matches!(statement, Statement::Match(_) | Statement::VerdictMap { .. } | Statement::Assign(_)) {
                    let mut fields = Vec::new();
                    for_each_field(&statement, &mut |field| fields.push(field));
                    fields.into_iter().try_for_each(|field| known.use_field(field, offset))?;
                }
                statements.append(&mut known.take_implied());
                known.learn(&statement);
                statements.push(statement);
            }
            Err(failure) if failure.unmodelled => {
                reader.cursor.reset(here);
                let (text, found) = verbatim(reader, offset);
                comment = found;
                known.take_implied();
                statements.push(Statement::Unknown(text.into()));
                break;
            }
            Err(failure) => return Err(failure),
        }
    }
    let statements = leave_out_implied(merge(statements), reader.table.family);
    let tests = statements.iter().filter(|statement| statement.can_fail()).count();
    let handle = reader.table.next_handle();
    Ok(Rule { handle, comment, statements, tests: u8::try_from(tests).unwrap_or(u8::MAX) })
}

fn ends_already(reader: &mut Reader<'_, '_, '_>) -> Failure {
    let offset = reader.cursor.offset();
    Failure::new(
        offset,
        "Statement after terminal statement has no effect",
        message!("expected-end-of-rule"),
        message!("advice-verdict-last"),
    )
}

/// The rest of a rule as it is written, without its comment.
fn verbatim(reader: &mut Reader<'_, '_, '_>, start: usize) -> (String, Option<Arc<str>>) {
    let mut comment = None;
    let mut depth = 0usize;
    let mut end = start;
    loop {
        let token = reader.cursor.peek();
        if token.kind == Kind::End || (depth == 0 && token.ends_command()) {
            break;
        }
        if depth == 0 && token.is_word("comment") && reader.cursor.peek_second().kind == Kind::Quoted {
            reader.cursor.next();
            comment = Some(reader.cursor.next().text.into());
            break;
        }
        if token.is("{") {
            depth += 1;
        } else if token.is("}") {
            depth -= 1;
        }
        end = token.offset + token.text.len() + if token.kind == Kind::Quoted { 2 } else { 0 };
        reader.cursor.next();
    }
    // What variables put in lies elsewhere in the text.
    let text = reader.cursor.text().get(start..end).unwrap_or_default();
    (text.split_whitespace().collect::<Vec<_>>().join(" "), comment)
}

/// Puts the protocol's own field in the place of `th`.
pub fn resolve_fields(expression: &mut Expression, known: &Known) {
    match expression {
        Expression::Payload(field) => *field = known.resolve(field),
        Expression::Concat(parts) => parts.iter_mut().for_each(|part| resolve_fields(part, known)),
        Expression::Bitwise { operand, .. } | Expression::Shift { operand, .. } => resolve_fields(operand, known),
        Expression::Map { key, .. } => resolve_fields(key, known),
        _ => {}
    }
}
