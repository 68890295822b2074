//! Over real connections.

use actix_web::{App, HttpResponse, web};
use futures::stream;
use tallymark::{
    Counter, place,
    registry::{Declaration, Registry},
};
use tallymark_actix_web::{ActixMetrics, builder, endpoint, exporter};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    common::{assert_value, sum, until},
    serve,
    server::Server,
};

fn metrics(namespace: &str) -> ActixMetrics {
    ActixMetrics::new(builder().namespace(namespace).exclude(["/metrics"])).expect("good settings")
}

/// Ten bytes in two pieces.
fn pieces() -> impl futures::Stream<Item = Result<web::Bytes, actix_web::Error>> {
    stream::iter([Ok(web::Bytes::from_static(b"piece")), Ok(web::Bytes::from_static(b"piece"))])
}

#[tokio::test]
async fn a_length_that_the_head_declares_is_known() {
    let space = "served_lengths";
    let metrics = metrics(space);
    let server = serve!(
        App::new()
            .route("/file", web::get().to(async || HttpResponse::Ok().no_chunking(10).streaming(pieces())))
            .route("/stream", web::get().to(async || HttpResponse::Ok().streaming(pieces())))
            .wrap(metrics.middleware())
    );
    assert!(server.ask("GET", "/file", "").await.ends_with("\r\n\r\npiecepiece"));
    until(|| sum(space, "http_response_body_bytes") == 1.0).await;
    assert!(sum(space, "http_streaming_responses_total") == 0.0);
    assert!(server.ask("GET", "/stream", "").await.contains("transfer-encoding: chunked\r\n"));
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    assert_value!(space, "http_streaming_responses_total", {method: "GET", route: "/stream"}, 1);
    assert_value!(space, "http_response_body_bytes_sum", {}, 20);
    assert!(sum(space, "http_response_bodies_dropped_total") == 0.0);
}

/// Sends a request of one line and some fields, and reads the response.
async fn ask(server: &Server, line: &str, fields: &str) -> String {
    let mut stream = server.connect().await;
    let head = format!("{line} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n{fields}\r\n");
    stream.write_all(head.as_bytes()).await.expect("it is sent");
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.expect("a response");
    String::from_utf8_lossy(&response).into_owned()
}

#[tokio::test]
async fn the_endpoint_negotiates_and_asks_who_scrapes() {
    let space = "served_endpoint";
    let metrics = metrics(space);
    let service = |allow: &str| {
        let guarded = exporter::builder().bearer_token("s3cr3t").allow([allow]);
        guarded.service().expect("good settings")
    };
    let (open, closed) = (service("127.0.0.0/8"), service("10.0.0.0/8"));
    let server = serve!(
        App::new()
            .service(endpoint("/metrics", open.clone()))
            .service(endpoint("/closed", closed.clone()))
            .route("/orders/{id}", web::get().to(async || "an order"))
            .wrap(metrics.middleware())
    );
    let token = "authorization: Bearer s3cr3t\r\n";
    assert!(ask(&server, "GET /orders/7", "").await.ends_with("an order"));
    assert!(ask(&server, "GET /metrics", "").await.starts_with("HTTP/1.1 401 "));
    assert!(ask(&server, "GET /closed", token).await.starts_with("HTTP/1.1 403 "));
    assert!(ask(&server, "POST /metrics", token).await.starts_with("HTTP/1.1 405 "));

    let text = ask(&server, "GET /metrics", token).await;
    assert!(text.contains("content-type: text/plain; version=0.0.4"), "{text}");
    let line =
        "served_endpoint_http_requests_total{method=\"GET\",route=\"/orders/{id}\",status=\"200\"} 1\n";
    assert!(text.contains(line) && !text.contains("route=\"/metrics\""), "{text}");
    let fields = format!("{token}accept: application/openmetrics-text; version=1.0.0\r\n");
    let text = ask(&server, "GET /metrics?name[]=served_endpoint_http_requests_in_flight", &fields).await;
    assert!(
        text.contains("content-type: application/openmetrics-text") && text.ends_with("# EOF\n"),
        "{text}"
    );
    assert_eq!(text.matches("# TYPE").count(), 1, "{text}");

    let head = ask(&server, "HEAD /metrics", token).await;
    assert!(head.starts_with("HTTP/1.1 200 ") && head.ends_with("\r\n\r\n"), "{head}");
}

/// Two registries beside the program's, each at a path of its own.
#[tokio::test]
async fn registries_are_served_by_themselves() {
    let tenant = |orders: u64| {
        let registry = Registry::new();
        let declaration = Declaration::new("served_orders_total", "Orders.", place!()).registry(registry);
        declaration.declare(Counter::<()>::new).expect("a good name").inc_by(orders);
        exporter::builder().registry(registry).service().expect("good settings")
    };
    let (north, south) = (tenant(3), tenant(5));
    let server = serve!(
        App::new().service(endpoint("/north", north.clone())).service(endpoint("/south", south.clone()))
    );
    for (path, orders) in [("/north", 3), ("/south", 5), ("/north", 3)] {
        let response = ask(&server, &format!("GET {path}"), "").await;
        let (_, text) = response.split_once("\r\n\r\n").expect("a head and a body");
        let expected = format!(
            "# HELP served_orders_total Orders.\n# TYPE served_orders_total counter\nserved_orders_total {orders}\n"
        );
        assert_eq!(text, expected);
    }
}

#[tokio::test]
async fn two_frameworks_in_one_process_share_their_families() {
    use tallymark_axum::Install;

    let space = "served_both";
    let metrics = metrics(space);
    let of_actix =
        serve!(App::new().route("/orders/{id}", web::get().to(async || "actix")).wrap(metrics.middleware()));
    let of_axum = tallymark_axum::builder().namespace(space).build().expect("the same families");
    let routes = axum::Router::new().route("/orders/{id}", axum::routing::get(async || "axum"));
    let app = Install::new(of_axum).on(routes);
    let of_axum =
        Server::with(async |listener| axum::serve(listener, app).await.expect("it serves for ever")).await;

    for _ in 0..3 {
        assert!(of_actix.ask("GET", "/orders/7", "").await.ends_with("actix"));
        assert!(of_axum.ask("GET", "/orders/7", "").await.ends_with("axum"));
    }
    until(|| sum(space, "http_requests_in_flight") == 0.0).await;
    assert_value!(space, "http_requests_total", {method: "GET", route: "/orders/{id}", status: "200"}, 6);
    assert_value!(space, "http_response_body_bytes_sum", {}, 27);
    let text = of_axum.ask("GET", "/metrics", "").await;
    assert_eq!(text.matches("# TYPE served_both_http_requests_total counter").count(), 1, "{text}");
    assert_eq!(tallymark::registry::check(), Ok(()));
}
