//! Readers that are polled by hand, and some that have threads. Without a runtime, encoding happens within a poll.

mod turns;

use std::{
    io::ErrorKind,
    iter,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
};

use bytes::Bytes;

use super::*;

const TEXT: &str = "text";
const OPENMETRICS: &str = "OpenMetrics";

/// Nobody waits for long who does not want to: a test of its own shows that the time is kept.
const PATIENT: Limits =
    Limits { window: 10, patience: Duration::from_mins(1), lead: Duration::from_hours(1) };
const ROOMY: Limits = Limits { window: 1 << 20, ..PATIENT };
const HASTY: Limits = Limits { patience: Duration::ZERO, ..PATIENT };

/// Sources that count how often one was begun.
#[derive(Clone, Default)]
struct Sources(Arc<AtomicUsize>);

impl Sources {
    /// Chunks of four bytes.
    fn source(&self, chunks: usize) -> Source {
        let begun = Arc::clone(&self.0);
        let mut chunk = 0;
        Box::new(iter::from_fn(move || {
            if chunk == 0 {
                begun.fetch_add(1, Ordering::Relaxed);
            }
            chunk += 1;
            (chunk <= chunks).then(|| format!("{chunk:03}\n").into_bytes())
        }))
    }

    fn begun(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

fn whole(chunks: usize) -> String {
    let chunks: Vec<String> = (1..=chunks).map(|chunk| format!("{chunk:03}\n")).collect();
    chunks.concat()
}

fn poll(reader: &mut Reader) -> Poll<Option<Result<Bytes, ErrorKind>>> {
    let chunk = reader.poll_chunk(&mut Context::from_waker(Waker::noop()));
    chunk.map(|chunk| chunk.map(|chunk| chunk.map_err(|error| error.kind())))
}

fn next(reader: &mut Reader) -> Option<String> {
    match poll(reader) {
        Poll::Ready(Some(Ok(chunk))) => Some(String::from_utf8(chunk.into()).expect("text")),
        Poll::Ready(None) => None,
        other => panic!("{other:?}"),
    }
}

fn rest(reader: &mut Reader) -> String {
    iter::from_fn(|| next(reader)).collect()
}

fn ahead(reader: &mut Reader, enough: usize) {
    let found = reader.poll_ahead(enough, &mut Context::from_waker(Waker::noop()));
    assert!(matches!(found, Poll::Ready(Ok(()))), "{found:?}");
}

/// Reads to the end on a thread of its own, as the wakers have it.
fn read(mut reader: Reader) -> thread::JoinHandle<Result<String, ErrorKind>> {
    thread::spawn(move || {
        let mut text = String::new();
        while let Some(chunk) = futures::executor::block_on(poll_fn(&mut reader)) {
            text.push_str(std::str::from_utf8(&chunk?).expect("text"));
        }
        Ok(text)
    })
}

fn poll_fn(reader: &mut Reader) -> impl Future<Output = Option<Result<Bytes, ErrorKind>>> + '_ {
    std::future::poll_fn(|context| {
        let chunk = reader.poll_chunk(context);
        chunk.map(|chunk| chunk.map(|chunk| chunk.map_err(|error| error.kind())))
    })
}

#[test]
fn two_readers_of_one_encoding() {
    let (ongoing, sources) = (Ongoing::new(HASTY), Sources::default());
    let mut first = ongoing.join(&TEXT, || sources.source(2));
    let mut second = ongoing.join(&TEXT, || sources.source(2));
    assert_eq!(rest(&mut first), whole(2));
    assert_eq!(rest(&mut second), whole(2));
    assert_eq!(sources.begun(), 1);
    assert!(Arc::ptr_eq(first.encoding(), second.encoding()));
    assert_eq!(first.encoding().held(), 0);
}

#[test]
fn in_turns() {
    let (ongoing, sources) = (Ongoing::new(HASTY), Sources::default());
    let mut readers: Vec<Reader> = (0..3).map(|_| ongoing.join(&TEXT, || sources.source(50))).collect();
    let mut texts = vec![String::new(); 3];
    for _ in 0..50 {
        for (reader, text) in readers.iter_mut().zip(&mut texts) {
            text.push_str(&next(reader).expect("a chunk"));
        }
        assert_eq!(readers[0].encoding().held(), 0);
    }
    assert!(readers.iter_mut().all(|reader| next(reader).is_none()));
    assert!(texts.iter().all(|text| *text == whole(50)));
    assert_eq!(sources.begun(), 1);
}

/// What is encoded to the end is not served to who comes after that, whoever still reads it.
#[test]
fn nothing_is_kept() {
    let (ongoing, sources) = (Ongoing::new(HASTY), Sources::default());
    let mut first = ongoing.join(&TEXT, || sources.source(2));
    ahead(&mut first, 9);
    assert_eq!(first.remaining(), Some(8));
    let mut second = ongoing.join(&TEXT, || sources.source(2));
    assert_eq!((rest(&mut second), sources.begun()), (whole(2), 2));
    assert_eq!(rest(&mut first), whole(2));
}

/// A source that says so is over when it has handed over its last chunk.
#[test]
fn the_end_is_seen_at_once() {
    let ongoing = Ongoing::new(HASTY);
    let exact = || -> Source { Box::new(vec![b"1\n".to_vec(), b"2\n".to_vec()].into_iter()) };
    let mut first = ongoing.join(&TEXT, exact);
    ahead(&mut first, 1);
    assert_eq!(first.remaining(), None);
    ahead(&mut first, 3);
    assert_eq!(first.remaining(), Some(4));
    let second = ongoing.join(&TEXT, exact);
    assert!(!Arc::ptr_eq(first.encoding(), second.encoding()));
}

#[test]
fn formats_do_not_share() {
    let (ongoing, sources) = (Ongoing::new(HASTY), Sources::default());
    let mut text = ongoing.join(&TEXT, || sources.source(2));
    let mut other = ongoing.join(&OPENMETRICS, || sources.source(3));
    let mut again = ongoing.join(&TEXT, || sources.source(4));
    assert_eq!(rest(&mut text), whole(2));
    assert_eq!(rest(&mut other), whole(3));
    assert_eq!(rest(&mut again), whole(2));
    assert_eq!(sources.begun(), 2);
}

#[test]
fn a_stalled_reader_is_cut_off() {
    let (ongoing, sources) = (Ongoing::new(HASTY), Sources::default());
    let mut stalled = ongoing.join(&TEXT, || sources.source(100));
    let mut other = ongoing.join(&TEXT, || sources.source(100));
    let mut third = ongoing.join(&TEXT, || sources.source(100));
    assert_eq!(next(&mut stalled).as_deref(), Some("001\n"));
    let mut text = String::new();
    let mut most = 0;
    while let Some(chunk) = next(&mut other) {
        text.push_str(&chunk);
        assert_eq!(next(&mut third), Some(chunk));
        most = most.max(other.encoding().held());
    }
    assert_eq!(text, whole(100));
    // Three chunks fill the window, and what fills it is held whole.
    assert_eq!(most, 12);
    assert_eq!(other.encoding().held(), 0);
    for _ in 0..2 {
        assert_eq!(poll(&mut stalled), Poll::Ready(Some(Err(ErrorKind::ConnectionAborted))));
    }
    assert_eq!((stalled.remaining(), other.remaining()), (None, Some(0)));
}

/// Each of those who stall is waited for, and none of them for ever.
#[test]
fn all_but_one_stall() {
    let (ongoing, sources) = (Ongoing::new(HASTY), Sources::default());
    let mut readers: Vec<Reader> = (0..4).map(|_| ongoing.join(&TEXT, || sources.source(100))).collect();
    let mut last = readers.pop().expect("one of them");
    for (reader, taken) in readers.iter_mut().zip([0, 1, 2]) {
        for _ in 0..taken {
            next(reader).expect("a chunk");
        }
    }
    assert_eq!(rest(&mut last), whole(100));
    for reader in &mut readers {
        assert_eq!(poll(reader), Poll::Ready(Some(Err(ErrorKind::ConnectionAborted))));
    }
}

/// The fast one waits. If nothing woke it, this would take a minute and end in an error.
#[test]
fn a_slower_reader_is_waited_for() {
    let (ongoing, sources) = (Ongoing::new(PATIENT), Sources::default());
    let mut slow = ongoing.join(&TEXT, || sources.source(500));
    let encoding = Arc::clone(slow.encoding());
    let fast = read(ongoing.join(&TEXT, || sources.source(500)));
    let mut text = String::new();
    while let Some(chunk) = futures::executor::block_on(poll_fn(&mut slow)) {
        text.push_str(std::str::from_utf8(&chunk.expect("it is not cut off")).expect("text"));
        assert!(encoding.held() <= 12);
    }
    assert_eq!(text, whole(500));
    assert_eq!(fast.join().expect("nothing panicked"), Ok(whole(500)));
    assert_eq!(sources.begun(), 1);
}

#[test]
fn a_reader_that_goes_away_is_not_waited_for() {
    let (ongoing, sources) = (Ongoing::new(PATIENT), Sources::default());
    let gone = ongoing.join(&TEXT, || sources.source(100));
    let fast = read(ongoing.join(&TEXT, || sources.source(100)));
    drop(gone);
    assert_eq!(fast.join().expect("nothing panicked"), Ok(whole(100)));
}

/// Who has encoded a little hands over to another thread, thousands of times.
#[test]
fn threads_take_turns_at_encoding() {
    for _ in 0..40 {
        let (ongoing, sources) = (Ongoing::new(PATIENT), Sources::default());
        let readers: Vec<Reader> = (0..3).map(|_| ongoing.join(&TEXT, || sources.source(300))).collect();
        for text in readers.into_iter().map(read).collect::<Vec<_>>() {
            assert_eq!(text.join().expect("nothing panicked"), Ok(whole(300)));
        }
        assert_eq!(sources.begun(), 1);
    }
}

#[test]
fn many_threads() {
    let (ongoing, sources) = (Ongoing::new(ROOMY), Sources::default());
    let readers: Vec<Reader> = (0..8).map(|_| ongoing.join(&TEXT, || sources.source(999))).collect();
    for text in readers.into_iter().map(read).collect::<Vec<_>>() {
        assert_eq!(text.join().expect("nothing panicked"), Ok(whole(999)));
    }
    assert_eq!(sources.begun(), 1);
}

#[test]
fn a_panic_ends_all_readers_and_no_later_scrape() {
    let (ongoing, sources) = (Ongoing::new(HASTY), Sources::default());
    let broken = || -> Source { Box::new(iter::from_fn(|| panic!("on purpose"))) };
    let first = ongoing.join(&TEXT, broken);
    let mut second = ongoing.join(&TEXT, || sources.source(2));
    assert!(read(first).join().is_err());
    assert_eq!(poll(&mut second), Poll::Ready(Some(Err(ErrorKind::Other))));
    let mut third = ongoing.join(&TEXT, || sources.source(2));
    assert_eq!(rest(&mut third), whole(2));
}
