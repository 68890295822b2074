//! `prometheus-static-metric`: a struct with a field for each value of each label.

use std::sync::{Arc, LazyLock};

use ::prometheus::IntCounterVec;
use prometheus_static_metric::{auto_flush_from, make_auto_flush_static_metric, make_static_metric};
use tallymark_benches::{
    harness::contender::{Built, Contender},
    input::INPUTS,
    peer,
};

use super::texts::sum;
use crate::operation::closed::{at, choices};

mod plain {
    //! The macro makes enums and structs of its own, in its own style.
    #![allow(missing_docs, non_camel_case_types, unreachable_pub, clippy::pedantic)]
    use super::make_static_metric;

    make_static_metric! {
        pub label_enum Verbs { get, post, put, delete, patch, }
        pub label_enum Outcomes { fine, moved, refused, failed, late, }
        pub struct Fixed: IntCounter {
            "verb" => Verbs,
            "outcome" => Outcomes,
        }
    }
}

mod flushed {
    //! As above.
    #![allow(missing_docs, non_camel_case_types, unreachable_pub, clippy::pedantic)]
    use super::make_auto_flush_static_metric;

    make_auto_flush_static_metric! {
        pub label_enum Verbs { get, post, put, delete, patch, }
        pub label_enum Outcomes { fine, moved, refused, failed, late, }
        pub struct Flushed: LocalIntCounter {
            "verb" => Verbs,
            "outcome" => Outcomes,
        }
    }
}

use flushed::{Flushed, FlushedInner};

static AUTO_VEC: LazyLock<IntCounterVec> =
    LazyLock::new(|| peer::prometheus::counters("auto_total", &["verb", "outcome"]));
static AUTO: LazyLock<Flushed> = LazyLock::new(|| auto_flush_from!(AUTO_VEC, Flushed));

struct AutoFlush(&'static Flushed, &'static [(flushed::Verbs, flushed::Outcomes); INPUTS]);

impl Drop for AutoFlush {
    fn drop(&mut self) {
        self.0.flush();
    }
}

pub fn peers() -> Vec<Contender> {
    vec![
        Contender::peer("prometheus-static-metric", || {
            use plain::{Outcomes, Verbs};
            let family = peer::prometheus::counters("static_total", &["verb", "outcome"]);
            let fixed = Arc::new(plain::Fixed::from(&family));
            let all = choices(
                [Verbs::get, Verbs::post, Verbs::put, Verbs::delete, Verbs::patch],
                [Outcomes::fine, Outcomes::moved, Outcomes::refused, Outcomes::failed, Outcomes::late],
            );
            Built::handle(
                (fixed, all),
                |(it, all), i| {
                    let (verb, outcome) = at(all, i);
                    it.get(verb).get(outcome).inc();
                },
                move |_, done| done.count(sum(&family)),
            )
        }),
        Contender::peer("prometheus-static-metric, auto flush", || {
            use flushed::{Outcomes, Verbs};
            let all = choices(
                [Verbs::get, Verbs::post, Verbs::put, Verbs::delete, Verbs::patch],
                [Outcomes::fine, Outcomes::moved, Outcomes::refused, Outcomes::failed, Outcomes::late],
            );
            let op = |it: &mut AutoFlush, i: usize| {
                let (verb, outcome) = at(it.1, i);
                it.0.get(verb).get(outcome).inc();
            };
            Built::local(move || AutoFlush(&AUTO, all), op, |done| done.count(sum(&AUTO_VEC)))
        }),
    ]
}
