//! Expositions that are long, or taken while they are made.

use super::*;

#[test]
fn append_keeps_what_is_there() {
    let mut encoder = Encoder::append(Format::Text004, Escaping::default(), b"before\n".to_vec());
    encoder.family(&head("none", "", Kind::Gauge));
    assert_eq!(encoder.finish(), b"before\n");
}

/// Long names, help, labels and states: every place that asks for room asks for enough.
#[test]
fn nothing_is_cut_off_however_long() {
    for length in [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 200, 20_000, 100_000] {
        for filler in ["x", "\""] {
            let (name, value) = ("n".repeat(length.max(1)), filler.repeat(length));
            let escaped = value.replace('"', "\\\"");
            let mut encoder = Encoder::new(Format::Text004);
            encoder.family(&head(&name, &value, Kind::Gauge));
            encoder.number(Labels::new(&[&name, "l"], &[&value, &value]), Number::U64(u64::MAX));
            encoder.states(Labels::new(&[&name], &[&value]), &[&value], 0);
            encoder.summary(
                Labels::new(&[&name], &[&value]),
                SummaryPoint { count: 1, sum: 1.0, quantiles: &[(0.5, 2.0)] },
            );
            encoder.histogram(
                Labels::new(&[&name], &[&value]),
                HistogramPoint { bounds: &[1.0], counts: &[u64::MAX, 0], sum: f64::MIN_POSITIVE },
            );
            let help = if value.is_empty() { String::new() } else { format!("# HELP {name} {value}\n") };
            let labels = format!("{name}=\"{escaped}\"");
            let expected = format!(
                "{help}# TYPE {name} gauge\n\
                 {name}{{{labels},l=\"{escaped}\"}} 18446744073709551615\n\
                 {name}{{{labels},{name}=\"{escaped}\"}} 1\n\
                 {name}{{{labels},quantile=\"0.5\"}} 2\n{name}_sum{{{labels}}} 1\n{name}_count{{{labels}}} 1\n\
                 {name}_bucket{{{labels},le=\"1\"}} 18446744073709551615\n\
                 {name}_bucket{{{labels},le=\"+Inf\"}} 18446744073709551615\n\
                 {name}_sum{{{labels}}} 2.2250738585072014e-308\n\
                 {name}_count{{{labels}}} 18446744073709551615\n",
            );
            assert!(String::from_utf8_lossy(&encoder.finish()) == expected, "{length} {filler}");
        }
    }
}

fn write_much(to: &mut dyn Visitor) {
    for family in 0..20 {
        let name = format!("family_{family}");
        to.family(&head(&name, "Help.", Kind::Gauge));
        if family % 3 != 0 {
            for series in 0..1_000 {
                to.number(Labels::new(&["series"], &[&series.to_string()]), Number::U64(series));
            }
        }
    }
}

#[test]
fn what_is_taken_on_the_way_is_together_the_same_bytes() {
    struct TakesOften {
        encoder: Encoder,
        taken: Vec<Vec<u8>>,
    }

    impl Visitor for TakesOften {
        fn family(&mut self, head: &Head<'_>) {
            self.encoder.family(head);
            // The head is not taken until the family has a series.
            self.taken.push(self.encoder.take());
        }

        fn number(&mut self, labels: Labels<'_>, value: Number) {
            self.encoder.number(labels, value);
            if self.encoder.len() > 500 {
                self.taken.push(self.encoder.take());
            }
        }

        fn histogram(&mut self, labels: Labels<'_>, point: HistogramPoint<'_>) {
            self.encoder.histogram(labels, point);
        }

        fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>) {
            self.encoder.summary(labels, point);
        }

        fn states(&mut self, labels: Labels<'_>, states: &[&str], current: usize) {
            self.encoder.states(labels, states, current);
        }
    }

    for format in [Format::Text004, Format::OpenMetrics100] {
        let mut whole = Encoder::new(format);
        write_much(&mut whole);
        let mut parts = TakesOften { encoder: Encoder::new(format), taken: Vec::new() };
        write_much(&mut parts);
        let TakesOften { encoder, mut taken } = parts;
        taken.push(encoder.finish());
        assert!(taken.len() > 100);
        assert_eq!(taken.concat(), whole.finish());
    }
}
