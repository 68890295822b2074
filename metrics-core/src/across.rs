//! What a gauge is in an exposition of several processes.

/// What a gauge shows where several processes have one exposition: each value by itself, or one for all of them. The modes
/// are those of `prometheus_client`, Prometheus' client for Python.
///
/// Those that begin with `Live` leave out processes that are gone. Unless something else is asked for, a
/// [`Gauge`](crate::Gauge) is shown for [each living process](Across::LiveAll) by itself, and an
/// [`UpDownCounter`](crate::UpDownCounter) is the [sum over living processes](Across::LiveSum), so that what was in
/// progress in a process that was killed is not in progress for ever.
///
/// ```
/// use tallymark_core::{Across, Gauge};
///
/// static QUEUE_LENGTH: Gauge = Gauge::new().across(Across::LiveSum);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Across {
    /// The value of each process, with a label `pid`; of processes that are gone as well, of which the last 64 are kept.
    All,
    /// The value of each living process, with a label `pid`.
    LiveAll,
    /// The least value there was.
    Min,
    /// The least value of living processes.
    LiveMin,
    /// The greatest value there was.
    Max,
    /// The greatest value of living processes.
    LiveMax,
    /// The sum of all values.
    Sum,
    /// The sum of the values of living processes.
    LiveSum,
    /// The value that was set last.
    MostRecent,
    /// The value that a living process has set last.
    LiveMostRecent,
}

impl Across {
    /// All of them.
    pub const EACH: [Self; 10] = [
        Self::All,
        Self::LiveAll,
        Self::Min,
        Self::LiveMin,
        Self::Max,
        Self::LiveMax,
        Self::Sum,
        Self::LiveSum,
        Self::MostRecent,
        Self::LiveMostRecent,
    ];

    /// The name of `prometheus_client`, which `#[metric(across = …)]` takes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::LiveAll => "liveall",
            Self::Min => "min",
            Self::LiveMin => "livemin",
            Self::Max => "max",
            Self::LiveMax => "livemax",
            Self::Sum => "sum",
            Self::LiveSum => "livesum",
            Self::MostRecent => "mostrecent",
            Self::LiveMostRecent => "livemostrecent",
        }
    }

    /// The mode of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::EACH.into_iter().find(|mode| mode.name() == name)
    }

    /// Whether processes that are gone are left out.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::LiveAll | Self::LiveMin | Self::LiveMax | Self::LiveSum | Self::LiveMostRecent)
    }

    /// Whether each process is shown by itself.
    pub const fn is_each(self) -> bool {
        matches!(self, Self::All | Self::LiveAll)
    }
}
