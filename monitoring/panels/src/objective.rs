//! Service level objectives.

use crate::{
    Alert, Catalogue, Comparison, Panel, PanelKind, PanelUnit, Query, QueryError, Recording, Selector,
    Severity, Window, query::PromDuration,
};
use std::time::Duration;
use tallymark_core::registry::{ObjectiveDescriptor, ObjectiveMeasure, SeriesSelector};

/// A service level objective: the proportion of events that should be good, such as an availability of 99.9 %, or 99 % of all
/// requests within 250 ms.
///
/// Alerts fire on the burn rate of the error budget (the proportion of events that may be bad), as Google's *Site
/// Reliability Workbook* recommends (chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"), for a period of 30 days.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Objective {
    /// The slug that is part of the names of its rules: `http_availability`.
    pub slug: String,
    /// The title, in words.
    pub title: String,
    /// The proportion of events that should be good, in percent.
    pub target: f64,
    measure: Measure,
}

#[derive(Clone, Debug, PartialEq)]
enum Measure {
    /// Bad events in proportion to all events.
    Errors { bad: Selector, all: Selector },
    /// Events that took no longer than `limit` seconds, in proportion to all events.
    Latency { histogram: Selector, limit: f64 },
}

/// A long and a short window, and the burn rate that has to be exceeded in both.
struct Burn {
    long: Duration,
    short: Duration,
    rate: f64,
    hold: u64,
    severity: Severity,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// 2 % of 30 days' budget in an hour, 5 % in six hours, 10 % in a day, 10 % in three days.
const BURNS: [Burn; 4] = [
    Burn { long: secs(HOUR), short: secs(5 * MINUTE), rate: 14.4, hold: 2, severity: Severity::Critical },
    Burn {
        long: secs(6 * HOUR),
        short: secs(30 * MINUTE),
        rate: 6.0,
        hold: 15,
        severity: Severity::Critical,
    },
    Burn { long: secs(DAY), short: secs(2 * HOUR), rate: 3.0, hold: 60, severity: Severity::Warning },
    Burn { long: secs(3 * DAY), short: secs(6 * HOUR), rate: 1.0, hold: 180, severity: Severity::Warning },
];

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

impl Objective {
    /// Creates the objective that `target` percent of all events are not bad.
    ///
    /// # Errors
    ///
    /// If one of the selectors selects no counter, or if `target` is not between 0 and 100.
    pub fn success(
        slug: impl Into<String>,
        title: impl Into<String>,
        target: f64,
        bad: Selector,
        all: Selector,
    ) -> Result<Self, QueryError> {
        bad.rate(Window::Panel)?;
        all.rate(Window::Panel)?;
        Self::new(slug.into(), title.into(), target, Measure::Errors { bad, all })
    }

    /// Creates the objective that `target` percent of all observations of a histogram are not above `limit`.
    ///
    /// # Errors
    ///
    /// If the selector selects no histogram, if `limit` is no edge of its buckets (the error names the nearest), or if `target`
    /// is not between 0 and 100.
    pub fn latency(
        slug: impl Into<String>,
        title: impl Into<String>,
        target: f64,
        histogram: Selector,
        limit: f64,
    ) -> Result<Self, QueryError> {
        histogram.rate_up_to(limit, Window::Panel)?;
        Self::new(slug.into(), title.into(), target, Measure::Latency { histogram, limit })
    }

    /// Creates an objective that the program declares, of a function, a route or a metric.
    ///
    /// # Errors
    ///
    /// If it names a family that is not declared, or a value that a closed label never has, if its limit is no edge of a
    /// bucket, or if its target is not between 0 and 100.
    pub fn declared(catalogue: &Catalogue, declared: &ObjectiveDescriptor) -> Result<Self, QueryError> {
        let selector = |selected: &SeriesSelector| {
            let all = Selector::new(catalogue.get(&selected.family)?);
            selected.matchers.iter().try_fold(all, |selector, matcher| {
                selector.matched(&matcher.label, matcher.operator, &matcher.value)
            })
        };
        let (name, title, target) = (declared.name.as_str(), declared.title.as_str(), declared.target);
        match &declared.measure {
            ObjectiveMeasure::Success { errors, total } => {
                Self::success(name, title, target, selector(errors)?, selector(total)?)
            }
            ObjectiveMeasure::Latency { histogram, limit } => {
                Self::latency(name, title, target, selector(histogram)?, *limit)
            }
            // A measure that this version does not know.
            _ => Err(QueryError::UnknownFamily { family: declared.measure.events().family.clone() }),
        }
    }

    /// Creates the objective that `target` percent of all requests that the HTTP layer counts get a status below 500.
    ///
    /// # Errors
    ///
    /// If there is no such layer, or if `target` is not between 0 and 100.
    pub fn http_success(catalogue: &Catalogue, target: f64) -> Result<Self, QueryError> {
        let names = ["http_requests_total", "django_http_responses_total_by_status_total"];
        let all = Selector::new(first_of(catalogue, &names)?);
        let bad = all.clone().matching("status", "5..")?;
        Self::success("http_availability", format!("{target} % of all requests succeed"), target, bad, all)
    }

