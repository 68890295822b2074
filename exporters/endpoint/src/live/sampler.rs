//! The task that samples the metrics.

use std::sync::Arc;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::shared::LivePage;

/// Takes samples for as long as the endpoint runs.
///
/// The first one is taken after one interval: it fixes the configuration of the registry, which a program may install after it has
/// started the endpoint.
pub(crate) async fn run(page: Arc<LivePage>) {
    let every = page.settings.interval;
    let mut turns = interval_at(Instant::now() + every, every);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        // A collector that panics is counted by the registry, and the next sample comes.
        let _ = page.sample().await;
    }
}
