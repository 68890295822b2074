//! Exemplars: for some observations, which one it was.
//!
//! Counters and histograms that are declared with `exemplars()` keep them, for which there is the feature `exemplars`. Either the observation brings its own labels, or a
//! [source](set_source) is asked for them; with the features `opentelemetry` and `tracing-opentelemetry` that can be the
//! present span.
//!
//! ```
//! # #[cfg(feature = "exemplars")] {
//! use tallymark::{Histogram, buckets, metric};
//!
//! /// Time spent waiting.
//! #[metric(unit = "seconds")]
//! static WAIT_SECONDS: Histogram = Histogram::new(buckets![0.1, 1.0]).exemplars();
//!
//! WAIT_SECONDS.observe_with_exemplar(0.25, &[("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")]);
//! # }
//! ```
//!
//! Labels that are too long, or whose names are none, cost the exemplar and not the observation;
//! `tallymark_dropped_exemplars_total{metric}` counts what was left out for that.
//!
//! OpenMetrics and protobuf show exemplars, the Prometheus text formats do not. Prometheus stores them if it was started with
//! `--enable-feature=exemplar-storage`.

pub use tallymark_core::exemplar::{Exemplar, ExemplarLabels};
#[cfg(feature = "exemplars")]
pub use tallymark_core::exemplar::{SourceTaken, set_source};

#[cfg(feature = "opentelemetry")]
use opentelemetry::{Context, trace::TraceContextExt};

/// Exemplars name the span of the present OpenTelemetry context, `trace_id` and `span_id`, if it is sampled.
///
/// `tracing-opentelemetry` makes the contexts of `tracing`'s spans present when they are entered, unless it was told not to;
/// then there is [`from_tracing`].
///
/// ```
/// tallymark::exemplars::from_opentelemetry()?;
/// # Ok::<(), tallymark::exemplars::SourceTaken>(())
/// ```
///
/// # Errors
///
/// If there is a source already.
#[cfg(feature = "opentelemetry")]
pub fn from_opentelemetry() -> Result<(), SourceTaken> {
    set_source(|labels| {
        Context::map_current(|context| add_span(context, labels));
    })
}

/// Exemplars name the present span of `tracing`, as the layer of `tracing-opentelemetry` knows it, `trace_id` and
/// `span_id`, if it is sampled. Where there is none, the present OpenTelemetry context's.
///
/// A span whose identifiers were not fixed before is given them, so its parent is set before anything is observed in it.
///
/// ```
/// tallymark::exemplars::from_tracing()?;
/// # Ok::<(), tallymark::exemplars::SourceTaken>(())
/// ```
///
/// # Errors
///
/// If there is a source already.
#[cfg(feature = "tracing-opentelemetry")]
pub fn from_tracing() -> Result<(), SourceTaken> {
    use tracing_opentelemetry::OpenTelemetrySpanExt;

    set_source(|labels| {
        let context = tracing::Span::current().context();
        if context.has_active_span() {
            add_span(&context, labels);
        } else {
            Context::map_current(|context| add_span(context, labels));
        }
    })
}

/// Adds the labels of a context's span. What is not sampled is nowhere to be looked up.
#[cfg(feature = "opentelemetry")]
fn add_span(context: &Context, labels: &mut ExemplarLabels) {
    if !context.has_active_span() {
        return;
    }
    let span = context.span();
    let span = span.span_context();
    if span.is_valid() && span.is_sampled() {
        labels.push("trace_id", &span.trace_id().to_string());
        labels.push("span_id", &span.span_id().to_string());
    }
}
