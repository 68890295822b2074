//! Settings, of the program and of its environment.

use crate::{
    BuildError, OtlpExporter,
    client::Client,
    compression::Compression,
    environment::Environment,
    history::Temporality,
    meters::Meters,
    payload::{HistogramAggregation, Shape},
    resource::Attributes,
    retry::Backoff,
    sender::Sender,
    timing::Timing,
};
#[cfg(feature = "tls")]
use std::path::PathBuf;
use std::time::Duration;
use ureq::{
    Agent,
    config::ConfigBuilder,
    http::{HeaderMap, HeaderName, HeaderValue, Uri, header},
    typestate::AgentScope,
};

/// What an endpoint is.
const ENDPOINT: &str = "a URL such as `http://localhost:4318/v1/metrics`";

/// Settings of an exporter. What is not set here is taken from the environment, and what is not set there has the default
/// of OpenTelemetry's specification.
#[derive(Clone, Default)]
#[must_use = "nothing is sent before it is built and started"]
pub struct OtlpBuilder {
    endpoint: Option<String>,
    headers: Vec<(String, String)>,
    timeout: Option<Duration>,
    compression: Option<Compression>,
    temporality: Option<Temporality>,
    aggregation: Option<HistogramAggregation>,
    interval: Option<Duration>,
    export_timeout: Option<Duration>,
    shutdown_timeout: Option<Duration>,
    backoff: Option<(Duration, Duration)>,
    #[cfg(feature = "tls")]
    certificate: Option<PathBuf>,
    #[cfg(feature = "tls")]
    client_certificate: Option<(PathBuf, PathBuf)>,
    attributes: Vec<(String, String)>,
}

impl OtlpBuilder {
    /// Sends to this URL, which is used as it is: `http://collector:4318/v1/metrics`.
    ///
    /// By default `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT`, or `OTEL_EXPORTER_OTLP_ENDPOINT` with `/v1/metrics` behind it, or
    /// `http://localhost:4318/v1/metrics`.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Adds a header to each request, such as one with a token.
    ///
    /// If there are any, they are in place of those of `OTEL_EXPORTER_OTLP_METRICS_HEADERS` or `OTEL_EXPORTER_OTLP_HEADERS`.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The longest time that one request may take.
    ///
    /// By default `OTEL_EXPORTER_OTLP_METRICS_TIMEOUT` or `OTEL_EXPORTER_OTLP_TIMEOUT`, or ten seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Compresses requests.
    ///
    /// By default `OTEL_EXPORTER_OTLP_METRICS_COMPRESSION` or `OTEL_EXPORTER_OTLP_COMPRESSION`, or not.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = Some(compression);
        self
    }

    /// Sends sums since the series began to count, or since the last export.
    ///
    /// By default `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`, or [`Temporality::Cumulative`].
    pub fn temporality(mut self, temporality: Temporality) -> Self {
        self.temporality = Some(temporality);
        self
    }

    /// Which buckets of a histogram are sent that has both native ones and given bounds.
    ///
    /// By default `OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION`, or [`HistogramAggregation::Exponential`].
    pub fn histogram_aggregation(mut self, aggregation: HistogramAggregation) -> Self {
        self.aggregation = Some(aggregation);
        self
    }

    /// The time from one export to the next. By default `OTEL_METRIC_EXPORT_INTERVAL`, or a minute.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = Some(interval);
        self
    }

    /// The longest time that one export may take, with all requests that are sent again. By default
    /// `OTEL_METRIC_EXPORT_TIMEOUT`, or half a minute.
    pub fn export_timeout(mut self, timeout: Duration) -> Self {
        self.export_timeout = Some(timeout);
        self
    }

    /// The longest time that the end of the program waits for the last export: five seconds by default.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = Some(timeout);
        self
    }

    /// The first and the longest pause before a request is sent again: one second and half a minute by default. Each pause
    /// is about twice as long as the one before, and if the receiver says how long it wants to be left alone, that holds.
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.backoff = Some((first, longest));
        self
    }

    /// Trusts the certificates in this PEM file, in place of the system's.
    ///
    /// By default `OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE` or `OTEL_EXPORTER_OTLP_CERTIFICATE`.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn certificate(mut self, path: impl Into<PathBuf>) -> Self {
        self.certificate = Some(path.into());
        self
    }

    /// Shows the receiver this certificate, with its key: two PEM files.
    ///
    /// By default `OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE` or `OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE`, and the same
    /// with `CLIENT_KEY`.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn client_certificate(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.client_certificate = Some((certificate.into(), key.into()));
        self
    }

    /// Sets an attribute of the resource, in place of the one that `OTEL_RESOURCE_ATTRIBUTES` may have.
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.push((name.into(), value.into()));
        self
    }

    /// The name of the service: the attribute `service.name`.
    ///
    /// By default `OTEL_SERVICE_NAME`, or what `OTEL_RESOURCE_ATTRIBUTES` says, or `unknown_service:` and the name of the
    /// program.
    pub fn service_name(self, name: impl Into<String>) -> Self {
        self.attribute("service.name", name)
    }

    /// Makes the exporter. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// If a setting, here or in the environment, cannot be used. Where exporting is switched off, by `OTEL_SDK_DISABLED` or
    /// `OTEL_METRICS_EXPORTER=none`, nothing else is looked at.
    pub fn build(self) -> Result<OtlpExporter, BuildError> {
        self.build_from(&Environment::new(&|name| {
            std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
        }))
    }

    pub(crate) fn build_from(self, environment: &Environment<'_>) -> Result<OtlpExporter, BuildError> {
        let timing = self.timing(environment)?;
        if environment.is_disabled() {
            return Ok(OtlpExporter::new(None, timing));
        }
        if self.endpoint.is_none() {
            environment.check_protocol()?;
        }
        let endpoint = self.endpoint.clone().unwrap_or_else(|| environment.endpoint());
        let endpoint = checked(endpoint)?;
        let timeout = duration(
            self.timeout,
            environment,
            &["OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"],
            Duration::from_secs(10),
        )?;
        let compression = self.resolve_compression(environment)?;
        let headers = self.headers(environment, compression)?;
        let agent = self.agent(environment, &endpoint)?;
        let shape = Shape {
            resource: self.resource(environment)?,
            compression,
            aggregation: self.resolve_aggregation(environment)?,
        };
        let temporality = self.resolve_temporality(environment)?;
        let (first, longest) = self.backoff.unwrap_or((Duration::from_secs(1), Duration::from_secs(30)));
        let client = Client::new(agent, endpoint, headers, timeout);
        let backoff = Backoff::new(first, longest);
        let sender = Sender::new(client, shape, temporality, Meters::declare()?, backoff);
        Ok(OtlpExporter::new(Some(sender), timing))
    }
}

