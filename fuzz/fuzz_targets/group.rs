//! Anything as gateway, job and label of a group.

#![no_main]

use http::Uri;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: (&str, &str, &str, &str)| {
    let (url, job, name, value) = data;
    if let Ok(gateway) = tallymark_push::builder(url, job).grouping(name, value).build() {
        let url: Uri = gateway.url().parse().expect("a URL");
        assert!(url.path().contains("/metrics/job"));
        assert!(url.query().is_none());
    }
});
