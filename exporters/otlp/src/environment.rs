//! The environment variables of OpenTelemetry.
//!
//! Source: OpenTelemetry specification, "OpenTelemetry Protocol Exporter" and "Environment Variable Specification".

use crate::error::BuildError;
use percent_encoding::percent_decode_str;
use std::time::Duration;

/// Looks variables up. Those that are empty count as not set, as the specification demands.
pub(crate) struct Environment<'a>(&'a dyn Fn(&str) -> Option<String>);

/// A variable that is set.
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) value: String,
}

impl Variable {
    /// The error of a variable with this value.
    pub(crate) fn error(self, expected: &'static str) -> BuildError {
        BuildError::Variable { name: self.name, value: Some(self.value), expected }
    }

    /// The value as a number of milliseconds.
    pub(crate) fn milliseconds(self) -> Result<Duration, BuildError> {
        match self.value.parse() {
            Ok(milliseconds) => Ok(Duration::from_millis(milliseconds)),
            Err(_) => Err(self.error("a number of milliseconds")),
        }
    }

    /// The value as `key=value` pairs between commas, percent-decoded.
    pub(crate) fn pairs(self, secret: bool) -> Result<Vec<(String, String)>, BuildError> {
        let decode = |text: &str| percent_decode_str(text.trim()).decode_utf8().ok().map(String::from);
        let pair = |part: &str| {
            let (key, value) = part.split_once('=')?;
            Some((decode(key).filter(|key| !key.is_empty())?, decode(value)?))
        };
        let parts = self.value.split(',').filter(|part| !part.trim().is_empty());
        parts.map(pair).collect::<Option<Vec<_>>>().ok_or_else(|| BuildError::Variable {
            name: self.name,
            value: (!secret).then(|| self.value.clone()),
            expected: "`key=value` pairs between commas, with other characters as `%XX`",
        })
    }
}

impl<'a> Environment<'a> {
    pub(crate) fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self(lookup)
    }

    /// The first of these variables that is set.
    pub(crate) fn first(&self, names: &[&'static str]) -> Option<Variable> {
        names.iter().find_map(|name| {
            let value = (self.0)(name)?;
            let value = value.trim();
            (!value.is_empty()).then(|| Variable { name, value: value.to_owned() })
        })
    }

    /// The variable with this name.
    pub(crate) fn get(&self, name: &'static str) -> Option<Variable> {
        self.first(&[name])
    }

    /// Whether metrics are switched off.
    pub(crate) fn is_disabled(&self) -> bool {
        // Anything but `true` is false, as the specification demands of variables that are true or false.
        let is =
            |name, value| self.get(name).is_some_and(|variable| variable.value.eq_ignore_ascii_case(value));
        is("OTEL_SDK_DISABLED", "true") || is("OTEL_METRICS_EXPORTER", "none")
    }

    /// An error if another protocol than that of this exporter is asked for.
    pub(crate) fn check_protocol(&self) -> Result<(), BuildError> {
        let names = ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
        match self.first(&names) {
            Some(protocol) if protocol.value != "http/protobuf" => Err(protocol.error(
                "`http/protobuf`, the only protocol of this exporter; a collector receives it on port 4318",
            )),
            _ => Ok(()),
        }
    }

    /// Where metrics go.
    pub(crate) fn endpoint(&self) -> String {
        if let Some(endpoint) = self.get("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT") {
            return endpoint.value;
        }
        let base = self.get("OTEL_EXPORTER_OTLP_ENDPOINT");
        let base = base.map_or_else(|| "http://localhost:4318".to_owned(), |base| base.value);
        format!("{}/v1/metrics", base.trim_end_matches('/'))
    }
}

#[cfg(test)]
#[expect(clippy::redundant_closure_for_method_calls, reason = "the method itself is of one lifetime only")]
mod tests {
    use super::*;

    fn with<R>(variables: &[(&str, &str)], test: impl FnOnce(&Environment<'_>) -> R) -> R {
        let lookup = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|&(_, value)| value.to_owned())
        };
        test(&Environment::new(&lookup))
    }

    #[test]
    fn the_endpoint_of_metrics_is_taken_as_it_is_and_the_common_one_gets_a_path() {
        let base = "OTEL_EXPORTER_OTLP_ENDPOINT";
        assert_eq!(with(&[], |environment| environment.endpoint()), "http://localhost:4318/v1/metrics");
        assert_eq!(
            with(&[(base, "http://a:1")], |environment| environment.endpoint()),
            "http://a:1/v1/metrics"
        );
        assert_eq!(
            with(&[(base, "http://a:1/otlp/")], |environment| environment.endpoint()),
            "http://a:1/otlp/v1/metrics"
        );
        let own = ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://b/in");
        assert_eq!(with(&[(base, "http://a"), own], |environment| environment.endpoint()), "http://b/in");
        let empty = ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", " ");
        assert_eq!(
            with(&[(base, "http://a"), empty], |environment| environment.endpoint()),
            "http://a/v1/metrics"
        );
    }

    #[test]
    fn pairs_are_decoded() {
        let pairs = |value: &str| Variable { name: "X", value: value.to_owned() }.pairs(false);
        let expected = [("a".to_owned(), "1=2".to_owned()), ("b c".to_owned(), "ü,".to_owned())];
        assert_eq!(pairs("a=1=2, b%20c=%C3%BC%2C ,").expect("good"), expected);
        for bad in ["a", "=1", "a=%FF", "a=1;b"] {
            if bad == "a=1;b" {
                assert_eq!(pairs(bad).expect("no comma, no second pair")[0].1, "1;b");
                continue;
            }
            let error = pairs(bad).expect_err(bad).to_string();
            assert!(error.contains('X') && error.contains(bad), "{error}");
        }
    }

    #[test]
    fn secrets_are_not_repeated() {
        let variable =
            Variable { name: "OTEL_EXPORTER_OTLP_HEADERS", value: "token-without-name".to_owned() };
        let error = variable.pairs(true).expect_err("no pair");
        assert!(!format!("{error} {error:?}").contains("token"), "{error}");
    }

    #[test]
    fn other_protocols_are_refused() {
        let protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
        assert!(with(&[(protocol, "http/protobuf")], |environment| environment.check_protocol()).is_ok());
        let error =
            with(&[(protocol, "grpc")], |environment| environment.check_protocol()).expect_err("not spoken");
        assert_eq!(
            error.to_string(),
            "the environment variable `OTEL_EXPORTER_OTLP_PROTOCOL` is `grpc`; expected `http/protobuf`, the only \
             protocol of this exporter; a collector receives it on port 4318"
        );
        let own = ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf");
        assert!(with(&[(protocol, "grpc"), own], |environment| environment.check_protocol()).is_ok());
    }

    #[test]
    fn switched_off() {
        let disabled = |name, value| with(&[(name, value)], |environment| environment.is_disabled());
        assert!(disabled("OTEL_SDK_DISABLED", "TRUE"));
        assert!(!disabled("OTEL_SDK_DISABLED", "1"));
        assert!(disabled("OTEL_METRICS_EXPORTER", "none"));
        assert!(!disabled("OTEL_METRICS_EXPORTER", "otlp"));
    }
}
