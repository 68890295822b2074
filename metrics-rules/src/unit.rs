//! Base units, and words that people write instead of one.

use crate::text::{equal, last_word, strip_end};

/// Units that a name may end in without `unit = "…"` being written.
const BASE: &[&str] =
    &["seconds", "bytes", "ratio", "volts", "amperes", "joules", "grams", "meters", "celsius"];

/// For each base unit, the words that people write instead, with spaces between them.
const INSTEAD: &[(&str, &str)] = &[
    (
        "seconds",
        "s sec secs second ms msec msecs millis millisecond milliseconds us usec usecs micros microsecond microseconds \
         ns nsec nsecs nanos nanosecond nanoseconds m mins minute minutes h hour hours d day days week weeks",
    ),
    (
        "bytes",
        "b byte bits kb kib kilobyte kilobytes kibibytes mb mib megabyte megabytes mebibytes gb gib gigabyte gigabytes \
         gibibytes tb tib terabytes tebibytes pb pib petabytes pebibytes",
    ),
    ("ratio", "percent percents percentage pct"),
    ("celsius", "fahrenheit kelvin"),
    ("meters", "millimeters centimeters kilometers millimetres centimetres kilometres km miles feet inches"),
    ("grams", "milligrams kilograms kg tonnes"),
    ("volts", "millivolts kilovolts"),
    ("amperes", "milliamps milliamperes amps"),
    ("joules", "kilojoules megajoules kwh"),
];

/// Returns the base unit that a name ends in, before `_total` if it is a counter's.
pub const fn base_unit_of(name: &str) -> Option<&'static str> {
    let stem = match strip_end(name, "_total") {
        Some(stem) => stem,
        None => name,
    };
    let mut row = 0;
    while row < BASE.len() {
        if ends_in(stem, BASE[row]) {
            return Some(BASE[row]);
        }
        row += 1;
    }
    None
}

/// Returns whether the last words of a name are this unit.
pub(crate) const fn ends_in(stem: &str, unit: &str) -> bool {
    match strip_end(stem, unit) {
        Some(before) => strip_end(before, "_").is_some(),
        None => false,
    }
}

/// Returns the base unit to use instead of the word that ends a name, if that is a unit but not a base unit.
pub(crate) const fn instead_of(word: &str) -> Option<&'static str> {
    let mut row = 0;
    while row < INSTEAD.len() {
        let (base, words) = INSTEAD[row];
        if contains(words.as_bytes(), word.as_bytes()) {
            return Some(base);
        }
        row += 1;
    }
    None
}

/// Returns the base unit to use instead of a unit that was given as such.
pub(crate) const fn instead_of_unit(unit: &str) -> Option<&'static str> {
    let word = last_word(unit).1;
    // At the end of a name, `min` is the least of something.
    if equal(word.as_bytes(), b"min") { Some("seconds") } else { instead_of(word) }
}

/// Returns whether `word` is among `words`, which a space separates.
const fn contains(words: &[u8], word: &[u8]) -> bool {
    let mut start = 0;
    while start < words.len() {
        let mut end = start;
        let mut same = true;
        while end < words.len() && words[end] != b' ' {
            same = same && end - start < word.len() && words[end] == word[end - start];
            end += 1;
        }
        if same && end - start == word.len() {
            return true;
        }
        start = end + 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_unit_has_no_substitute() {
        assert!(BASE.iter().all(|unit| instead_of(unit).is_none()));
    }

    #[test]
    fn units_are_whole_words() {
        assert_eq!(base_unit_of("request_duration_seconds"), Some("seconds"));
        assert_eq!(base_unit_of("cpu_seconds_total"), Some("seconds"));
        assert_eq!(base_unit_of("milliseconds"), None);
        assert_eq!(base_unit_of("hit_ratio"), Some("ratio"));
        assert!(!ends_in("kilobytes", "bytes"));
        assert_eq!(instead_of("ms"), Some("seconds"));
        assert_eq!(instead_of("pebibytes"), Some("bytes"));
        assert_eq!(instead_of("orders"), None);
    }

    #[test]
    fn min_is_minutes_only_where_a_unit_is_meant() {
        assert_eq!(instead_of("min"), None);
        assert_eq!(instead_of_unit("min"), Some("seconds"));
        assert_eq!(instead_of_unit("wall_ms"), Some("seconds"));
    }
}
