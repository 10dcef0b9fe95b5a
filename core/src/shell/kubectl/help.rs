//! What kubectl says of itself.

use super::super::Status;
use super::super::call::Call;
use super::command::{Command, Does};
use super::flags::Args;

/// The groups of `NewKubectlCommand`, each with its first command; the last two are told apart by cobra's templates.
const GROUPS: [(&str, &str); 8] = [
    ("Basic Commands (Beginner):", "create"),
    ("Basic Commands (Intermediate):", "explain"),
    ("Deploy Commands:", "rollout"),
    ("Cluster Management Commands:", "certificate"),
    ("Troubleshooting and Debugging Commands:", "describe"),
    ("Advanced Commands:", "diff"),
    ("Settings Commands:", "label"),
    ("Subcommands provided by plugins:\n\nOther Commands:", "alpha"),
];

/// Commands that no list has.
const HIDDEN: [&str; 3] = ["alpha", "options", "help"];

/// `kubectl -h`
pub(super) fn of_kubectl(call: &mut Call<'_>) -> Status {
    let mut text = String::from(
        "kubectl controls the Kubernetes cluster manager.\n\n Find more information at: \
         https://kubernetes.io/docs/reference/kubectl/\n",
    );
    let mut listed: Vec<(&str, &Command)> = Command::below("").collect();
    // The others are sorted by cobra.
    let others = listed.iter().position(|(name, _)| *name == "alpha").unwrap_or(listed.len());
    listed[others + 1..].sort_by_key(|(name, _)| *name);
    for (name, command) in listed {
        if let Some((title, _)) = GROUPS.iter().find(|(_, first)| *first == name) {
            text.push_str(&format!("\n{title}\n"));
        }
        if !HIDDEN.contains(&name) {
            text.push_str(&format!("  {name:<15} {}\n", command.about));
        }
    }
    text.push_str(
        "\nUsage:\n  kubectl [flags] [options]\n\nUse \"kubectl <command> --help\" for more information about a given \
         command.\nUse \"kubectl options\" for a list of global command-line options (applies to all commands).\n",
    );
    call.out(&text);
    0
}

/// The lab has no texts of kubectl's about its commands, but knows which flags it heeds.
pub(super) fn of_command(call: &mut Call<'_>, path: &str) -> Status {
    let below: Vec<&str> = Command::below(path).map(|(name, _)| name).collect();
    if !below.is_empty() {
        call.remark(crate::message!("shell-kubectl-below", command = path, list = below.join(", ")));
    }
    match Command::at(path).map(|command| &command.does) {
        Some(Does::Work { heeds, .. }) => {
            let flags = heeds.iter().map(|name| format!("--{name}")).collect::<Vec<_>>().join(", ");
            call.remark(crate::message!("shell-kubectl-flags", command = path, list = flags));
            0
        }
        Some(Does::Nothing) => call.not_modelled(path),
        Some(Does::Group) | None => 0,
    }
}

/// `kubectl help get`
pub(super) fn run(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    let path = args.words().join(" ");
    if path.is_empty() {
        return of_kubectl(call);
    }
    match Command::at(&path) {
        Some(command) => of_command(call, command.path),
        None => {
            let words: Vec<String> = args.words().iter().map(|word| format!("`{word}`")).collect();
            call.err(&format!("Unknown help topic [{}]\n", words.join(" ")));
            of_kubectl(call)
        }
    }
}

/// `kubectl version`, with a server of the same version; kustomize's is that of kubectl's go.mod.
pub(super) fn version(call: &mut Call<'_>, args: &Args<'_>) -> Status {
    match args.value("output") {
        None | Some("") => {}
        // When and of which commit it was built, the lab does not have.
        Some("json" | "yaml") => return call.not_modelled("version -o"),
        Some(_) => {
            call.err("error: --output must be 'yaml' or 'json'\n");
            return 1;
        }
    }
    call.out("Client Version: v1.36.2\nKustomize Version: v5.8.1\n");
    if !args.has("client") {
        call.out("Server Version: v1.36.2\n");
    }
    0
}
