use std::ops::Range;

use crate::message;
use crate::message::Message;
use crate::source::Phrase;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Paragraph(Vec<Span>),
    Heading(Vec<Span>),
    List { ordered: bool, items: Vec<Vec<Block>> },
    Quote(Vec<Block>),
    Code(String),
    Table { head: Vec<Vec<Span>>, rows: Vec<Vec<Vec<Span>>> },
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    Text(String),
    Code(String),
    Emphasis(Vec<Span>),
    Strong(Vec<Span>),
    Link { to: String, text: Vec<Span> },
}

const NO_TEXT: Message = message!("wrong-something-else");

/// A piece of a file, with the byte at which it begins in what was parsed.
#[derive(Debug)]
pub(super) enum Piece {
    Block(Block),
    /// A heading of the second level: a step begins.
    Step(String),
    /// A fenced block with a word behind its fence, and the byte at which its text begins.
    Fenced {
        word: String,
        text: String,
        text_at: usize,
    },
    Wrong(Fault),
}

/// What a lesson does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    NotTaken(Phrase),
    /// A fence that nothing closes, so that all behind it is inside.
    Unclosed,
}

/// Reads Markdown. `at` is where `text` begins in its file.
pub(super) fn pieces(text: &str, at: usize) -> Vec<(Piece, usize)> {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
    let mut reader = Reader { text, events, faults: Vec::new() };
    let mut pieces = Vec::new();
    while let Some((event, range)) = reader.events.next() {
        let start = range.start;
        let piece = match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => Some(Piece::Step(plain(&reader.spans()))),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(word))) if !word.is_empty() => {
                let word = word.split_whitespace().next().unwrap_or_default().to_owned();
                // Behind the line of the fence.
                let line = text[range.clone()].find('\n').map_or(range.end, |newline| start + newline + 1);
                Some(Piece::Fenced { word, text: reader.code(&range), text_at: at + line })
            }
            event => reader.block(event, &range).map(Piece::Block),
        };
        // What is in a block that does not end was meant for outside of it.
        let is_whole = !reader.faults.iter().any(|(fault, _)| *fault == Fault::Unclosed);
        pieces.extend(piece.filter(|_| is_whole).map(|piece| (piece, at + start)));
        pieces.extend(reader.faults.drain(..).map(|(fault, place)| (Piece::Wrong(fault), at + place)));
    }
    pieces
}

/// What is no more than a line.
pub(super) fn spans(line: &str) -> Vec<Span> {
    match pieces(line, 0).into_iter().next() {
        Some((Piece::Block(Block::Paragraph(spans)), _)) => spans,
        _ => vec![Span::Text(line.to_owned())],
    }
}

/// The words of a line.
pub fn plain(spans: &[Span]) -> String {
    let words = |span: &Span| match span {
        Span::Text(text) | Span::Code(text) => text.clone(),
        Span::Emphasis(spans) | Span::Strong(spans) | Span::Link { text: spans, .. } => plain(spans),
    };
    spans.iter().map(words).collect()
}

struct Reader<'t> {
    text: &'t str,
    events: pulldown_cmark::OffsetIter<'t>,
    /// Each with the byte at which it begins.
    faults: Vec<(Fault, usize)>,
}

