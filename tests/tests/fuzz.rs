//! A short run of every target of `fuzz/`, over damaged recordings: nothing may panic, nor take long.
//!
//! `DATAPATH_FUZZ_SECONDS` makes the run as long as wanted, with other damages each time; a fault says how to repeat it.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{env, fs, thread};

use datapath_core::chance::Chance;
use datapath_tests::fuzz::{TARGETS, Target, damage};

/// Longer recordings take their time in an unoptimised build, and have nothing that shorter ones lack.
const LONGEST: u64 = 12_000;
/// How many texts each target gets at least.
const TEXTS: u64 = 100;
/// No text of this size may take longer, on however slow a machine.
const LONG: Duration = Duration::from_secs(10);

fn recordings() -> Vec<String> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")];
    let mut found: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if fs::metadata(&path).is_ok_and(|file| file.len() < LONGEST) {
                found.push(path);
            }
        }
    }
    found.sort();
    found.into_iter().filter_map(|path| fs::read_to_string(path).ok()).collect()
}

fn pick(chance: &mut Chance, count: usize) -> usize {
    chance.below(u32::try_from(count).unwrap_or(u32::MAX)) as usize
}

/// One to four damages of a text that the target takes, or of any.
fn text(seed: u64, own: &[&String], all: &[String]) -> String {
    let mut chance = Chance::seeded(seed);
    let from_own = !own.is_empty() && pick(&mut chance, 10) > 0;
    let mut text =
        if from_own { own[pick(&mut chance, own.len())].clone() } else { all[pick(&mut chance, all.len())].clone() };
    for _ in 0..=pick(&mut chance, 4) {
        let other = &all[pick(&mut chance, all.len())];
        text = damage(&text, other, &mut chance);
    }
    text
}

/// In a thread of its own, as one that never ends could not be told of otherwise.
fn outcome(target: fn(&str) -> bool, text: String) -> Result<bool, RecvTimeoutError> {
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || done.send(target(&text)));
    is_done.recv_timeout(LONG)
}

/// With as many texts as there are, or for so long from seed `first` on.
fn check((name, target): Target, first: u64, limit: Option<Duration>, all: &[String]) {
    let own: Vec<&String> = all.iter().filter(|text| target(text)).collect();
    assert!(!own.is_empty(), "{name}: takes no recording");
    let (mut taken, begin) = (0, Instant::now());
    let goes_on = |seed: u64| limit.map_or(seed < first + TEXTS, |limit| begin.elapsed() < limit);
    for seed in (first..).take_while(|seed| goes_on(*seed)) {
        let text = text(seed, &own, all);
        match outcome(target, text.clone()) {
            Ok(is_taken) => taken += usize::from(is_taken),
            Err(fault) => {
                let file = env::temp_dir().join(format!("{name}-{seed}"));
                let kept =
                    fs::write(&file, &text).map_or_else(|error| error.to_string(), |()| file.display().to_string());
                let what = match fault {
                    RecvTimeoutError::Timeout => format!("not done after {LONG:?}"),
                    RecvTimeoutError::Disconnected => "panicked".to_owned(),
                };
                panic!("{name}: seed {seed}: {what} with {} bytes: {kept}", text.len());
            }
        }
    }
    assert!(taken > 0, "{name}: takes no damaged text");
}

#[test]
fn damaged_recordings_harm_no_reader() {
    let all = recordings();
    let seconds = env::var("DATAPATH_FUZZ_SECONDS").ok().and_then(|text| text.parse::<u64>().ok());
    let targets = u32::try_from(TARGETS.len()).unwrap_or(u32::MAX);
    let limit = seconds.map(|seconds| Duration::from_secs(seconds) / targets);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    for target in TARGETS {
        check(target, if limit.is_some() { now << 24 } else { 0 }, limit, &all);
    }
}
