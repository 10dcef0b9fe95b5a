use datapath_core::lab;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::errors::open;
use crate::{describe, dto};

/// A cluster in all three datapaths.
#[wasm_bindgen]
pub struct Lab {
    lab: lab::Lab,
}

#[wasm_bindgen]
impl Lab {
    /// Reads a cluster as `kubectl get svc,endpointslices,nodes -A -o yaml` prints it; without a text, the built-in
    /// web shop. The same seed gives the same random choices.
    ///
    /// @throws A `LabError` with what is wrong with the text, each with line and column.
    #[wasm_bindgen(constructor)]
    pub fn new(cluster: Option<String>, seed: Option<u32>) -> Result<Self, JsValue> {
        let text = cluster.as_deref().unwrap_or(lab::WEB_SHOP);
        open(text, seed).map(|lab| Self { lab })
    }

    /// The built-in cluster as YAML.
    pub fn example() -> String {
        lab::WEB_SHOP.to_owned()
    }

    /// Warnings and notes about the text.
    pub fn diagnostics(&self) -> Result<Vec<Ts<dto::Diagnostic>>, JsError> {
        list(self.lab.remarks().iter().map(dto::Diagnostic::from))
    }

    pub fn clients(&self) -> Result<Vec<Ts<dto::Client>>, JsError> {
        list(self.lab.clients().into_iter().enumerate().map(describe::client))
    }

    pub fn targets(&self) -> Result<Vec<Ts<dto::Target>>, JsError> {
        list(self.lab.targets().into_iter().enumerate().map(describe::target))
    }

    /// Opens a new connection and sends its first packet: one journey for each datapath.
    ///
    /// @throws An `Error` if there is no such client or target, or the client has no address of its IP family.
    pub fn send(&mut self, client: usize, target: usize) -> Result<Vec<Ts<dto::Journey>>, JsError> {
        let client = self.lab.clients().into_iter().nth(client);
        let target = self.lab.targets().into_iter().nth(target);
        let (Some(client), Some(target)) = (client, target) else {
            return Err(JsError::new("no such client or target: take an index of clients() and of targets()"));
        };
        if !self.lab.send(&client, &target) {
            return Err(JsError::new("the client has no address of the target's IP family"));
        }
        self.journeys()
    }

    /// Sends the next packet of the same connection.
    ///
    /// @throws An `Error` if no connection is open.
    #[wasm_bindgen(js_name = sendNext)]
    pub fn send_next(&mut self) -> Result<Vec<Ts<dto::Journey>>, JsError> {
        if !self.lab.send_next() {
            return Err(JsError::new("no connection is open: call send() first"));
        }
        self.journeys()
    }

    /// What can be done to the cluster now, as commands for `act`: kubectl's, and `lab` for what nobody types, such as
    /// a node that fails. Scaling is offered by one; any number may be written.
    pub fn offers(&self) -> Vec<String> {
        self.lab.inventory().offers().iter().map(lab::command).collect()
    }

    /// Does something to the cluster, lets the controllers and kube-proxies follow, and tells how. Open connections go
    /// on.
    ///
    /// @throws An `Error` if the command is none of those of `offers`, or cannot be done.
    pub fn act(&mut self, command: &str) -> Result<Ts<dto::ControlPath>, JsError> {
        let action = lab::parse_command(command)
            .ok_or_else(|| JsError::new(&format!("no such command: {command}; offers() lists those that there are")))?;
        let path = self.lab.act(&action).map_err(|error| JsError::new(&error.to_string()))?;
        Ok(describe::control_path(&self.lab, &path).into_ts()?)
    }

    /// The rules of a node as its tools print them, each line with the fields that caused it.
    ///
    /// @throws An `Error` if there is no such datapath or node.
    pub fn ruleset(
        &self,
        #[wasm_bindgen(unchecked_param_type = "\"iptables\" | \"nftables\" | \"ipvs\"")] datapath: &str,
        node: &str,
    ) -> Result<Vec<Ts<dto::RulesetSection>>, JsError> {
        let (lane, node) = self.place(datapath, node)?;
        list(describe::ruleset(&self.lab, lane, node).into_iter())
    }

    /// The cluster and the rules of a node as files for the real tools, in every format that the datapath has.
    ///
    /// @throws An `Error` if there is no such datapath or node.
    pub fn export(
        &self,
        #[wasm_bindgen(unchecked_param_type = "\"iptables\" | \"nftables\" | \"ipvs\"")] datapath: &str,
        node: &str,
    ) -> Result<Vec<Ts<dto::ExportedFile>>, JsError> {
        let (lane, node) = self.place(datapath, node)?;
        list(describe::export(&self.lab, lane, node).into_iter())
    }

    fn place(&self, datapath: &str, node: &str) -> Result<(usize, usize), JsError> {
        let lane = self.lab.lanes.iter().position(|lane| lane.mode.to_string() == datapath);
        let node = lane.and_then(|lane| self.lab.lanes.get(lane)?.network.node_index(node));
        lane.zip(node).ok_or_else(|| {
            JsError::new("no such datapath or node: take iptables, nftables or ipvs, and the name of a Node")
        })
    }

    fn journeys(&self) -> Result<Vec<Ts<dto::Journey>>, JsError> {
        list(self.lab.lanes.iter().filter_map(describe::journey))
    }
}

pub fn list<T: Tsify + serde::Serialize>(values: impl Iterator<Item = T>) -> Result<Vec<Ts<T>>, JsError> {
    values.map(|value| value.into_ts().map_err(Into::into)).collect()
}
