use crate::message::Message;

/// What is shown for a line that was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// In the order in which they were written.
    pub chunks: Vec<Chunk>,
    pub status: Status,
}

/// The exit status of a program, 0 for success.
pub type Status = u8;

/// A piece of output from one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// Whole lines, each with its end, but for what a program leaves open.
    Text { stream: Stream, text: String },
    /// What the lab has to say about it, which no program prints. A sentence.
    Remark(Message),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Out,
    Err,
}

impl Output {
    pub(super) fn write(&mut self, stream: Stream, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.chunks.last_mut() {
            Some(Chunk::Text { stream: last, text: written }) if *last == stream => written.push_str(text),
            _ => self.chunks.push(Chunk::Text { stream, text: text.to_owned() }),
        }
    }

    /// Takes the standard output away, for whoever reads it next; the rest stays.
    pub(super) fn take_out(&mut self) -> String {
        let mut out = String::new();
        self.chunks.retain(|chunk| match chunk {
            Chunk::Text { stream: Stream::Out, text } => {
                out.push_str(text);
                false
            }
            _ => true,
        });
        out
    }

    pub(super) fn append(&mut self, other: Self) {
        for chunk in other.chunks {
            match chunk {
                Chunk::Text { stream, text } => self.write(stream, &text),
                remark => self.chunks.push(remark),
            }
        }
        self.status = other.status;
    }

    /// What the programs printed, as a terminal shows both streams.
    pub fn text(&self) -> String {
        let texts = self.chunks.iter().map(|chunk| match chunk {
            Chunk::Text { text, .. } => text.as_str(),
            Chunk::Remark(_) => "",
        });
        texts.collect()
    }

    pub fn remarks(&self) -> impl Iterator<Item = &Message> {
        self.chunks.iter().filter_map(|chunk| match chunk {
            Chunk::Remark(message) => Some(message),
            Chunk::Text { .. } => None,
        })
    }
}
