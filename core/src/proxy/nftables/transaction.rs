use crate::net::Family;
use crate::proxy::Cause;
use crate::proxy::program::Lines;

/// The commands for the table kube-proxy, as knftables prints them.
pub(super) struct Transaction {
    lines: Lines,
    /// What follows the verb and the kind of object: ` ip kube-proxy `.
    table: &'static str,
}

impl Transaction {
    pub fn new(family: Family, lines: Lines) -> Self {
        let table = match family {
            Family::V4 => " ip kube-proxy ",
            Family::V6 => " ip6 kube-proxy ",
        };
        Self { lines, table }
    }

    /// Makes room for what so many service ports and endpoints come to.
    pub fn reserve(&mut self, ports: usize, endpoints: usize) {
        self.lines.reserve(512 * ports + 32 * endpoints, 6 * ports);
    }

    pub fn finish(self) -> (String, Vec<Cause>) {
        self.lines.into_parts()
    }

    pub fn add_table(&mut self, comment: &str) {
        self.lines.push(Cause::ALWAYS, &["add table", self.table, "{ comment \"", comment, "\" ; }"]);
    }

    /// `properties` is empty, or what stands between the braces.
    pub fn add_chain(&mut self, cause: Cause, name: &str, properties: &str) {
        let (open, close) = if properties.is_empty() { ("", "") } else { (" { ", " ; }") };
        self.lines.push(cause, &["add chain", self.table, name, open, properties, close]);
    }

    pub fn delete_chain(&mut self, cause: Cause, name: &str) {
        self.lines.push(cause, &["delete chain", self.table, name]);
    }

    pub fn flush_chain(&mut self, cause: Cause, name: &str) {
        self.lines.push(cause, &["flush chain", self.table, name]);
    }

    /// Makes sure that a chain is there and holds nothing (`ensureChain`).
    pub fn ensure_chain(&mut self, cause: Cause, name: &str) {
        self.add_chain(cause, name, "");
        self.flush_chain(cause, name);
    }

    pub fn add_rule(&mut self, cause: Cause, chain: &str, rule: &[&str]) {
        self.lines.push_all(cause, &[&["add rule", self.table, chain, " "], rule]);
    }

    pub fn add_commented_rule(&mut self, cause: Cause, chain: &str, rule: &[&str], comment: &str) {
        self.lines.push_all(cause, &[&["add rule", self.table, chain, " "], rule, &[" comment \"", comment, "\""]]);
    }

    pub fn add_set(&mut self, cause: Cause, name: &str, properties: &[&str]) {
        self.lines.push_all(cause, &[&["add set", self.table, name, " { type "], properties, &[" ; }"]]);
    }

    pub fn add_map(&mut self, cause: Cause, name: &str, properties: &[&str]) {
        self.lines.push_all(cause, &[&["add map", self.table, name, " { type "], properties, &[" ; }"]]);
    }

    pub fn delete_set(&mut self, cause: Cause, name: &str) {
        self.lines.push(cause, &["delete set", self.table, name]);
    }

    pub fn flush_set(&mut self, cause: Cause, name: &str) {
        self.lines.push(cause, &["flush set", self.table, name]);
    }

    /// An element of a set, or of a map if there is a value.
    pub fn add_element(&mut self, cause: Cause, container: &str, key: &str, comment: &str, value: &str) {
        let comment = if comment.is_empty() { ["", "", ""] } else { [" comment \"", comment, "\""] };
        let value = if value.is_empty() { ["", ""] } else { [" : ", value] };
        self.lines.push_all(cause, &[&["add element", self.table, container, " { ", key], &comment, &value, &[" }"]]);
    }

    pub fn delete_element(&mut self, cause: Cause, container: &str, key: &str) {
        self.lines.push(cause, &["delete element", self.table, container, " { ", key, " }"]);
    }
}
