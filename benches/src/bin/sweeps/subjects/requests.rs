//! Requests: routes, paths and methods that nobody knows, and names in a query.

use std::{
    convert::Infallible,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use http::{Request, Response};
use http_body::Body;
use http_body_util::Empty;
use tallymark::registry::{self, Format};
use tower_layer::Layer;
use tower_service::Service;

use super::declared::{element, encode, register};
use crate::{
    meter::Meter,
    subject::{Subject, leak, shuffled},
};

pub const SUBJECTS: [Subject; 4] = [
    Subject::new("routes", "paths that are routes", routes),
    Subject::new("templates", "templates that a router names", templates),
    Subject::new("unknown", "paths and methods that nobody knows", unknown),
    Subject::new("query", "names in the query of a scrape, of as many", query),
];

/// Responds to everything.
#[derive(Clone)]
struct Responding;

impl<B> Service<Request<B>> for Responding {
    type Response = Response<Empty<&'static [u8]>>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        std::future::ready(Ok(Response::new(Empty::new())))
    }
}

type Bodyless = Empty<&'static [u8]>;

fn request(method: &str, path: &str) -> Request<Bodyless> {
    Request::builder().method(method).uri(path).body(Empty::new()).expect("a request")
}

/// Calls a service with each request, and reads its response to the end. Returns how many bytes there were.
pub fn call<S, B>(service: &mut S, requests: Vec<Request<Bodyless>>) -> usize
where
    S: Service<Request<Bodyless>, Response = Response<B>, Error = Infallible>,
    B: Body<Data: AsRef<[u8]>> + Unpin,
{
    let mut context = Context::from_waker(Waker::noop());
    let mut bytes = 0;
    for request in requests {
        let Poll::Ready(Ok(mut response)) = pin!(service.call(request)).poll(&mut context) else {
            unreachable!("nothing is waited for")
        };
        while let Poll::Ready(Some(Ok(frame))) = Pin::new(response.body_mut()).poll_frame(&mut context) {
            bytes += frame.data_ref().map_or(0, |data| data.as_ref().len());
        }
    }
    bytes
}

fn requests(n: usize) -> Vec<Request<Bodyless>> {
    shuffled(n).map(|at| request("GET", &format!("/pages/{at}"))).collect()
}

fn routes(meter: &mut Meter, n: usize) {
    let paths: Vec<&'static str> = shuffled(n).map(|at| leak(format!("/pages/{at}"))).collect();
    let metrics = meter.part("built", || {
        let limit = u32::try_from(10 * n + 10).unwrap_or(u32::MAX);
        tallymark_http::builder().max_series(limit).routes(paths).build().expect("good settings")
    });
    let mut service = metrics.layer().layer(Responding);
    let (first, later) = (requests(n), requests(n));
    meter.part("first request to each", || call(&mut service, first));
    meter.part("a request to each", || call(&mut service, later));
    meter.part("exposition", || encode(Format::Text004));
    let requests = registry::snapshot().total("http_requests_total").expect("it is shown");
    assert_eq!(requests as usize, 2 * n);
}

#[derive(Clone)]
struct Template(String);

fn templates(meter: &mut Meter, n: usize) {
    let builder = tallymark_http::builder().template_by(|extensions| Some(&extensions.get::<Template>()?.0));
    let mut service = builder.build().expect("good settings").layer().layer(Responding);
    let requests = || {
        let mut requests = requests(n);
        for (at, request) in requests.iter_mut().enumerate() {
            request.extensions_mut().insert(Template(format!("/pages/{at}/{{id}}")));
        }
        requests
    };
    let (first, later) = (requests(), requests());
    meter.part("first request to each", || call(&mut service, first));
    meter.part("a request to each", || call(&mut service, later));
    meter.part("exposition", || encode(Format::Text004));
}

fn unknown(meter: &mut Meter, n: usize) {
    let mut service = tallymark_http::builder().build().expect("good settings").layer().layer(Responding);
    let requests = shuffled(n).map(|at| request(&format!("M{at}"), &format!("/nowhere/{at}"))).collect();
    meter.part("requests", || call(&mut service, requests));
    meter.part("exposition", || encode(Format::Text004));
    let snapshot = registry::snapshot();
    let series = snapshot.family("http_requests_total").map(|family| family.series.len());
    assert_eq!(series, Some(1), "nothing that a client made up is a label");
}

fn query(meter: &mut Meter, n: usize) {
    // A path of so many bytes is the longest that the `http` crate reads.
    const LONGEST: usize = 65_000;
    let name = |at: usize| format!("n{at:05}_total");
    let n = n.min(LONGEST / "name[]=n00000_total&".len());
    register(shuffled(n).map(|at| element(name(at))).collect());
    encode(Format::Text004);
    let mut service = tallymark::exporter::service();
    let names: Vec<String> = shuffled(n).map(|at| format!("name[]={}", name(at))).collect();
    let asked = request("GET", &format!("/metrics?{}", names.join("&")));
    meter.part("scrape of all", || call(&mut service, vec![request("GET", "/metrics")]));
    let bytes = meter.part("scrape of each by name", || call(&mut service, vec![asked]));
    assert!(bytes > n * name(0).len());
}
