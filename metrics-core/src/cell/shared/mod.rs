//! Cells in a file that other processes read: where [`memory`](super::memory) gets them if there is one.
//!
//! Whether there is one is decided when the first block is obtained, or before by [`start`].

mod file;
#[doc(hidden)]
pub mod format;
mod system;

pub(super) use file::{Growth, SHARED};

use super::sync::AtomicU64;
use file::Identity;
use std::{
    ffi::CStr,
    ptr::NonNull,
    sync::{
        Once,
        atomic::{AtomicI32, AtomicU32, Ordering},
    },
};
use system::{Errno, Fd};

static DECIDED: Once = Once::new();

/// Why there is no file although the environment asks for one: the step, and the system's error.
static FAILED: (AtomicU32, AtomicI32) = (AtomicU32::new(0), AtomicI32::new(0));

/// What could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub enum Step {
    /// The directory could not be opened.
    Open,
    /// It is on a network file system.
    Network,
    /// No file could be made there.
    Create,
    /// Something was counted before.
    Late,
}

/// Why there is no file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub struct NotShared {
    /// What could not be done.
    pub step: Step,
    /// The error number of the system, or 0.
    pub errno: i32,
}

fn open(directory: &CStr, identity: &Identity<'_>) -> Result<(), NotShared> {
    let error = |step| move |Errno(errno)| NotShared { step, errno };
    let directory = Fd::open_directory(directory).map_err(error(Step::Open))?;
    if directory.is_on_a_network() {
        directory.close();
        return Err(NotShared { step: Step::Network, errno: 0 });
    }
    SHARED.create(directory, identity).map_err(|errno| {
        directory.close();
        error(Step::Create)(errno)
    })?;
    Ok(())
}

/// Decides, unless that was done. From here on cells are where they are.
fn decide() -> bool {
    DECIDED.call_once(|| {
        let Some(directory) = system::variable(c"TALLYMARK_PROCESSES_DIR") else { return };
        let variable = |name| system::variable(name).map(CStr::to_bytes).unwrap_or_default();
        let program = system::program();
        let identity = Identity {
            program: program.text(),
            group: variable(c"TALLYMARK_PROCESSES_GROUP"),
            label: variable(c"TALLYMARK_PROCESSES_LABEL"),
        };
        if let Err(NotShared { step, errno }) = open(directory, &identity) {
            FAILED.0.store(step as u32 + 1, Ordering::Relaxed);
            FAILED.1.store(errno, Ordering::Relaxed);
        }
    });
    SHARED.is_on()
}

/// Counts in a file in this directory from here on.
pub(crate) fn start(directory: &CStr, group: &str, label: &str) -> Result<(), NotShared> {
    let mut result = Err(NotShared { step: Step::Late, errno: 0 });
    DECIDED.call_once(|| {
        let program = system::program();
        let identity = Identity { program: program.text(), group: group.as_bytes(), label: label.as_bytes() };
        result = open(directory, &identity);
    });
    result
}

/// Decides as the first increment would. Returns whether there is a file, or why there is none although the environment
/// asks for one.
#[doc(hidden)]
pub fn status() -> Result<bool, NotShared> {
    if decide() {
        return Ok(true);
    }
    let step = match FAILED.0.load(Ordering::Relaxed) {
        0 => return Ok(false),
        1 => Step::Open,
        2 => Step::Network,
        _ => Step::Create,
    };
    Err(NotShared { step, errno: FAILED.1.load(Ordering::Relaxed) })
}

/// Whether there is a file, decided or not.
#[inline]
pub(crate) fn is_on() -> bool {
    SHARED.is_on()
}

/// The id of this process's file.
#[doc(hidden)]
pub fn id() -> Option<[u8; 16]> {
    SHARED.is_on().then(|| {
        let words = [format::at::ID, format::at::ID + 8].map(|at| SHARED.header(at).load(Ordering::Relaxed));
        let mut id = [0; 16];
        id[..8].copy_from_slice(&words[0].to_ne_bytes());
        id[8..].copy_from_slice(&words[1].to_ne_bytes());
        id
    })
}

pub(super) fn obtain_cells(cells: usize) -> Option<NonNull<AtomicU64>> {
    if decide() { SHARED.obtain_cells(cells) } else { None }
}

pub(super) fn is_block(cells: NonNull<AtomicU64>) -> bool {
    SHARED.is_on() && SHARED.is_block(cells).is_some()
}

pub(super) fn extend_cells(cells: NonNull<AtomicU64>, from: usize, to: usize) -> bool {
    SHARED.is_on() && SHARED.extend_cells(cells, from, to)
}

pub(super) fn obtain_words(first: u32, count: usize) -> Option<NonNull<AtomicU64>> {
    if decide() { SHARED.obtain_words(first, count) } else { None }
}

/// The time, for words that say when they were set.
pub(crate) fn now() -> u64 {
    system::now()
}