    /// Creates the objective that `target` percent of all requests that the HTTP layer counts get a response within `limit`
    /// seconds.
    ///
    /// # Errors
    ///
    /// If there is no such layer, if `limit` is no edge of its buckets, or if `target` is not between 0 and 100.
    pub fn http_latency(catalogue: &Catalogue, target: f64, limit: f64) -> Result<Self, QueryError> {
        let names =
            ["http_request_duration_seconds", "django_http_requests_latency_including_middlewares_seconds"];
        let histogram = Selector::new(first_of(catalogue, &names)?);
        let title = format!("{target} % of all requests have a response within {limit} s");
        Self::latency("http_latency", title, target, histogram, limit)
    }

    fn new(slug: String, title: String, target: f64, measure: Measure) -> Result<Self, QueryError> {
        if target > 0.0 && target < 100.0 {
            return Ok(Self { slug, title, target, measure });
        }
        Err(QueryError::OutOfRange {
            value: target,
            allowed: "an objective is between 0 and 100 percent, such as 99.9",
        })
    }

    /// Returns the part of all events that may be bad, from 0 to 1.
    pub fn budget(&self) -> f64 {
        // Rounded, because 100 - 99.9 has no exact representation and the number is read by people.
        ((100.0 - self.target) * 1e8).round() / 1e10
    }

    /// Returns the part of the events of a window that was bad.
    ///
    /// # Errors
    ///
    /// None for an objective that a constructor has returned: it has checked the same selectors.
    pub fn error_ratio(&self, window: Window) -> Result<Query, QueryError> {
        match &self.measure {
            Measure::Errors { bad, all } => bad.rate(window)?.sum().part_of(all.rate(window)?.sum()),
            Measure::Latency { histogram, limit } => {
                let good = histogram.rate_up_to(*limit, window)?.sum();
                Ok(good.ratio(histogram.rate(window)?.sum())?.complement())
            }
        }
    }

    /// Returns a panel of the part of all events that was bad, over a short, a longer and a long window.
    ///
    /// # Errors
    ///
    /// None for an objective that a constructor has returned: it has checked the same selectors.
    pub fn panel(&self) -> Result<Panel, QueryError> {
        let mut panel =
            Panel::new(self.title.as_str(), PanelKind::Lines, PanelUnit::Ratio).describe(format!(
                "The part of all events that was bad. On average over 30 days, it may be {}.",
                self.budget()
            ));
        for (window, legend) in [(5 * MINUTE, "5m"), (HOUR, "1h"), (6 * HOUR, "6h")] {
            panel = panel.query(legend, self.error_ratio(Window::Of(secs(window)))?);
        }
        Ok(panel.bad_from(self.budget()))
    }

    /// Returns the name of the family whose events it counts.
    pub fn family(&self) -> &str {
        match &self.measure {
            Measure::Errors { all, .. } => &all.family().name,
            Measure::Latency { histogram, .. } => &histogram.family().name,
        }
    }

    fn recording(&self, window: Duration) -> Result<Recording, QueryError> {
        let name = format!("job:{}_errors:ratio_rate{}", self.slug, PromDuration(window));
        Ok(Recording::new(name, self.error_ratio(Window::Of(window))?))
    }

    /// Returns recording rules for the error ratios over all windows.
    ///
    /// # Errors
    ///
    /// None for an objective that a constructor has returned: it has checked the same selectors.
    pub fn recordings(&self) -> Result<Vec<Recording>, QueryError> {
        let mut windows: Vec<Duration> = BURNS.iter().flat_map(|burn| [burn.short, burn.long]).collect();
        windows.sort();
        windows.dedup();
        windows.into_iter().map(|window| self.recording(window)).collect()
    }

    /// Returns the burn rate alerts.
    ///
    /// # Errors
    ///
    /// None for an objective that a constructor has returned: it has checked the same selectors.
    pub fn alerts(&self) -> Result<Vec<Alert>, QueryError> {
        let mut alerts = Vec::new();
        for burn in &BURNS {
            // An error ratio is at most 1: a burn rate of 14.4 cannot be reached with a budget of a tenth.
            let limit = ((burn.rate * self.budget()) * 1e10).round() / 1e10;
            if limit >= 1.0 {
                continue;
            }
            let above = |window| {
                self.recording(window)
                    .map(|recording| recording.reference().compared(Comparison::Above, limit))
            };
            let condition = above(burn.long)?.and(above(burn.short)?)?;
            let (long, short) = (PromDuration(burn.long), PromDuration(burn.short));
            let name = format!("{}BudgetBurn{long}", camel_case(&self.slug));
            let alert = Alert::new(name, condition, format!("The error budget is used up too fast: {}", self.title))
                .after_minutes(burn.hold)
                .describe(format!(
                    "{{{{ $value | humanizePercentage }}}} of the events of the last {long} were bad, and as many of the \
                     last {short}: {} times as many as the objective allows.",
                    burn.rate
                ));
            alerts.push(if burn.severity == Severity::Critical { alert.critical() } else { alert });
        }
        Ok(alerts)
    }
}

/// Returns the first family with one of these names, in any namespace.
fn first_of<'a>(
    catalogue: &'a Catalogue,
    names: &[&str],
) -> Result<&'a std::sync::Arc<tallymark_core::registry::FamilyDescriptor>, QueryError> {
    for name in names {
        if let Some(prefix) = catalogue.prefixes(name).first() {
            return catalogue.get(&format!("{prefix}{name}"));
        }
    }
    Err(QueryError::UnknownFamily { family: names.first().map_or_else(String::new, |&name| name.to_owned()) })
}

pub(crate) fn camel_case(slug: &str) -> String {
    slug.split(['_', '-'])
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_uppercase().chain(letters).collect::<String>())
                .unwrap_or_default()
        })
        .collect()
}
