//! What is counted of requests to a server on this machine.

#![allow(clippy::float_cmp, reason = "counts are whole numbers, whatever type shows them")]

use std::{io, net::SocketAddr, time::Duration};

use reqwest::{Client, Method, StatusCode, redirect::Policy};
use tallymark_core::registry;
use tallymark_reqwest::InstrumentedClient;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

const HOST: &str = "127.0.0.1";

/// The value of a series; of a histogram, how often it observed. 0 if it is not there.
fn value(name: &str, labels: &[(&str, &str)]) -> f64 {
    let snapshot = registry::snapshot();
    snapshot.family(name).and_then(|family| family.get(labels)).map_or(0.0, |series| series.value.as_f64())
}

/// The sum over all series of a family.
fn sum(name: &str) -> f64 {
    let snapshot = registry::snapshot();
    let family = snapshot.family(name);
    family.map_or(0.0, |family| family.series.iter().map(|series| series.value.as_f64()).sum())
}

fn requests(space: &str, method: &str, route: &str, status: &str) -> f64 {
    let labels = [("method", method), ("host", HOST), ("route", route), ("status", status)];
    value(&format!("{space}_http_client_requests_total"), &labels)
}

fn errors(space: &str, route: &str, error: &str) -> f64 {
    let labels = [("host", HOST), ("route", route), ("error", error)];
    value(&format!("{space}_http_client_errors_total"), &labels)
}

/// So many requests, of which so many had no response, and none that is not over.
fn assert_totals(space: &str, sent: f64, failed: f64) {
    let text = registry::encode_to_string(registry::Format::Text004);
    let family = |name: &str| sum(&format!("{space}_http_client_{name}"));
    assert_eq!(family("requests_total"), sent, "{text}");
    assert_eq!(family("request_duration_seconds"), sent, "{text}");
    assert_eq!(family("errors_total"), failed, "{text}");
    assert_eq!(family("requests_in_flight"), 0.0, "{text}");
}

/// Reads the head of a request, and returns what follows the method in its first line.
async fn path(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8(head).ok()?.split(' ').nth(1)?.to_owned())
}

/// Does what the path says, until the client goes away.
async fn serve(mut stream: TcpStream, seen: mpsc::UnboundedSender<String>) -> io::Result<()> {
    while let Some(path) = path(&mut stream).await {
        let _ = seen.send(path.clone());
        let response = match path.trim_start_matches('/') {
            "never" => {
                // Ends when the client does.
                let _ = stream.read_u8().await;
                return Ok(());
            }
            "breaks" => return Ok(()),
            "strange" => "no HTTP\r\n\r\n".to_owned(),
            "loop" => "HTTP/1.1 302 Found\r\nlocation: /loop\r\ncontent-length: 0\r\n\r\n".to_owned(),
            "moved" => "HTTP/1.1 303 See Other\r\nlocation: /201\r\ncontent-length: 0\r\n\r\n".to_owned(),
            "short" => "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nnot so much".to_owned(),
            status => format!("HTTP/1.1 {status} As asked for\r\ncontent-length: 0\r\n\r\n"),
        };
        stream.write_all(response.as_bytes()).await?;
        if path == "/short" || path == "/strange" {
            return Ok(());
        }
    }
    Ok(())
}

/// Starts a server. What it was asked for comes through the channel.
async fn server() -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind((HOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let (seen, asked) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, seen.clone()));
        }
    });
    (address, asked)
}

fn around(client: Client, space: &str) -> InstrumentedClient {
    let metrics = tallymark_reqwest::builder().namespace(space).build().expect("good settings");
    InstrumentedClient::with(client, metrics)
}

fn plain() -> Client {
    // What the environment says of proxies is not this test's.
    Client::builder().no_proxy().build().expect("a client")
}

#[tokio::test]
async fn statuses_are_those_of_responses() {
    let (address, mut asked) = server().await;
    let client = around(plain(), "statuses");
    for status in [200, 404, 404, 500] {
        let sent = client.get(format!("http://{address}/{status}")).route("/{status}").send().await;
        assert_eq!(sent.expect("a response").status().as_u16(), status);
    }
    let url = format!("http://{address}/204");
    let methods = [
        (client.post(&url), "POST"),
        (client.put(&url), "PUT"),
        (client.patch(&url), "PATCH"),
        (client.delete(&url), "DELETE"),
        (client.head(&url), "HEAD"),
        (client.request(Method::OPTIONS, &url), "OPTIONS"),
        (client.request(Method::from_bytes(b"BREW").expect("a method"), &url), "other"),
    ];
    for (request, method) in methods {
        assert_eq!(request.send().await.expect("a response").status(), StatusCode::NO_CONTENT);
        assert_eq!(requests("statuses", method, "unmatched", "204"), 1.0, "{method}");
    }
    for (status, times) in [("200", 1.0), ("404", 2.0), ("500", 1.0)] {
        assert_eq!(requests("statuses", "GET", "/{status}", status), times, "{status}");
    }
    assert_totals("statuses", 11.0, 0.0);
    drop(client);
    let mut seen = 0;
    while asked.try_recv().is_ok() {
        seen += 1;
    }
    assert_eq!(seen, 11);
}

