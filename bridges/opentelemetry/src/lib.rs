//! Which trace does an exemplar belong to? Exemplars of tallymark get the identifiers of the current span of OpenTelemetry
//! (`opentelemetry` 0.33), or with the feature `tracing` of `tracing` (`tracing-opentelemetry` 0.34).
//!
//! ```toml
//! [dependencies]
//! opentelemetry = "0.33"
//! tallymark = "0.1"
//! tallymark-opentelemetry = "0.1"
//! ```
//!
//! ```
//! use opentelemetry::{
//!     Context,
//!     trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState},
//! };
//! use tallymark::{Histogram, buckets, metric, registry};
//!
//! /// Time spent waiting.
//! #[metric]
//! static WAIT_SECONDS: Histogram = Histogram::new(buckets![0.1, 1.0]).exemplars();
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     tallymark_opentelemetry::exemplars_from_context()?;
//!
//!     // In a service, this is the context of a request.
//!     let (trace, span) = (TraceId::from(0x4bf9), SpanId::from(0xf067));
//!     let span = SpanContext::new(trace, span, TraceFlags::SAMPLED, true, TraceState::NONE);
//!     let _attached = Context::new().with_remote_span_context(span).attach();
//!     WAIT_SECONDS.observe(0.25);
//!
//!     let snapshot = registry::snapshot();
//!     let series = snapshot.series("wait_seconds", &[]).expect("it is declared");
//!     assert_eq!(series.exemplars[0].labels[0], ("trace_id".to_owned(), trace.to_string()));
//!     Ok(())
//! }
//! ```
//!
//! Counters and histograms that are declared with `exemplars()` keep them; an observation that brings its own labels
//! (`observe_with_exemplar`) keeps those. What is kept and what is left out is described at
//! [`exemplar`](tallymark_core::exemplar).
//!
//! # Limits
//!
//! - There is one source of exemplars in a program; a second call fails.
//! - A span that is not sampled gives no exemplar, since nobody can look it up.
//! - OpenMetrics and protobuf show exemplars, the Prometheus text formats do not. Prometheus stores them if it was started
//!   with `--enable-feature=exemplar-storage`.

#![cfg_attr(docsrs, feature(doc_cfg))]

use opentelemetry::{Context, trace::TraceContextExt};
use tallymark_core::exemplar::{ExemplarLabels, SourceTaken, set_source};

/// Gives exemplars the `trace_id` and `span_id` of the current OpenTelemetry context's span, if it is sampled.
///
/// `tracing-opentelemetry` attaches the contexts of `tracing`'s spans when they are entered, unless it was told not to; then
/// there is `exemplars_from_tracing` (feature `tracing`).
///
/// # Errors
///
/// If the program has a source of exemplars already.
pub fn exemplars_from_context() -> Result<(), SourceTaken> {
    set_source(|labels| {
        Context::map_current(|context| add_span(context, labels));
    })
}

/// Gives exemplars the `trace_id` and `span_id` of the current span of `tracing`, as the layer of `tracing-opentelemetry`
/// knows it, if it is sampled. Outside of such a span, those of the span in the current OpenTelemetry context.
///
/// A span whose identifiers were not fixed before is given them, so its parent is set before anything is observed in it.
///
/// # Errors
///
/// If the program has a source of exemplars already.
#[cfg(feature = "tracing")]
#[cfg_attr(docsrs, doc(cfg(feature = "tracing")))]
pub fn exemplars_from_tracing() -> Result<(), SourceTaken> {
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

/// Adds the labels of a context's span. One that is not sampled cannot be looked up anywhere.
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
