//! What reaches the gateway.

use tallymark::{Counter, metric};
use tallymark_push::BuildError;

use crate::server::{Server, response};

/// Orders that the tests of pushes have imported.
#[metric(namespace = "push_tests")]
static ORDERS_IMPORTED_TOTAL: Counter = Counter::new();

fn accepting() -> Server {
    Server::always(response(200, &[], ""))
}

#[test]
fn push_add_and_delete() {
    ORDERS_IMPORTED_TOTAL.inc();
    let server = accepting();
    let gateway =
        tallymark_push::builder(server.url(), "nightly").grouping("shop", "a/b").build().expect("a gateway");
    gateway.push().wait().expect("accepted");
    gateway.add().wait().expect("accepted");
    gateway.delete().wait().expect("accepted");
    let received = server.received();
    let methods: Vec<_> = received.iter().map(|received| received.method.as_str()).collect();
    assert_eq!(methods, ["PUT", "POST", "DELETE"]);
    for received in &received {
        assert_eq!(received.target, "/metrics/job/nightly/shop@base64/YS9i");
        assert_eq!(received.header("host"), Some(server.address.to_string().as_str()));
        assert_eq!(received.header("authorization"), None);
        assert_eq!(received.header("content-encoding"), None);
    }
    for pushed in &received[..2] {
        assert_eq!(pushed.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
        assert!(pushed.text().contains("# TYPE push_tests_orders_imported_total counter\n"));
        assert!(pushed.text().ends_with('\n'));
    }
    assert_eq!(received[2].header("content-type"), None);
    assert_eq!(received[2].body, b"");
}

/// A response that is no longer, and one that is not yet, what gateways send.
#[test]
fn every_success_is_one() {
    for status in [200, 201, 202, 204] {
        let server = Server::always(format!("HTTP/1.1 {status} Fine\r\n\r\n"));
        tallymark_push::builder(server.url(), "job")
            .build()
            .expect("a gateway")
            .push()
            .wait()
            .expect("accepted");
    }
}

#[test]
fn where_a_gateway_has_a_prefix() {
    let server = accepting();
    let url = format!("{}/pushed/here/", server.url());
    tallymark_push::builder(url, "job").build().expect("a gateway").delete().wait().expect("accepted");
    assert_eq!(server.only().target, "/pushed/here/metrics/job/job");
}

#[test]
fn without_a_scheme() {
    let server = accepting();
    tallymark_push::builder(server.address.to_string(), "job")
        .build()
        .expect("a gateway")
        .push()
        .wait()
        .expect("accepted");
    assert_eq!(server.only().target, "/metrics/job/job");
}

#[test]
fn each_request_shows_the_metrics_of_its_time() {
    let server = accepting();
    let gateway = tallymark_push::builder(server.url(), "job").build().expect("a gateway");
    let value = |text: &str| -> u64 {
        let line = text.lines().find(|line| line.starts_with("push_tests_orders_imported_total "));
        line.and_then(|line| line.split(' ').nth(1)).and_then(|value| value.parse().ok()).expect("a counter")
    };
    gateway.push().wait().expect("accepted");
    ORDERS_IMPORTED_TOTAL.inc_by(1_000_000);
    gateway.push().wait().expect("accepted");
    let received = server.received();
    assert!(value(received[1].text()) >= value(received[0].text()) + 1_000_000);
}

#[test]
fn credentials() {
    let server = accepting();
    let basic = tallymark_push::builder(server.url(), "job")
        .basic_auth("me", "s3cret \u{fc}")
        .build()
        .expect("a gateway");
    basic.push().wait().expect("accepted");
    let bearer =
        tallymark_push::builder(server.url(), "job").bearer_token("t0ken").build().expect("a gateway");
    bearer.delete().wait().expect("accepted");
    let received = server.received();
    assert_eq!(received[0].header("authorization"), Some("Basic bWU6czNjcmV0IMO8"));
    assert_eq!(received[1].header("authorization"), Some("Bearer t0ken"));
    let shown =
        format!("{basic:?}{bearer:?}{:?}", tallymark_push::builder("host", "job").basic_auth("me", "s3cret"));
    assert!(!shown.contains("s3cret") && !shown.contains("t0ken") && !shown.contains("bWU6"), "{shown}");
}

#[test]
fn protobuf() {
    let server = accepting();
    tallymark_push::builder(server.url(), "job")
        .protobuf(true)
        .build()
        .expect("a gateway")
        .push()
        .wait()
        .expect("accepted");
    let received = server.only();
    let wanted =
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    assert!(received.header("content-type").is_some_and(|found| found.starts_with(wanted)), "{received:?}");
    let name = b"push_tests_orders_imported_total";
    assert!(received.body.windows(name.len()).any(|bytes| bytes == name));
    assert!(std::str::from_utf8(&received.body).map_or(true, |text| !text.contains("# TYPE")));
}

#[cfg(feature = "gzip")]
#[test]
fn compressed() {
    use std::io::Read;

    let server = accepting();
    let gateway = tallymark_push::builder(server.url(), "job").gzip(true).build().expect("a gateway");
    gateway.push().wait().expect("accepted");
    let received = server.only();
    assert_eq!(received.header("content-encoding"), Some("gzip"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(&received.body[..]).read_to_string(&mut text).expect("gzip");
    assert!(text.contains("\npush_tests_orders_imported_total "));
}

#[test]
fn awaited_by_any_executor() {
    let server = accepting();
    let gateway = tallymark_push::builder(server.url(), "job").build().expect("a gateway");
    futures::executor::block_on(gateway.push()).expect("accepted");
    // A runtime that can neither do input and output nor tell the time.
    let bare = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    bare.block_on(gateway.push()).expect("accepted");
    bare.block_on(async { gateway.push().wait() }).expect("accepted");
    let task = async { tokio::spawn(gateway.push()).await.expect("no panic") };
    bare.block_on(task).expect("accepted");
    assert_eq!(server.received().len(), 4);
}

#[test]
fn nothing_is_sent_unasked() {
    let server = accepting();
    let gateway = tallymark_push::builder(server.url(), "first").build().expect("a gateway");
    drop(gateway.push());
    gateway.delete().wait().expect("accepted");
    assert_eq!(server.only().method, "DELETE");
}

#[test]
fn what_cannot_be_built() {
    let url = |url: &str| tallymark_push::builder(url, "job").build().expect_err("not a gateway");
    let error = url("http://me:s3cret@host");
    assert!(matches!(&error, BuildError::InvalidUrl { url, .. } if url == "http://host"), "{error:?}");
    assert_eq!(
        url("ftp://host").to_string(),
        "cannot push to \"ftp://host\": a gateway is given as `host`, `host:port`, `http://host:port` or \
         `https://host:port`, with a path if it has a prefix, and without user, query and fragment"
    );
    assert_eq!(
        url("host/metrics/job/backup").to_string(),
        "cannot push to \"host/metrics/job/backup\": what follows from `/metrics/job` on is added here: give the \
         gateway's URL without it"
    );
    assert!(matches!(tallymark_push::builder("host", "").build(), Err(BuildError::EmptyJob)));
    let error = tallymark_push::builder("host", "job").grouping("a-b", "c").build().expect_err("not a label");
    assert!(error.to_string().contains("\"a-b\""), "{error}");
    let error =
        tallymark_push::builder("host", "job").basic_auth("a:b", "s3cret").build().expect_err("not a user");
    assert!(!format!("{error:?}{error}").contains("s3cret"));
}

#[test]
fn the_last_label_of_a_name_counts() {
    let builder =
        tallymark_push::builder("host", "job").grouping("b", "1").grouping("a", "2").grouping("b", "3");
    assert_eq!(builder.build().expect("a gateway").url(), "http://host/metrics/job/job/a/2/b/3");
}

#[test]
fn addresses_of_this_machine() {
    assert!(tallymark_push::local_ip("127.0.0.1:9091").expect("an address").is_loopback());
    assert!(tallymark_push::local_ip("127.0.0.1").is_err());
}
