//! A thousand scrapers at once.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use tallymark::{Counter, Number, metric, registry, snapshot::Value};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime,
    task::JoinSet,
};

use crate::{alone, client, limits::refused, serve};

const SCRAPERS: usize = 1000;

/// The endpoint has 512 connections at the most; the rest is files that are open for a moment.
const DESCRIPTORS: usize = 512 + 64;

/// What the application counts meanwhile.
#[metric(namespace = "crowd")]
static ORDERS_TOTAL: Counter = Counter::new();

/// The scrapers, in a process of their own, since their descriptors are theirs.
#[test]
#[ignore = "runs as a child of the next test"]
fn child() {
    let address = env::var("SCRAPE_ADDRESS").expect("the parent says where");
    let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let whole = runtime.block_on(async {
        let mut scrapers = JoinSet::new();
        for _ in 0..SCRAPERS {
            scrapers.spawn(scrape(address.clone()));
        }
        scrapers.join_all().await.into_iter().filter(|whole| *whole).count()
    });
    println!("whole {whole}");
}

/// Whether all of an exposition came. If not, then the response says that there are too many scrapes.
async fn scrape(address: String) -> bool {
    let mut stream = TcpStream::connect(address).await.expect("the endpoint listens");
    let request = b"GET /metrics HTTP/1.1\r\nHost: test\r\nAccept: application/openmetrics-text\r\n\
                    Connection: close\r\n\r\n";
    stream.write_all(request).await.expect("the endpoint reads");
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.expect("the endpoint writes");
    let response = String::from_utf8(response).expect("text");
    if response.starts_with("HTTP/1.1 503 ") {
        assert!(response.ends_with("\r\n\r\nToo many scrapes at once.\n"), "{response}");
        return false;
    }
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    assert!(response.contains("\ncrowd_orders_total ") && response.ends_with("# EOF\n"), "{response}");
    true
}

fn orders() -> u64 {
    let snapshot = registry::snapshot();
    let family = snapshot.family("crowd_orders_total").expect("it is declared");
    match family.series[0].value {
        Value::Number(Number::U64(orders)) => orders,
        ref other => panic!("{other:?}"),
    }
}

/// Each of them gets all of an exposition or is told to come later, they take no more than their share of descriptors, and
/// whatever is counted meanwhile is there in the end.
#[test]
fn a_thousand_scrapers() {
    let _alone = alone();
    let exporter = serve();
    let busy = refused("busy");
    let before = orders();
    let over = AtomicBool::new(false);
    let (counted, whole, most) = thread::scope(|scope| {
        let count = || {
            let mut counted = 0_u64;
            while !over.load(Ordering::Relaxed) {
                ORDERS_TOTAL.inc();
                counted += 1;
                if counted % 1000 == 0 {
                    thread::yield_now();
                }
            }
            counted
        };
        let application = [scope.spawn(count), scope.spawn(count)];
        let watch = scope.spawn(|| {
            let mut most = 0;
            while !over.load(Ordering::Relaxed) {
                most = most.max(descriptors());
                thread::yield_now();
            }
            most
        });
        let mut child = Command::new(env::current_exe().expect("this test"))
            .args(["crowd::child", "--exact", "--ignored", "--nocapture"])
            .env("SCRAPE_ADDRESS", exporter.local_addr().to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this test runs");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let whole = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_once("whole ")?.1.parse::<usize>().ok());
        // The child still has something to say.
        lines.for_each(drop);
        child.wait().expect("the child ends");
        over.store(true, Ordering::Relaxed);
        let counted = application.map(|thread| thread.join().expect("counting does not fail"));
        (counted, whole, watch.join().expect("nothing panicked"))
    });
    let whole = whole.expect("the child says how many");
    assert!(whole > 0);
    assert_eq!(refused("busy") - busy, (SCRAPERS - whole) as u64);
    assert!(counted.iter().all(|counted| *counted > 0), "{counted:?}");
    assert_eq!(orders() - before, counted.iter().sum::<u64>());
    assert!(most <= DESCRIPTORS, "{most} descriptors");
    // The endpoint goes on.
    client::scrape(exporter.local_addr());
}

/// Open file descriptors of this process, where the system shows them.
fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}