/// Each setting by itself.
impl OtlpBuilder {
    fn timing(&self, environment: &Environment<'_>) -> Result<Timing, BuildError> {
        let seconds = Duration::from_secs;
        let interval = duration(self.interval, environment, &["OTEL_METRIC_EXPORT_INTERVAL"], seconds(60))?;
        Ok(Timing {
            // An interval of zero would be a loop without a pause.
            interval: interval.max(Duration::from_millis(1)),
            export_timeout: duration(
                self.export_timeout,
                environment,
                &["OTEL_METRIC_EXPORT_TIMEOUT"],
                seconds(30),
            )?,
            shutdown_timeout: self.shutdown_timeout.unwrap_or(seconds(5)),
        })
    }

    fn resolve_compression(&self, environment: &Environment<'_>) -> Result<Compression, BuildError> {
        if let Some(compression) = self.compression {
            return Ok(compression);
        }
        let names = ["OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"];
        let Some(variable) = environment.first(&names) else { return Ok(Compression::None) };
        match variable.value.as_str() {
            "none" => Ok(Compression::None),
            #[cfg(feature = "gzip")]
            "gzip" => Ok(Compression::Gzip),
            #[cfg(not(feature = "gzip"))]
            "gzip" => Err(BuildError::Feature { setting: "the compression `gzip`", feature: "gzip" }),
            _ => Err(variable.error("`gzip` or `none`")),
        }
    }

    fn resolve_temporality(&self, environment: &Environment<'_>) -> Result<Temporality, BuildError> {
        if let Some(temporality) = self.temporality {
            return Ok(temporality);
        }
        let variable = environment.get("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE");
        let Some(variable) = variable else { return Ok(Temporality::Cumulative) };
        match variable.value.to_ascii_lowercase().as_str() {
            "cumulative" => Ok(Temporality::Cumulative),
            // The two differ in instruments that are asked for their values, which nobody here can tell from others.
            "delta" | "lowmemory" => Ok(Temporality::Delta),
            _ => Err(variable.error("`cumulative`, `delta` or `lowmemory`")),
        }
    }

    fn resolve_aggregation(&self, environment: &Environment<'_>) -> Result<HistogramAggregation, BuildError> {
        if let Some(aggregation) = self.aggregation {
            return Ok(aggregation);
        }
        let variable = environment.get("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION");
        let Some(variable) = variable else { return Ok(HistogramAggregation::Exponential) };
        match variable.value.to_ascii_lowercase().as_str() {
            "base2_exponential_bucket_histogram" => Ok(HistogramAggregation::Exponential),
            "explicit_bucket_histogram" => Ok(HistogramAggregation::Explicit),
            _ => Err(variable.error("`base2_exponential_bucket_histogram` or `explicit_bucket_histogram`")),
        }
    }

