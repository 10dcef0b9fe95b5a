use datapath_core::chance::explore;
use serde_json::Value;

use super::answer::Answer;
use super::case::Packet;
use super::machine::Machine;

/// More ways than kube-proxy's rules give any packet of the cases.
const MOST_WAYS: usize = 512;

impl Machine {
    /// Of everything that the model could do with a packet, goes the way whose outcome is the kernel's (`out` of its
    /// answer), and says whether there is one. Otherwise it goes the first way.
    ///
    /// # Errors
    /// Says which part of the packet is not what it should be.
    pub fn follow(&mut self, packet: &Packet, kernel: &Value) -> Result<(Answer, bool), String> {
        let ways = explore(MOST_WAYS, |chance| {
            let mut machine = self.clone();
            machine.packet(packet, chance).map(|answer| (answer, machine))
        });
        let ways = ways.into_iter().map(|(way, _)| way).collect::<Result<Vec<_>, _>>()?;
        let found = ways.iter().position(|(answer, _)| same_packets(&answer.to_json()["out"], kernel));
        let way = ways.into_iter().nth(found.unwrap_or(0));
        let (answer, machine) = way.ok_or("the packet has no way at all")?;
        *self = machine;
        Ok((answer, found.is_some()))
    }
}

/// Whether the same packets came out. Source ports that masquerading picked at random are not compared.
pub fn same_packets(model: &Value, kernel: &Value) -> bool {
    let (Some(model), Some(kernel)) = (model.as_array(), kernel.as_array()) else {
        return false;
    };
    let fields = ["iface", "src", "dst", "proto", "ttl", "dport", "flags", "type", "code"];
    model.len() == kernel.len()
        && model
            .iter()
            .zip(kernel)
            .all(|(model, kernel)| fields.iter().all(|field| model.get(field) == kernel.get(field)))
}
