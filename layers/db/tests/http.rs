//! A service with the HTTP layer and a database shows the statements of its requests, and needs no further code.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use std::convert::Infallible;
use tallymark_core::registry;
use tallymark_db::Database;
use tallymark_http::RequestBody;
use tower::{Layer, ServiceExt, service_fn};

#[tokio::test]
async fn statements_belong_to_the_request_that_executes_them() {
    let metrics = tallymark_http::builder().namespace("statements").build().expect("good settings");
    let shown = || {
        registry::snapshot()
            .histogram("statements_http_request_db_queries", &[])
            .map(|seen| (seen.count(), seen.sum))
    };
    assert_eq!(shown(), Some((0, 0.0)), "it is there from the first scrape on");

    let database = Database::builder("statements").build().expect("good settings");
    let handler = service_fn(move |request: Request<RequestBody<Full<Bytes>>>| async move {
        for _ in 0..request.uri().path().len() - 1 {
            database.statement("SELECT 1").finish(None);
            tokio::task::yield_now().await;
        }
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
    });
    let service = metrics.layer().layer(handler);
    let ask = |path| service.clone().oneshot(Request::get(path).body(Full::default()).expect("a request"));
    let (three, none) = tokio::join!(ask("/abc"), ask("/"));
    three.and(none).expect("responses");
    assert_eq!(shown(), Some((2, 3.0)));
}
