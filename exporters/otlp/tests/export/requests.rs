//! What a request looks like.

use crate::receiver::{Receiver, Reply, texts};
use std::time::Duration;
use tallymark_otlp::{Exported, OtlpExporter, builder};

pub(crate) fn exporter(receiver: &Receiver) -> OtlpExporter {
    builder()
        .endpoint(receiver.endpoint())
        .backoff(Duration::from_millis(1), Duration::from_millis(5))
        .build()
        .expect("good settings")
}

#[test]
fn method_path_and_headers() {
    let receiver = Receiver::new(|_| Reply::ok());
    let settings = builder().endpoint(receiver.endpoint()).header("X-Tenant", "shop");
    let exported = settings.build().expect("good settings").export().expect("it is taken");
    assert!(exported.points > 0 && exported.rejected == 0 && !exported.disabled, "{exported:?}");
    let requests = receiver.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].line, "POST /v1/metrics HTTP/1.1\r\n");
    let header = |name| requests[0].headers.get(name).map(String::as_str);
    assert_eq!(header("content-type"), Some("application/x-protobuf"));
    assert_eq!(header("content-encoding"), None);
    assert_eq!(header("x-tenant"), Some("shop"));
    assert_eq!(header("user-agent"), Some(concat!("tallymark-otlp/", env!("CARGO_PKG_VERSION"))));
    let points: usize = requests[0]
        .message()
        .resource_metrics
        .iter()
        .flat_map(|resource| &resource.scope_metrics)
        .flat_map(|scope| &scope.metrics)
        .map(crate::points::count)
        .sum();
    assert_eq!(u64::try_from(points), Ok(exported.points));
}

#[test]
fn the_resource_says_of_which_service_the_metrics_are() {
    let receiver = Receiver::new(|_| Reply::ok());
    let mut exporter = builder()
        .endpoint(receiver.endpoint())
        .attribute("deployment.environment.name", "test")
        .service_name("shop")
        .build()
        .expect("good settings");
    exporter.export().expect("it is taken");
    let message = receiver.requests()[0].message();
    assert_eq!(message.resource_metrics.len(), 1);
    let resource = message.resource_metrics[0].resource.as_ref().expect("there is one");
    let attributes = texts(&resource.attributes);
    let of = |name| attributes.iter().find(|(known, _)| *known == name).map(|&(_, value)| value);
    assert_eq!(of("service.name"), Some("shop"));
    assert_eq!(of("deployment.environment.name"), Some("test"));
    assert_eq!(of("telemetry.sdk.language"), Some("rust"));
    assert_eq!(of("telemetry.sdk.name"), Some("tallymark"));
    assert_eq!(of("service.instance.id").map(str::len), Some(36));
    let scope = message.resource_metrics[0].scope_metrics[0].scope.as_ref().expect("there is one");
    assert_eq!(scope.name, "tallymark");
}

#[cfg(feature = "gzip")]
#[test]
fn compressed_requests_say_so_and_hold_the_same() {
    use std::io::Read;
    let receiver = Receiver::new(|_| Reply::ok());
    let builder = builder().endpoint(receiver.endpoint()).compression(tallymark_otlp::Compression::Gzip);
    builder.build().expect("good settings").export().expect("it is taken");
    let mut request = receiver.requests().remove(0);
    assert_eq!(request.headers.get("content-encoding").map(String::as_str), Some("gzip"));
    let mut body = Vec::new();
    flate2::read::GzDecoder::new(request.body.as_slice()).read_to_end(&mut body).expect("gzip");
    assert!(body.len() > request.body.len());
    request.body = body;
    assert_eq!(
        request.metrics("tallymark_conflicts_total").len() + request.metrics("tallymark_conflicts").len(),
        1
    );
}

#[test]
fn what_exports_did_is_counted() {
    // Other tests export as well, so counts are only known from below.
    let count = |name: &str, labels: &[(&str, &str)]| {
        tallymark_core::registry::snapshot().counter(name, labels).expect("declared by the first exporter")
    };
    let receiver = Receiver::new(|_| Reply::ok());
    let mut exporter = exporter(&receiver);
    let success: &[(&str, &str)] = &[("result", "success")];
    let before = (count("tallymark_otlp_exports_total", success), count("tallymark_otlp_points_total", &[]));
    let Exported { points, .. } = exporter.export().expect("it is taken");
    assert!(count("tallymark_otlp_exports_total", success) > before.0);
    assert!(count("tallymark_otlp_points_total", &[]) >= before.1 + points);
    assert!(count("tallymark_otlp_requests_total", &[("result", "accepted")]) > 0);
    let reasons = ["rejected", "refused", "unreachable", "unavailable", "expired"];
    for reason in reasons {
        count("tallymark_otlp_dropped_points_total", &[("reason", reason)]);
    }
    let snapshot = tallymark_core::registry::snapshot();
    let durations = snapshot.histogram("tallymark_otlp_export_duration_seconds", &[]);
    assert!(durations.is_some_and(|durations| durations.count() > 0));
}
