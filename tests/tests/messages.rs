//! Holds the words of the lab together: what Rust says is in every language's file, with the same arguments, and nothing
//! else is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use datapath_core::lab::Lab;
use datapath_core::message::{Catalogue, Language, Signature};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

/// All that a language says. English, which is a part of the program, is in two files.
fn file(language: Language) -> String {
    let names = match language {
        Language::English => vec!["en.ftl".to_owned(), "en-rest.ftl".to_owned()],
        other => vec![format!("{}.ftl", other.tag())],
    };
    let read = |name: &String| {
        let path = root().join("messages").join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    names.iter().map(read).collect::<Vec<_>>().join("\n")
}

fn messages(language: Language) -> BTreeMap<String, Signature> {
    let catalogue = Catalogue::parse(language, &file(language)).unwrap_or_else(|(_, wrong)| panic!("{wrong:#?}"));
    catalogue.signatures().map(|signature| (signature.id.clone(), signature)).collect()
}

fn taken(signature: &Signature) -> BTreeSet<String> {
    signature.filled_in.union(&signature.chosen_by).cloned().collect()
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("a folder entry").path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Each `message!("id", name = …)` and `say!("id", name = …)` of the code, with where it is.
fn used() -> Vec<(String, String, BTreeSet<String>)> {
    let mut files = Vec::new();
    for folder in ["core/src", "web/src", "wasm-pkg/src"] {
        rust_files(&root().join(folder), &mut files);
    }
    let mut used = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).expect("a source file");
        // Tests say what they like.
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for call in ["message!(", "say!("] {
            for (at, _) in text.match_indices(call) {
                let inside = &text[at + call.len()..];
                let Some(rest) = inside.trim_start().strip_prefix('"') else { continue };
                let (id, rest) = rest.split_once('"').expect("the end of an id");
                used.push((path.display().to_string(), id.to_owned(), names(rest)));
            }
        }
    }
    used
}

/// The names before `=` up to the parenthesis that closes the call.
fn names(rest: &str) -> BTreeSet<String> {
    let (mut depth, mut quoted, mut part, mut parts) = (0, false, String::new(), Vec::new());
    for sign in rest.chars() {
        match sign {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => parts.push(std::mem::take(&mut part)),
            _ if depth == 0 => part.push(sign),
            _ => {}
        }
    }
    parts.push(part);
    parts.iter().filter_map(|part| Some(part.split_once(" = ")?.0.trim().to_owned())).collect()
}

#[test]
fn what_the_code_says_is_there_with_its_arguments() {
    let english = messages(Language::English);
    let used = used();
    assert!(used.len() > 400, "{} uses found: the search is blind", used.len());
    let is_wrong = |id: &str, names: &BTreeSet<String>| english.get(id).map(taken).as_ref() != Some(names);
    let wrong: Vec<_> = used.iter().filter(|(_, id, names)| is_wrong(id, names)).collect();
    assert!(wrong.is_empty(), "not in messages/en.ftl or en-rest.ftl, or with other arguments: {wrong:#?}");
}

#[test]
fn what_is_there_is_said() {
    let used: BTreeSet<_> = used().into_iter().map(|(_, id, _)| id).collect();
    let unused: Vec<_> = messages(Language::English).into_keys().filter(|id| !used.contains(id)).collect();
    assert!(unused.is_empty(), "nothing says these: {unused:#?}");
}

#[test]
fn every_language_says_the_same() {
    let english = messages(Language::English);
    for language in Language::ALL {
        let own = messages(language);
        let missing: Vec<_> = english.keys().filter(|id| !own.contains_key(*id)).collect();
        let surplus: Vec<_> = own.keys().filter(|id| !english.contains_key(*id)).collect();
        assert!(missing.is_empty() && surplus.is_empty(), "{language:?} lacks {missing:?} and alone has {surplus:?}");
        let differs = |english: &&Signature| {
            let own = &own[&english.id];
            own.filled_in != english.filled_in || !own.chosen_by.is_subset(&taken(english))
        };
        let differ: Vec<_> = english.values().filter(differs).collect();
        assert!(differ.is_empty(), "{language:?} takes other arguments than these: {differ:#?}");
    }
}

/// Whoever translates finds a message at the same place in every file.
#[test]
fn every_file_has_the_same_order() {
    let ids = |text: &str| -> Vec<String> {
        let starts = text.lines().filter(|line| line.starts_with(|sign: char| sign.is_ascii_lowercase()));
        starts.filter_map(|line| Some(line.split_once(" =")?.0.to_owned())).collect()
    };
    let english = ids(&file(Language::English));
    for language in Language::ALL {
        assert_eq!(ids(&file(language)), english, "{language:?}");
    }
}

#[test]
fn damage_is_told_by_place_and_the_rest_is_there() {
    let damaged = "fine = It is { $so }.\n\nbroken = { $so\nterm = { -name }\nfine = again\nlast = There.\n";
    let (readable, wrong) = Catalogue::parse(Language::English, damaged).expect_err("it is damaged");
    let places: Vec<_> = wrong.iter().map(|diagnostic| diagnostic.position.line).collect();
    assert_eq!(places, [4, 4, 5], "{wrong:#?}");
    let ids: Vec<_> = readable.signatures().map(|signature| signature.id).collect();
    assert_eq!(ids, ["fine", "last"]);
}

/// What is wrong with a text, by what a page of this language says.
fn told(language: Language, text: &str) -> Vec<String> {
    let catalogue = Catalogue::parse(language, &file(language)).unwrap_or_else(|(_, wrong)| panic!("{wrong:#?}"));
    let refused = Lab::open(text, 1).expect_err("it is broken");
    refused.diagnostics.iter().map(|diagnostic| catalogue.say(&diagnostic.tell())).collect()
}

#[test]
fn a_broken_paste_is_told_in_the_language_with_the_tools_own_words() {
    const COPY: &str = "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp --dprot 80 -j DNAT\nCOMMIT\n";
    assert_eq!(
        told(Language::English, COPY),
        ["3:22: error: unknown option \"--dprot\"; expected an option of iptables; correct the option"]
    );
    assert_eq!(
        told(Language::SimplifiedChinese, COPY),
        ["3:22：错误：unknown option \"--dprot\"；应为：iptables 的选项；更正选项"]
    );
    const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n\
                           spec: {clusterIP: 10.96.0.10, ports: [{port: 70000}]}\n";
    let rule =
        "Service \"web\" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive";
    assert!(
        told(Language::English, SERVICE)
            .contains(&format!("4:46: error: {rule}; expected a port number from 1 to 65535; correct the number"))
    );
    assert!(
        told(Language::SimplifiedChinese, SERVICE)
            .contains(&format!("4:46：错误：{rule}；应为：1 到 65535 之间的端口号；更正这个数字"))
    );
}
