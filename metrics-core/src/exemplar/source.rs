//! Where the exemplars of ordinary observations come from.

use super::ExemplarLabels;
use once_cell::race::OnceBox;
use std::{
    cell::Cell,
    error::Error,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

type Source = Box<dyn Fn(&mut ExemplarLabels) + Send + Sync>;

static SOURCE: OnceBox<Source> = OnceBox::new();

thread_local! {
    static ASKING: Cell<bool> = const { Cell::new(false) };
}

/// Says where the labels of exemplars come from for observations that were given none, such as the present trace. Once
/// in a program, early in `main`.
///
/// The source is asked by observations of metrics that were declared with `exemplars()`, on the thread that observes,
/// and for each series and bucket until it has added labels, and then not again for a second. It adds nothing if there
/// is nothing to say; a trace that is not sampled cannot be looked up, so it is better not named. What it observes
/// itself gets no exemplar, and if it panics, or no label of its can be one, the observation has none.
///
/// ```
/// use tallymark_core::exemplar;
///
/// exemplar::set_source(|labels| {
///     labels.push("thread", std::thread::current().name().unwrap_or("unnamed"));
/// })?;
/// # Ok::<(), exemplar::SourceTaken>(())
/// ```
///
/// # Errors
///
/// If there is a source already.
pub fn set_source(source: impl Fn(&mut ExemplarLabels) + Send + Sync + 'static) -> Result<(), SourceTaken> {
    SOURCE.set(Box::new(Box::new(source))).map_err(|_| SourceTaken)
}

/// Another source of exemplars was set before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceTaken;

impl fmt::Display for SourceTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is a source of exemplars already; a program has one")
    }
}

impl Error for SourceTaken {}

/// Whether it makes sense to ask.
#[inline]
pub(super) fn is_set() -> bool {
    SOURCE.get().is_some()
}

/// Asks the source. Returns whether there are labels.
pub(super) fn ask(labels: &mut ExemplarLabels) -> bool {
    let Some(source) = SOURCE.get() else { return false };
    // A thread that is ending, or is asking already, has nothing to say.
    if ASKING.try_with(|asking| asking.replace(true)).unwrap_or(true) {
        return false;
    }
    let returned = catch_unwind(AssertUnwindSafe(|| source(labels))).is_ok();
    let _ = ASKING.try_with(|asking| asking.set(false));
    returned && !labels.pairs().is_empty()
}
