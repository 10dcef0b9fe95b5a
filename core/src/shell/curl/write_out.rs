//! `-w`: what is told of a transfer in a form of one's own (`tool_writeout.c`).

use super::options::Wanted;
use crate::message;
use crate::net::Endpoint;
use crate::shell::Status;
use crate::shell::Stream;
use crate::shell::call::Call;

/// What is known of a transfer at its end.
#[derive(Clone, Debug)]
pub(super) struct Transfer<'w> {
    url: &'w str,
    method: &'w str,
    local: Option<Endpoint>,
    pub remote: Option<Endpoint>,
    pub is_answered: bool,
    pub milliseconds: u64,
    status: Status,
    error: String,
}

impl<'w> Transfer<'w> {
    pub const fn of(url: &'w str, method: &'w str) -> Self {
        Self {
            url,
            method,
            local: None,
            remote: None,
            is_answered: false,
            milliseconds: 0,
            status: 0,
            error: String::new(),
        }
    }

    pub const fn connected(&mut self, local: Option<Endpoint>, remote: Endpoint) {
        self.local = local;
        self.remote = Some(remote);
    }

    pub fn end(&mut self, status: Status, error: &str) {
        self.status = status;
        error.clone_into(&mut self.error);
    }

    /// What a variable stands for; None for one that the lab has no value of.
    fn value(&self, name: &str) -> Option<String> {
        let address = |of: Option<Endpoint>| of.map_or_else(String::new, |end| end.address.to_string());
        let port = |of: Option<Endpoint>| of.map_or(0, |end| end.port).to_string();
        Some(match name {
            "http_code" | "response_code" if !self.is_answered => "000".to_owned(),
            "http_version" if !self.is_answered => "0".to_owned(),
            "http_connect" => "000".to_owned(),
            "size_download" | "size_header" | "num_headers" | "speed_download" if !self.is_answered => "0".to_owned(),
            "content_type" | "redirect_url" if !self.is_answered => String::new(),
            "scheme" if self.remote.is_none() => String::new(),
            "scheme" => "HTTP".to_owned(),
            "remote_ip" => address(self.remote),
            "remote_port" => port(self.remote),
            "local_ip" => address(self.local),
            "local_port" => port(self.local),
            "num_connects" => u8::from(self.remote.is_some()).to_string(),
            "num_redirects" if !self.is_answered => "0".to_owned(),
            "url" => self.url.to_owned(),
            "method" => self.method.to_owned(),
            "exitcode" => self.status.to_string(),
            "errormsg" => self.error.clone(),
            "time_total" => format!("{}.{:03}000", self.milliseconds / 1000, self.milliseconds % 1000),
            "time_connect" | "time_namelookup" | "time_pretransfer" | "time_starttransfer" | "time_appconnect"
            | "time_redirect" => "0.000000".to_owned(),
            _ => return None,
        })
    }
}

/// All that there are (`variables`), but for those that end or move the text.
const NAMES: &str = "certs content_type errormsg exitcode filename_effective ftp_entry_path header_json http_code \
    http_connect http_version json local_ip local_port method num_certs num_connects num_headers num_redirects \
    proxy_ssl_verify_result redirect_url referer remote_ip remote_port response_code scheme size_download size_header \
    size_request size_upload speed_download speed_upload ssl_verify_result time_appconnect time_connect \
    time_namelookup time_pretransfer time_redirect time_starttransfer time_total url url_effective urlnum";

pub(super) fn write(call: &mut Call<'_>, wanted: &Wanted<'_>, transfer: &Transfer<'_>) {
    let mut rest = wanted.format;
    let mut stream = Stream::Out;
    let mut unknown = Vec::new();
    let mut has_time = false;
    while let Some(sign) = rest.chars().next() {
        let (text, length) = match (sign, rest.get(1..2)) {
            ('%', Some("%")) => ("%".to_owned(), 2),
            ('%', Some("{")) => match rest.find('}') {
                Some(end) => (variable(call, transfer, &rest[2..end], &mut stream, &mut unknown), end + 1),
                None => ("%{".to_owned(), 2),
            },
            ('\\', Some("n")) => ("\n".to_owned(), 2),
            ('\\', Some("r")) => ("\r".to_owned(), 2),
            ('\\', Some("t")) => ("\t".to_owned(), 2),
            _ => (sign.to_string(), sign.len_utf8()),
        };
        if rest.starts_with("%{onerror}") && transfer.status == 0 {
            break;
        }
        has_time |= rest.starts_with("%{time_");
        call.output.write(stream, &text);
        rest = &rest[length..];
    }
    if !unknown.is_empty() {
        call.remark(message!("shell-curl-unknown", names = unknown.join(", ")));
    }
    if has_time {
        call.remark(message!("shell-no-time"));
    }
}

fn variable(
    call: &mut Call<'_>,
    transfer: &Transfer<'_>,
    name: &str,
    stream: &mut Stream,
    unknown: &mut Vec<String>,
) -> String {
    match name {
        "stdout" => *stream = Stream::Out,
        "stderr" => *stream = Stream::Err,
        "onerror" => {}
        name if !NAMES.split(' ').any(|known| known == name) => {
            call.err(&format!("curl: unknown --write-out variable: '{name}'\n"));
        }
        name => {
            if let Some(value) = transfer.value(name) {
                return value;
            }
            unknown.push(format!("%{{{name}}}"));
        }
    }
    String::new()
}
