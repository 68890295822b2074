//! Drivers that block.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::{self, JoinHandle};

use super::{MigrationStatus, SourceError};

type Result = std::result::Result<MigrationStatus, SourceError>;

/// A blocking question, asked on a thread that may block.
pub(super) struct Blocking {
    question: Arc<Mutex<dyn FnMut() -> Result + Send>>,
    /// The question that was given up waiting for. There is at most one, so that a database which hangs costs one
    /// thread and not one each time.
    running: Option<JoinHandle<Result>>,
}

impl Blocking {
    pub(super) fn new(question: impl FnMut() -> Result + Send + 'static) -> Self {
        Self { question: Arc::new(Mutex::new(question)), running: None }
    }

    pub(super) async fn ask(&mut self) -> Result {
        let running = self.running.get_or_insert_with(|| {
            let question = Arc::clone(&self.question);
            task::spawn_blocking(move || {
                // One that panicked before may do better now.
                let mut question = question.lock().unwrap_or_else(PoisonError::into_inner);
                question()
            })
        });
        let answer = running.await;
        self.running = None;
        answer?
    }
}
