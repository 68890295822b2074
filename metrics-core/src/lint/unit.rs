//! Units that are not base units, and what to measure in instead.
//!
//! Source: Prometheus, "Metric and label naming", section "Base units".

/// For the last word of a name, or for a whole unit: why it must not be one.
pub(super) const fn fault(word: &[u8]) -> Option<&'static str> {
    let mut row = 0;
    while row < TABLE.len() {
        let (words, sentence) = TABLE[row];
        if has_word(words.as_bytes(), word) {
            return Some(sentence);
        }
        row += 1;
    }
    None
}

/// Whether `word` stands among `words`, which a space separates.
const fn has_word(words: &[u8], word: &[u8]) -> bool {
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

const TABLE: &[(&str, &str)] = &[
    (
        "ms msec msecs millis millisecond milliseconds us usec usecs micros microsecond microseconds \
         ns nsec nsecs nanos nanosecond nanoseconds sec secs second minute minutes mins \
         hour hours day days week weeks",
        "time is measured in seconds: end the name in `_seconds` and record seconds, or write `allow(unit)`",
    ),
    (
        "byte bits kb kib kilobyte kilobytes kibibytes mb mib megabyte megabytes mebibytes \
         gb gib gigabyte gigabytes gibibytes tb tib terabytes tebibytes",
        "amounts of data are measured in bytes: end the name in `_bytes` and record bytes, or write `allow(unit)`",
    ),
    (
        "percent percents percentage pct",
        "parts of a whole are measured from 0 to 1: end the name in `_ratio` and record 0.5 for a half, or write \
         `allow(unit)`",
    ),
    (
        "fahrenheit kelvin",
        "temperature is measured in degrees Celsius: end the name in `_celsius`, or write `allow(unit)`",
    ),
    (
        "millimeters centimeters kilometers millimetres centimetres kilometres miles feet inches",
        "length is measured in meters: end the name in `_meters`, or write `allow(unit)`",
    ),
    (
        "milligrams kilograms kg tonnes",
        "mass is measured in grams: end the name in `_grams`, or write `allow(unit)`",
    ),
    (
        "millivolts kilovolts",
        "voltage is measured in volts: end the name in `_volts`, or write `allow(unit)`",
    ),
    (
        "milliamps milliamperes amps",
        "current is measured in amperes: end the name in `_amperes`, or write `allow(unit)`",
    ),
    (
        "kilojoules megajoules kwh",
        "energy is measured in joules: end the name in `_joules`, or write `allow(unit)`",
    ),
];
