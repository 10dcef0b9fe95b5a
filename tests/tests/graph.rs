//! Pictures of chains: an edge is under no box but its two ends, whatever the cluster and the packet.

use std::fs;
use std::path::PathBuf;

use datapath_core::graph::{Bend, Edge, Picture, Vertex, draw};
use datapath_core::lab::{Lab, WEB_SHOP};

/// One of a folder of recorded clusters.
const EVERY: usize = 7;

fn clusters() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cases/kube-proxy");
    let mut names: Vec<_> =
        fs::read_dir(folder).expect("recordings").map(|entry| entry.expect("an entry").path()).collect();
    names.sort();
    let recorded = names.into_iter().filter(|path| path.is_dir()).step_by(EVERY).map(|path| {
        let text = fs::read_to_string(path.join("cluster.yaml")).expect("a cluster");
        (path.file_name().expect("a name").to_string_lossy().into_owned(), text)
    });
    std::iter::once(("the web shop".to_owned(), WEB_SHOP.to_owned())).chain(recorded).collect()
}

#[test]
fn no_edge_is_under_a_box_that_is_not_its_end() {
    let (mut edges, mut long) = (0, 0);
    for (name, text) in clusters() {
        let Ok(mut lab) = Lab::open(&text, 1) else {
            continue;
        };
        for target in lab.targets().into_iter().step_by(5) {
            let Some(client) = lab.clients().into_iter().next() else {
                continue;
            };
            lab.send(&client, &target);
            for lane in &lab.lanes {
                for node in 0..lane.network.node_names.len() {
                    let machine = lane.network.node(node).expect("a node");
                    let leg = lane.journeys.iter().flat_map(|journey| &journey.legs).find(|leg| leg.node == node);
                    let picture = draw(machine, leg.map(|leg| &leg.tracer.trace), None);
                    for edge in &picture.edges {
                        edges += 1;
                        long += usize::from(edge.bends.len() > 1);
                        assert_clear(&picture, edge, &format!("{name}, {}, {target}", lane.mode));
                    }
                }
            }
        }
    }
    assert!(edges > 1000 && long > 100, "{edges} edges, {long} of them over several layers");
}

/// A curve of a bend stays in the rectangle of its ends.
fn assert_clear(picture: &Picture, edge: &Edge, of: &str) {
    let (from, to) = (&picture.vertices[edge.from], &picture.vertices[edge.to]);
    let mut at = (from.x + from.width, from.y + from.height / 2.0);
    let mut parts = Vec::new();
    for Bend { from, to } in &edge.bends {
        assert!(
            close(at.1, from.1) && at.0 <= from.0 && from.0 < to.0,
            "{of}: not level, or not to the right: {edge:?}"
        );
        parts.extend([(at, *from), (*from, *to)]);
        at = *to;
    }
    assert!(close(at.0, to.x) && close(at.1, to.y + to.height / 2.0), "{of}: {edge:?} does not end at {to:?}");
    for (number, vertex) in picture.vertices.iter().enumerate() {
        if number != edge.from && number != edge.to {
            let under = parts.iter().find(|part| is_under(vertex, part));
            assert_eq!(under, None, "{of}: {edge:?} is under {vertex:?}");
        }
        let inside = vertex.x >= 0.0 && vertex.y >= 0.0;
        let inside = inside && vertex.x + vertex.width <= picture.width && vertex.y + vertex.height <= picture.height;
        assert!(inside, "{of}: {vertex:?} is not in the picture");
    }
    let inside = edge.bends.iter().all(|bend| (0.0..=picture.height).contains(&bend.to.1));
    assert!(inside, "{of}: {edge:?} is not in the picture");
}

fn is_under(vertex: &Vertex, &((x1, y1), (x2, y2)): &((f64, f64), (f64, f64))) -> bool {
    let across = x1.max(vertex.x) < x2.min(vertex.x + vertex.width);
    across && y1.min(y2) < vertex.y + vertex.height && y1.max(y2) > vertex.y
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-6
}
