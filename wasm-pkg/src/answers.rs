//! Questions that one call answers.

use datapath_core::lab::{self, ClusterSize, cost_at};
use datapath_core::proxy::Mode;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::errors::{self, error, open};
use crate::handle::list;
use crate::{describe, dto};

/// Packets of a connection, and Services of a synthetic cluster, that are answered for in seconds.
const MOST_PACKETS: u32 = 1000;
const MOST_SERVICES: usize = 20_000;

/// Reads a cluster, or a node as its tools print it, and says what is in it and what is wrong with it. Throws for no text.
#[wasm_bindgen]
pub fn parse(text: &str) -> Result<Ts<dto::Parsed>, JsError> {
    let parsed = match lab::Lab::open(text, 1) {
        Ok(lab) => dto::Parsed {
            usable: true,
            kind: if lab.is_copied() { "node" } else { "cluster" },
            title: lab.title().to_string(),
            nodes: node_names(&lab),
            services: lab.cluster.services.iter().map(|service| service.name.to_string()).collect(),
            clients: lab.clients().into_iter().enumerate().map(describe::client).collect(),
            targets: lab.targets().into_iter().enumerate().map(describe::target).collect(),
            diagnostics: lab.remarks().iter().map(dto::Diagnostic::from).collect(),
        },
        Err(refused) => dto::Parsed {
            usable: false,
            kind: "cluster",
            title: String::new(),
            nodes: Vec::new(),
            services: Vec::new(),
            clients: Vec::new(),
            targets: Vec::new(),
            diagnostics: refused.diagnostics.iter().map(dto::Diagnostic::from).collect(),
        },
    };
    Ok(parsed.into_ts()?)
}

/// A cluster as the files that kube-proxy's rules are on a node.
///
/// @throws A `LabError` for a text that is no cluster, and for a datapath, node or format that there is none of.
#[wasm_bindgen]
pub fn translate(text: &str, options: Option<Ts<dto::TranslateOptions>>) -> Result<Vec<Ts<dto::Translation>>, JsValue> {
    let options: dto::TranslateOptions = errors::options(options, &["datapath", "node", "format", "seed"])?;
    let lab = open(text, options.seed)?;
    let nodes = node_names(&lab);
    let node = match &options.node {
        Some(wanted) => nodes.iter().position(|node| node == wanted),
        None => Some(0),
    };
    let Some(node) = node else {
        let wanted = options.node.unwrap_or_default();
        return Err(error(&format!("there is no Node {wanted:?}: expected one of {}", nodes.join(", ")), &[]));
    };
    let lanes = lanes(&lab, options.datapath.as_slice())?;
    let files = lanes.into_iter().flat_map(|lane| {
        let datapath = lab.lanes[lane].mode.to_string();
        describe::export(&lab, lane, node).into_iter().map(move |file| (datapath.clone(), file))
    });
    let name = nodes.get(node).cloned().unwrap_or_default();
    let translation = |(datapath, file): (String, dto::ExportedFile)| {
        let dto::ExportedFile { format, name: file_name, text, note } = file;
        dto::Translation { datapath, node: name.clone(), format, name: file_name, text, note }
    };
    let all: Vec<_> = files.map(translation).collect();
    let Some(format) = options.format else {
        return Ok(list(all.into_iter())?);
    };
    let mut known: Vec<_> = all.iter().map(|found| found.format.clone()).collect();
    known.sort();
    known.dedup();
    let found: Vec<_> = all.into_iter().filter(|found| found.format == format).collect();
    if found.is_empty() {
        return Err(error(&format!("there is no format {format:?}: expected one of {}", known.join(", ")), &[]));
    }
    Ok(list(found.into_iter())?)
}

/// What a packet meets, in every datapath, all the way there and back.
///
/// @throws A `LabError` for a text that is no cluster, and for a packet that nobody can send.
#[wasm_bindgen]
pub fn trace(text: &str, options: Option<Ts<dto::TraceOptions>>) -> Result<Vec<Ts<dto::Journey>>, JsValue> {
    if let Some(given) = &options {
        let packet = js_sys::Reflect::get(&given.js_value(), &"packet".into())?;
        errors::known(&packet, &dto::PacketOptions::NAMES)?;
    }
    let options: dto::TraceOptions = errors::options(options, &["packet", "datapaths", "packets", "seed"])?;
    let mut lab = open(text, options.seed)?;
    let lanes = lanes(&lab, &options.datapaths)?;
    let packets = options.packets.unwrap_or(1);
    if !(1..=MOST_PACKETS).contains(&packets) {
        return Err(error(&format!("{packets} packets: expected 1 to {MOST_PACKETS}"), &[]));
    }
    let wanted = options.packet.unwrap_or_default().into();
    let (client, target) = lab.wanted(&wanted).map_err(|why| error(&why.to_string(), &[]))?;
    if !lab.send(&client, &target) {
        return Err(error(&format!("{client} has no address of the IP family of {target}"), &[]));
    }
    for _ in 1..packets {
        lab.send_next();
    }
    Ok(list(lanes.into_iter().filter_map(|lane| describe::journey(&lab.lanes[lane])))?)
}

/// What a packet costs in each datapath, in a cluster of so many Services with two endpoints each.
///
/// @throws A `LabError` for a number that is not from 1 to 20,000.
#[wasm_bindgen]
pub fn cost(services: u32) -> Result<Vec<Ts<dto::CostPoint>>, JsValue> {
    let services = usize::try_from(services).unwrap_or(usize::MAX);
    if !(1..=MOST_SERVICES).contains(&services) {
        return Err(error(&format!("{services} Services: expected 1 to {MOST_SERVICES}"), &[]));
    }
    let points = Mode::ALL.map(|mode| {
        let point = cost_at(mode, ClusterSize::of_services(services))
            .map_err(|refused| error("the lab's own cluster", &refused.diagnostics))?;
        Ok(dto::CostPoint {
            datapath: mode.to_string(),
            services: point.size.services,
            first: point.first.into(),
            following: point.following.into(),
        })
    });
    let points: Vec<dto::CostPoint> = points.into_iter().collect::<Result<_, JsValue>>()?;
    Ok(list(points.into_iter())?)
}

fn node_names(lab: &lab::Lab) -> Vec<String> {
    let names = lab.lanes.first().map(|lane| &lane.network.node_names);
    names.into_iter().flatten().map(ToString::to_string).collect()
}

/// The lanes of these datapaths; all if none is named.
fn lanes(lab: &lab::Lab, datapaths: &[String]) -> Result<Vec<usize>, JsValue> {
    let known = || lab.lanes.iter().map(|lane| lane.mode.to_string());
    let unknown = |datapath: &String| {
        let known: Vec<_> = known().collect();
        error(&format!("there is no datapath {datapath:?}: expected {}", known.join(", ")), &[])
    };
    if datapaths.is_empty() {
        return Ok((0..lab.lanes.len()).collect());
    }
    let find = |datapath: &String| known().position(|known| known == *datapath).ok_or_else(|| unknown(datapath));
    datapaths.iter().map(find).collect()
}
