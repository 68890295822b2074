//! Which names the instrumentation layers give their families.

/// The names, labels and help texts of what a layer exports.
///
/// ```
/// use tallymark_core::Naming;
///
/// assert_eq!(Naming::default(), Naming::Standard);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Naming {
    /// Names that follow the rules of Prometheus.
    #[default]
    Standard,
    /// The names of django-prometheus, so that dashboards, alerts and rules written for it go on working.
    Django,
    /// The standard names in the namespace `hyperdjango`, unless another is set, and the buckets of HyperDjango.
    HyperDjango,
}

impl Naming {
    /// Returns the namespace that belongs to the names, if there is one.
    ///
    /// ```
    /// use tallymark_core::Naming;
    ///
    /// assert_eq!(Naming::HyperDjango.namespace(), Some("hyperdjango"));
    /// assert_eq!(Naming::Django.namespace(), None);
    /// ```
    pub const fn namespace(self) -> Option<&'static str> {
        match self {
            Self::HyperDjango => Some("hyperdjango"),
            Self::Standard | Self::Django => None,
        }
    }
}
