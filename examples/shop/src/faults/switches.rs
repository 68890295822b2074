//! Which faults are on.

use super::fault::Fault;
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::watch;

/// While [`Fault::Database`] is on, one statement in so many fails.
const ONE_IN: u64 = 3;

/// Which faults are on. A clone is the same thing.
#[derive(Clone)]
pub struct Faults(Arc<Shared>);

struct Shared {
    /// A bit for each fault that is on.
    on: watch::Sender<u8>,
    /// Statements that might have failed.
    statements: AtomicU64,
}

impl Faults {
    pub(crate) fn new(faults: &[Fault]) -> Self {
        let on = faults.iter().fold(0, |on, fault| on | fault.bit());
        Self(Arc::new(Shared { on: watch::Sender::new(on), statements: AtomicU64::new(0) }))
    }

    /// Turns a fault on or off.
    pub fn set(&self, fault: Fault, on: bool) {
        self.0.on.send_modify(|bits| if on { *bits |= fault.bit() } else { *bits &= !fault.bit() });
    }

    /// Whether a fault is on.
    pub fn is_on(&self, fault: Fault) -> bool {
        *self.0.on.borrow() & fault.bit() != 0
    }

    /// Whether the next statement should fail: some of them, so that what comes after a statement goes on, too.
    pub(crate) fn fails_statement(&self) -> bool {
        self.is_on(Fault::Database)
            && self.0.statements.fetch_add(1, Ordering::Relaxed).is_multiple_of(ONE_IN)
    }

    /// Waits until a fault is on, or off.
    pub(crate) async fn wait_until(&self, fault: Fault, on: bool) {
        let mut bits = self.0.on.subscribe();
        // The sender is in `self`, so there is no error.
        let _ = bits.wait_for(|bits| (bits & fault.bit() != 0) == on).await;
    }
}

/// No fault is on.
impl Default for Faults {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(Fault::ALL.into_iter().filter(|&fault| self.is_on(fault))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_turned_on_and_off() {
        let faults = Faults::new(&[Fault::Cache, Fault::Slow]);
        assert_eq!(format!("{faults:?}"), "{Cache, Slow}");
        faults.set(Fault::Cache, false);
        faults.set(Fault::Payments, true);
        assert_eq!(format!("{faults:?}"), "{Payments, Slow}");
        assert!(format!("{:?}", Faults::default()) == "{}");
    }

    #[test]
    fn some_statements_fail() {
        let faults = Faults::default();
        assert!(!faults.fails_statement());
        faults.set(Fault::Database, true);
        let failed = (0..3 * ONE_IN).filter(|_| faults.fails_statement()).count();
        assert_eq!(failed, 3);
    }

    #[tokio::test]
    async fn a_change_is_waited_for() {
        let faults = Faults::default();
        faults.wait_until(Fault::Slow, false).await;
        let waiting = tokio::spawn({
            let faults = faults.clone();
            async move { faults.wait_until(Fault::Slow, true).await }
        });
        faults.set(Fault::Cache, true);
        faults.set(Fault::Slow, true);
        waiting.await.expect("no panic");
    }
}
