//! One state of several.

use super::{metric_methods, series_methods};
use crate::{
    cell::{self, OFF, Scope, Slot, Word},
    descriptor::Kind,
    family::{Series, View},
    label::{LabelSet, SameLabels},
    metric::{Declare, Metric, Position},
    series::Store,
    visit::Visitor,
};
use std::{
    marker::PhantomData,
    sync::atomic::{Ordering, fence},
};

/// An enum whose values are states. Derive it with `#[derive(StateSet)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of states",
    label = "its states are not known",
    note = "annotate the enum whose variants are the states: `#[derive(StateSet, Clone, Copy)]`"
)]
pub trait State: Copy + 'static {
    /// The names of all states, in order.
    const STATES: &'static [&'static str];

    /// The number of this state.
    fn index(self) -> usize;
}

const ABSENT: u64 = u64::MAX;
const STORE: Store = Store::Words(ABSENT);

/// Which of several states something is in. Shown as one series for each state, of which exactly one is 1.
///
/// Until it is set, it is in the first state.
///
/// ```
/// use tallymark_core::{State, StateSet};
///
/// #[derive(Clone, Copy)]
/// enum Circuit { Closed, HalfOpen, Open }
///
/// impl State for Circuit { // or `#[derive(StateSet)]`
///     const STATES: &'static [&'static str] = &["closed", "half_open", "open"];
///     fn index(self) -> usize { self as usize }
/// }
///
/// static PAYMENT_CIRCUIT: StateSet<Circuit> = StateSet::new();
/// assert_eq!(PAYMENT_CIRCUIT.get(), "closed");
/// PAYMENT_CIRCUIT.set(Circuit::Open);
/// assert_eq!(PAYMENT_CIRCUIT.get(), "open");
/// # let _ = Circuit::HalfOpen;
/// ```
pub struct StateSet<S, L = ()> {
    series: Series<L>,
    state: PhantomData<fn(S)>,
}

impl<S: State, L> StateSet<S, L> {
    /// In the first state.
    #[expect(
        clippy::new_without_default,
        reason = "a metric is a static, and a static needs a const constructor"
    )]
    pub const fn new() -> Self {
        Self { series: Series::new(), state: PhantomData }
    }
}

impl<S: State, L: LabelSet> StateSet<S, L> {
    /// Enters a state.
    #[inline]
    pub fn set(&self, state: S)
    where
        (): SameLabels<L>,
    {
        self.with(<()>::labels(&())).set(state);
    }

    /// The name of the present state.
    pub fn get(&self) -> &'static str
    where
        (): SameLabels<L>,
    {
        self.with(<()>::labels(&())).get()
    }
}

impl<S: State, L: LabelSet> StateSet<S, L> {
    /// The state set with these labels. It is shown from the moment it is set.
    #[inline]
    pub fn with(&self, labels: L::Borrowed<'_>) -> StateHandle<S> {
        let slot = self.series.slot(labels, || STORE);
        StateHandle { word: cell::word(slot.first()), slot, state: PhantomData }
    }
}

series_methods!(StateSet<S, L>, [S: State, L: LabelSet], |_| STORE);

/// One state set of a family.
#[derive(Clone, Copy, Debug)]
pub struct StateHandle<S> {
    word: &'static Word,
    slot: Slot,
    state: PhantomData<fn(S)>,
}

impl<S: State> StateHandle<S> {
    /// Enters a state.
    #[inline]
    pub fn set(self, state: S) {
        // An impl may return the number of no state, which is shown as the first state. It must not be the mark.
        let bits = (state.index() as u64).min(ABSENT - 1);
        if !OFF && self.slot.may_end() {
            cell::write_shared(self.slot, move || self.word.store(bits));
        } else {
            self.word.store(bits);
        }
    }

    /// The name of the present state.
    pub fn get(self) -> &'static str {
        let bits = self.word.load();
        fence(Ordering::Acquire);
        let bits = if self.slot.is_over() { ABSENT } else { bits };
        S::STATES.get(current(bits)).copied().unwrap_or("")
    }
}

fn current(bits: u64) -> usize {
    if bits == ABSENT { 0 } else { usize::try_from(bits).unwrap_or(0) }
}

fn show(
    series: View<'_>,
    states: &'static [&'static str],
    at: Position,
    visitor: &mut dyn Visitor,
) -> Option<Position> {
    let always = series.shows_untouched();
    series.visit_words_batch(at, |labels, slot, bits| {
        let bits = if slot.is_none() { ABSENT } else { bits };
        if bits != ABSENT || always {
            visitor.states(labels, states, current(bits));
        }
    })
}

impl<S: State, L: LabelSet> Declare for StateSet<S, L> {
    const KIND: Kind = Kind::StateSet;
    const LABELS: &'static [&'static str] = L::NAMES;
    const ALLOWS_CARDINALITY: bool = L::ALLOWS_CARDINALITY;
}

impl<S: State, L: LabelSet> Metric for StateSet<S, L> {
    metric_methods!(|_| STORE, states: |_| S::STATES);

    fn visit_part(&self, _: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        show(self.series.view(STORE), S::STATES, at, visitor)
    }
}