impl Reader<'_> {
    /// The block that begins with an event, which has a range of the text.
    fn block(&mut self, event: Event<'_>, range: &Range<usize>) -> Option<Block> {
        Some(match event {
            Event::Start(Tag::Paragraph) => Block::Paragraph(self.spans()),
            Event::Start(Tag::Heading { .. }) => Block::Heading(self.spans()),
            Event::Start(Tag::BlockQuote(_)) => Block::Quote(self.blocks()),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => Block::Code(self.code(range)),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => Block::Code(self.indented()),
            Event::Start(Tag::List(first)) => {
                let mut items = Vec::new();
                while let Some((Event::Start(_), _)) = self.events.next() {
                    items.push(self.blocks());
                }
                Block::List { ordered: first.is_some(), items }
            }
            Event::Start(Tag::Table(_)) => self.table(),
            Event::Rule => return self.refuse(message!("wrong-rule-across"), range),
            Event::Start(Tag::HtmlBlock) => {
                self.skip();
                return self.refuse("HTML", range);
            }
            Event::Start(_) => {
                self.skip();
                return self.refuse(NO_TEXT, range);
            }
            _ => return self.refuse(NO_TEXT, range),
        })
    }

    fn refuse<T>(&mut self, what: impl Into<Phrase>, range: &Range<usize>) -> Option<T> {
        self.faults.push((Fault::NotTaken(what.into()), range.start));
        None
    }

    /// To the end of what has begun.
    fn skip(&mut self) {
        let mut depth = 1;
        while depth > 0
            && let Some((event, _)) = self.events.next()
        {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                _ => {}
            }
        }
    }

    /// The blocks of a list item or a quotation; a short item has its words without a paragraph around them.
    fn blocks(&mut self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut line = Vec::new();
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::End(_) => break,
                Event::Start(
                    Tag::Paragraph
                    | Tag::List(_)
                    | Tag::BlockQuote(_)
                    | Tag::CodeBlock(_)
                    | Tag::HtmlBlock
                    | Tag::Table(_),
                ) => {
                    flush(&mut line, &mut blocks);
                    blocks.extend(self.block(event, &range));
                }
                event => line.extend(self.span(event, &range)),
            }
        }
        flush(&mut line, &mut blocks);
        blocks
    }

    fn spans(&mut self) -> Vec<Span> {
        let mut spans = Vec::new();
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::End(_) => break,
                event => spans.extend(self.span(event, &range)),
            }
        }
        spans
    }

    fn span(&mut self, event: Event<'_>, range: &Range<usize>) -> Option<Span> {
        Some(match event {
            Event::Text(text) => Span::Text(text.into_string()),
            Event::Code(code) => Span::Code(code.into_string()),
            Event::SoftBreak | Event::HardBreak => Span::Text(" ".to_owned()),
            Event::Start(Tag::Emphasis) => Span::Emphasis(self.spans()),
            Event::Start(Tag::Strong) => Span::Strong(self.spans()),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let to = dest_url.into_string();
                Span::Link { to, text: self.spans() }
            }
            Event::Start(_) => {
                self.skip();
                return self.refuse(message!("wrong-picture"), range);
            }
            Event::InlineHtml(_) | Event::Html(_) => return self.refuse("HTML", range),
            _ => return None,
        })
    }

    /// What is between fences, which have a range of the text.
    fn code(&mut self, range: &Range<usize>) -> String {
        if !is_closed(&self.text[range.clone()]) {
            self.faults.push((Fault::Unclosed, range.start));
        }
        self.indented()
    }

    fn indented(&mut self) -> String {
        let mut code = String::new();
        for (event, _) in self.events.by_ref() {
            match event {
                Event::End(TagEnd::CodeBlock) => break,
                Event::Text(text) => code.push_str(&text),
                _ => {}
            }
        }
        code
    }

    fn table(&mut self) -> Block {
        let (mut head, mut rows) = (Vec::new(), Vec::new());
        while let Some((event, _)) = self.events.next() {
            match event {
                Event::Start(Tag::TableHead) => head = self.cells(),
                Event::Start(Tag::TableRow) => rows.push(self.cells()),
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        Block::Table { head, rows }
    }

    fn cells(&mut self) -> Vec<Vec<Span>> {
        let mut cells = Vec::new();
        while let Some((Event::Start(_), _)) = self.events.next() {
            cells.push(self.spans());
        }
        cells
    }
}

/// Whether a block that begins with a fence ends with one, in a quotation or not, before another block begins.
fn is_closed(block: &str) -> bool {
    let fence = |line: &str| {
        let line = line.trim_start_matches([' ', '\t', '>']).trim_end();
        let sign = line.chars().next()?;
        let length = line.chars().take_while(|next| *next == sign).count();
        Some((sign, length, line.len() == length))
    };
    let mut lines = block.lines();
    let Some((sign, length, _)) = lines.next().and_then(fence) else { return false };
    let mut fences = lines.filter_map(fence).filter(|(other, long, _)| *other == sign && *long >= length);
    fences.next().is_some_and(|(_, _, is_bare)| is_bare)
}

fn flush(line: &mut Vec<Span>, blocks: &mut Vec<Block>) {
    if !line.is_empty() {
        blocks.push(Block::Paragraph(std::mem::take(line)));
    }
}
