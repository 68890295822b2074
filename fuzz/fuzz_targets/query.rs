//! Anything as the query: the response has those metrics that another reader of forms finds in it.

#![no_main]

use http::header::ACCEPT;
use libfuzzer_sys::fuzz_target;
use std::{collections::BTreeSet, sync::Once};
use tallymark_core::{
    Counter, place,
    registry::{Declaration, Format, Request, Selection, encode_to_string},
};
use tallymark_exporter as exporter;
use tallymark_fuzz::scrape::{ask, request};

static DECLARED: Once = Once::new();

fuzz_target!(|query: &str| {
    DECLARED.call_once(|| {
        for name in ["a_total", "b_total"] {
            let _: &Counter = Declaration::new(name, "Help.", place!()).declare(Counter::new).expect("good");
        }
    });
    // What is always asked for keeps the response small.
    for query in [format!("name[]=a_total&{query}"), format!("{query}&name%5b]=b_total")] {
        let Some(request) = request(&format!("/metrics?{query}"), ACCEPT, b"text/plain") else { continue };
        // A fragment is no part of the query.
        let query = request.uri().query().unwrap_or_default().to_owned();
        let (response, body) = ask(&mut exporter::service(), request);
        assert_eq!(response.status(), 200);
        let names: BTreeSet<String> = form_urlencoded::parse(query.as_bytes())
            .filter(|(key, name)| key == "name[]" && !name.is_empty())
            .map(|(_, name)| name.into_owned())
            .collect();
        // Those of the registry itself change from scrape to scrape.
        if !names.is_empty() && !names.iter().any(|name| name.starts_with("tallymark")) {
            let expected = encode_to_string(Request::new(Format::Text004).names(Selection::of(names)));
            assert_eq!(String::from_utf8_lossy(&body), expected, "{query}");
        }
    }
});
