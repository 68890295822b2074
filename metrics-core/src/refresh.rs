//! What is asked for its values now and then, by a task.

use std::{future::Future, pin::Pin, time::Duration};

/// A refresh under way: whether it succeeded.
pub type Refreshing<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

/// A metric that asks for its values when it is told to, and shows them until it asks again.
pub trait Refresh: Sync {
    /// How long after one refresh the next begins.
    fn every(&self) -> Duration;

    /// How long a refresh may take.
    fn timeout(&self) -> Duration;

    /// Asks for the values. What is shown changes only if it succeeds.
    fn refresh(&self) -> Refreshing<'_>;
}
