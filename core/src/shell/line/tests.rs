use proptest::prelude::*;

use super::{Command, Flaw, Redirect, When, is_complete, parse};

fn input(command: &Command) -> String {
    let mut texts =
        command.redirects.iter().filter_map(|one| if let Redirect::Text(word) = one { Some(word) } else { None });
    texts.next_back().expect("an input").text()
}

fn words(text: &str) -> Vec<Vec<String>> {
    let script = parse(text).expect(text);
    script.into_iter().flat_map(|(_, pipeline)| pipeline).map(|command| command.texts()).collect()
}

#[test]
fn quotes_hold_words_together_as_in_bash() {
    assert_eq!(words(r#"nft add '{ a ; }' "b \"c\" \d" e\ f # g"#), [["nft", "add", "{ a ; }", r#"b "c" \d"#, "e f"]]);
    assert_eq!(words("a \\\n b"), [["a", "b"]]);
    assert_eq!(words("a '' b"), [["a", "", "b"]]);
}

#[test]
fn pipelines_follow_each_other() {
    let script = parse("a | b && c || d; e\nf").expect("a script");
    let when: Vec<_> = script.iter().map(|(when, pipeline)| (*when, pipeline.len())).collect();
    let expected = [(When::Always, 2), (When::Success, 1), (When::Failure, 1), (When::Always, 1), (When::Always, 1)];
    assert_eq!(when, expected);
}

#[test]
fn a_here_document_belongs_to_the_command_that_names_it() {
    let script = parse("cat <<EOF | kubectl apply -f -\na: b\n  c\nEOF\necho 'x'\n").expect("a script");
    assert_eq!(input(&script[0].1[0]), "a: b\n  c\n");
    assert_eq!(script[0].1[1].texts(), ["kubectl", "apply", "-f", "-"]);
    assert_eq!(script[1].1[0].texts(), ["echo", "x"]);
    let script = parse("kubectl apply -f - <<-'E'\n\ta\n\tE").expect("a script");
    assert_eq!(input(&script[0].1[0]), "a\n");
    assert_eq!(input(&parse("a <<< 'b c'").expect("a script")[0].1[0]), "b c\n");
}

#[test]
fn what_is_open_asks_for_more() {
    for text in ["a |", "a &&", "a 'b", "a \"b", "a \\", "cat <<E", "cat <<E\nx"] {
        assert!(!is_complete(text), "{text}");
    }
    for text in ["", "a", "cat <<E\nE", "| a", "a > b", "# 'x"] {
        assert!(is_complete(text), "{text}");
    }
    assert_eq!(parse("; a"), Err(Flaw::Syntax("syntax error near unexpected token `;'".to_owned())));
    assert_eq!(parse("if a; then b; fi"), Err(Flaw::Syntax("`if`".to_owned())));
    for text in ["for", "for i", "for i in 1 2", "for i in 1; do", "for i in 1; do a", "while a; do\nb\n"] {
        assert!(!is_complete(text), "{text}");
    }
    assert!(matches!(parse(&"while a; do ".repeat(100_000)), Err(Flaw::Syntax(_))));
    assert!(is_complete("for i in 1 2\ndo a; done | b") && is_complete("while a; do b; done"));
    assert!(parse("echo for").is_ok() && !is_complete("echo $(a"));
}

proptest! {
    #[test]
    fn no_text_is_too_much(text in "[a '\"\\\\|&;<>\nE#-]{0,40}") {
        let _ = parse(&text);
    }

    #[test]
    fn a_quoted_word_comes_out_as_it_went_in(word in "[^\0]{1,20}") {
        let quoted = format!("'{}'", word.replace('\'', r"'\''"));
        prop_assert_eq!(words(&quoted), [[word]]);
    }
}
