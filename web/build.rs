//! How the page's program is linked.

fn main() {
    // Objects of data stay apart, so that those that a page does not need at first can come later (split/);
    // wasm-opt leaves them so (index.html).
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo::rustc-link-arg-bins=--no-merge-data-segments");
        // Data begins behind the stack: no number that the program counts or compares with is an address so far up.
        println!("cargo::rustc-link-arg-bins=-zstack-size=2424832");
    }
}
