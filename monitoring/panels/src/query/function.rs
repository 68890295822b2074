//! Functions of the series that a selector selects, each of which yields a query.

use super::{
    Query, QueryError, Selector, Window,
    expression::{Aggregation, Expression, OverTime, Part},
};
use tallymark_core::Kind;

impl Selector {
    /// Returns the values as they are.
    ///
    /// # Errors
    ///
    /// If the family is a histogram or a summary, which have no single value.
    pub fn value(&self) -> Result<Query, QueryError> {
        match self.family().kind {
            Kind::Histogram | Kind::Summary => {
                Err(self.wrong_kind("it has no single value; ask for a rate, a mean or a quantile"))
            }
            Kind::GaugeHistogram => {
                Err(self
                    .wrong_kind("it has no single value, and nothing is known of its buckets' names here"))
            }
            _ => Ok(Query::new(Expression::Select(self.clone(), Part::Value))),
        }
    }

    /// Returns the mean over a window of time of each series' value.
    ///
    /// # Errors
    ///
    /// If the family is no gauge.
    pub fn mean_over(&self, window: Window) -> Result<Query, QueryError> {
        self.over_time(OverTime::Mean, window)
    }

    /// Returns the greatest value of each series in a window of time.
    ///
    /// # Errors
    ///
    /// If the family is no gauge.
    pub fn max_over(&self, window: Window) -> Result<Query, QueryError> {
        self.over_time(OverTime::Max, window)
    }

    fn over_time(&self, function: OverTime, window: Window) -> Result<Query, QueryError> {
        match self.family().kind {
            Kind::Gauge | Kind::Unknown => {
                Ok(Query::new(Expression::Range(function, self.clone(), Part::Value, window)))
            }
            _ => Err(self.wrong_kind("means and extremes over time are for gauges")),
        }
    }

    /// Returns the per-second rate of each counter, or of the number of observations of each histogram or summary.
    ///
    /// # Errors
    ///
    /// If the family is of another kind.
    pub fn rate(&self, window: Window) -> Result<Query, QueryError> {
        self.growth(OverTime::Rate, window)
    }

    /// Returns the increase within a window of time.
    ///
    /// # Errors
    ///
    /// As [`rate`](Self::rate).
    pub fn increase(&self, window: Window) -> Result<Query, QueryError> {
        self.growth(OverTime::Increase, window)
    }

    fn growth(&self, function: OverTime, window: Window) -> Result<Query, QueryError> {
        let part = match self.family().kind {
            Kind::Counter => Part::Value,
            Kind::Histogram | Kind::Summary => Part::Count,
            _ => {
                return Err(self.wrong_kind("rates and increases are for counters, histograms and summaries"));
            }
        };
        Ok(Query::new(Expression::Range(function, self.clone(), part, window)))
    }

    /// Returns the per-second rate of the sum of the observations of a histogram or summary.
    ///
    /// # Errors
    ///
    /// If the family is neither.
    pub fn rate_of_sum(&self, window: Window) -> Result<Query, QueryError> {
        match self.family().kind {
            Kind::Histogram | Kind::Summary => {
                Ok(Query::new(Expression::Range(OverTime::Rate, self.clone(), Part::Sum, window)))
            }
            _ => Err(self.wrong_kind("sums of observations are a histogram's or a summary's")),
        }
    }

    /// Returns the per-second rate of the number of observations that are not above `bound`.
    ///
    /// # Errors
    ///
    /// If the family is not a histogram, or if `bound` is not the bound of one of its buckets.
    pub fn rate_up_to(&self, bound: f64, window: Window) -> Result<Query, QueryError> {
        if self.family().kind != Kind::Histogram {
            return Err(self.wrong_kind("only a histogram has buckets"));
        }
        let bounds = &self.family().bounds;
        if !bounds.iter().any(|known| known.to_bits() == bound.to_bits()) {
            let below = bounds.iter().copied().rfind(|known| *known < bound);
            let above = bounds.iter().copied().find(|known| *known > bound);
            let nearest = below.into_iter().chain(above).collect();
            return Err(QueryError::UnknownBound { family: self.family().name.clone(), bound, nearest });
        }
        Ok(Query::new(Expression::Range(OverTime::Rate, self.clone(), Part::Bucket(bound), window)))
    }

    /// Returns the mean of the observations of a histogram or summary within a window of time, by these labels.
    ///
    /// # Errors
    ///
    /// If the family is neither, or has no such labels.
    pub fn mean(&self, window: Window, by: &[&str]) -> Result<Query, QueryError> {
        self.rate_of_sum(window)?.sum_by(by)?.ratio(self.rate(window)?.sum_by(by)?)
    }

    /// Returns the φ-quantile of the observations of a histogram within a window of time, by these labels.
    ///
    /// # Errors
    ///
    /// If the family is no histogram, has no such labels, or if `quantile` is not between 0 and 1.
    pub fn quantile(&self, quantile: f64, window: Window, by: &[&str]) -> Result<Query, QueryError> {
        if !(0.0..=1.0).contains(&quantile) {
            return Err(QueryError::OutOfRange { value: quantile, allowed: "a quantile is between 0 and 1" });
        }
        let buckets = self.buckets(OverTime::Rate, window, by)?;
        Ok(Query::new(Expression::Quantile(quantile, Box::new(buckets))))
    }

    /// Returns the Apdex score of a histogram within a window of time: observations up to `satisfied` count fully, those up to
    /// four times `satisfied` by half.
    ///
    /// # Errors
    ///
    /// If the family is not a histogram, or if `satisfied` or four times `satisfied` is not the bound of one of its buckets.
    pub fn apdex(&self, satisfied: f64, window: Window) -> Result<Query, QueryError> {
        let up_to = |bound| self.rate_up_to(bound, window).map(Query::sum);
        let score = up_to(satisfied)?.plus(up_to(satisfied * 4.0)?)?.times(0.5);
        score.ratio(self.rate(window)?.sum())
    }

    /// Returns the cumulative buckets of a histogram within a window of time, for a heatmap. The series have a label `le`, and each
    /// counts the observations that are not above it.
    ///
    /// # Errors
    ///
    /// If the family is no histogram.
    pub fn heatmap(&self, window: Window) -> Result<Query, QueryError> {
        Ok(Query::new(self.buckets(OverTime::Increase, window, &[])?))
    }

    fn buckets(&self, function: OverTime, window: Window, by: &[&str]) -> Result<Expression, QueryError> {
        if self.family().kind != Kind::Histogram {
            return Err(self.wrong_kind("only a histogram has buckets"));
        }
        let mut labels = self.known(by)?;
        labels.push("le".to_owned());
        let range = Expression::Range(function, self.clone(), Part::Buckets, window);
        Ok(Expression::Aggregate(Aggregation::Sum, labels, Box::new(range)))
    }
}
