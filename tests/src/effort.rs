//! How much of a processor something takes.

use std::fs;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// What `work` took of a processor.
pub fn of<R>(work: impl FnOnce() -> R) -> Duration {
    let begin = spent();
    drop(work());
    spent().saturating_sub(begin)
}

/// What this thread has had of a processor; on systems that do not say so, what has gone by.
fn spent() -> Duration {
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let schedule = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let on_processor = schedule.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok());
    on_processor.map_or_else(|| BEGIN.elapsed(), Duration::from_nanos)
}
