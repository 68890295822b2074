//! Exemplars name the current span. The source is the program's, so there is one test.
#![cfg(feature = "tracing")]
#![allow(missing_docs, reason = "a test")]

use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer, TracerProvider},
};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tallymark::{
    Counter, Histogram, Native, buckets, metrics,
    registry::{self, Format, Request, Selection},
};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;

#[metrics(namespace = "exemplars_test")]
mod our {
    use super::{Counter, Histogram, Native, buckets};

    /// Waiting.
    pub(super) static WAIT: Histogram = Histogram::new(buckets![1.0]).exemplars();
    /// Working.
    pub(super) static WORK: Histogram = Histogram::native(Native::new()).exemplars();
    /// Jobs.
    pub(super) static JOBS_TOTAL: Counter = Counter::new().exemplars();
}

/// The labels of the exemplars of a metric.
fn ids(name: &str) -> Vec<(String, String)> {
    let snapshot = registry::snapshot_of(&Selection::of([name]));
    let series = snapshot.series(name, &[]).expect("it is shown");
    series.exemplars.iter().flat_map(|exemplar| exemplar.labels.clone()).collect()
}

fn expected(span: &SpanContext) -> Vec<(String, String)> {
    let (trace, span) = (span.trace_id().to_string(), span.span_id().to_string());
    vec![("trace_id".to_owned(), trace), ("span_id".to_owned(), span)]
}

#[test]
fn exemplars_name_the_current_span() {
    tallymark_opentelemetry::exemplars_from_tracing().expect("the first source");
    assert!(tallymark_opentelemetry::exemplars_from_context().is_err());

    // Nobody's.
    our::WAIT.observe(0.5);
    assert_eq!(ids("exemplars_test_wait"), []);

    let provider = SdkTracerProvider::builder().build();
    let tracer = provider.tracer("test");

    // OpenTelemetry's own, but not if it is not sampled.
    let unsampled =
        SpanContext::new(TraceId::from(1), SpanId::from(2), TraceFlags::NOT_SAMPLED, true, TraceState::NONE);
    {
        let _attached = Context::new().with_remote_span_context(unsampled).attach();
        our::WAIT.observe(0.5);
        assert_eq!(ids("exemplars_test_wait"), []);
    }
    let span = tracer.start("work");
    let context = Context::new().with_span(span);
    let known = context.span().span_context().clone();
    {
        let _attached = context.attach();
        our::WAIT.observe(0.5);
        our::WORK.observe(0.5);
    }
    assert_eq!(ids("exemplars_test_wait"), expected(&known));
    assert_eq!(ids("exemplars_test_work"), expected(&known));

    // That of `tracing`.
    let layer = tracing_opentelemetry::layer().with_tracer(tracer).with_context_activation(false);
    let _subscriber = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    let span = tracing::info_span!("work");
    let known = span.in_scope(|| {
        our::JOBS_TOTAL.inc();
        tracing::Span::current().context().span().span_context().clone()
    });
    assert!(known.is_valid());
    assert_eq!(ids("exemplars_test_jobs_total"), expected(&known));

    let names = Selection::of(["exemplars_test_jobs_total"]);
    let text = registry::encode_to_string(Request::new(Format::OpenMetrics100).names(names));
    let ids = format!("trace_id=\"{}\",span_id=\"{}\"", known.trace_id(), known.span_id());
    assert!(text.contains(&format!("exemplars_test_jobs_total 1 # {{{ids}}} 1 ")), "{text}");
}
