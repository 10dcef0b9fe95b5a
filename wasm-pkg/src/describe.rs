//! From the model's values to what crosses into JavaScript.

use datapath_core::export::{self, File, Format, Subject};
use datapath_core::lab::{
    self, ControlPath, ControlRound, Ending, Lane, Listing, Provenance, Reason, Verb, Wanted, Way, Writing, narrate,
    writings,
};
use datapath_core::proxy::Effort;
use datapath_core::source::{self, Phrase, Severity};
use datapath_core::trace;
use datapath_web::figure::Words;
use datapath_web::state::Model;

use crate::dto;

/// In English.
impl From<&source::Diagnostic> for dto::Diagnostic {
    fn from(diagnostic: &source::Diagnostic) -> Self {
        Self::told(diagnostic, Phrase::to_string)
    }
}

impl dto::Diagnostic {
    /// In the words of `tell`.
    pub fn told(diagnostic: &source::Diagnostic, tell: impl Fn(&Phrase) -> String) -> Self {
        Self {
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            },
            line: diagnostic.position.line,
            column: diagnostic.position.column,
            message: tell(&diagnostic.message),
            expected: tell(&diagnostic.expected),
            advice: tell(&diagnostic.advice),
        }
    }
}

impl From<trace::Cost> for dto::Cost {
    fn from(cost: trace::Cost) -> Self {
        let estimated_nanoseconds = trace::Calibration::LINUX_6_18.nanoseconds(&cost);
        let trace::Cost { rules, matches, probes, connections, openings, rewrites } = cost;
        Self { rules, matches, probes, connections, openings, rewrites, estimated_nanoseconds }
    }
}

pub fn client((index, client): (usize, lab::Client)) -> dto::Client {
    dto::Client { index, label: client.to_string(), address: client.address.map(|address| address.to_string()) }
}

pub fn target((index, target): (usize, lab::Target)) -> dto::Target {
    dto::Target {
        index,
        label: target.to_string(),
        service: target.service.to_string(),
        destination: target.destination.to_string(),
        protocol: target.protocol.to_string(),
    }
}

/// A node's rules in a lane, and the cluster, in every format that they have.
pub fn export(lab: &lab::Lab, lane: usize, node: usize) -> Vec<dto::ExportedFile> {
    let mode = lab.lanes.get(lane).map(|lane| lane.mode);
    let Some(subject) = mode.and_then(|mode| Subject::of(lab, mode, node)) else {
        return Vec::new();
    };
    let file = |format: Format, File { name, text, note }| dto::ExportedFile {
        format: format.to_string(),
        name,
        text,
        note: note.to_string(),
    };
    let files = |format: Format| export::export(&subject, format).into_iter().map(move |found| file(format, found));
    Format::ALL.into_iter().flat_map(files).collect()
}

/// A node's rules in a lane, with the reasons for each line.
pub fn ruleset(lab: &lab::Lab, lane: usize, node: usize) -> Vec<dto::RulesetSection> {
    let listing = lab.lanes.get(lane).map(|lane| Listing::of(&lane.network, node, lab.now)).unwrap_or_default();
    let provenance = Provenance::of(lab, lane, node, &listing);
    let line = |section: usize, (number, line): (usize, &lab::Line)| dto::RulesetLine {
        text: line.text.clone(),
        reasons: provenance.reasons(section, number).map(reason).collect(),
    };
    let sections = listing.sections.iter().enumerate();
    let section = |(index, section): (usize, &lab::Section)| dto::RulesetSection {
        command: section.title.clone(),
        lines: section.lines.iter().enumerate().map(|numbered| line(index, numbered)).collect(),
    };
    sections.map(section).collect()
}

fn reason(reason: &Reason) -> dto::Reason {
    let text = reason.to_string();
    match reason {
        Reason::Always => dto::Reason { kind: None, object: None, field: None, text },
        Reason::Setting { kind, path, .. } | Reason::Every { kind, path, .. } => {
            dto::Reason { kind: Some(kind), object: None, field: Some((*path).to_owned()), text }
        }
        Reason::Field { kind, object, path, .. } => {
            dto::Reason { kind: Some(kind), object: Some(object.to_string()), field: Some(path.clone()), text }
        }
    }
}

/// The latest journey of a lane.
pub fn journey(lane: &Lane) -> Option<dto::Journey> {
    let journey = lane.journeys.last()?;
    let told = journey.outcome.tell(&lane.network);
    let outcome = dto::Outcome {
        ending: match journey.outcome.ending() {
            Ending::Answered => "answered",
            Ending::Rejected => "rejected",
            Ending::Dropped => "dropped",
        },
        text: told.text.to_string(),
        why: told.why.map(|why| why.to_string()).unwrap_or_default(),
    };
    let moments = journey.moments().iter().filter_map(|moment| self::moment(lane, journey, moment)).collect();
    Some(dto::Journey {
        datapath: lane.mode.to_string(),
        outcome,
        request: journey.cost(Way::Request).into(),
        reply: journey.cost(Way::Reply).into(),
        moments,
    })
}