#[tokio::test]
async fn a_refused_connection_is_one() {
    let client = around(plain(), "refused");
    // A port that was free a moment ago.
    let address = {
        let listener = TcpListener::bind((HOST, 0)).await.expect("a port");
        listener.local_addr().expect("its address")
    };
    let failed =
        client.get(format!("http://{address}/")).route("/").send().await.expect_err("nobody listens");
    assert!(failed.is_connect(), "{failed:?}");
    assert_eq!((requests("refused", "GET", "/", "none"), errors("refused", "/", "connect")), (1.0, 1.0));
    assert_totals("refused", 1.0, 1.0);
}

#[tokio::test]
async fn a_request_whose_time_runs_out_is_a_timeout() {
    let (address, _asked) = server().await;
    let client = around(plain(), "timeouts");
    let request = client.get(format!("http://{address}/never")).timeout(Duration::from_millis(20));
    assert!(request.send().await.expect_err("it takes too long").is_timeout());
    assert_eq!(errors("timeouts", "unmatched", "timeout"), 1.0);
    assert_totals("timeouts", 1.0, 1.0);
}

#[tokio::test]
async fn a_request_that_is_given_up_was_cancelled() {
    let (address, mut asked) = server().await;
    let client = around(plain(), "cancelled");
    let request = client.get(format!("http://{address}/never")).route("/never");
    let sent = tokio::spawn(request.send());
    assert_eq!(asked.recv().await.as_deref(), Some("/never"));
    assert_eq!(value("cancelled_http_client_requests_in_flight", &[("host", HOST)]), 1.0);
    sent.abort();
    assert!(sent.await.expect_err("it was aborted").is_cancelled());
    assert_eq!(errors("cancelled", "/never", "cancelled"), 1.0);
    assert_totals("cancelled", 1.0, 1.0);
    // What was never begun is no request.
    drop(client.get(format!("http://{address}/never")).send());
    assert_totals("cancelled", 1.0, 1.0);
}

#[tokio::test]
async fn redirects_are_what_reqwest_makes_of_them() {
    let (address, mut asked) = server().await;
    let followed = around(plain(), "followed");
    let moved = format!("http://{address}/moved");
    assert_eq!(followed.post(&moved).send().await.expect("a response").status(), 201);
    assert_eq!(requests("followed", "POST", "unmatched", "201"), 1.0);
    assert_totals("followed", 1.0, 0.0);
    assert_eq!(
        (asked.recv().await.as_deref(), asked.recv().await.as_deref()),
        (Some("/moved"), Some("/201"))
    );

    let stays = Client::builder().no_proxy().redirect(Policy::none()).build().expect("a client");
    let stays = around(stays, "stays");
    assert_eq!(stays.get(&moved).send().await.expect("a response").status(), 303);
    assert_eq!(requests("stays", "GET", "unmatched", "303"), 1.0);
    assert_totals("stays", 1.0, 0.0);

    let sent = followed.get(format!("http://{address}/loop")).send().await;
    assert!(sent.expect_err("it has no end").is_redirect());
    assert_eq!(errors("followed", "unmatched", "redirect"), 1.0);
    assert_totals("followed", 2.0, 1.0);
}

#[tokio::test]
async fn what_is_no_response_is_an_error_of_the_request() {
    let (address, _asked) = server().await;
    let client = around(plain(), "broken");
    for path in ["breaks", "strange"] {
        assert!(client.get(format!("http://{address}/{path}")).send().await.is_err());
    }
    assert_eq!(errors("broken", "unmatched", "request"), 2.0);
    assert_totals("broken", 2.0, 2.0);
}

#[tokio::test]
async fn a_body_that_breaks_was_a_response() {
    let (address, _asked) = server().await;
    let client = around(plain(), "bodies");
    let response = client.get(format!("http://{address}/short")).send().await.expect("a response");
    assert!(response.bytes().await.is_err());
    assert_eq!(requests("bodies", "GET", "unmatched", "200"), 1.0);
    assert_totals("bodies", 1.0, 0.0);
}

