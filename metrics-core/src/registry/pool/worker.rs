//! What a worker thread does.

use super::{Job, Running, Shared, State};
use crate::{
    registry::{Families, merge},
    snapshot::Family,
};
use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError},
    thread,
    time::Instant,
};

thread_local! {
    static COLLECTING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is running a collector at the moment.
pub(in crate::registry) fn is_collecting() -> bool {
    COLLECTING.with(Cell::get)
}

/// What becomes of a worker that finds nothing to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum IfIdle {
    Wait,
    Leave,
}

/// Runs what is queued, until there is no use for this worker.
pub(super) fn work(shared: &Shared, if_idle: IfIdle) {
    let mut state = shared.lock();
    loop {
        let Some(id) = state.queue.pop_front() else {
            // One that waits is enough.
            if if_idle == IfIdle::Leave || state.parked > 0 || state.closed {
                state.workers -= 1;
                return;
            }
            state.parked += 1;
            state = shared.queued.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.parked -= 1;
            continue;
        };
        let Some(slot) = state.slots.get_mut(&id) else { continue };
        slot.queued = false;
        let (name, job) = (Arc::clone(&slot.name), Arc::clone(&slot.job));
        let since = Instant::now();
        state.running.push(Running { slot: id, since, given_up: false });
        drop(state);
        let (families, errors) = run(job);
        state = shared.lock();
        state.running.retain(|running| running.slot != id);
        state.done += 1;
        let State { slots, queue, .. } = &mut *state;
        if let Some(slot) = slots.get_mut(&id) {
            slot.runs += 1;
            slot.result = (slot.awaited > 0).then(|| Arc::new(families));
            if slot.again.take().is_some_and(|patience| since.elapsed() < patience) {
                slot.queued = true;
                queue.push_back(id);
            }
        }
        if let Some(last) = errors.last() {
            state.fail(&name, errors.len(), last.clone());
        }
        shared.done.notify_all();
    }
}

/// Runs code of a collector: a panic ends here, and scrapes that it begins run no collectors.
pub(super) fn isolated<R>(run: impl FnOnce() -> R) -> thread::Result<R> {
    let outer = COLLECTING.with(|collecting| collecting.replace(true));
    let result = catch_unwind(AssertUnwindSafe(run));
    COLLECTING.with(|collecting| collecting.set(outer));
    result
}

/// Runs a job, and checks what it handed over. Holds no lock.
fn run(job: Arc<dyn Job>) -> (Vec<Arc<Family>>, Vec<String>) {
    let mut families = Families::default();
    let result = isolated(|| {
        let result = job.run(&mut families);
        // It may be the last of its kind, and dropping it may panic as well.
        drop(job);
        result
    });
    let (mut families, faults) = families.into_parts();
    let mut errors: Vec<String> = faults.iter().map(ToString::to_string).collect();
    match result {
        Ok(Ok(())) => {}
        Ok(Err(error)) => errors.push(error.to_string()),
        Err(panic) => {
            // A panic costs all of them: nobody knows what was about to follow.
            families.clear();
            errors.push(format!("panicked: {}", message(&*panic)));
        }
    }
    for family in &mut families {
        if merge::remove_twice(&mut family.series) {
            errors.push(format!("`{}` has series with the same labels", family.name));
        }
    }
    (families.into_iter().map(Arc::new).collect(), errors)
}

/// What a panic said.
pub(in crate::registry) fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (None, Some(text)) => text,
        (None, None) => "with something that is not text",
    }
}
