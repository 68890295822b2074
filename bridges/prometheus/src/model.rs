//! Reading the `prometheus` crate's model, whichever of the two it has.
//!
//! With its feature `protobuf`, which any crate in the tree may switch on, its types are generated and have other
//! methods than without. What both have in common is used directly. For the rest, method resolution chooses: a method
//! of the type itself comes before a trait's, so the traits here only stand in for methods that are missing.

#![allow(dead_code, reason = "each of the stand-ins is for one of the two models")]

use prometheus::proto::{Counter, Gauge, Metric};

/// The value of a counter series.
pub(super) fn counter(metric: &Metric) -> f64 {
    metric.get_counter().get_value()
}

/// The value of a gauge series.
pub(super) fn gauge(metric: &Metric) -> f64 {
    metric.get_gauge().get_value()
}

/// The value of an untyped series. Only collectors of an application's own make such.
pub(super) fn untyped(metric: &Metric) -> f64 {
    #[allow(deprecated, reason = "there is no other method in the plain model")]
    metric.get_untyped().get_value()
}

/// The generated types have `value`, and not this.
trait GetValue {
    fn get_value(&self) -> f64;
}

/// The plain types have `get_value`, and not this.
trait Value: Sized {
    fn value(&self) -> f64 {
        f64::NAN
    }
}

impl Value for Counter {}

impl GetValue for Counter {
    fn get_value(&self) -> f64 {
        self.value()
    }
}

impl Value for Gauge {}

impl GetValue for Gauge {
    fn get_value(&self) -> f64 {
        self.value()
    }
}

/// The generated type has a field in place of this method, of a type that cannot be named here.
trait GetUntyped {
    fn get_untyped(&self) -> Shown;
}

impl GetUntyped for Metric {
    fn get_untyped(&self) -> Shown {
        Shown(format!("{self:?}"))
    }
}

/// A generated series as its derived `Debug` shows it, which is the one way to its untyped value.
struct Shown(String);

impl Shown {
    fn get_value(&self) -> f64 {
        let value = self.0.rsplit_once("Untyped { value: Some(").and_then(|(_, rest)| rest.split_once(')'));
        value.and_then(|(value, _)| value.parse().ok()).unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The field is private in one model and missing a setter in the other, so only zero and absence can be tried here.
    #[test]
    fn untyped_without_a_value() {
        let value = untyped(&Metric::default());
        assert!(value == 0.0 || value.is_nan(), "{value}");
    }

    #[test]
    fn untyped_as_shown() {
        let shown = |text: &str| Shown(text.to_owned()).get_value();
        let before = "Metric { label: [LabelPair { value: Some(\"Untyped { value: Some(7)\") }], untyped: MessageField(Some(";
        for (text, expected) in [("2.5", 2.5), ("-1e300", -1e300), ("inf", f64::INFINITY)] {
            let text = format!("{before}Untyped {{ value: Some({text}), special_fields: .. }})) }}");
            assert_eq!(shown(&text).to_bits(), expected.to_bits(), "{text}");
        }
        assert!(shown("Metric { untyped: MessageField(None) }").is_nan());
        assert!(shown("Untyped { value: Some(NaN), .. }").is_nan());
    }
}
