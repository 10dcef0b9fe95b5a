//! How the page's program is linked.

use std::env;

fn main() {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|given| given == value);
    // A page that is built for release is split by what the linker knows of data (split/): objects stay apart, and the
    // relocations tell which of them an address means. wasm-opt leaves both as they are (index.html); what it warns of is
    // that it does not keep the relocations up to date, which are read from the linker's own output.
    if is("CARGO_CFG_TARGET_ARCH", "wasm32") && is("PROFILE", "release") {
        println!("cargo::rustc-link-arg-bins=--no-merge-data-segments");
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