fn moment(lane: &Lane, journey: &lab::Journey, moment: &lab::Moment) -> Option<dto::Moment> {
    let leg = journey.legs.get(moment.leg)?;
    let step = journey.step(moment)?;
    let header = journey.header(moment)?;
    let told = narrate(&lane.network, journey, moment)?;
    let tuple = header.packet.tuple();
    Some(dto::Moment {
        node: leg.node_name.to_string(),
        way: match leg.way {
            Way::Request => "request",
            Way::Reply => "reply",
        },
        hook: step.hook.map(|hook| hook.to_string()),
        text: told.text.to_string(),
        why: told.why.map(|why| why.to_string()).unwrap_or_default(),
        cost: step.cost.into(),
        packet: dto::Packet {
            protocol: tuple.protocol.to_string(),
            source: tuple.src.to_string(),
            destination: tuple.dst.to_string(),
            ttl: header.packet.ttl,
            mark: header.mark,
        },
    })
}

pub fn control_path(lab: &lab::Lab, path: &ControlPath) -> dto::ControlPath {
    dto::ControlPath {
        command: path.command.clone(),
        rounds: path.rounds.iter().map(|round| control_round(lab, round)).collect(),
    }
}

fn control_round(lab: &lab::Lab, round: &ControlRound) -> dto::ControlRound {
    let verb = |verb: Verb| match verb {
        Verb::Added => "added",
        Verb::Modified => "modified",
        Verb::Deleted => "deleted",
    };
    let object = |object: &lab::ChangedObject| format!("{} {} {}", verb(object.verb), object.kind, object.name);
    let syncs = lab.lanes.iter().zip(&round.written).flat_map(|(lane, written)| {
        written.iter().map(move |written| dto::Sync {
            datapath: lane.mode.to_string(),
            node: lane.network.node_names.get(written.node).map(ToString::to_string).unwrap_or_default(),
            commands: writings(&written.sync).into_iter().map(command).collect(),
            effort: written.sync.effort().into(),
        })
    });
    dto::ControlRound {
        actor: round.actor.to_string(),
        text: round.what.to_string(),
        objects: round.objects.iter().map(object).collect(),
        services: round.services.iter().map(ToString::to_string).collect(),
        syncs: syncs.collect(),
    }
}

fn command(Writing { command, input, only_reads }: Writing) -> dto::Command {
    dto::Command { text: command, input, only_reads }
}

impl From<Effort> for dto::Effort {
    fn from(effort: Effort) -> Self {
        Self {
            tool_runs: effort.tool_runs,
            netlink_requests: effort.netlink_requests,
            transactions: effort.transactions,
            bytes: effort.bytes,
            lines: effort.lines,
            rules_written: effort.rules.written,
            chains_written: effort.chains.written,
            chains_deleted: effort.chains.deleted,
            elements_written: effort.elements.written,
            elements_deleted: effort.elements.deleted,
            virtual_servers_written: effort.virtual_servers.written,
            virtual_servers_deleted: effort.virtual_servers.deleted,
            real_servers_written: effort.real_servers.written,
            real_servers_deleted: effort.real_servers.deleted,
            connections_deleted: effort.connections_deleted,
        }
    }
}

impl From<dto::PacketOptions> for Wanted {
    fn from(dto::PacketOptions { client, target, port, protocol }: dto::PacketOptions) -> Self {
        let port = port.map(|port| match port {
            dto::Port::Number(number) => number.to_string(),
            dto::Port::Name(name) => name,
        });
        Self {
            client: client.unwrap_or_default(),
            target: target.unwrap_or_default(),
            port: port.unwrap_or_default(),
            protocol: protocol.unwrap_or_default(),
        }
    }
}

impl From<dto::FigureOptions> for Words {
    fn from(options: dto::FigureOptions) -> Self {
        let dto::FigureOptions {
            text,
            link,
            scenario,
            datapaths,
            view,
            client,
            target,
            port,
            protocol,
            step,
            controls,
            lab,
        } = options;
        Self { text, link, scenario, datapaths, view, client, target, port, protocol, step, controls, lab }
    }
}

pub fn figure(model: &Model) -> dto::FigureState {
    let datapath = model.lab().lanes.get(model.lane).map(|lane| lane.mode.to_string()).unwrap_or_default();
    dto::FigureState {
        step: model.tick,
        steps: model.ticks(),
        packet: model.shown.as_ref().map_or(0, |shown| shown.packet),
        sent: model.sent(),
        playing: model.playing,
        datapaths: model.datapaths().iter().map(ToString::to_string).collect(),
        datapath,
        client: model.client.as_ref().map(ToString::to_string).unwrap_or_default(),
        target: model.target.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}
