//! Label values without a type of their own.

use crate::label::LabelSet;

/// Label values in the order of names that only the running program knows. How many are expected is not a matter of
/// the type, so that a look-up has to compare it.
pub(super) struct Values<'a, S>(pub(super) &'a [S]);

impl<S: AsRef<str>> LabelSet for Values<'_, S> {
    type Borrowed<'a> = ();
    const NAMES: &'static [&'static str] = &[];
    const CARDINALITY: Option<usize> = None;

    fn index(&self) -> usize {
        0
    }

    #[inline(always)]
    fn visit(&self, f: &mut impl FnMut(&str)) {
        for value in self.0 {
            f(value.as_ref());
        }
    }

    fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
}
