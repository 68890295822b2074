//! Units, as UCUM writes them.
//!
//! Source: OpenTelemetry specification, "Instrument unit"; The Unified Code for Units of Measure; the names are those of
//! OpenMetrics 1.0, "Units and Base Units".

/// The UCUM symbol of a unit that a family was declared with. What is no physical unit becomes an annotation, which
/// receivers show and do not interpret.
pub(crate) fn ucum(unit: &str) -> String {
    if let Some((of, per)) = unit.split_once("_per_") {
        return format!("{}/{}", symbol(of), symbol(per));
    }
    symbol(unit)
}

fn symbol(unit: &str) -> String {
    let symbol = match unit {
        "seconds" | "second" => "s",
        "bytes" | "byte" => "By",
        "ratio" => "1",
        "meters" | "meter" => "m",
        "grams" | "gram" => "g",
        "celsius" => "Cel",
        "kelvin" | "kelvins" => "K",
        "volts" | "volt" => "V",
        "amperes" | "ampere" => "A",
        "joules" | "joule" => "J",
        "watts" | "watt" => "W",
        "hertz" => "Hz",
        "percent" => "%",
        "milliseconds" | "millisecond" => "ms",
        "microseconds" | "microsecond" => "us",
        "nanoseconds" | "nanosecond" => "ns",
        other => return format!("{{{other}}}"),
    };
    symbol.to_owned()
}

#[cfg(test)]
mod tests {
    use super::ucum;

    #[test]
    fn base_units_have_symbols_and_the_rest_are_annotations() {
        let units = [
            ("seconds", "s"),
            ("bytes", "By"),
            ("ratio", "1"),
            ("bytes_per_second", "By/s"),
            ("requests_per_second", "{requests}/s"),
            ("requests", "{requests}"),
        ];
        for (unit, symbol) in units {
            assert_eq!(ucum(unit), symbol);
        }
    }
}
