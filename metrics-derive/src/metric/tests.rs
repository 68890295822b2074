//! What `#[metric]` refuses, a declaration at run time refuses with the same sentence.

use proc_macro2::TokenStream;
use quote::quote;
use tallymark_core::{
    Counter, FloatCounter, Gauge, Histogram, Info, Summary, buckets, place, registry::Declaration,
};

/// Returns what the macro says to a static of that type, without the way out that only attributes offer.
fn macro_says(ty: &str, name: &str, unit: Option<&str>, help: &str) -> Vec<String> {
    let ty: TokenStream = ty.parse().expect("a type");
    let unit = unit.map(|unit| quote!(, unit = #unit));
    let args = quote!(name = #name, help = #help #unit);
    let buckets = (ty.to_string() == "Histogram").then(|| quote!(buckets![1.0]));
    let expanded = super::expand(args, &quote!(static X: #ty = #ty::new(#buckets);));
    let mut said = Vec::new();
    let mut tokens = expanded.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if token.to_string() != "compile_error" {
            continue;
        }
        let Some(proc_macro2::TokenTree::Group(group)) = tokens.nth(1) else { continue };
        let text: syn::LitStr = syn::parse2(group.stream()).expect("a message");
        let text = text.value();
        said.push(text.split("; or write `allow(").next().unwrap_or_default().to_owned());
    }
    said
}

/// Returns what a declaration at run time says.
fn declaration_says(ty: &str, name: &str, unit: Option<&'static str>, help: &str) -> Option<String> {
    let mut declaration = Declaration::new(name, help, place!());
    if let Some(unit) = unit {
        declaration = declaration.unit(unit);
    }
    let declared = match ty {
        "Counter" => declaration.declare(Counter::<()>::new).map(drop),
        "FloatCounter" => declaration.declare(FloatCounter::<()>::new).map(drop),
        "Gauge" => declaration.declare(Gauge::<()>::new).map(drop),
        "Histogram" => declaration.declare(|| Histogram::<()>::new(buckets![1.0])).map(drop),
        "Summary" => declaration.declare(Summary::<()>::new).map(drop),
        "Info" => declaration.declare(|| Info::<()>::new(&[])).map(drop),
        other => panic!("{other}"),
    };
    let text = declared.err()?.to_string();
    let (_, sentence) = text.split_once("cannot be declared: ").expect("the sentence follows the name");
    Some(sentence.to_owned())
}

#[test]
fn macro_and_declaration_refuse_the_same_in_the_same_words() {
    let good = [
        ("Counter", "doors_opened_total", None),
        ("Gauge", "doors_open", None),
        ("Gauge", "doors_open_min", None),
        ("Histogram", "doors_wait_seconds", Some("seconds")),
        ("Info", "doors_info", None),
    ];
    let bad = [
        ("Counter", "doors_opened", None),
        ("Counter", "doors_count", None),
        ("FloatCounter", "doors_wait_ms_total", None),
        ("Gauge", "doors_total", None),
        ("Gauge", "doors_info", None),
        ("Gauge", "doors_bucket", None),
        ("Gauge", "doors_created", None),
        ("Summary", "doors_sum", None),
        ("Info", "doors", None),
        ("Info", "doors_info", Some("info")),
        ("Gauge", "doorsOpen", None),
        ("Gauge", "doors__open", None),
        ("Gauge", "1doors", None),
        ("Gauge", "doors-open", None),
        ("Gauge", "", None),
        ("Gauge", "metric_doors", None),
        ("Gauge", "doors_wide", Some("meters")),
        ("Gauge", "doors_wide_meters", Some("grams")),
        ("Gauge", "doors_wide_min", Some("min")),
        ("Gauge", "doors_wide_Meters", Some("Meters")),
    ];
    let units = [
        "s",
        "m",
        "h",
        "d",
        "b",
        "ms",
        "mins",
        "kb",
        "pb",
        "pebibytes",
        "km",
        "percent",
        "kelvin",
        "kg",
        "kwh",
    ];
    let units = units.map(|unit| ("Gauge", format!("doors_measured_{unit}"), None));
    let empty = [("Gauge", "doors_shut", None, "")];

    for (ty, name, unit) in good {
        assert_eq!(macro_says(ty, name, unit, "Doors."), Vec::<String>::new(), "{name}");
        assert_eq!(declaration_says(ty, name, unit, "Doors."), None, "{name}");
    }
    let bad = bad.map(|(ty, name, unit)| (ty, name.to_owned(), unit, "Doors."));
    let units = units.map(|(ty, name, unit)| (ty, name, unit, "Doors."));
    let empty = empty.map(|(ty, name, unit, help)| (ty, name.to_owned(), unit, help));
    for (ty, name, unit, help) in bad.into_iter().chain(units).chain(empty) {
        let by_macro = macro_says(ty, &name, unit, help);
        let at_run_time = declaration_says(ty, &name, unit, help);
        assert!(!by_macro.is_empty(), "the macro takes `{name}`");
        assert_eq!(at_run_time.as_ref(), by_macro.first(), "{name}");
    }
}
