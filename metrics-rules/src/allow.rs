//! The rules that an author chose not to follow.

/// The naming rules that an author chose not to follow, as in `#[metric(allow(unit))]`.
///
/// Whatever is allowed, a name that the exposition formats cannot carry is refused.
///
/// ```
/// use tallymark_rules::Allow;
///
/// const KEEPS_AN_OLD_NAME: Allow = Allow { unit: true, ..Allow::NONE };
/// assert!(KEEPS_AN_OLD_NAME.unit && !Allow::NONE.unit);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one flag for each word in `allow(..)`; a bit set would hide them"
)]
pub struct Allow {
    /// Units other than base units, and a `unit` that the name does not end in.
    pub unit: bool,
    /// A counter that does not end in `_total`, or something else that does.
    pub total: bool,
    /// Suffixes that the formats add themselves, and an info without `_info`.
    pub suffix: bool,
    /// Anything but lower snake case, the word `metric`, and label names inside the name.
    pub name: bool,
    /// Label names that are not lower snake case.
    pub label: bool,
    /// Label names whose values have no end, such as `user_id`.
    pub cardinality: bool,
}

impl Allow {
    /// Every rule holds.
    pub const NONE: Self =
        Self { unit: false, total: false, suffix: false, name: false, label: false, cardinality: false };

    /// Only those rules hold that the exposition formats themselves have.
    pub const ALL: Self =
        Self { unit: true, total: true, suffix: true, name: true, label: true, cardinality: true };
}
