//! `curl` 7.88.1, as far as the connection.

mod options;
mod url;
mod write_out;

use std::net::IpAddr;

use super::Status;
use super::call::Call;
use super::errno::Errno;
use super::sending::{Met, Unresolved};
use crate::lab::{Outcome, Place};
use crate::message;
use crate::net::{Endpoint, Protocol};
use options::Wanted;
use url::{Flawed, Scheme, Url};
use write_out::Transfer;

pub(super) fn run(call: &mut Call<'_>) -> Status {
    let words: Vec<String> = call.words.to_vec();
    let wanted = match options::read(call, &words) {
        Ok(wanted) => wanted,
        Err(status) => return status,
    };
    if wanted.shows_meter {
        call.remark(message!("shell-curl-meter"));
    }
    let mut status = 0;
    for url in &wanted.urls {
        let mut transfer = Transfer::of(url, wanted.method());
        status = match fetch(call, &wanted, url, &mut transfer) {
            Ok(status) => status,
            Err(failed) => fail(call, &wanted, failed, &mut transfer),
        };
        write_out::write(call, &wanted, &transfer);
    }
    status
}

/// How a transfer ended that did not go well.
struct Failed {
    status: Status,
    text: String,
    /// Whether `-v` says so, too, before the connection is closed.
    is_told: bool,
    /// The number that `-v` has for it: there is none before a name was looked up.
    connection: i8,
}

impl Failed {
    fn new(status: Status, text: &str) -> Self {
        Self { status, text: text.to_owned(), is_told: true, connection: 0 }
    }
}

fn fail(call: &mut Call<'_>, wanted: &Wanted<'_>, failed: Failed, transfer: &mut Transfer<'_>) -> Status {
    if failed.is_told {
        wanted.tell(call, &failed.text);
    }
    wanted.tell(call, &format!("Closing connection {}", failed.connection));
    if wanted.shows_errors {
        call.err(&format!("curl: ({}) {}\n", failed.status, failed.text));
    }
    transfer.end(failed.status, &failed.text);
    failed.status
}

fn fetch(call: &mut Call<'_>, wanted: &Wanted<'_>, text: &str, transfer: &mut Transfer<'_>) -> Result<Status, Failed> {
    let url = match Url::read(text) {
        Ok(url) => url,
        Err(Flawed::Malformed) => {
            let text = "URL using bad/illegal format or missing URL";
            return Err(Failed { is_told: false, connection: -1, ..Failed::new(3, text) });
        }
        Err(Flawed::Scheme(name)) => {
            let text = format!("Protocol \"{name}\" not supported or disabled in libcurl");
            return Err(Failed { connection: -1, ..Failed::new(1, &text) });
        }
        Err(Flawed::NotModelled) => return Ok(call.not_modelled(text)),
    };
    let addresses = resolve(call, wanted, &url)?;
    connect(call, wanted, &url, &addresses, transfer)?;
    let (host, port) = (url.host, url.port);
    let place = match wanted.resolved(host, port).or_else(|| transfer.remote.map(|remote| remote.address)) {
        Some(address) => address.to_string(),
        None => host.to_owned(),
    };
    wanted.tell(call, &format!("Connected to {host} ({place}) port {port} (#0)"));
    if url.scheme == Scheme::Http && wanted.is_verbose {
        call.err(&wanted.request(&url));
    }
    Ok(request(call, wanted, &url, transfer))
}

fn resolve(call: &mut Call<'_>, wanted: &Wanted<'_>, url: &Url<'_>) -> Result<Vec<IpAddr>, Failed> {
    for (host, port, address) in &wanted.resolves {
        wanted.tell(call, &format!("Added {host}:{port}:{address} to DNS cache"));
    }
    if let Some(address) = wanted.resolved(url.host, url.port) {
        wanted.tell(call, &format!("Hostname {} was found in DNS cache", url.host));
        return Ok(vec![address]);
    }
    let mut addresses = call.addresses_of(url.host, wanted.family).map_err(|why| match why {
        Unresolved::OtherFamily if url.host.parse::<IpAddr>().is_ok() => {
            Failed { is_told: false, ..Failed::new(7, "Couldn't connect to server") }
        }
        _ => Failed::new(6, &format!("Could not resolve host: {}", url.host)),
    })?;
    // It knows `localhost` itself, IPv4 first (`get_localhost`).
    if url.host == "localhost" {
        addresses.sort_by_key(IpAddr::is_ipv6);
    }
    Ok(addresses)
}

