//! A network namespace of the running kernel, for one thread.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::{fs, io, thread};

use nix::sched::{CloneFlags, unshare};

/// Runs `work` in a fresh namespace, which is gone afterwards.
///
/// # Errors
/// Says why there is no namespace to be had, or what `work` says.
pub fn within<R: Send>(work: impl FnOnce() -> Result<R, String> + Send) -> Result<R, String> {
    let inside = || {
        unshare(CloneFlags::CLONE_NEWNET).map_err(|error| format!("no network namespace: {error}"))?;
        work()
    };
    thread::scope(|scope| scope.spawn(inside).join()).unwrap_or_else(|_| Err("the thread of the namespace died".into()))
}

/// What a command prints, given its standard input.
///
/// # Errors
/// What it complains of.
pub fn command(words: &[&str], input: &str) -> Result<String, String> {
    let [program, arguments @ ..] = words else {
        return Err("no command".to_owned());
    };
    let failed = |error: io::Error| format!("{program}: {error}");
    let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
    let mut child = Command::new(program)
        .args(arguments)
        .env("PATH", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that ends before it has read all says why on its standard error.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(failed)?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr).trim()))
    }
}

/// Sets a value under `/proc/sys`.
///
/// # Errors
/// Names the setting that cannot be set.
pub fn sysctl(name: &str, value: &str) -> Result<(), String> {
    fs::write(format!("/proc/sys/{name}"), value).map_err(|error| format!("{name}: {error}"))
}
