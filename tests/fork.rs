//! A process that was forked off counts, collects and serves for itself, and leaves alone what is its parent's.

#![cfg(all(unix, feature = "exporter"))]

use fork::{Fork, WEXITSTATUS, WIFEXITED};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    panic::{AssertUnwindSafe, catch_unwind},
    process,
};
use tallymark::{
    Counter, exporter, metric,
    registry::{self, Format},
};

/// Parcels sent.
#[metric]
static FORK_PARCELS_TOTAL: Counter = Counter::new();

fn scraped(from: SocketAddr) -> String {
    let mut stream = TcpStream::connect(from).expect("a listener");
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").expect("it reads");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("text");
    text
}

/// What a scrape shows, collectors included.
fn assert_whole(text: &str, parcels: u64) {
    assert!(text.contains(&format!("\nfork_parcels_total {parcels}\n")), "{text}");
    assert!(text.contains("\nprocess_start_time_seconds "), "{text}");
    assert!(registry::collectors().iter().all(|status| status.errors == 0), "{:?}", registry::collectors());
}

#[test]
fn a_forked_process_counts_collects_and_serves_for_itself() {
    FORK_PARCELS_TOTAL.inc_by(2);
    // Collectors have a thread from the first scrape on.
    assert_whole(&tallymark::encode_to_string(Format::Text004), 2);
    let parent = exporter::serve("127.0.0.1:0").expect("a port");
    let address = parent.local_addr();
    match fork::fork().expect("another process") {
        Fork::Child => {
            // The threads of the test harness are the parent's, so nothing may return to it.
            let done = catch_unwind(AssertUnwindSafe(|| {
                FORK_PARCELS_TOTAL.inc();
                assert_whole(&tallymark::encode_to_string(Format::Text004), 3);
                drop(parent);
                let child = exporter::serve("127.0.0.1:0").expect("a port");
                assert_whole(&scraped(child.local_addr()), 3);
            }));
            process::exit(i32::from(done.is_err()));
        }
        Fork::Parent(child) => {
            let status = fork::waitpid(child).expect("the child ends");
            assert!(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child ended with {status}");
            assert_whole(&scraped(address), 2);
        }
    }
}