/// Tries the addresses one after the other; the next one does not wait for one that is silent.
fn connect(
    call: &mut Call<'_>,
    wanted: &Wanted<'_>,
    url: &Url<'_>,
    addresses: &[IpAddr],
    transfer: &mut Transfer<'_>,
) -> Result<(), Failed> {
    let port = url.port;
    let mut is_silent = false;
    for address in addresses {
        let destination = Endpoint::new(*address, port);
        wanted.tell(call, &format!("  Trying {destination}..."));
        bind(call, wanted, url, *address)?;
        match call.connect(Protocol::Tcp, destination, wanted.local_port) {
            Met::Reached => {
                if let Some(port) = wanted.local_port {
                    wanted.tell(call, &format!("Local port: {port}"));
                }
                transfer.connected(call.source_of_last(), destination);
                return Ok(());
            }
            Met::Unsendable(why) => wanted.tell(call, &format!("Immediate connect fail for {address}: {why}")),
            Met::Refused(why) => wanted.tell(call, &format!("connect to {address} port {port} failed: {why}")),
            Met::Silence => is_silent = true,
        }
    }
    if is_silent {
        return Err(silence(call, wanted, url, transfer));
    }
    let host = url.host;
    Err(Failed::new(7, &format!("Failed to connect to {host} port {port} after 0 ms: Couldn't connect to server")))
}

/// `--interface` with an address, which must be one of the machine's.
fn bind(call: &mut Call<'_>, wanted: &Wanted<'_>, url: &Url<'_>, towards: IpAddr) -> Result<(), Failed> {
    let Some(source) = wanted.source else {
        return Ok(());
    };
    wanted.tell(call, &format!("Name '{source}' family 2 resolved to '{source}' family 2"));
    let is_own = call.node().is_none_or(|node| node.stack.routing.source_for(towards) == Some(source));
    if is_own {
        wanted.tell(call, "Local port: 0");
        return Ok(());
    }
    let text = format!("bind failed with errno 99: {}", Errno::AddressNotAvailable);
    wanted.tell(call, &text);
    let (host, port) = (url.host, url.port);
    wanted.tell(
        call,
        &format!("Failed to connect to {host} port {port} after 0 ms: Failed binding local connection end"),
    );
    Err(Failed { is_told: false, ..Failed::new(45, &text) })
}

/// Nothing came back for as long as it was to wait.
fn silence(call: &mut Call<'_>, wanted: &Wanted<'_>, url: &Url<'_>, transfer: &mut Transfer<'_>) -> Failed {
    let (host, port) = (url.host, url.port);
    match (wanted.longest, wanted.longest_to_connect) {
        (most, Some(limit)) if most.is_none_or(|most| limit < most) => {
            pass(call, limit, transfer);
            wanted.tell(call, &format!("ipv4 connect timeout after {limit}ms, move on!"));
            let text = format!("Failed to connect to {host} port {port} after {limit} ms: Timeout was reached");
            Failed::new(28, &text)
        }
        (Some(limit), _) => {
            pass(call, limit, transfer);
            Failed::new(28, &format!("Connection timed out after {limit} milliseconds"))
        }
        (None, _) => {
            call.err("^C\n");
            call.remark(message!("shell-interrupted"));
            Failed { is_told: false, ..Failed::new(130, "") }
        }
    }
}

/// Lets the time pass for which the program waits. The lab's clock counts whole seconds.
fn pass(call: &mut Call<'_>, milliseconds: u64, transfer: &mut Transfer<'_>) {
    let _ = call.lab.wait(milliseconds.div_ceil(1000).clamp(1, 600));
    transfer.milliseconds = milliseconds;
}

/// The request on the open connection. What servers send back is theirs: the lab has none of it.
fn request(call: &mut Call<'_>, wanted: &Wanted<'_>, url: &Url<'_>, transfer: &mut Transfer<'_>) -> Status {
    match call.send_next() {
        Some(Outcome::Answered { server, request, .. }) => {
            transfer.is_answered = true;
            let server = call.name_of(&server);
            call.remark(message!("shell-answered", server = server, address = request.src.to_string()));
            if url.scheme == Scheme::Http {
                wanted.tell(call, &format!("Connection #0 to host {} left intact", url.host));
            }
            0
        }
        _ => {
            call.remark(message!("shell-no-answer"));
            call.err("^C\n");
            130
        }
    }
}

impl Call<'_> {
    /// Where the packet that was sent last came from.
    fn source_of_last(&self) -> Option<Endpoint> {
        let lane = self.lab.lanes.get(self.at.lane(self.lab)?)?;
        lane.flow().map(|flow| flow.tuple.src)
    }

    /// What a place is called.
    pub fn name_of(&self, place: &Place) -> String {
        let network = self.at.lane(self.lab).and_then(|lane| self.lab.lanes.get(lane)).map(|lane| &lane.network);
        match place {
            Place::Pod(address) => network
                .and_then(|network| network.pods.get(address))
                .map_or_else(|| address.to_string(), |pod| pod.name.to_string()),
            Place::Process(node) => {
                network.and_then(|network| network.node_names.get(*node)).map_or_else(String::new, ToString::to_string)
            }
            Place::Outside => "outside".to_owned(),
            Place::Behind(device) => device.to_string(),
        }
    }
}
