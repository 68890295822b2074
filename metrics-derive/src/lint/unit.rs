//! Base units, and words that stand where one should.
//!
//! Source: Prometheus, "Metric and label naming", section "Base units"; the abbreviations are those that
//! `promtool check metrics` reports.

/// Units that a name may end in without saying `unit = "…"`.
const BASE: &[&str] =
    &["seconds", "bytes", "ratio", "volts", "amperes", "joules", "grams", "meters", "celsius"];

/// For each base unit, the words that people write instead.
const INSTEAD: &[(&str, &[&str])] = &[
    (
        "seconds",
        &[
            "s",
            "sec",
            "secs",
            "second",
            "ms",
            "msec",
            "msecs",
            "millis",
            "millisecond",
            "milliseconds",
            "us",
            "usec",
            "usecs",
            "micros",
            "microsecond",
            "microseconds",
            "ns",
            "nsec",
            "nsecs",
            "nanos",
            "nanosecond",
            "nanoseconds",
            "m",
            "min",
            "mins",
            "minute",
            "minutes",
            "h",
            "hour",
            "hours",
            "d",
            "day",
            "days",
            "week",
            "weeks",
        ],
    ),
    (
        "bytes",
        &[
            "b",
            "byte",
            "bits",
            "kb",
            "kib",
            "kilobyte",
            "kilobytes",
            "kibibytes",
            "mb",
            "mib",
            "megabyte",
            "megabytes",
            "mebibytes",
            "gb",
            "gib",
            "gigabyte",
            "gigabytes",
            "gibibytes",
            "tb",
            "tib",
            "terabytes",
            "tebibytes",
            "pb",
            "pib",
            "petabytes",
            "pebibytes",
        ],
    ),
    ("ratio", &["percent", "percents", "percentage", "pct"]),
    ("celsius", &["fahrenheit", "kelvin"]),
    (
        "meters",
        &[
            "millimeters",
            "centimeters",
            "kilometers",
            "millimetres",
            "centimetres",
            "kilometres",
            "km",
            "miles",
            "feet",
            "inches",
        ],
    ),
    ("grams", &["milligrams", "kilograms", "kg", "tonnes"]),
    ("volts", &["millivolts", "kilovolts"]),
    ("amperes", &["milliamps", "milliamperes", "amps"]),
    ("joules", &["kilojoules", "megajoules", "kwh"]),
];

/// The base unit that a name ends in.
pub(super) fn base(stem: &str) -> Option<&'static str> {
    BASE.iter().copied().find(|unit| ends_in(stem, unit))
}

/// The base unit to use in place of a word, if the word is a unit that is not one.
pub(super) fn instead_of(word: &str) -> Option<&'static str> {
    INSTEAD.iter().find(|(_, words)| words.contains(&word)).map(|(base, _)| *base)
}

/// Whether the last words of a name are this unit.
pub(super) fn ends_in(stem: &str, unit: &str) -> bool {
    stem.strip_suffix(unit).is_some_and(|before| before.ends_with('_'))
}

#[cfg(test)]
mod tests {
    use super::{BASE, base, ends_in, instead_of};

    #[test]
    fn a_base_unit_has_no_substitute() {
        assert!(BASE.iter().all(|unit| instead_of(unit).is_none()));
    }

    #[test]
    fn units_are_whole_words() {
        assert_eq!(base("request_duration_seconds"), Some("seconds"));
        assert_eq!(base("milliseconds"), None);
        assert_eq!(base("hit_ratio"), Some("ratio"));
        assert!(!ends_in("kilobytes", "bytes"));
        assert_eq!(instead_of("ms"), Some("seconds"));
        assert_eq!(instead_of("orders"), None);
    }
}
