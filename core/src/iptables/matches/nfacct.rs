use super::super::given::{Given, Refusal};
use super::super::words::write_quoted;
use super::Match;

pub fn read(given: &Given<'_>) -> Result<Match, Refusal> {
    let name = given.required(given.text("--nfacct-name"), "nfacct", "--nfacct-name")?;
    Ok(Match::Nfacct(name.into()))
}

pub fn write(out: &mut String, name: &str) {
    // The tool prints a blank of its own, and `xtables_save_string` one more.
    out.push_str(" --nfacct-name ");
    write_quoted(out, name);
}
