//! A manager that does as it is told.

use std::{
    fmt,
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU32, Ordering},
    },
};

/// What happens to those who want to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Connects,
    Refuses,
    Hangs,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Manager {
    mood: Arc<AtomicU8>,
    opened: Arc<AtomicU32>,
    broken: Arc<AtomicU8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://user:hunter2@host: refused")
    }
}

impl std::error::Error for Refused {}

impl Manager {
    pub(crate) fn set(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }

    /// Says of all connections that they are broken.
    pub(crate) fn break_all(&self) {
        self.broken.store(1, Ordering::SeqCst);
    }

    fn open(&self) -> Result<u32, Refused> {
        if self.mood.load(Ordering::SeqCst) == Mood::Refuses as u8 {
            return Err(Refused);
        }
        Ok(self.opened.fetch_add(1, Ordering::SeqCst))
    }

    async fn open_or_hang(&self) -> Result<u32, Refused> {
        if self.mood.load(Ordering::SeqCst) == Mood::Hangs as u8 {
            pending::<()>().await;
        }
        self.open()
    }
}

impl bb8::ManageConnection for Manager {
    type Connection = u32;
    type Error = Refused;

    async fn connect(&self) -> Result<u32, Refused> {
        self.open_or_hang().await
    }

    async fn is_valid(&self, _: &mut u32) -> Result<(), Refused> {
        Ok(())
    }

    fn has_broken(&self, _: &mut u32) -> bool {
        self.broken.load(Ordering::SeqCst) != 0
    }
}
