//! Long work in short turns, on the one thread that a page has.
//!
//! What may take longer than a frame is an `async fn` that calls [`yield_now`] now and then: whoever polls it does
//! something else between two turns, or drops it. Who has no such hurry calls [`block_on`]. There is no executor
//! and nothing is ever waited for: a task that is polled again goes on.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Ends the turn.
pub async fn yield_now() {
    let mut yielded = false;
    poll_fn(|_| if std::mem::replace(&mut yielded, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// Ends the turn after every so many items of a loop: after one at first, and then after twice as many each time, since a
/// browser compiles what runs for the first time at that moment, which takes longer than the work itself.
#[derive(Debug)]
pub struct Turns {
    done: usize,
    now: usize,
    length: usize,
}

impl Turns {
    /// `length`: how many items one turn takes in the long run.
    pub const fn of(length: usize) -> Self {
        Self { done: 0, now: 1, length }
    }

    /// Counts an item; the turn ends with the last one that it takes.
    pub async fn count(&mut self) {
        self.done += 1;
        if self.done >= self.now {
            self.done = 0;
            self.now = (2 * self.now).min(self.length);
            yield_now().await;
        }
    }
}

/// Takes one turn of a task.
pub fn turn<F: Future + Unpin>(task: &mut F) -> Poll<F::Output> {
    pin!(task).poll(&mut Context::from_waker(Waker::noop()))
}

/// Takes all turns of a task, one after the other.
pub fn block_on<F: Future>(task: F) -> F::Output {
    let mut task = pin!(task);
    loop {
        if let Poll::Ready(output) = turn(&mut task) {
            return output;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::task::Poll;

    use super::{Turns, block_on, turn};

    #[test]
    fn a_turn_ends_where_the_task_says() {
        let done = Cell::new(0);
        let mut task = Box::pin(async {
            let mut turns = Turns::of(3);
            for _ in 0..10 {
                done.set(done.get() + 1);
                turns.count().await;
            }
            "ready"
        });
        for so_far in [1, 3, 6, 9] {
            assert_eq!((turn(&mut task), done.get()), (Poll::Pending, so_far));
        }
        assert_eq!((turn(&mut task), done.get()), (Poll::Ready("ready"), 10));
    }

    #[test]
    fn blocking_takes_all_turns() {
        let sum = block_on(async {
            let mut turns = Turns::of(1);
            let mut sum = 0;
            for number in 1..=10 {
                sum += number;
                turns.count().await;
            }
            sum
        });
        assert_eq!(sum, 55);
    }
}
