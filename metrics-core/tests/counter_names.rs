//! A counter has the name that was declared, in every format.
#![allow(missing_docs)]

use tallymark_core::{
    Counter, place,
    registry::{self, Declaration, Format},
};

#[test]
fn a_counter_of_another_name_is_of_unknown_type_in_openmetrics() {
    let kept: &Counter =
        Declaration::new("kept_requests", "Requests.", place!()).exact().declare(Counter::new).unwrap();
    let usual: &Counter =
        Declaration::new("usual_requests_total", "Requests.", place!()).declare(Counter::new).unwrap();
    kept.inc_by(2);
    usual.inc_by(3);
    let text = registry::encode_to_string(Format::Text004);
    assert!(text.contains("# TYPE kept_requests counter\nkept_requests 2\n"), "{text}");
    let open = registry::encode_to_string(Format::OpenMetrics100);
    assert!(open.contains("# TYPE kept_requests unknown\nkept_requests 2\n"), "{open}");
    assert!(open.contains("# TYPE usual_requests counter\nusual_requests_total 3\n"), "{open}");
}