    fn resource(
        &self,
        environment: &Environment<'_>,
    ) -> Result<opentelemetry_proto::tonic::resource::v1::Resource, BuildError> {
        let mut attributes = Attributes::new();
        if let Some(variable) = environment.get("OTEL_RESOURCE_ATTRIBUTES") {
            for (name, value) in variable.pairs(false)? {
                attributes.set(name, value);
            }
        }
        if let Some(name) = environment.get("OTEL_SERVICE_NAME") {
            attributes.set("service.name", name.value);
        }
        for (name, value) in &self.attributes {
            attributes.set(name, value);
        }
        Ok(attributes.into_resource())
    }

    fn headers(
        &self,
        environment: &Environment<'_>,
        compression: Compression,
    ) -> Result<HeaderMap, BuildError> {
        let mut headers = HeaderMap::new();
        let agent = concat!("tallymark-otlp/", env!("CARGO_PKG_VERSION"));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(agent));
        let names = ["OTEL_EXPORTER_OTLP_METRICS_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"];
        let variable = environment.first(&names).filter(|_| self.headers.is_empty());
        let set = variable.map(|variable| variable.pairs(true)).transpose()?;
        for (name, value) in set.iter().flatten().chain(&self.headers) {
            let header = HeaderName::try_from(name).ok().zip(HeaderValue::try_from(value).ok());
            let Some((header, mut value)) = header else {
                return Err(BuildError::Header { name: name.clone() });
            };
            value.set_sensitive(true);
            headers.insert(header, value);
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        if let Some(encoding) = compression.content_encoding() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        Ok(headers)
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as where there is TLS")]
    fn agent(&self, _: &Environment<'_>, _: &Uri) -> Result<Agent, BuildError> {
        Ok(plain().build().new_agent())
    }

    #[cfg(feature = "tls")]
    fn agent(&self, environment: &Environment<'_>, endpoint: &Uri) -> Result<Agent, BuildError> {
        if endpoint.scheme_str() != Some("https") {
            return Ok(plain().build().new_agent());
        }
        let path = |set: Option<&PathBuf>, names: &[&'static str]| {
            set.cloned().or_else(|| environment.first(names).map(|variable| variable.value.into()))
        };
        let trusted = path(
            self.certificate.as_ref(),
            &["OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE"],
        );
        let (shown, key) = self.client_certificate.as_ref().map(|(shown, key)| (shown, key)).unzip();
        let shown = path(
            shown,
            &["OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"],
        );
        let key = path(key, &["OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY", "OTEL_EXPORTER_OTLP_CLIENT_KEY"]);
        let tls = crate::tls::config(trusted, shown.zip(key))?;
        Ok(plain().tls_config(tls).build().new_agent())
    }
}

/// What all requests have in common.
fn plain() -> ConfigBuilder<AgentScope> {
    // A status is told by itself, and a redirected request could take its headers to somebody else.
    Agent::config_builder().http_status_as_error(false).max_redirects(0).max_redirects_will_error(false)
}

/// A duration that is set, or that of the environment, or the default.
fn duration(
    set: Option<Duration>,
    environment: &Environment<'_>,
    names: &[&'static str],
    default: Duration,
) -> Result<Duration, BuildError> {
    match (set, environment.first(names)) {
        (Some(duration), _) => Ok(duration),
        (None, Some(variable)) => variable.milliseconds(),
        (None, None) => Ok(default),
    }
}

/// An endpoint that can be sent to.
fn checked(endpoint: String) -> Result<Uri, BuildError> {
    let parsed = endpoint.parse::<Uri>().ok().filter(|uri| uri.host().is_some_and(|host| !host.is_empty()));
    match parsed.as_ref().and_then(Uri::scheme_str) {
        Some("https") if cfg!(not(feature = "tls")) => {
            Err(BuildError::Feature { setting: "an endpoint that begins with `https://`", feature: "tls" })
        }
        Some("http" | "https") => parsed.ok_or(BuildError::Endpoint { endpoint, expected: ENDPOINT }),
        _ => Err(BuildError::Endpoint { endpoint, expected: ENDPOINT }),
    }
}

impl std::fmt::Debug for OtlpBuilder {
    /// Leaves out headers, which may hold secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OtlpBuilder")
            .field("endpoint", &self.endpoint)
            .field("temporality", &self.temporality)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error;

    /// Builds an exporter where these variables are set and no others.
    fn build(settings: OtlpBuilder, variables: &[(&str, &str)]) -> Result<OtlpExporter, BuildError> {
        let lookup = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|&(_, value)| value.to_owned())
        };
        settings.build_from(&Environment::new(&lookup))
    }

