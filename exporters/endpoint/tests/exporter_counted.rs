//! What a mounted endpoint counts of scrapes that nobody has read to the end. Alone in its process, because scrapes of other
//! tests are counted as well.

use axum::{
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode},
};
use tallymark::{
    exporter,
    registry::{self, CollectError, Collector, Families},
};
use tokio::runtime;
use tower::ServiceExt;

/// More than is held of a response at a time.
struct Large;

impl Collector for Large {
    fn name(&self) -> &'static str {
        "large"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let filling = "x".repeat(8 * 1024);
        let mut family = families.gauge("large", "Large.");
        for index in 0..100 {
            family.number(&[("index", &index.to_string()), ("filling", &filling)], 1_u64);
        }
        Ok(())
    }
}

fn refused(reason: &str) -> Option<f64> {
    registry::snapshot().value("tallymark_scrapes_refused_total", &[("reason", reason)])
}

#[test]
fn scrapes_that_are_not_read_to_the_end() {
    let service = exporter::service();
    let ask = async |method: Method| {
        let request = Request::builder().method(method).body(Body::empty()).expect("a request");
        let Ok(response) = service.clone().oneshot(request).await;
        assert_eq!(response.status(), StatusCode::OK);
        response.into_body()
    };
    runtime::Builder::new_current_thread().build().expect("a runtime").block_on(async {
        for large in [false, true] {
            let _registration = large.then(|| registry::register_collector(Large));
            let before = refused("incomplete").expect("it is declared");
            to_bytes(Body::new(ask(Method::GET).await), usize::MAX).await.expect("the whole body");
            drop(ask(Method::HEAD).await);
            assert_eq!(refused("incomplete"), Some(before));
            drop(ask(Method::GET).await);
            assert_eq!(refused("incomplete"), Some(before + 1.0));
        }
    });
    assert_eq!((refused("failed"), refused("busy")), (Some(0.0), Some(0.0)));
}
