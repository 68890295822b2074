//! The labels of one series, as a type.

/// A type whose values name one series of a family: a struct with one [`LabelValue`](super::LabelValue) for each
/// label. Derive it with `#[derive(LabelSet)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of labels",
    label = "not a label set",
    note = "write a struct with one field for each label, and `#[derive(LabelSet)]`",
    note = "if the only label is an enum, `#[derive(LabelValue, LabelSet)]` on the enum is enough"
)]
pub trait LabelSet {
    /// This set with all its lifetimes replaced by one: a static holds `Counter<Request<'static>>`, and takes a
    /// `Request<'a>` whose text lives only as long as the call.
    type Borrowed<'a>: LabelSet;

    /// The label names, in order.
    const NAMES: &'static [&'static str];

    /// The number of different sets, if every value is closed: the product over the labels.
    const CARDINALITY: Option<usize>;

    /// Whether its author allowed label names whose values have no end, such as `user_id`. The derive writes it.
    #[doc(hidden)]
    const ALLOWS_CARDINALITY: bool = false;

    /// The number of this set, below [`CARDINALITY`](LabelSet::CARDINALITY); the last label varies fastest.
    /// A set with an open value returns 0.
    fn index(&self) -> usize;

    /// Calls `f` with the text of each value, in the order of [`NAMES`](LabelSet::NAMES).
    fn visit(&self, f: &mut impl FnMut(&str));

    /// Hands the text of each value of the set numbered `index` to `f`. Does nothing for a set with an open value.
    fn visit_at(index: usize, f: &mut dyn FnMut(&'static str));

    /// Calls `f` for each label, in the order of [`NAMES`](LabelSet::NAMES), with the number of its values, if it is closed,
    /// and with what returns the text of each. The derive writes it; without it, no values are known beforehand.
    #[doc(hidden)]
    fn visit_closed(f: &mut VisitValues<'_>) {
        let _ = f;
    }
}

/// Label sets that are this one: `()`, the set without labels, and no other. Methods that count in the only series of a metric
/// ask for it, so that the compiler says what to do about a metric that has many.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this metric has the labels of `{L}`, and a series for each set of them",
    label = "in which of its series?",
    note = "name the series: `METRIC.with(…)` takes the labels, and what it returns has this method"
)]
pub trait SameLabels<L: LabelSet> {
    /// The set without labels.
    fn labels(lifetime: &()) -> L::Borrowed<'_>;
}

impl SameLabels<Self> for () {
    #[inline(always)]
    fn labels((): &()) {}
}

/// What takes the number of values of a label, if it is closed, and what returns the text of each.
#[doc(hidden)]
pub type VisitValues<'a> = dyn FnMut(Option<usize>, fn(usize) -> &'static str) + 'a;

/// No labels: a family of exactly one series.
impl LabelSet for () {
    type Borrowed<'a> = ();
    const NAMES: &'static [&'static str] = &[];
    const CARDINALITY: Option<usize> = Some(1);

    #[inline]
    fn index(&self) -> usize {
        0
    }

    #[inline]
    fn visit(&self, _: &mut impl FnMut(&str)) {}

    fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
}
