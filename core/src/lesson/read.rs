use std::sync::Arc;

use super::astray::{Astray, astray, is_meant};
use super::condition::NoCondition;
use super::head::{Head, lines};
use super::prose::{self, Fault, Piece, pieces};
use super::{Block, Challenge, Choice, Kind, Lesson, Line, Prediction, Step, Trial};
use crate::lab::WEB_SHOP;
use crate::message;
use crate::source::{Diagnostic, Phrase, Position};

impl Lesson {
    /// Reads a file.
    ///
    /// # Errors
    /// Says all that is wrong with it, by place.
    pub fn read(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let text = text.replace("\r\n", "\n");
        let mut reader = Reader { text: &text, wrong: Vec::new(), unclosed: None };
        let lesson = reader.lesson();
        let Reader { mut wrong, unclosed, .. } = reader;
        // What is missing behind an open block may stand in it.
        wrong.retain(|wrong| unclosed.is_none_or(|unclosed| wrong.position <= unclosed));
        if wrong.is_empty() {
            return Ok(lesson);
        }
        wrong.sort_by_key(|wrong| wrong.position);
        Err(wrong)
    }
}

/// What was found, part by part.
#[derive(Default)]
struct Found {
    prose: Vec<Block>,
    cluster: Option<(Position, Arc<str>)>,
    opening: Vec<Line>,
    steps: Vec<Step>,
    goal: Option<(Position, Vec<Trial>)>,
    hints: Vec<Vec<Block>>,
    solution: Option<Vec<Line>>,
    after: Vec<Block>,
}

struct Reader<'t> {
    text: &'t str,
    wrong: Vec<Diagnostic>,
    /// Where the first fence is that nothing closes.
    unclosed: Option<Position>,
}

