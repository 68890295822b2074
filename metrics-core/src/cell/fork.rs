//! What happens when the process forks: the child goes on in a file of its own.
//!
//! Everything that guards cells is held while the process is copied, so that the child finds none of it half done.
//! What is done in the child is what may be done there: calls of the system, and nothing that asks an allocator.

use super::{
    directory, gate, lease,
    shared::{Growth, SHARED},
    words,
};
use std::{
    cell::UnsafeCell,
    sync::{MutexGuard, Once, RwLockWriteGuard},
};

struct Held {
    /// `None` if this thread is within.
    gate: Option<RwLockWriteGuard<'static, ()>>,
    blocks: lease::Frozen,
    words: MutexGuard<'static, u32>,
    directory: MutexGuard<'static, directory::Writer>,
    growth: MutexGuard<'static, Growth>,
}

/// What the thread that forks holds from before until after.
struct Place(UnsafeCell<Option<Held>>);

// SAFETY: only the thread that forks looks here, while it holds the gate closed and the lock of the blocks.
unsafe impl Sync for Place {}

static HELD: Place = Place(UnsafeCell::new(None));

/// Has the system call what follows when the process forks. To be called before it is decided whether there is a file.
pub(crate) fn register() {
    static REGISTERED: Once = Once::new();
    // SAFETY: functions that live as long as the program.
    REGISTERED.call_once(|| unsafe {
        libc::pthread_atfork(Some(prepare), Some(parent), Some(child));
    });
}

extern "C" fn prepare() {
    // In the order in which they are taken elsewhere.
    let held = Held {
        gate: gate::close(),
        blocks: lease::freeze(),
        words: words::freeze(),
        directory: directory::lock(),
        growth: SHARED.hold(),
    };
    // SAFETY: see `Place`.
    unsafe { *HELD.0.get() = Some(held) };
}

extern "C" fn parent() {
    // SAFETY: see `Place`.
    drop(unsafe { (*HELD.0.get()).take() });
}

extern "C" fn child() {
    // SAFETY: see `Place`.
    let Some(held) = (unsafe { (*HELD.0.get()).take() }) else { return };
    if !SHARED.is_on() {
        return;
    }
    SHARED.fork(&held.growth, directory::len(&held.directory));
    directory::fork(&held.directory, &held.growth);
    let Held { gate, blocks, words, directory, growth } = held;
    drop(growth);
    drop(directory);
    drop(words);
    lease::after_fork(blocks);
    drop(gate);
}
