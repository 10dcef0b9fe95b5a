use fluent_syntax::ast;

use super::{Argument, Catalogue, Message, Signature};

/// The words of a message in one language.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(Box<str>),
    Argument(Box<str>),
    Select {
        argument: Box<str>,
        /// By a plural category, a number, or a text.
        variants: Vec<(Box<str>, Pattern)>,
        otherwise: Pattern,
    },
}

/// What of Fluent the lab does not take.
pub(super) struct NotTaken(pub &'static str);

impl Pattern {
    pub(super) fn read(pattern: &ast::Pattern<&str>) -> Result<Self, NotTaken> {
        let part = |element: &ast::PatternElement<&str>| match element {
            ast::PatternElement::TextElement { value } => Ok(Part::Text((*value).into())),
            ast::PatternElement::Placeable { expression } => Part::read(expression),
        };
        pattern.elements.iter().map(part).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn write(&self, out: &mut String, message: &Message, catalogue: &Catalogue) {
        self.0.iter().for_each(|part| part.write(out, message, catalogue));
    }

    /// Notes the arguments that it takes.
    pub(super) fn sign(&self, signature: &mut Signature) {
        for part in &self.0 {
            match part {
                Part::Text(_) => {}
                Part::Argument(name) => drop(signature.filled_in.insert(name.to_string())),
                Part::Select { argument, variants, otherwise } => {
                    signature.chosen_by.insert(argument.to_string());
                    variants.iter().for_each(|(_, pattern)| pattern.sign(signature));
                    otherwise.sign(signature);
                }
            }
        }
    }
}

impl Part {
    fn read(expression: &ast::Expression<&str>) -> Result<Self, NotTaken> {
        match expression {
            ast::Expression::Inline(inline) => Self::read_inline(inline),
            ast::Expression::Select { selector: ast::InlineExpression::VariableReference { id }, variants } => {
                let mut read = Vec::new();
                let mut otherwise = Pattern(Vec::new());
                for ast::Variant { key, value, default } in variants {
                    let pattern = Pattern::read(value)?;
                    if *default {
                        otherwise = pattern.clone();
                    }
                    let (ast::VariantKey::Identifier { name: key } | ast::VariantKey::NumberLiteral { value: key }) =
                        key;
                    read.push(((*key).into(), pattern));
                }
                Ok(Self::Select { argument: id.name.into(), variants: read, otherwise })
            }
            ast::Expression::Select { .. } => Err(NotTaken("a choice by anything but an argument")),
        }
    }

    fn read_inline(inline: &ast::InlineExpression<&str>) -> Result<Self, NotTaken> {
        match inline {
            ast::InlineExpression::StringLiteral { value } | ast::InlineExpression::NumberLiteral { value } => {
                Ok(Self::Text((*value).into()))
            }
            ast::InlineExpression::VariableReference { id } => Ok(Self::Argument(id.name.into())),
            ast::InlineExpression::Placeable { expression } => Self::read(expression),
            ast::InlineExpression::MessageReference { .. } => Err(NotTaken("a reference to another message")),
            ast::InlineExpression::TermReference { .. } => Err(NotTaken("a term")),
            ast::InlineExpression::FunctionReference { .. } => Err(NotTaken("a function")),
        }
    }

    fn write(&self, out: &mut String, message: &Message, catalogue: &Catalogue) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Argument(name) => match message.argument(name) {
                Some(Argument::Text(text)) => out.push_str(text),
                Some(Argument::Number(number)) => out.push_str(&catalogue.language().number(*number)),
                Some(Argument::Message(inner)) => catalogue.write(out, inner),
                None => out.push_str(name),
            },
            Self::Select { argument, variants, otherwise } => {
                let find = |key: &str| variants.iter().find(|(own, _)| **own == *key).map(|(_, pattern)| pattern);
                let chosen = match message.argument(argument) {
                    Some(Argument::Text(text)) => find(text),
                    Some(Argument::Number(number)) => {
                        find(&number.to_string()).or_else(|| find(catalogue.language().category(*number)))
                    }
                    Some(Argument::Message(inner)) => find(inner.id),
                    None => None,
                };
                chosen.unwrap_or(otherwise).write(out, message, catalogue);
            }
        }
    }
}