impl Reader<'_> {
    fn position(&self, at: usize) -> Position {
        Position::of_offset(self.text, at)
    }

    fn wrong(&mut self, at: usize, message: impl Into<Phrase>, expected: impl Into<Phrase>, advice: impl Into<Phrase>) {
        self.wrong.push(Diagnostic::error(self.position(at), message, expected, advice));
    }

    fn lesson(&mut self) -> Lesson {
        let head = Head::read(self.text, &mut self.wrong);
        let mut found = Found::default();
        let body = self.text.get(head.body..).unwrap_or_default();
        for (piece, at) in pieces(body, head.body) {
            self.piece(&mut found, piece, at);
        }
        let title = head.text("title").unwrap_or_default().to_owned();
        if title.is_empty() {
            self.wrong(0, message!("wrong-no-title"), message!("expected-title"), message!("advice-title"));
        }
        let number = |key: &str, wrong: &mut Vec<Diagnostic>| head.number(key, self.text, wrong);
        let minutes = number("minutes", &mut self.wrong).unwrap_or(5);
        let par = number("par", &mut self.wrong);
        let beliefs = head.numbers("beliefs", self.text, &mut self.wrong);
        let kind = self.kind(&mut found, par);
        let (cluster_at, cluster) = found.cluster.unwrap_or_else(|| (Position::START, WEB_SHOP.into()));
        Lesson {
            source: self.text.into(),
            title,
            about: head.text("about").unwrap_or_default().to_owned(),
            minutes,
            beliefs,
            cluster_at,
            cluster,
            opening: found.opening,
            prose: found.prose,
            kind,
        }
    }

    fn kind(&mut self, found: &mut Found, par: Option<u32>) -> Kind {
        let end = self.text.len();
        let Some((at, goal)) = found.goal.take() else {
            let steps = std::mem::take(&mut found.steps);
            return if steps.is_empty() { Kind::Scenario } else { Kind::Lesson { steps } };
        };
        if !found.steps.is_empty() {
            self.wrong(
                end,
                message!("wrong-challenge-steps"),
                message!("expected-goal-or-steps"),
                message!("advice-leave-one-out"),
            );
        }
        let count = found.hints.len();
        let hints: [Vec<Block>; 3] = std::mem::take(&mut found.hints).try_into().unwrap_or_else(|_| {
            self.wrong(
                end,
                message!("wrong-hints", count = count.to_string()),
                message!("expected-three-hints"),
                message!("advice-three-hints"),
            );
            Default::default()
        });
        let solution = found.solution.take().unwrap_or_else(|| {
            self.wrong(
                end,
                message!("wrong-no-solution"),
                message!("expected-solution-block"),
                message!("advice-solution"),
            );
            Vec::new()
        });
        let par = par.map_or_else(|| actions(&solution), |par| par as usize);
        let after = std::mem::take(&mut found.after);
        Kind::Challenge(Box::new(Challenge { at, goal, hints, solution, par, after }))
    }

    fn piece(&mut self, found: &mut Found, piece: Piece, at: usize) {
        match piece {
            Piece::Wrong(fault) => self.fault(fault, at),
            Piece::Step(title) => {
                let (before, run, after) = Default::default();
                let at = self.position(at);
                found.steps.push(Step { at, title, before, prediction: None, run, after });
            }
            Piece::Block(block) => match found.steps.last_mut() {
                Some(step) if step.run.is_empty() => step.before.push(block),
                Some(step) => step.after.push(block),
                None if found.solution.is_some() => found.after.push(block),
                None => found.prose.push(block),
            },
            Piece::Fenced { word, text, text_at } => self.fenced(found, &word, &text, at, text_at),
        }
    }

    fn fault(&mut self, fault: Fault, at: usize) {
        match fault {
            Fault::NotTaken(what) => self.wrong(
                at,
                message!("wrong-in-lesson", what = &what),
                message!("expected-prose"),
                message!("advice-leave-out"),
            ),
            Fault::Unclosed => {
                let fence = self.text[at..].lines().next().unwrap_or_default().trim_end();
                let message = message!("wrong-open-block", fence = fence);
                self.wrong(at, message, message!("expected-closing-fence"), message!("advice-close-block"));
                self.unclosed.get_or_insert(self.position(at));
            }
        }
    }

    fn fenced(&mut self, found: &mut Found, word: &str, text: &str, at: usize, text_at: usize) {
        let in_step = !found.steps.is_empty();
        match word {
            "cluster" if !in_step => found.cluster = Some((self.position(text_at), text.into())),
            "do" => {
                let deeds = self.deeds(text, text_at);
                match found.steps.last_mut() {
                    Some(step) => step.run.extend(deeds),
                    None => found.opening.extend(deeds),
                }
            }
            "predict" => {
                let prediction = self.prediction(text, text_at);
                match found.steps.last_mut() {
                    Some(step) if step.run.is_empty() && step.prediction.is_none() => {
                        step.prediction = Some(prediction)
                    }
                    _ => self.wrong(
                        at,
                        message!("wrong-prediction"),
                        message!("expected-prediction"),
                        message!("advice-put-there"),
                    ),
                }
            }
            "goal" if !in_step => {
                let trials = self.trials(text, text_at);
                found.goal.get_or_insert((self.position(at), Vec::new())).1.extend(trials);
            }
            "hint" if !in_step => {
                let hint = self.blocks(text, text_at);
                found.hints.push(hint);
            }
            "solution" if !in_step => {
                let deeds = self.deeds(text, text_at);
                found.solution.get_or_insert_default().extend(deeds);
            }
            "text" | "sh" | "yaml" | "console" => self.piece(found, Piece::Block(Block::Code(text.to_owned())), at),
            other => self.wrong(
                at,
                message!("wrong-block", word = other),
                message!("expected-blocks"),
                message!("advice-fence-word"),
            ),
        }
    }

    fn deeds(&mut self, text: &str, at: usize) -> Vec<Line> {
        let mut deeds = Vec::new();
        for (line, offset) in written(text) {
            deeds.extend(self.deed(line, at + offset));
        }
        deeds
    }

    fn deed(&mut self, line: &str, at: usize) -> Option<Line> {
        let deed = line.parse().ok().map(|deed| Line { at: self.position(at), deed });
        if deed.is_none() {
            let Astray { at: off, found, expected } = astray(line);
            let message = message!("wrong-not-doable", found = &found);
            self.wrong(at + off, message, expected, message!("advice-save-scenario"));
        }
        deed
    }

    fn trials(&mut self, text: &str, at: usize) -> Vec<Trial> {
        let mut trials = Vec::new();
        for (line, offset) in written(text) {
            let at = at + offset;
            match line.parse() {
                _ if is_meant(line) => trials.extend(self.deed(line, at).map(Trial::Do)),
                Ok(condition) => trials.push(Trial::Expect { at: self.position(at), condition }),
                Err(why) => self.no_condition(&why, at),
            }
        }
        trials
    }

    fn no_condition(&mut self, why: &NoCondition, at: usize) {
        let message = message!("wrong-no-condition", found = &why.found);
        self.wrong(at + why.at, message, why.expected.clone(), message!("advice-correct"));
    }

    fn prediction(&mut self, text: &str, at: usize) -> Prediction {
        let choices_at =
            lines(text, 0..text.len()).find(|(line, _)| line.starts_with("- ")).map_or(text.len(), |(_, at)| at);
        let question = self.blocks(&text[..choices_at], at);
        let mut choices = Vec::new();
        let answers = written(&text[choices_at..]).count();
        for (line, offset) in written(&text[choices_at..]) {
            let split = line.strip_prefix("- ").and_then(|line| line.rsplit_once(" => "));
            let Some((answer, condition)) = split else {
                let expected = message!("expected-answer");
                self.wrong(
                    at + choices_at + offset,
                    message!("wrong-no-answer", line = format!("{line:?}")),
                    expected,
                    message!("advice-line-each"),
                );
                continue;
            };
            match condition.parse() {
                Ok(condition) => choices.push(Choice { text: prose::spans(answer.trim()), condition }),
                Err(why) => self.no_condition(&why, at + choices_at + offset + line.len() - condition.len()),
            }
        }
        if answers < 2 {
            self.wrong(
                at,
                message!("wrong-number-of-answers", count = answers.to_string()),
                message!("expected-answers"),
                message!("advice-write-them"),
            );
        }
        Prediction { at: self.position(at + choices_at), question, choices }
    }

    /// The text of a block that has Markdown in it.
    fn blocks(&mut self, text: &str, at: usize) -> Vec<Block> {
        let mut blocks = Vec::new();
        for (piece, offset) in pieces(text, at) {
            match piece {
                Piece::Block(block) => blocks.push(block),
                Piece::Wrong(fault) => self.fault(fault, offset),
                Piece::Step(_) | Piece::Fenced { .. } => self.wrong(
                    offset,
                    message!("wrong-no-text"),
                    message!("expected-text-only"),
                    message!("advice-leave-out"),
                ),
            }
        }
        blocks
    }
}

/// The lines of a block that are neither empty nor a comment.
fn written(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let lines = lines(text, 0..text.len()).map(|(line, at)| (line.trim(), at + line.len() - line.trim_start().len()));
    lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'))
}

/// How often they change the cluster.
fn actions(lines: &[Line]) -> usize {
    lines.iter().map(|line| line.deed.actions()).sum()
}
