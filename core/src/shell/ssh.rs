//! From one place to another.

use super::call::Call;
use super::run::{Ran, run_command};
use super::{Host, Location, Status};

/// `ssh NODE`, or one command there.
pub(super) fn run(call: &mut Call<'_>) -> Status {
    // Options behind the destination are the command's.
    let options = call.words.iter().take_while(|word| word.starts_with('-')).count();
    let Some((place, command)) = call.words.get(options..).and_then(<[String]>::split_first) else {
        call.err("usage: ssh destination [command [argument ...]]\n");
        return 255;
    };
    let name = place.rsplit('@').next().unwrap_or(place);
    let at = Location { mode: call.at.mode, host: Host::Node(name.into()) };
    if !at.is_there(call.lab) {
        call.err(&format!("ssh: Could not resolve hostname {name}: Name or service not known\n"));
        return 255;
    }
    if command.is_empty() {
        *call.at = at;
        return 0;
    }
    let mut ran = Ran::at(at);
    let output = run_command(call.lab, &mut ran, command, call.input);
    let status = output.status;
    call.output.append(output);
    call.changed |= ran.changed;
    call.actions = Some(ran.actions);
    call.path = ran.path;
    status
}

/// Back to a node: that of the Pod, or the first.
pub(super) fn exit(call: &mut Call<'_>) -> Status {
    let of_pod = match &call.at.host {
        Host::Pod(name) => {
            let lane = call.at.lane(call.lab).and_then(|lane| call.lab.lanes.get(lane));
            lane.and_then(|lane| {
                let pod = lane.network.pods.values().find(|pod| pod.name == *name)?;
                lane.network.node_names.get(pod.node).cloned()
            })
        }
        Host::Node(_) | Host::Outside => None,
    };
    let first = Location::first(call.lab).map(|at| at.host);
    if let Some(host) = of_pod.map(Host::Node).or(first) {
        call.at.host = host;
    }
    0
}