    #[test]
    fn the_defaults_are_those_of_the_specification() {
        let timing = build(OtlpBuilder::default(), &[]).expect("defaults are good").timing;
        let seconds = Duration::from_secs;
        assert_eq!((timing.interval, timing.export_timeout), (seconds(60), seconds(30)));
    }

    #[test]
    fn the_environment_gives_way_to_the_program() {
        let variables = [("OTEL_METRIC_EXPORT_INTERVAL", "1500"), ("OTEL_METRIC_EXPORT_TIMEOUT", "700")];
        let timing = build(OtlpBuilder::default(), &variables).expect("good").timing;
        assert_eq!((timing.interval.as_millis(), timing.export_timeout.as_millis()), (1_500, 700));
        let settings = OtlpBuilder::default().interval(Duration::from_secs(7));
        assert_eq!(build(settings, &variables).expect("good").timing.interval.as_secs(), 7);
    }

    #[test]
    fn values_that_cannot_be_are_named() {
        let bad = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "grpc://collector:4317"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
            ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "-1"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"),
            ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "both"),
            ("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "none"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1m"),
            ("OTEL_METRIC_EXPORT_TIMEOUT", "never"),
            ("OTEL_RESOURCE_ATTRIBUTES", "a"),
        ];
        for (name, value) in bad {
            let error = build(OtlpBuilder::default(), &[(name, value)]).expect_err(name).to_string();
            let named = error.contains(name) || name.ends_with("_ENDPOINT");
            assert!(named && error.contains(value) && error.contains("expected "), "{error}");
        }
        let error = build(OtlpBuilder::default(), &[("OTEL_EXPORTER_OTLP_HEADERS", "secret")]);
        let error = error.expect_err("no pair");
        assert!(!format!("{error:?} {error}").contains("secret") && error.source().is_none(), "{error}");
    }

    #[test]
    fn values_that_can_be_are_taken() {
        let good = [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "none"),
            ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "LowMemory"),
            ("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "explicit_bucket_histogram"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20x,x-tenant=shop"),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", ""),
        ];
        build(OtlpBuilder::default(), &good).expect("each is good");
        // Another protocol does not matter where the program says where to send to.
        let settings = OtlpBuilder::default().endpoint("http://localhost:4318/v1/metrics");
        build(settings, &[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]).expect("the program knows better");
    }

    #[test]
    fn switched_off_nothing_is_sent_and_nothing_else_looked_at() {
        let variables = [("OTEL_SDK_DISABLED", "true"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "nonsense")];
        let mut exporter = build(OtlpBuilder::default(), &variables).expect("switched off");
        assert!(exporter.export().expect("nothing to do").disabled);
        let guard = exporter.start().expect("no thread");
        assert!(guard.flush(Duration::ZERO).expect("nothing to do").disabled);
        assert!(guard.shutdown().expect("nothing to do").disabled);
    }

    #[test]
    fn resources_are_of_the_program_then_the_service_name_then_the_attributes() {
        let variables = [("OTEL_RESOURCE_ATTRIBUTES", "service.name=a,team=x"), ("OTEL_SERVICE_NAME", "b")];
        let of = |settings: OtlpBuilder, variables: &[(&str, &str)], name: &str| {
            let lookup = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|&(_, value)| value.to_owned())
            };
            let resource = settings.resource(&Environment::new(&lookup)).expect("good");
            resource
                .attributes
                .into_iter()
                .find(|attribute| attribute.key == name)
                .map(|attribute| attribute.value)
        };
        let text = |value: &str| crate::point::attribute("", value).value;
        let service = |settings, variables| of(settings, variables, "service.name");
        assert_eq!(service(OtlpBuilder::default(), &variables), Some(text("b")));
        assert_eq!(service(OtlpBuilder::default().service_name("c"), &variables), Some(text("c")));
        assert_eq!(service(OtlpBuilder::default(), &variables[..1]), Some(text("a")));
        assert_eq!(of(OtlpBuilder::default(), &variables, "team"), Some(text("x")));
        let unnamed = service(OtlpBuilder::default(), &[]).flatten();
        let Some(name) = unnamed.and_then(|value| value.value) else { panic!("it has a name") };
        assert!(format!("{name:?}").contains("unknown_service:tallymark_otlp"), "{name:?}");
    }
}