#[tokio::test]
async fn what_cannot_be_sent_says_so() {
    let client = around(plain(), "unsent");
    // Never a request.
    assert!(client.get("no address").send().await.expect_err("an invalid URL").is_builder());
    assert!(client.get("http://a.example/").header("no name", "x").send().await.is_err());
    assert_totals("unsent", 0.0, 0.0);
    // A request that reqwest refuses.
    assert!(client.get("ftp://a.example/").send().await.expect_err("it is no HTTP").is_builder());
    let labels = [("host", "a.example"), ("route", "unmatched"), ("error", "builder")];
    assert_eq!(value("unsent_http_client_errors_total", &labels), 1.0);
    assert_totals("unsent", 1.0, 1.0);
}

#[tokio::test]
async fn a_request_of_reqwest_is_measured_too() {
    let (address, _asked) = server().await;
    let client = around(plain(), "executed");
    let request = || client.get_ref().get(format!("http://{address}/200")).build().expect("a request");
    client.execute(request()).await.expect("a response");
    client.execute_route(request(), "/{status}").await.expect("a response");
    assert_eq!(requests("executed", "GET", "unmatched", "200"), 1.0);
    assert_eq!(requests("executed", "GET", "/{status}", "200"), 1.0);
    // Not through this one.
    client.clone().into_inner().execute(request()).await.expect("a response");
    assert_totals("executed", 2.0, 0.0);
    let copy = client.get(format!("http://{address}/200")).route("/copied").try_clone().expect("no stream");
    copy.send().await.expect("a response");
    assert_eq!(requests("executed", "GET", "/copied", "200"), 1.0);
}

/// Each setter is that of reqwest's builder: both make the same request.
#[test]
fn requests_are_built_as_reqwest_builds_them() {
    let client = around(plain(), "built");
    let url = "http://a.example/b?c=d";
    let mut more = reqwest::header::HeaderMap::new();
    more.insert("x-more", "2".parse().expect("a value"));
    let ours = client.post(url).header("x-one", "1").headers(more.clone()).basic_auth("ada", Some("secret"));
    let ours = ours.body("text").timeout(Duration::from_secs(3)).version(reqwest::Version::HTTP_11);
    let theirs = plain().post(url).header("x-one", "1").headers(more).basic_auth("ada", Some("secret"));
    let theirs = theirs.body("text").timeout(Duration::from_secs(3)).version(reqwest::Version::HTTP_11);
    let (ours, theirs) = (ours.build().expect("a request"), theirs.build().expect("a request"));
    assert_eq!((ours.method(), ours.url()), (theirs.method(), theirs.url()));
    assert_eq!(ours.headers(), theirs.headers());
    assert_eq!((ours.timeout(), ours.version()), (theirs.timeout(), theirs.version()));
    let bytes =
        |request: &reqwest::Request| request.body().and_then(reqwest::Body::as_bytes).map(<[u8]>::to_vec);
    assert_eq!((bytes(&ours), bytes(&ours)), (Some(b"text".to_vec()), bytes(&theirs)));
    let token = client.get(url).bearer_auth("t").build().expect("a request");
    assert_eq!(token.headers()["authorization"], "Bearer t");
}

#[cfg(all(feature = "form", feature = "json", feature = "query", feature = "multipart"))]
#[test]
fn bodies_are_those_of_reqwest() {
    let client = around(plain(), "forms");
    let pairs = [("a", "b c")];
    let url = "http://a.example/";
    let bytes =
        |request: &reqwest::Request| request.body().and_then(reqwest::Body::as_bytes).map(<[u8]>::to_vec);
    let form = client.post(url).form(&pairs).build().expect("a request");
    assert_eq!(bytes(&form).as_deref(), Some(&b"a=b+c"[..]));
    let json = client.post(url).json(&pairs).build().expect("a request");
    assert_eq!(bytes(&json).as_deref(), Some(&br#"[["a","b c"]]"#[..]));
    let query = client.get(url).query(&pairs).build().expect("a request");
    assert_eq!(query.url().as_str(), "http://a.example/?a=b+c");
    let parts = reqwest::multipart::Form::new().text("a", "b");
    let parts = client.post(url).multipart(parts).build().expect("a request");
    let kind = parts.headers()["content-type"].to_str().expect("text");
    assert!(kind.starts_with("multipart/form-data; boundary="), "{kind}");
}
