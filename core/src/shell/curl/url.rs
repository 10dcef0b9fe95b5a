#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
}

/// As much of a URL as a connection and a request need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url<'t> {
    pub scheme: Scheme,
    /// Without the brackets of an IPv6 address.
    pub host: &'t str,
    pub port: u16,
    /// What is asked for, with the slash before it.
    pub path: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flawed {
    Malformed,
    /// No protocol of curl's.
    Scheme(String),
    /// What curl has and the lab has not.
    NotModelled,
}

/// `curl -V`, without those that the lab sends.
const OTHERS: [&str; 25] = [
    "dict", "file", "ftp", "ftps", "gopher", "gophers", "imap", "imaps", "ldap", "ldaps", "mqtt", "pop3", "pop3s",
    "rtmp", "rtsp", "scp", "sftp", "smb", "smbs", "smtp", "smtps", "telnet", "tftp", "ws", "wss",
];

impl<'t> Url<'t> {
    pub fn read(text: &'t str) -> Result<Self, Flawed> {
        let (scheme, rest) = match text.split_once("://") {
            Some((name, rest)) => (scheme(&name.to_ascii_lowercase())?, rest),
            None => (Scheme::Http, text),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') || text.contains(['{', '}']) || path.contains(['[', ']']) {
            return Err(Flawed::NotModelled);
        }
        let (host, port) = split(authority).ok_or(Flawed::Malformed)?;
        let port = match (port, scheme) {
            (Some(digits), _) => digits.parse().map_err(|_| Flawed::Malformed)?,
            (None, Scheme::Http) => 80,
            (None, Scheme::Https) => 443,
        };
        let path = path.split('#').next().unwrap_or_default();
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self { scheme, host, port, path: format!("{slash}{path}") })
    }

    /// The header: a port that goes without saying is not in it.
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.to_owned() };
        match (self.scheme, self.port) {
            (Scheme::Http, 80) | (Scheme::Https, 443) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

fn scheme(name: &str) -> Result<Scheme, Flawed> {
    match name {
        "http" => Ok(Scheme::Http),
        "https" => Ok(Scheme::Https),
        other if OTHERS.contains(&other) => Err(Flawed::NotModelled),
        other => Err(Flawed::Scheme(other.to_owned())),
    }
}

fn split(authority: &str) -> Option<(&str, Option<&str>)> {
    let (host, rest) = match authority.strip_prefix('[') {
        Some(inner) => inner.split_once(']')?,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let is_host = !host.is_empty() && !host.contains(|sign: char| sign.is_whitespace() || sign.is_control());
    let port = match rest {
        "" | ":" => None,
        rest => Some(rest.strip_prefix(':')?),
    };
    is_host.then_some((host, port))
}
