//! `kubectl get`: staging/src/k8s.io/kubectl/pkg/cmd/get/get.go.

use serde_json::{Value, json};

use super::super::call::Call;
use super::super::{Monitor, Status};
use super::age::age;
use super::flags::Args;
use super::follow::Following;
use super::jsonpath::{Template, less, relaxed};
use super::kind::{Kind, targets};
use super::output::{self, Format};
use super::rows::{Row, headings, labels_text, rows};
use super::select::Selection;
use super::table::columns;
use crate::k8s::Resource;

pub(super) type Found = Vec<(Kind, Vec<Row>)>;

pub(super) fn run(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    match get(call, args) {
        Ok(status) => status,
        Err(said) => {
            let end = if said.ends_with('\n') { "" } else { "\n" };
            call.err(&format!("error: {said}{end}"));
            1
        }
    }
}

/// What it says where it stops.
fn get(call: &mut Call<'_>, args: &Args<'_>) -> Result<Status, String> {
    let words = args.words();
    if words.is_empty() && !args.has("filename") && !args.has("watch") {
        call.err(
            "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of supported \
             resources.\n\n",
        );
        return Err("Required resource not specified.\n\
             Use \"kubectl explain <resource>\" for a detailed description of that resource (e.g. kubectl explain pods).\n\
             See 'kubectl get -h' for help and examples"
            .to_owned());
    }
    let output = args.value("output").unwrap_or_default();
    if args.has("show-labels") && !matches!(output, "" | "wide") {
        return Err(format!("--show-labels option cannot be used with {output} printer"));
    }
    if args.has("output-watch-events") {
        if args.has("watch") {
            return Ok(call.not_modelled("--output-watch-events"));
        }
        return Err("--output-watch-events option can only be used with --watch or --watch-only".to_owned());
    }
    let targets = match targets(call, &words) {
        Ok(targets) => targets,
        Err(status) => return Ok(status),
    };
    if args.has("watch") && targets.iter().any(|(kind, _)| *kind != targets[0].0) {
        return Err("you may only specify a single resource type".to_owned());
    }
    let selection = match Selection::read(call, args, &targets) {
        Ok(selection) => selection,
        Err(status) => return Ok(status),
    };
    let wide = is_wide(args);
    if wide && targets.iter().any(|(kind, _)| matches!(kind, Kind::Object(Resource::Workload(_)))) {
        call.remark(crate::message!("shell-no-images"));
    }
    let (found, missing) = find(call, &selection, &targets, wide);
    let is_one = matches!(targets[..], [(_, Some(_))]);
    if is_one && !missing.is_empty() {
        return Ok(report(call, args, &missing));
    }
    let format = match Format::read(output) {
        Ok(format) => format,
        Err(output::Bad::Said(said)) => return Err(said),
        Err(output::Bad::NotModelled) => return Ok(call.not_modelled(&format!("-o {output}"))),
    };
    let following =
        (args.has("watch") && format.is_table() && missing.is_empty()).then(|| Following::begin(call, args, &found));
    if format.is_table() {
        show(call, args, found, missing.is_empty())?;
    } else {
        print(call, args, found, &format, is_one)?;
    }
    let status = report(call, args, &missing);
    if let Some(following) = following {
        call.remark(crate::message!("shell-follows"));
        let line = format!("kubectl {}", call.words.join(" "));
        call.monitors.push(Monitor::objects(call.lab, call.at, line, following));
    } else if args.has("watch") && status == 0 {
        call.remark(crate::message!("shell-watches"));
    }
    Ok(status)
}

/// What the words of a command ask for, if there is no fault in them.
pub(super) fn selected(call: &mut Call<'_>, args: &Args<'_>) -> Option<Found> {
    let targets = targets(call, &args.words()).ok()?;
    let selection = Selection::read(call, args, &targets).ok()?;
    Some(find(call, &selection, &targets, is_wide(args)).0)
}

