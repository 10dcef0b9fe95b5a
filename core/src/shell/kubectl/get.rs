use serde_json::{Value, json};

use super::super::Status;
use super::super::call::Call;
use super::age::age;
use super::kind::{Kind, targets};
use super::rows::{Row, has_labels, headings, labels_text, rows};
use super::table::columns;
use super::{Args, NO_HEADERS, SHOW_LABELS, not_found};
use crate::k8s::Resource;
use crate::k8s::write::yaml::Yaml;

pub(super) fn run(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let words = args.words();
    if words.is_empty() {
        call.err(
            "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of supported \
             resources.\n\nerror: Required resource not specified.\n\
             Use \"kubectl explain <resource>\" for a detailed description of that resource (e.g. kubectl explain pods).\n\
             See 'kubectl get -h' for help and examples\n",
        );
        return 1;
    }
    if args.has('w') || args.has('f') {
        return call.not_modelled(if args.has('w') { "--watch" } else { "get -f" });
    }
    let targets = match targets(call, &words) {
        Ok(targets) => targets,
        Err(status) => return status,
    };
    let output = args.value('o').unwrap_or_default();
    let wide = output == "wide";
    if !matches!(output, "" | "wide" | "yaml" | "json" | "name") {
        return call.not_modelled(&format!("-o {output}"));
    }
    if wide && targets.iter().any(|(kind, _)| matches!(kind, Kind::Object(Resource::Workload(_)))) {
        call.remark(crate::message!("shell-no-images"));
    }
    let (found, status) = find(call, args, &targets, wide);
    if found.iter().all(|(_, rows)| rows.is_empty()) {
        if status == 0 && targets.iter().all(|(_, name)| name.is_none()) && !matches!(output, "yaml" | "json") {
            let is_everywhere = args.has('A') || !targets.iter().any(|(kind, _)| kind.is_namespaced());
            let place = if is_everywhere { String::new() } else { format!(" in {} namespace", args.namespace()) };
            call.err(&format!("No resources found{}{}\n", place, if is_everywhere { "" } else { "." }));
        }
        if !matches!(output, "yaml" | "json") || status != 0 {
            return status;
        }
    }
    let text = match output {
        "yaml" | "json" => documents(&targets, found, output == "json"),
        "name" => names(&found),
        _ => tables(&found, args, wide),
    };
    call.out(&text);
    status
}

type Found = Vec<(Kind, Vec<Row>)>;

/// The objects, each kind by itself.
fn find(call: &mut Call<'_>, args: &Args<'_>, targets: &[(Kind, Option<&str>)], wide: bool) -> (Found, Status) {
    let mut found: Found = Vec::new();
    let mut status = 0;
    for (kind, name) in targets {
        if *kind == Kind::Endpoints {
            call.err("Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n");
        }
        let is_here = |row: &Row| !kind.is_namespaced() || args.has('A') || *row.name.namespace == *args.namespace();
        let is_meant = |row: &Row| {
            name.is_none_or(|name| *row.name.name == *name)
                && args.value('l').is_none_or(|selector| has_labels(&row.labels, selector))
        };
        let all = rows(&call.lab.cluster, *kind, wide);
        let mut rows: Vec<Row> = all.into_iter().filter(|row| is_here(row) && is_meant(row)).collect();
        let age_at = headings(*kind, wide).iter().position(|heading| *heading == "AGE");
        for row in &mut rows {
            let age = age(call.lab, *kind, &row.name);
            if let Some(cell) = age_at.and_then(|at| row.cells.get_mut(at - 1)) {
                *cell = age;
            }
        }
        if let Some(name) = name.filter(|_| rows.is_empty()) {
            not_found(call, &kind.plural(), name);
            status = 1;
            continue;
        }
        match found.last_mut() {
            Some((last, known)) if last == kind => known.extend(rows),
            _ => found.push((*kind, rows)),
        }
    }
    (found, status)
}

fn names(found: &Found) -> String {
    let rows = found.iter().flat_map(|(kind, rows)| rows.iter().map(move |row| (kind, row)));
    rows.map(|(kind, row)| format!("{}/{}\n", kind.grouped(), row.name.name)).collect()
}

fn documents(targets: &[(Kind, Option<&str>)], found: Found, is_json: bool) -> String {
    let mut items: Vec<Value> = found.into_iter().flat_map(|(_, rows)| rows).map(|row| row.json).collect();
    let is_one = matches!(targets, [(_, Some(_))]);
    let object = match items.pop() {
        Some(object) if is_one => object,
        last => {
            items.extend(last);
            json!({ "apiVersion": "v1", "items": items, "kind": "List", "metadata": { "resourceVersion": "" } })
        }
    };
    if is_json {
        // kubectl indents by four blanks, the library by two; no string has an end of line in it.
        let pretty = format!("{object:#}");
        let indented = pretty.lines().map(|line| {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            format!("{}{line}\n", " ".repeat(blanks))
        });
        return indented.collect();
    }
    let mut yaml = Yaml::default();
    yaml.fields(&object);
    yaml.into_text()
}

fn tables(found: &Found, args: &Args<'_>, wide: bool) -> String {
    let is_several = found.len() > 1;
    let tables = found.iter().filter(|(_, rows)| !rows.is_empty()).map(|(kind, rows)| {
        let with_namespace = args.has('A') && kind.is_namespaced();
        let mut lines: Vec<Vec<String>> = Vec::new();
        if !args.has(NO_HEADERS) {
            let mut heading: Vec<String> = headings(*kind, wide).into_iter().map(str::to_owned).collect();
            if with_namespace {
                heading.insert(0, "NAMESPACE".to_owned());
            }
            if args.has(SHOW_LABELS) {
                heading.push("LABELS".to_owned());
            }
            lines.push(heading);
        }
        for row in rows {
            let name =
                if is_several { format!("{}/{}", kind.grouped(), row.name.name) } else { row.name.name.to_string() };
            let mut line = vec![name];
            if with_namespace {
                line.insert(0, row.name.namespace.to_string());
            }
            line.extend(row.cells.iter().cloned());
            if args.has(SHOW_LABELS) {
                line.push(labels_text(&row.labels));
            }
            lines.push(line);
        }
        columns(&lines)
    });
    tables.collect::<Vec<_>>().join("\n")
}
