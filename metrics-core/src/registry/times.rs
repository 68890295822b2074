//! How long scrapes take, and how large expositions are.

use crate::{
    encode::CHUNK,
    visit::{HistogramPoint, Labels, Visitor},
};
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// What is known of earlier scrapes.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// How long they took. One addition for each scrape, so it is a plain lock around plain numbers.
    took: Mutex<([u64; BOUNDS.len() + 1], f64)>,
    /// How many bytes the last one had, and some more.
    size: AtomicUsize,
}

/// In seconds.
const BOUNDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

impl Times {
    pub(super) fn size(&self) -> usize {
        self.size.load(Ordering::Relaxed)
    }

    pub(super) fn set_size(&self, size: usize) {
        self.size.store(size + size / 8 + CHUNK / 2, Ordering::Relaxed);
    }

    pub(super) fn add(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let bucket = BOUNDS.iter().filter(|&&bound| bound < seconds).count();
        let mut times = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = times.0.get_mut(bucket) {
            *count += 1;
        }
        times.1 += seconds;
    }

    pub(super) fn show(&self, visitor: &mut dyn Visitor) {
        let (counts, sum) = *self.took.lock().unwrap_or_else(PoisonError::into_inner);
        visitor.histogram(Labels::NONE, HistogramPoint { bounds: BOUNDS, counts: &counts, sum });
    }
}
