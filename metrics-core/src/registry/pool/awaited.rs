//! The runs that a scrape waits for.

use super::{Collected, Known, Limits, Running, State};
use std::sync::Arc;

/// What a scrape waits for.
#[derive(Clone, Copy)]
pub(super) struct Awaited {
    slot: u64,
    /// The run whose result will do: the one under way when the scrape came, or else the next.
    enough: u64,
    /// The first run that begins after the scrape came.
    best: u64,
}

/// Queues what does not run, has run again what runs, and answers what is to be waited for.
pub(super) fn enqueue(
    state: &mut State,
    limits: Limits,
    wanted: &dyn Fn(u64, Known<'_>) -> bool,
) -> Vec<Awaited> {
    let State { slots, queue, running, .. } = state;
    let mut awaited = Vec::new();
    let mut late = Vec::new();
    for (&id, slot) in slots.iter_mut().filter(|(id, slot)| wanted(**id, slot.known())) {
        let next = slot.runs + 1;
        let mut best = next;
        match running.iter().find(|running| running.slot == id) {
            Some(Running { given_up: true, .. }) => {
                late.push(Arc::clone(&slot.name));
                continue;
            }
            Some(_) => {
                slot.again = slot.again.max(Some(limits.patience));
                best += 1;
            }
            None if !slot.queued => {
                slot.queued = true;
                queue.push_back(id);
            }
            None => {}
        }
        slot.awaited += 1;
        awaited.push(Awaited { slot: id, enough: next, best });
    }
    for name in late {
        state.fail(&name, 1, "still running since an earlier scrape".to_owned());
    }
    awaited
}

/// Whether there is a better result to come. A run that was given up, by whichever scrape, is not waited for.
pub(super) fn is_awaited(state: &State, Awaited { slot: id, best, .. }: Awaited) -> bool {
    state.slots.get(&id).is_some_and(|slot| {
        let given_up = state.running.iter().any(|running| running.slot == id && running.given_up);
        let going = slot.queued || state.running.iter().any(|running| running.slot == id);
        slot.runs < best && going && !given_up
    })
}

/// Answers what is done, and gives up what nobody else waits for or has taken all the time there is.
pub(super) fn take_results(state: &mut State, limits: Limits, awaited: &[Awaited]) -> Vec<Collected> {
    let mut results = Vec::with_capacity(awaited.len());
    let mut late = Vec::new();
    for &awaited in awaited {
        let Awaited { slot: id, enough, .. } = awaited;
        let is_awaited = is_awaited(state, awaited);
        let State { slots, queue, running, .. } = &mut *state;
        let Some(slot) = slots.get_mut(&id) else { continue };
        slot.awaited -= 1;
        let is_last = slot.awaited == 0;
        let result = if is_last { slot.result.take() } else { slot.result.clone() };
        let result = result.filter(|_| slot.runs >= enough);
        if is_last && slot.queued {
            slot.queued = false;
            queue.retain(|queued| *queued != id);
        }
        if is_last {
            slot.again = None;
        }
        if is_awaited && slot.runs < enough {
            late.push(Arc::clone(&slot.name));
            let running = running.iter_mut().find(|running| running.slot == id);
            if let Some(running) = running
                && (is_last || running.since.elapsed() >= limits.deadline)
            {
                running.given_up = true;
            }
        }
        if let Some(families) = result {
            results.push(Collected { slot: id, name: Arc::clone(&slot.name), families });
        }
    }
    for name in late {
        state.fail(&name, 1, "not done by the deadline".to_owned());
    }
    results
}
