//! What a metric may be called.
//!
//! Sources: Prometheus, "Metric and label naming"; OpenMetrics 1.0, "Metric types and suffixes".

use proc_macro2::Span;
use syn::LitStr;

use super::{Allow, Kind, is_snake_case, is_word, unit};
use crate::errors::Errors;

/// A name to be checked.
pub(crate) struct Name<'a> {
    /// The whole name, namespace and subsystem included.
    pub(crate) text: &'a str,
    /// The part of it that is neither.
    pub(crate) own: &'a str,
    /// Where mistakes in it are shown.
    pub(crate) span: Span,
    /// What it is the name of.
    pub(crate) kind: Kind,
    /// `unit = "…"`
    pub(crate) unit: Option<&'a LitStr>,
    /// The rules that do not hold.
    pub(crate) allow: Allow,
}

impl Name<'_> {
    /// Reports all broken rules.
    pub(crate) fn check(&self, errors: &mut Errors) {
        let text = self.text;
        if !is_word(text) {
            errors.at(
                self.span,
                format_args!(
                    "`{text}` cannot be a metric name: it consists of letters, digits and underscores, and does not \
                     begin with a digit"
                ),
            );
            return;
        }
        self.check_words(errors);
        self.check_total(errors);
        self.check_suffix(errors);
        self.check_unit(errors);
    }

    /// The unit to declare: the given one, or the base unit that the name ends in.
    pub(crate) fn unit(&self) -> Option<String> {
        if let Some(unit) = self.unit {
            return Some(unit.value());
        }
        match self.kind {
            Kind::Info | Kind::StateSet => None,
            _ => unit::base(self.stem()).map(str::to_owned),
        }
    }

    /// The name without `_total`.
    fn stem(&self) -> &str {
        self.text.strip_suffix("_total").unwrap_or(self.text)
    }

    fn check_words(&self, errors: &mut Errors) {
        let text = self.text;
        if self.allow.name {
            return;
        }
        let own = self.own;
        if !is_snake_case(own) {
            errors.at(
                self.span,
                format_args!(
                    "`{own}` is not lower snake case: a metric name is made of lower-case letters and digits, with \
                     one underscore between words, such as `orders_created_total`; or write `allow(name)`"
                ),
            );
        }
        if text.split('_').any(|word| word == "metric" || word == "metrics") {
            errors.at(
                self.span,
                "every metric is a metric: leave the word out of the name and say what is measured; or write \
                 `allow(name)`",
            );
        }
    }

    fn check_total(&self, errors: &mut Errors) {
        let text = self.text;
        if self.allow.total {
            return;
        }
        match (self.kind, text.strip_suffix("_total")) {
            (Kind::Counter, None) => errors.at(
                self.span,
                format_args!(
                    "a counter's name ends in `_total`: call it `{text}_total`; or write `allow(total)`"
                ),
            ),
            (Kind::Counter | Kind::Unknown, _) | (_, None) => {}
            (kind, Some(stem)) => errors.at(
                self.span,
                format_args!(
                    "only a counter's name ends in `_total`, and this is {}: call it `{stem}`, or make it a \
                     counter; or write `allow(total)`",
                    kind.article()
                ),
            ),
        }
    }

    fn check_suffix(&self, errors: &mut Errors) {
        if self.allow.suffix {
            return;
        }
        let text = self.text;
        // A counter that lacks `_total` has been told so; another type may yet turn out to be one.
        if matches!(self.kind, Kind::Counter | Kind::Unknown) && !text.ends_with("_total") {
            return;
        }
        let suffix = text.rsplit_once('_').map(|(_, suffix)| suffix);
        match (self.kind, suffix) {
            (Kind::Info, Some("info")) => {}
            (Kind::Info, _) => errors.at(
                self.span,
                format_args!("an info's name ends in `_info`: call it `{text}_info`; or write `allow(suffix)`"),
            ),
            (kind, Some("info")) => errors.at(
                self.span,
                format_args!(
                    "only an info's name ends in `_info`, and this is {}; or write `allow(suffix)`",
                    kind.article()
                ),
            ),
            (_, Some(suffix @ ("bucket" | "count" | "sum" | "created"))) => errors.at(
                self.span,
                format_args!(
                    "`_{suffix}` is added by the exposition formats and must not end a name; or write `allow(suffix)`"
                ),
            ),
            _ => {}
        }
    }

    fn check_unit(&self, errors: &mut Errors) {
        let stem = self.stem();
        let total = &self.text[stem.len()..];
        if let Some(unit) = self.unit {
            let text = unit.value();
            if !is_snake_case(&text) {
                errors.at(unit.span(), "a unit is lower snake case, such as `seconds` or `bytes`");
                return;
            }
            if matches!(self.kind, Kind::Info | Kind::StateSet) {
                errors.at(unit.span(), format_args!("{} has no unit", self.kind.article()));
                return;
            }
            if self.allow.unit {
                return;
            }
            if let Some(base) = unit::instead_of(&text) {
                errors.at(
                    unit.span(),
                    format_args!("`{text}` is not a base unit: measure in `{base}`; or write `allow(unit)`"),
                );
                return;
            }
            if !unit::ends_in(stem, &text) {
                let other = unit::base(stem);
                let stem = other.map_or(stem, |base| &stem[..stem.len() - base.len() - 1]);
                let other = other.map(|base| format!(", or make the unit `{base}`")).unwrap_or_default();
                errors.at(
                    self.span,
                    format_args!(
                        "a name ends in its unit: call it `{stem}_{text}{total}`{other}; or write `allow(unit)`"
                    ),
                );
                return;
            }
        }
        if self.allow.unit {
            return;
        }
        // A name of one word says what is measured, not in which unit.
        let Some((before, word)) = stem.rsplit_once('_') else { return };
        if let Some(base) = unit::instead_of(word) {
            let measure =
                if base == "ratio" { "a ratio from 0 to 1".to_owned() } else { format!("in {base}") };
            errors.at(
                self.span,
                format_args!(
                    "`{word}` is not a base unit: measure {measure} and call it `{before}_{base}{total}`; or write \
                     `allow(unit)`"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use syn::LitStr;

    use super::{Allow, Kind, Name};
    use crate::errors::Errors;

    fn faults_of(text: &str, kind: Kind, unit: Option<&str>, allow: Allow) -> Vec<String> {
        let unit = unit.map(|unit| LitStr::new(unit, Span::call_site()));
        let mut errors = Errors::default();
        Name { text, own: text, span: Span::call_site(), kind, unit: unit.as_ref(), allow }
            .check(&mut errors);
        match errors.finish() {
            Ok(()) => Vec::new(),
            Err(error) => error.into_iter().map(|error| error.to_string()).collect(),
        }
    }

    fn faults(text: &str, kind: Kind) -> Vec<String> {
        faults_of(text, kind, None, Allow::default())
    }

    #[test]
    fn good_names_pass() {
        for (text, kind) in [
            ("orders_created_total", Kind::Counter),
            ("shop_order_processing_duration_seconds", Kind::Histogram),
            ("cpu_seconds_total", Kind::Counter),
            ("orders_pending", Kind::Gauge),
            ("build_info", Kind::Info),
            ("count", Kind::Gauge),
            ("anything_total", Kind::Unknown),
        ] {
            assert_eq!(faults(text, kind), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn messages_give_the_right_name() {
        let found = faults("upload_kb_total", Kind::Counter);
        assert!(found[0].contains("`upload_bytes_total`"), "{found:?}");
        let found = faults("orders_created", Kind::Counter);
        assert!(found[0].contains("`orders_created_total`"), "{found:?}");
        let found = faults_of("wait_bytes", Kind::Histogram, Some("seconds"), Allow::default());
        assert!(found[0].contains("`wait_seconds`"), "{found:?}");
    }

    #[test]
    fn all_broken_rules_are_reported_together() {
        assert_eq!(faults("metric_wait_ms", Kind::Counter).len(), 3);
    }

    #[test]
    fn every_rule_but_the_alphabet_can_be_switched_off() {
        let all = Allow { unit: true, total: true, suffix: true, name: true, label: true };
        assert!(faults_of("Metric_Wait_ms_total", Kind::Gauge, None, all).is_empty());
        assert_eq!(faults_of("wait-ms", Kind::Gauge, None, all).len(), 1);
    }

    #[test]
    fn units_are_inferred_from_the_name() {
        let unit = |text, kind| {
            Name { text, own: text, span: Span::call_site(), kind, unit: None, allow: Allow::default() }
                .unit()
        };
        assert_eq!(unit("cpu_seconds_total", Kind::Counter).as_deref(), Some("seconds"));
        assert_eq!(unit("orders_total", Kind::Counter), None);
        assert_eq!(unit("clock_seconds", Kind::StateSet), None);
    }
}
