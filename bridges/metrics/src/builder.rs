//! Settings of a recorder.

use std::{error::Error, fmt, time::Duration};

use tallymark_core::{Buckets, BucketsError, Kind, registry::Registry};

use crate::{
    names,
    recorder::Recorder,
    settings::{Matcher, Settings},
};

/// Builds a [`Recorder`].
///
/// ```
/// use std::time::Duration;
/// use tallymark_metrics::{Matcher, Recorder};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// Recorder::builder()
///     .buckets(&[0.01, 0.1, 1.0, 10.0])?
///     .buckets_for(Matcher::Prefix("db.".to_owned()), &[0.001, 0.01, 0.1])?
///     .idle_timeout(Duration::from_secs(3600))
///     .install()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is recorded before `install` or `build` is called"]
pub struct Builder {
    settings: Settings,
}

impl Recorder {
    /// Returns a builder with the settings that [`install`](crate::install) uses.
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl Builder {
    fn new() -> Self {
        Self { settings: Settings::new() }
    }

    /// Sets the buckets of histograms that no other buckets are set for:
    /// [`bucket_layouts::DEFAULT`](tallymark_core::bucket_layouts::DEFAULT), for durations in seconds, unless set.
    ///
    /// # Errors
    ///
    /// If there are more than 127 bounds, or if they are not finite, sorted and different.
    pub fn buckets(mut self, bounds: &[f64]) -> Result<Self, BucketsError> {
        self.settings.buckets = Buckets::leak(bounds)?;
        Ok(self)
    }

    /// Sets the buckets of some histograms. A full name comes before a prefix and a prefix before a suffix; of several
    /// prefixes or suffixes the longest is used, and of equal ones the last.
    ///
    /// # Errors
    ///
    /// If there are more than 127 bounds, or if they are not finite, sorted and different.
    pub fn buckets_for(mut self, matcher: Matcher, bounds: &[f64]) -> Result<Self, BucketsError> {
        let matcher = match matcher {
            Matcher::Full(name) => Matcher::Full(names::metric_name(&name)),
            Matcher::Prefix(prefix) => Matcher::Prefix(names::metric_name(&prefix)),
            Matcher::Suffix(suffix) => Matcher::Suffix(names::metric_suffix(&suffix)),
        };
        self.settings.buckets_for.push((matcher, Buckets::leak(bounds)?));
        Ok(self)
    }

    /// Removes series of all kinds that have not changed for so long, as scrapes see them: never, unless set, and not for a
    /// duration of zero. Rounded up to whole seconds. One that is counted again returns and starts from zero.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.settings.idle = [whole_seconds(timeout); 3];
        self
    }

    /// Removes series of one kind that have not changed for so long; `None` keeps them.
    pub fn idle_timeout_of(mut self, kind: Kind, timeout: Option<Duration>) -> Self {
        let at = match kind {
            Kind::Counter => 0,
            Kind::Gauge => 1,
            _ => 2,
        };
        self.settings.idle[at] = timeout.map_or(0, whole_seconds);
        self
    }

    /// Shows at most `max` series at once of one name and one set of label names; 2,000 unless set. The others are counted
    /// in one series whose label values are all `_overflow`.
    pub fn max_series(mut self, max: u32) -> Self {
        self.settings.max_series = max;
        self
    }

    /// Accepts at most `max` different names; 10,000 unless set.
    pub fn max_names(mut self, max: usize) -> Self {
        self.settings.max_names = max;
        self
    }

    /// Adds what Prometheus recommends to names that do not have it: `_total` to those of counters, and the unit to those
    /// that are described with one before they are used.
    pub fn recommended_naming(mut self, add: bool) -> Self {
        self.settings.recommended_naming = add;
        self
    }

    /// Counts in this registry, and not in that of the program: for a test, say. Rejected calls are counted in the program's
    /// registry all the same.
    ///
    /// ```
    /// use tallymark_core::registry::{Format, Registry};
    /// use tallymark_metrics::Recorder;
    ///
    /// let registry = Registry::new();
    /// let recorder = Recorder::builder().registry(registry).build();
    /// metrics::with_local_recorder(&recorder, || metrics::counter!("jobs").increment(1));
    /// assert!(registry.encode_to_string(Format::Text004).ends_with("jobs 1\n"));
    /// ```
    pub fn registry(mut self, registry: Registry) -> Self {
        self.settings.registry = Some(registry);
        self
    }

    /// Makes a recorder, for [`metrics::with_local_recorder`] or a recorder that calls several.
    pub fn build(self) -> Recorder {
        Recorder::new(self.settings)
    }

    /// Makes a recorder, and installs it as the global one.
    ///
    /// # Errors
    ///
    /// If there is one already.
    pub fn install(self) -> Result<(), InstallError> {
        metrics::set_global_recorder(self.build()).map_err(|_| InstallError::Installed)
    }
}

fn whole_seconds(timeout: Duration) -> u32 {
    let seconds = timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0);
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

/// Why a recorder was not installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InstallError {
    /// The program has a recorder already.
    Installed,
}

impl fmt::Display for InstallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Installed => f.write_str(
                "the program has a recorder for the `metrics` façade already: install one, before anything else does",
            ),
        }
    }
}

impl Error for InstallError {}
