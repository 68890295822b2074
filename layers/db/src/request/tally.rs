//! The statements of one request.

use std::cell::RefCell;

/// So many different statements of one request are told apart; those after them are only counted.
const STATEMENTS: usize = 64;

/// So many tallies of ended requests are kept on each thread for requests to come.
const SPARES: usize = 64;

thread_local! {
    #[expect(clippy::vec_box, reason = "a box goes from one request to the next as it is")]
    static SPARE: RefCell<Vec<Box<Tally>>> = const { RefCell::new(Vec::new()) };
}

/// How often the statements of a request were executed.
#[derive(Debug)]
pub(super) struct Tally {
    queries: u64,
    /// Fingerprints and how often they came; an empty place has the fingerprint zero.
    statements: [(u64, u32); STATEMENTS],
}

impl Tally {
    const EMPTY: Self = Self { queries: 0, statements: [(0, 0); STATEMENTS] };

    /// An empty one: that of an ended request, so that nothing is allocated in the long run.
    pub(super) fn take() -> Box<Self> {
        let spare = SPARE.try_with(|spare| spare.try_borrow_mut().ok()?.pop()).ok().flatten();
        spare.unwrap_or_else(|| Box::new(Self::EMPTY))
    }

    /// Keeps it for another request.
    pub(super) fn give_back(mut self: Box<Self>) {
        *self = Self::EMPTY;
        let _ = SPARE.try_with(|spare| match spare.try_borrow_mut() {
            Ok(mut spare) if spare.len() < SPARES => spare.push(self),
            _ => {}
        });
    }

    pub(super) fn queries(&self) -> u64 {
        self.queries
    }

    /// Takes a statement, and answers how often it has come by now; zero if it is not told apart.
    pub(super) fn add(&mut self, fingerprint: u64) -> u32 {
        self.queries += 1;
        let start = usize::try_from(fingerprint % STATEMENTS as u64).unwrap_or(0);
        let (before, after) = self.statements.split_at_mut(start);
        for (known, times) in after.iter_mut().chain(before) {
            if *known == fingerprint || *known == 0 {
                *known = fingerprint;
                *times = times.saturating_add(1);
                return *times;
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::{STATEMENTS, Tally};

    #[test]
    fn statements_are_told_apart_until_there_is_no_place() {
        let mut tally = Tally::take();
        let last = STATEMENTS as u64;
        for fingerprint in 1..=last {
            // All of them want the same place.
            assert_eq!(tally.add(fingerprint * last), 1);
        }
        assert_eq!(tally.add(last), 2);
        assert_eq!(tally.add(7), 0);
        assert_eq!(tally.queries(), last + 2);
        tally.give_back();
        assert_eq!(Tally::take().queries(), 0);
    }
}
