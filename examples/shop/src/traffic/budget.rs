//! How much is played, and what is left of it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

/// How much is played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The customers leave after this time.
    pub time: Duration,
    /// How much longer they stay if the shop was too slow to answer all requests by then.
    pub patience: Duration,
    /// The customers leave after this many requests between them, which are spread over the time.
    pub requests: u64,
    /// Decides who buys what.
    pub seed: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self { time: Duration::from_mins(1), patience: Duration::ZERO, requests: 5000, seed: 1 }
    }
}

/// What is left of a plan; shared by the customers.
pub(crate) struct Budget {
    plan: Plan,
    begin: Instant,
    taken: AtomicU64,
}

impl Budget {
    pub(crate) fn new(plan: &Plan) -> Arc<Self> {
        Arc::new(Self { plan: plan.clone(), begin: Instant::now(), taken: AtomicU64::new(0) })
    }

    /// When the shop closes to customers.
    pub(crate) fn end(&self) -> Instant {
        self.begin + self.plan.time + self.plan.patience
    }

    /// Takes one request out, if there is one left and it is not too late. Waits for its turn, so that the requests
    /// are spread over the whole time.
    pub(crate) async fn take(&self) -> bool {
        let turn = self.taken.fetch_add(1, Ordering::Relaxed);
        if turn >= self.plan.requests {
            return false;
        }
        sleep_until(self.begin + self.plan.time.mul_f64(turn as f64 / self.plan.requests as f64)).await;
        Instant::now() < self.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_budget_ends() {
        let budget = |requests, time| Budget::new(&Plan { time, requests, ..Plan::default() });
        let two = budget(2, Duration::from_millis(2));
        assert!(two.take().await || Instant::now() >= two.end());
        assert!(two.take().await || Instant::now() >= two.end());
        assert!(!two.take().await, "there were two");
        assert!(!budget(2, Duration::ZERO).take().await, "there was no time");
    }
}
