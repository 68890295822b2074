//! A handler at work.

use tallymark_core::{__private::Moment, LabelSet};

use super::{core::Core, current, label::ErrorLabel, record::Record};

/// Ends when it is dropped, be that after a response, a panic or a cancelled request.
pub(super) struct Working<L: LabelSet + 'static> {
    core: &'static Core<L>,
    record: &'static Record,
    own: L,
    start: Moment,
}

impl<L: LabelSet + 'static> Working<L> {
    #[inline]
    pub(super) fn begin(core: &'static Core<L>, record: &'static Record, own: L) -> Self {
        Self { core, record, own, start: Moment::now() }
    }

    /// The handler panicked. Counted here, since middleware further out may turn it into a response.
    #[cold]
    pub(super) fn panicked(self) {
        if !current::panic_counted() {
            self.core.families.exception(self.record, &self.own, ErrorLabel::PANIC.text());
        }
    }
}

impl<L: LabelSet + 'static> Drop for Working<L> {
    #[inline]
    fn drop(&mut self) {
        self.core.families.handled(self.record, &self.own, self.start.elapsed());
    }
}
