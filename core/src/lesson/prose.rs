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
    /// Something that a lesson does not take.
    NotTaken(&'static str),
}

/// Reads Markdown. `at` is where `text` begins in its file.
pub(super) fn pieces(text: &str, at: usize) -> Vec<(Piece, usize)> {
    let mut reader =
        Reader { events: Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter(), not_taken: None };
    let mut pieces = Vec::new();
    while let Some((event, range)) = reader.events.next() {
        let piece = match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => Piece::Step(plain(&reader.spans())),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(word))) if !word.is_empty() => {
                let word = word.split_whitespace().next().unwrap_or_default().to_owned();
                // Behind the line of the fence.
                let line = text[range.clone()].find('\n').map_or(range.end, |newline| range.start + newline + 1);
                Piece::Fenced { word, text: reader.code(), text_at: at + line }
            }
            event => match reader.block(event) {
                Some(block) => Piece::Block(block),
                None => Piece::NotTaken(reader.not_taken.take().unwrap_or("something that is no text")),
            },
        };
        pieces.push((piece, at + range.start));
        if let Some(what) = reader.not_taken.take() {
            pieces.push((Piece::NotTaken(what), at + range.start));
        }
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
    events: pulldown_cmark::OffsetIter<'t>,
    not_taken: Option<&'static str>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Event<'_>> {
        self.events.next().map(|(event, _)| event)
    }

    /// The block that begins with an event.
    fn block(&mut self, event: Event<'_>) -> Option<Block> {
        Some(match event {
            Event::Start(Tag::Paragraph) => Block::Paragraph(self.spans()),
            Event::Start(Tag::Heading { .. }) => Block::Heading(self.spans()),
            Event::Start(Tag::BlockQuote(_)) => Block::Quote(self.blocks()),
            Event::Start(Tag::CodeBlock(_)) => Block::Code(self.code()),
            Event::Start(Tag::List(first)) => {
                let mut items = Vec::new();
                while let Some((Event::Start(_), _)) = self.events.next() {
                    items.push(self.blocks());
                }
                Block::List { ordered: first.is_some(), items }
            }
            Event::Start(Tag::Table(_)) => self.table(),
            Event::Rule => return self.refuse("a line across the page"),
            Event::Start(Tag::HtmlBlock) => {
                self.skip();
                return self.refuse("HTML");
            }
            Event::Start(_) => {
                self.skip();
                return None;
            }
            _ => return None,
        })
    }

    fn refuse(&mut self, what: &'static str) -> Option<Block> {
        self.not_taken = Some(what);
        None
    }

    /// To the end of what has begun.
    fn skip(&mut self) {
        let mut depth = 1;
        while depth > 0
            && let Some(event) = self.next()
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
        while let Some((event, _)) = self.events.next() {
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
                    blocks.extend(self.block(event));
                }
                event => line.extend(self.span(event)),
            }
        }
        flush(&mut line, &mut blocks);
        blocks
    }

    fn spans(&mut self) -> Vec<Span> {
        let mut spans = Vec::new();
        while let Some((event, _)) = self.events.next() {
            match event {
                Event::End(_) => break,
                event => spans.extend(self.span(event)),
            }
        }
        spans
    }

    fn span(&mut self, event: Event<'_>) -> Option<Span> {
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
                self.not_taken = Some("a picture or another thing that is no text");
                return None;
            }
            Event::InlineHtml(_) | Event::Html(_) => {
                self.not_taken = Some("HTML");
                return None;
            }
            _ => return None,
        })
    }

    fn code(&mut self) -> String {
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

fn flush(line: &mut Vec<Span>, blocks: &mut Vec<Block>) {
    if !line.is_empty() {
        blocks.push(Block::Paragraph(std::mem::take(line)));
    }
}
