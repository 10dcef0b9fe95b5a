use super::Kept;
use crate::net::Family;

/// A match that no packet of the model can make come out otherwise: it asks for IPsec, for headers behind the one of IPv6
/// or for what a helper expected, and the node has none of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMatch {
    pub kept: Kept,
    pub answer: bool,
}

impl KnownMatch {
    /// The answer if it is known, else the match as it was.
    pub fn new(kept: Kept, family: Family) -> Result<Self, Kept> {
        let has = |words: &str| kept.options.contains(words);
        let answer = match (&*kept.name, family) {
            // `ipv6_find_hdr` does not find the header; that is no match even where the option is inverted.
            ("rt" | "hbh" | "dst" | "srh", Family::V6) => false,
            // `policy_mt`: without a path of security only `none` fits.
            ("policy", _) => has("--pol none"),
            // `helper_mt`: only a connection that was expected has a master.
            ("helper", _) => has("! --helper"),
            _ => return Err(kept),
        };
        Ok(Self { kept, answer })
    }
}
