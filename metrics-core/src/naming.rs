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
}
