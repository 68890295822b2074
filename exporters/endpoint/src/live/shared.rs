//! What the sampler and all pages share.

use std::{io, sync::Arc};

use bytes::Bytes;
use tallymark_panels::Access;
use tokio::{
    sync::{Mutex, Semaphore},
    task::spawn_blocking,
};

use super::{settings::Live, state::State};
use crate::{coding::Coding, source::Source};

/// The samples, and what is evaluated for the pages that are open.
///
/// The lock is waited for as a task and held by one blocking task at a time, so that any number of pages takes one of the threads
/// that encode scrapes.
#[derive(Debug)]
pub(crate) struct LivePage {
    pub(super) settings: Live,
    source: Source,
    state: Arc<Mutex<State>>,
    /// Held while a snapshot is taken because a page asks for it, so that others wait for that one.
    asking: Mutex<()>,
    /// An export holds samples that the history has forgotten, so there is one at a time.
    pub(super) exports: Arc<Semaphore>,
}

impl LivePage {
    pub(crate) fn new(settings: Live, access: Option<Access>, source: Source) -> Self {
        let state = State::new(&settings, access, source);
        Self {
            settings,
            source,
            state: Arc::new(Mutex::new(state)),
            asking: Mutex::new(()),
            exports: Arc::new(Semaphore::new(1)),
        }
    }

    /// Does something with the state, where it may take its time.
    pub(super) async fn with_state<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut State) -> T + Send + 'static,
    ) -> io::Result<T> {
        let mut state = Arc::clone(&self.state).lock_owned().await;
        spawn_blocking(move || work(&mut state)).await.map_err(io::Error::other)
    }

    /// Takes a sample.
    pub(super) async fn sample(&self) -> io::Result<()> {
        // Collectors may be slow, and pages do not wait for them.
        let source = self.source;
        let snapshot = spawn_blocking(move || source.snapshot()).await.map_err(io::Error::other)?;
        self.with_state(move |state| state.sample(&snapshot)).await
    }

    /// Takes the first sample, if there is none yet.
    pub(super) async fn begin(&self) -> io::Result<()> {
        let _asking = self.asking.lock().await;
        if self.with_state(|state| state.is_empty()).await? { self.sample().await } else { Ok(()) }
    }

    /// Returns the JSON of the report of the doctor, which is made once between two samples.
    pub(super) async fn report(&self, coding: Coding) -> io::Result<Bytes> {
        let _asking = self.asking.lock().await;
        let known = self.with_state(move |state| state.report().map(|report| report.get(coding))).await?;
        if let Some(report) = known {
            return report;
        }
        let source = self.source;
        let snapshot = spawn_blocking(move || source.snapshot()).await.map_err(io::Error::other)?;
        self.with_state(move |state| state.examine(snapshot).get(coding)).await?
    }
}
