//! Those who count and those who ask: threads, scrapers, and a gateway that is pushed to.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::{Arc, Barrier},
    task::{Context, Poll, Waker},
};

use http::Request;
use http_body_util::Empty;
use tallymark::{
    Counter, LabelSet, metric, place,
    registry::{Declaration, Format},
};
use tower_service::Service;

use super::declared::{element, encode, register};
use crate::{
    meter::Meter,
    subject::{Subject, shuffled},
};

pub const SUBJECTS: [Subject; 3] = [
    Subject::new("threads", "threads that count", threads).up_to(400).least(24),
    Subject::new("scrapers", "scrapes at one time", scrapers).up_to(10_000).least(160),
    Subject::new("pushed", "series that are pushed", pushed),
];

#[derive(LabelSet)]
struct Shard<'a> {
    shard: &'a str,
}

/// Things counted by threads.
#[metric(name = "grown_by_threads_total")]
static BY_THREADS: Counter<Shard<'static>> = Counter::new();

fn threads(meter: &mut Meter, n: usize) {
    let (counted, leave) = (Arc::new(Barrier::new(n + 1)), Arc::new(Barrier::new(n + 1)));
    let threads: Vec<_> = meter.part("begin and count", || {
        let threads = (0..n).map(|_| {
            let (counted, leave) = (Arc::clone(&counted), Arc::clone(&leave));
            std::thread::spawn(move || {
                for shard in 0..16 {
                    BY_THREADS.with(Shard { shard: &shard.to_string() }).inc();
                }
                counted.wait();
                leave.wait();
            })
        });
        let threads = threads.collect();
        counted.wait();
        threads
    });
    meter.part("exposition", || encode(Format::Text004));
    meter.part("end", || {
        leave.wait();
        threads.into_iter().for_each(|thread: std::thread::JoinHandle<()>| thread.join().expect("it ends"));
    });
    meter.part("exposition after", || encode(Format::Text004));
}

fn scrapers(meter: &mut Meter, n: usize) {
    register(shuffled(500).map(|at| element(format!("grown_{at}_total"))).collect());
    encode(Format::Text004);
    let mut service = tallymark::exporter::service();
    let mut context = Context::from_waker(Waker::noop());
    let held = meter.part("none of them reads", || {
        let ask = |_| {
            let request = Request::get("/metrics").body(Empty::<&'static [u8]>::new()).expect("a request");
            let mut future = Box::pin(service.call(request));
            match future.as_mut().poll(&mut context) {
                Poll::Ready(Ok(response)) => response,
                Poll::Ready(Err(never)) => match never {},
                Poll::Pending => unreachable!("nothing is waited for"),
            }
        };
        (0..n).map(ask).collect::<Vec<_>>()
    });
    assert_eq!(held.iter().filter(|response| response.status() == 200).count(), n.min(16));
}

/// Reads requests and says that all is well.
fn gateway() -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let (mut line, mut length) = (String::new(), None);
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                let (name, value) = line.split_once(':').unwrap_or_default();
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.trim().parse::<u64>().ok();
                }
                line.clear();
            }
            let read = match length {
                Some(length) => {
                    std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).is_ok()
                }
                // Chunks end with an empty one.
                None => until_the_last_chunk(&mut reader),
            };
            if read {
                let _ = reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            }
        }
    });
    Ok(address)
}

fn until_the_last_chunk(reader: &mut impl BufRead) -> bool {
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line).is_err() {
            return false;
        }
        let Ok(length) = u64::from_str_radix(line.trim(), 16) else { return false };
        if std::io::copy(&mut reader.by_ref().take(length + 2), &mut std::io::sink()).is_err() {
            return false;
        }
        if length == 0 {
            return true;
        }
    }
}

fn pushed(meter: &mut Meter, n: usize) {
    let address = gateway().expect("a port");
    let limit = u32::try_from(n + 1).unwrap_or(u32::MAX);
    let counter: &'static Counter<Shard<'static>> =
        Declaration::new("grown_total", "Things counted.", place!())
            .declare(|| Counter::new().max_series(limit))
            .expect("a good name");
    shuffled(n).for_each(|at| counter.with(Shard { shard: &at.to_string() }).inc());
    let gateway = tallymark_push::builder(address, "grown").build().expect("good settings");
    meter.part("push", || gateway.push().wait()).expect("it is taken");
    meter.part("push again", || gateway.push().wait()).expect("it is taken");
}