fn is_wide(args: &Args<'_>) -> bool {
    args.value("output") == Some("wide")
}

/// Tells of the objects that were named and are not there.
fn report(call: &mut Call<'_>, args: &Args<'_>, missing: &[(Kind, &str)]) -> Status {
    if args.has("ignore-not-found") {
        return 0;
    }
    for (kind, name) in missing {
        super::not_found(call, &kind.plural(), name);
    }
    u8::from(!missing.is_empty())
}

/// The objects, each kind by itself, and the names of which there are none.
fn find<'w>(
    call: &mut Call<'_>,
    selection: &Selection<'_>,
    targets: &[(Kind, Option<&'w str>)],
    wide: bool,
) -> (Found, Vec<(Kind, &'w str)>) {
    let (mut found, mut missing): (Found, _) = (Vec::new(), Vec::new());
    for (kind, name) in targets {
        if *kind == Kind::Endpoints {
            call.err("Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n");
        }
        let all = rows(call.lab, *kind, wide);
        let mut rows: Vec<Row> = all.into_iter().filter(|row| selection.has(*kind, *name, row)).collect();
        let age_at = headings(*kind, wide).iter().position(|heading| *heading == "AGE");
        for row in &mut rows {
            let age = age(call.lab, *kind, &row.name);
            if let Some(cell) = age_at.and_then(|at| row.cells.get_mut(at - 1)) {
                *cell = age;
            }
        }
        if let Some(name) = name.filter(|_| rows.is_empty()) {
            missing.push((*kind, name));
            continue;
        }
        match found.last_mut() {
            Some((last, known)) if last == kind => known.extend(rows),
            _ => found.push((*kind, rows)),
        }
    }
    (found, missing)
}

/// Prints tables, or that there is nothing in them.
fn show(call: &mut Call<'_>, args: &Args<'_>, mut found: Found, is_whole: bool) -> Result<(), String> {
    if found.iter().all(|(_, rows)| rows.is_empty()) {
        if is_whole && !args.has("ignore-not-found") {
            let is_namespaced = !args.has("all-namespaces") && found.iter().all(|(kind, _)| kind.is_namespaced());
            let place = if is_namespaced { format!(" in {} namespace.", args.namespace()) } else { String::new() };
            call.err(&format!("No resources found{place}\n"));
        }
        return Ok(());
    }
    if let Some(path) = args.value("sort-by").filter(|path| !path.is_empty()) {
        for (_, rows) in found.iter_mut().filter(|(_, rows)| !rows.is_empty()) {
            sort(rows, path)?;
        }
    }
    let text = tables(&found, args);
    call.out(&text);
    Ok(())
}

/// `printGeneric`: one object, or a list of them.
fn print(call: &mut Call<'_>, args: &Args<'_>, found: Found, format: &Format, is_one: bool) -> Result<(), String> {
    let mut all: Vec<(Kind, Row)> =
        found.into_iter().flat_map(|(kind, rows)| rows.into_iter().map(move |row| (kind, row))).collect();
    if all.is_empty() && args.has("ignore-not-found") {
        return Ok(());
    }
    if let Some(path) = args.value("sort-by").filter(|path| !path.is_empty() && !all.is_empty() && !is_one) {
        sort(&mut all, path)?;
    }
    let text = match format {
        Format::Table => String::new(),
        Format::Name => all.iter().map(|(kind, row)| format!("{}/{}\n", kind.grouped(), row.name.name)).collect(),
        Format::Columns(columns) => {
            let objects: Vec<&Value> = all.iter().map(|(_, row)| &row.json).collect();
            output::in_columns(columns, &objects, !args.has("no-headers"))?
        }
        Format::Json => output::json(&document(all, is_one)),
        Format::Yaml => output::yaml(&document(all, is_one)),
        Format::JsonPath { text, template, as_json } => {
            output::by_template(text, template, *as_json, &document(all, is_one))?
        }
    };
    call.out(&text);
    Ok(())
}

fn document(all: Vec<(Kind, Row)>, is_one: bool) -> Value {
    let mut items: Vec<Value> = all.into_iter().map(|(_, row)| output::sorted(row.json)).collect();
    if is_one && let Some(object) = items.pop() {
        return object;
    }
    json!({ "apiVersion": "v1", "items": items, "kind": "List", "metadata": { "resourceVersion": "" } })
}

/// `SortObjects`: Go's sort, as it is for a dozen and less. For more, those that are equal stay as they were.
fn sort<T: AsRef<Row>>(rows: &mut [T], path: &str) -> Result<(), String> {
    let path = relaxed(path)?;
    let template = Template::read(&path)?;
    let key = |row: &T| -> Result<Option<Value>, String> {
        let found = template.find(&row.as_ref().json)?;
        Ok(found.first().and_then(|values| values.first()).map(|value| value.clone().into_owned()))
    };
    let mut keys = rows.iter().map(key).collect::<Result<Vec<_>, _>>()?;
    if keys.iter().all(Option::is_none) {
        return Err(format!("couldn't find any field with path \"{path}\" in the list of objects"));
    }
    for at in 1..rows.len() {
        for place in (1..=at).rev() {
            let is_before = match (&keys[place], &keys[place - 1]) {
                (None, _) => true,
                (_, None) => false,
                (Some(one), Some(other)) => less(one, other)?,
            };
            if !is_before {
                break;
            }
            rows.swap(place, place - 1);
            keys.swap(place, place - 1);
        }
    }
    Ok(())
}

impl AsRef<Self> for Row {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl AsRef<Row> for (Kind, Row) {
    fn as_ref(&self) -> &Row {
        &self.1
    }
}

fn tables(found: &Found, args: &Args<'_>) -> String {
    let tables = found.iter().filter(|(_, rows)| !rows.is_empty()).map(|(kind, rows)| {
        let heading = (!args.has("no-headers")).then(|| heading(*kind, args));
        let lines = rows.iter().map(|row| line(*kind, row, args, found.len() > 1));
        columns(&heading.into_iter().chain(lines).collect::<Vec<_>>())
    });
    tables.collect::<Vec<_>>().join(if args.has("no-headers") { "" } else { "\n" })
}

fn label_columns<'w>(args: &Args<'w>) -> impl Iterator<Item = &'w str> {
    args.value("label-columns").into_iter().flat_map(|keys| keys.split(','))
}

fn has_namespaces(kind: Kind, args: &Args<'_>) -> bool {
    args.has("all-namespaces") && kind.is_namespaced()
}

pub(super) fn heading(kind: Kind, args: &Args<'_>) -> Vec<String> {
    let mut heading: Vec<String> = headings(kind, is_wide(args)).into_iter().map(str::to_owned).collect();
    if has_namespaces(kind, args) {
        heading.insert(0, "NAMESPACE".to_owned());
    }
    heading.extend(label_columns(args).map(|key| key.rsplit('/').next().unwrap_or(key).to_uppercase()));
    if args.has("show-labels") {
        heading.push("LABELS".to_owned());
    }
    heading
}

/// The cells of an object; `is_mixed` where there are tables of several kinds.
pub(super) fn line(kind: Kind, row: &Row, args: &Args<'_>, is_mixed: bool) -> Vec<String> {
    let with_kind = is_mixed || args.has("show-kind");
    let name = if with_kind { format!("{}/{}", kind.grouped(), row.name.name) } else { row.name.name.to_string() };
    let mut line = vec![name];
    if has_namespaces(kind, args) {
        line.insert(0, row.name.namespace.to_string());
    }
    line.extend(row.cells.iter().cloned());
    line.extend(label_columns(args).map(|key| row.labels.get(key).cloned().unwrap_or_default()));
    if args.has("show-labels") {
        line.push(labels_text(&row.labels));
    }
    line
}
