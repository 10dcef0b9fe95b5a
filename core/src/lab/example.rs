/// The cluster that the lab opens with: a small web shop on three nodes, as kubectl prints it.
pub const WEB_SHOP: &str = include_str!("web-shop.yaml");
