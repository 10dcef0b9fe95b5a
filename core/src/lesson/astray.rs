use crate::k8s::Resource;
use crate::message;
use crate::proxy::Mode;
use crate::shell::Host;
use crate::source::Phrase;
use crate::source::shell_words;

/// Where a line stops being something that can be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Astray {
    /// A byte of the line.
    pub at: usize,
    pub found: Phrase,
    pub expected: Phrase,
}

/// What [`Deed`](crate::session::Deed) reads. Words in capitals stand for others.
const FORMS: [&str; 21] = [
    "next",
    "close",
    "sleep SECONDS",
    "shell DATAPATH PLACE 'LINE'",
    "kubectl scale WORKLOAD/NAME -n NAMESPACE --replicas=NUMBER",
    "kubectl rollout restart WORKLOAD/NAME -n NAMESPACE",
    "kubectl patch OBJECT/NAME -n NAMESPACE --type merge -p 'JSON'",
    "kubectl patch node/NAME --type merge -p 'JSON'",
    "kubectl delete OBJECT/NAME -n NAMESPACE",
    "kubectl delete node/NAME",
    "kubectl create -f - <<< 'MANIFEST'",
    "kubectl drain NODE --ignore-daemonsets --force",
    "kubectl uncordon NODE",
    "lab configure kube-proxy -p 'JSON'",
    "lab fail-readiness pod/NAME -n NAMESPACE",
    "lab recover-readiness pod/NAME -n NAMESPACE",
    "lab fail-node NODE",
    "lab recover-node NODE",
    "send twice CLIENT -> TARGET",
    "send CLIENT from port NUMBER -> TARGET",
    "send CLIENT -> TARGET",
];
const ARROW: &str = "->";

/// Whether a line begins as something that can be done, be it right or not.
pub(super) fn is_meant(line: &str) -> bool {
    let first = line.split_whitespace().next();
    FORMS.iter().any(|form| form.split(' ').next() == first)
}

/// The first word of a line that fits no form which fits as much of it as any.
pub(super) fn astray(line: &str) -> Astray {
    let words = match shell_words(line) {
        Ok(words) => words,
        Err(at) => {
            return Astray {
                at,
                found: format!("{:?}", &line[at..]).into(),
                expected: message!("expected-closed-quotes").into(),
            };
        }
    };
    if words.first().is_some_and(|(_, word)| word == "send") {
        return of_send(line, &words);
    }
    let fitting = |form: &&str| form.split(' ').zip(&words).take_while(|(form, (_, word))| fits(form, word)).count();
    let furthest = FORMS.iter().map(fitting).max().unwrap_or_default();
    let mut expected: Vec<Option<&str>> = Vec::new();
    for form in FORMS.iter().filter(|form| fitting(form) == furthest) {
        let next = form.split(' ').nth(furthest);
        if !expected.contains(&next) {
            expected.push(next);
        }
    }
    let told = |next: Option<&str>| next.map_or_else(|| message!("expected-nothing-more").into(), Phrase::from);
    let list = |rest: Phrase, first: Phrase| message!("wrong-list", first = &first, rest = &rest).into();
    let expected = expected.into_iter().map(told).rev().reduce(list).unwrap_or_else(|| "".into());
    let (at, found) = word_at(line, &words, furthest);
    Astray { at, found, expected }
}

/// Clients and targets have several words: between whom is told by the arrow.
fn of_send(line: &str, words: &[(usize, String)]) -> Astray {
    let index = |wanted: &str| words.iter().position(|(_, word)| word == wanted);
    let (off, expected) = match (index(ARROW), index("port")) {
        (Some(_), Some(port)) => (port + 1, message!("expected-port-number").into()),
        (Some(arrow), None) => (arrow + 1, message!("expected-a-target").into()),
        (None, _) => (words.len(), "CLIENT -> TARGET".into()),
    };
    let (at, found) = word_at(line, words, off);
    Astray { at, found, expected }
}

fn word_at(line: &str, words: &[(usize, String)], index: usize) -> (usize, Phrase) {
    match words.get(index) {
        Some((at, word)) => (*at, format!("{word:?}").into()),
        None => (line.trim_end().len(), message!("wrong-end-of-line").into()),
    }
}

fn fits(form: &str, word: &str) -> bool {
    if let Some((before, _)) = form.split_once("=NUMBER") {
        return word.strip_prefix(before).and_then(|rest| rest.strip_prefix('=')).is_some_and(is_number);
    }
    if let Some((kind, _)) = form.split_once('/') {
        let Some((found, name)) = word.split_once('/') else { return false };
        let is_kind = match kind {
            "WORKLOAD" => Resource::ALL.iter().any(|one| matches!(one, Resource::Workload(_)) && one.name() == found),
            "OBJECT" => Resource::ALL.iter().any(|one| *one != Resource::Node && one.name() == found),
            kind => kind == found,
        };
        return is_kind && !name.is_empty();
    }
    match form {
        "SECONDS" => is_number(word),
        "DATAPATH" => Mode::ALL.iter().any(|mode| mode.to_string() == word),
        "PLACE" => word.parse::<Host>().is_ok(),
        form if form.contains(|sign: char| sign.is_ascii_uppercase()) => !word.is_empty(),
        form => form == word,
    }
}

fn is_number(word: &str) -> bool {
    word.parse::<u64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::{FORMS, astray};
    use crate::session::Deed;

    /// A line of each form, with what its words stand for filled in.
    fn filled(form: &str) -> String {
        let with = [
            ("SECONDS", "5"),
            ("NUMBER", "3"),
            ("DATAPATH", "ipvs"),
            ("PLACE", "node/n"),
            ("WORKLOAD", "deployment"),
            ("OBJECT", "service"),
            ("CLIENT", "pod a on n"),
            ("TARGET", "10.0.0.1:80/tcp"),
        ];
        let mut line = form.to_owned();
        for (word, stands_for) in with {
            line = line.replace(word, stands_for);
        }
        line
    }

    #[test]
    fn the_forms_are_those_that_are_read() {
        for form in FORMS {
            let line = filled(form);
            assert!(line.parse::<Deed>().is_ok(), "{line}");
        }
    }

    #[test]
    fn the_word_is_named_that_does_not_fit() {
        for (line, word, expected) in [
            ("kubectl scal deployment/web -n shop --replicas=1", "scal", "scale, rollout"),
            ("kubectl scale web -n shop --replicas=1", "web", "WORKLOAD/NAME"),
            ("kubectl scale deployment/web -n shop --replicas=two", "--replicas=two", "--replicas=NUMBER"),
            ("kubectl scale deployment/web --replicas=1", "--replicas=1", "-n"),
            ("kubectl delete node/n -n x", "-n", "nothing more"),
            ("sleep long", "long", "SECONDS"),
            ("shell ebtables node/n 'x'", "ebtables", "DATAPATH"),
            ("send a from port http -> b", "http", "a number"),
            ("send a > b", "", "CLIENT -> TARGET"),
            ("kubectl uncordon", "", "NODE"),
            ("kubectl create -f - <<< 'x", "'x", "quotation marks"),
        ] {
            assert!(line.parse::<Deed>().is_err(), "{line}");
            let astray = astray(line);
            assert!(line[astray.at..].starts_with(word), "{line}: {astray:?}");
            assert!(!word.is_empty() || astray.at == line.len(), "{line}: {astray:?}");
            assert!(
                astray.expected.to_string().starts_with(expected) || astray.expected.to_string().ends_with("end"),
                "{line}: {astray:?}"
            );
        }
    }
}
