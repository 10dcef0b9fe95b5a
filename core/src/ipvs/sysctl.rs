use crate::netfilter::{Seconds, Setting};

/// The settings under `net.ipv4.vs`, with the kernel's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sysctls {
    /// Keep the conntrack entries of packets that IPVS sends on.
    pub conntrack: bool,
    /// Bit 0: a SYN in a connection that has ended is scheduled anew. Bit 1: also in `FIN_WAIT`.
    pub conn_reuse_mode: u8,
    /// Forget a connection when its real server is gone, so that its next packet is scheduled anew.
    pub expire_nodest_conn: bool,
    /// A persistence template whose real server has weight 0 no longer holds.
    pub expire_quiescent_template: bool,
    /// Any TCP packet but a reset may open a connection.
    pub sloppy_tcp: bool,
    /// Answer a real server's packets of no known connection with an ICMP error.
    pub nat_icmp_send: bool,
    /// How long lblc and lblcr remember an unused destination.
    pub locality_expiration: Seconds,
}

impl Default for Sysctls {
    fn default() -> Self {
        Self {
            conntrack: false,
            conn_reuse_mode: 1,
            expire_nodest_conn: false,
            expire_quiescent_template: false,
            sloppy_tcp: false,
            nat_icmp_send: false,
            locality_expiration: 24 * 60 * 60,
        }
    }
}

impl Sysctls {
    /// As kube-proxy leaves them; it does not touch `conn_reuse_mode` from Linux 5.9 on
    /// (`NewProxier` in `pkg/proxy/ipvs/proxier.go`).
    pub fn kube_proxy() -> Self {
        Self { conntrack: true, expire_nodest_conn: true, expire_quiescent_template: true, ..Self::default() }
    }

    /// Sets what is called so under `net.ipv4.vs`.
    pub fn set(&mut self, name: &str, value: &str) -> Setting {
        match name {
            "conntrack" => Setting::switch(value, &mut self.conntrack),
            "conn_reuse_mode" => Setting::number(value, 0, &mut self.conn_reuse_mode),
            "expire_nodest_conn" => Setting::switch(value, &mut self.expire_nodest_conn),
            "expire_quiescent_template" => Setting::switch(value, &mut self.expire_quiescent_template),
            "sloppy_tcp" => Setting::switch(value, &mut self.sloppy_tcp),
            "nat_icmp_send" => Setting::switch(value, &mut self.nat_icmp_send),
            "lblc_expiration" | "lblcr_expiration" => Setting::number(value, 0, &mut self.locality_expiration),
            _ => Setting::Unknown,
        }
    }
}

/// What `ipvsadm --set` changes, with the kernel's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    pub tcp: Seconds,
    pub tcp_fin: Seconds,
    pub udp: Seconds,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { tcp: 15 * 60, tcp_fin: 2 * 60, udp: 5 * 60 }
    }
}
