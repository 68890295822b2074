//! Reports that nobody should run where customers are served: each keeps a connection for as long as it takes.

use crate::{
    faults::{Fault, Faults},
    store::Store,
};
use std::time::Duration;
use tokio::{
    task::{JoinHandle, JoinSet},
    time::sleep,
};

/// How many run at a time: a customer waits for several of them before there is a connection.
const REPORTS: usize = 16;

/// How long one takes.
const TIME: Duration = Duration::from_secs(1);

/// The reports that run while [`Fault::Slow`] is on.
pub(crate) struct Reports(JoinHandle<()>);

impl Reports {
    /// Runs them from now on, whenever the fault is on.
    pub(crate) fn start(store: Store, faults: Faults) -> Self {
        Self(tokio::spawn(run(store, faults)))
    }

    /// Ends them; their connections go back.
    pub(crate) async fn stop(self) {
        self.0.abort();
        // That it was aborted is what was wanted.
        let _ = self.0.await;
    }
}

async fn run(store: Store, faults: Faults) {
    loop {
        faults.wait_until(Fault::Slow, true).await;
        let mut reports = JoinSet::new();
        for _ in 0..REPORTS {
            let store = store.clone();
            reports.spawn(async move {
                loop {
                    // One that waited in vain tries again: its customers do as well.
                    let _ = store.report(sleep(TIME)).await;
                }
            });
        }
        faults.wait_until(Fault::Slow, false).await;
        reports.shutdown().await;
    }
}
