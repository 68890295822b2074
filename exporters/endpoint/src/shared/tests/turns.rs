//! Which encoding a scrape belongs to, and when that one begins.

use std::sync::mpsc::{self, Receiver, Sender};

use super::*;

fn same(one: &Reader, other: &Reader) -> bool {
    Arc::ptr_eq(one.encoding(), other.encoding())
}

/// Waits until a thread is at it. It may stay where it is for as long as it likes.
fn wait_until_busy(encoding: &Encoding) {
    while !encoding.is_busy() {
        thread::yield_now();
    }
}

/// A source of one chunk that says when it is begun, and then waits until it is let go.
fn held() -> (Source, Receiver<()>, Sender<()>) {
    let (enter, entered) = mpsc::channel();
    let (let_go, leave) = mpsc::channel::<()>();
    let source = iter::once_with(move || {
        let _ = enter.send(());
        let _ = leave.recv();
        b"held\n".to_vec()
    });
    (Box::new(source), entered, let_go)
}

#[test]
fn whoever_comes_before_it_begins_joins() {
    let (ongoing, sources) = (Ongoing::new(PATIENT), Sources::default());
    let mut readers: Vec<Reader> = (0..5).map(|_| ongoing.join(&TEXT, || sources.source(2))).collect();
    // One that leaves takes nobody along, not even the first.
    drop(readers.remove(0));
    readers.push(ongoing.join(&TEXT, || sources.source(2)));
    for reader in &mut readers {
        assert_eq!(rest(reader), whole(2));
    }
    assert_eq!(sources.begun(), 1);
}

/// However many come while one is encoded, they cost one more; and so do all who come during that one.
#[test]
fn whoever_comes_later_belongs_to_the_next() {
    let (ongoing, sources) = (Ongoing::new(ROOMY), Sources::default());
    let mut first = ongoing.join(&TEXT, || sources.source(2));
    ahead(&mut first, 1);
    let mut second: Vec<Reader> = (0..5).map(|_| ongoing.join(&TEXT, || sources.source(3))).collect();
    assert!(!same(&first, &second[0]));
    assert!(second.iter().all(|reader| same(reader, &second[0])));
    assert_eq!(rest(&mut first), whole(2));
    // It is over, and still they are to be found together.
    second.push(ongoing.join(&TEXT, || sources.source(3)));
    ahead(&mut second[0], 1);
    let mut third: Vec<Reader> = (0..5).map(|_| ongoing.join(&TEXT, || sources.source(4))).collect();
    for reader in &mut second {
        assert_eq!(rest(reader), whole(3));
    }
    for reader in &mut third {
        assert_eq!(rest(reader), whole(4));
    }
    assert_eq!(sources.begun(), 3);
}

/// Within the first chunk is after the beginning: what it says may have been read already.
#[test]
fn one_that_has_no_chunk_yet_has_begun() {
    let (ongoing, sources) = (Ongoing::new(PATIENT), Sources::default());
    let (source, entered, let_go) = held();
    let first = read(ongoing.join(&TEXT, || source));
    entered.recv().expect("it begins");
    let next = ongoing.join(&TEXT, || sources.source(2));
    let encoding = Arc::clone(next.encoding());
    let next = read(next);
    wait_until_busy(&encoding);
    let joined = read(ongoing.join(&TEXT, || unreachable!("there is one that waits")));
    assert_eq!(sources.begun(), 0);
    let_go.send(()).expect("it waits");
    assert_eq!(first.join().expect("nothing panicked"), Ok("held\n".to_owned()));
    for next in [next, joined] {
        assert_eq!(next.join().expect("nothing panicked"), Ok(whole(2)));
    }
    assert_eq!(sources.begun(), 1);
}

/// Without a lead, the next does not wait for one that nobody goes on with.
#[test]
fn one_that_stalls_does_not_hold_up_the_next() {
    let (ongoing, sources) = (Ongoing::new(Limits { lead: Duration::ZERO, ..PATIENT }), Sources::default());
    let mut stalled = ongoing.join(&TEXT, || sources.source(5));
    assert_eq!(next(&mut stalled).as_deref(), Some("001\n"));
    for chunks in [2, 3] {
        let mut other = ongoing.join(&TEXT, || sources.source(chunks));
        assert_eq!(rest(&mut other), whole(chunks));
    }
    assert_eq!(rest(&mut stalled), whole(5)[4..]);
}

/// If nothing woke those who wait, each of these would take an hour.
#[test]
fn one_that_is_given_up_does_not_hold_up_the_next() {
    let (ongoing, sources) = (Ongoing::new(PATIENT), Sources::default());
    // Between two chunks.
    let mut first = ongoing.join(&TEXT, || sources.source(5));
    ahead(&mut first, 5);
    let encoding = Arc::clone(first.encoding());
    let second = ongoing.join(&TEXT, || sources.source(2));
    // Waiting for it keeps nothing of it.
    assert_eq!((Arc::strong_count(&encoding), encoding.held()), (2, 8));
    let waiting = Arc::clone(second.encoding());
    let second = read(second);
    wait_until_busy(&waiting);
    drop(first);
    assert_eq!((Arc::strong_count(&encoding), encoding.held()), (1, 0));
    assert_eq!(second.join().expect("nothing panicked"), Ok(whole(2)));
    drop(encoding);

    // In the midst of one.
    let (source, entered, let_go) = held();
    let first = ongoing.join(&TEXT, || source);
    let encoding = Arc::clone(first.encoding());
    let work = thread::spawn(move || encoding.advance(0, 1));
    entered.recv().expect("it begins");
    let second = read(ongoing.join(&TEXT, || sources.source(3)));
    drop(first);
    assert_eq!(second.join().expect("nothing panicked"), Ok(whole(3)));
    let_go.send(()).expect("it waits");
    work.join().expect("nothing panicked");
}

#[test]
fn one_that_fails_does_not_hold_up_the_next() {
    let (ongoing, sources) = (Ongoing::new(PATIENT), Sources::default());
    let (source, entered, let_go) = held();
    let first = read(ongoing.join(&TEXT, || Box::new(source.map(|_| panic!("on purpose")))));
    entered.recv().expect("it begins");
    let second = ongoing.join(&TEXT, || sources.source(2));
    let encoding = Arc::clone(second.encoding());
    let second = read(second);
    wait_until_busy(&encoding);
    let_go.send(()).expect("it waits");
    assert!(first.join().is_err());
    assert_eq!(second.join().expect("nothing panicked"), Ok(whole(2)));
}

/// The thread that waits belongs to one of the readers, and others count on it.
#[test]
fn one_that_waits_and_goes_away_strands_nobody() {
    let (ongoing, sources) = (Ongoing::new(PATIENT), Sources::default());
    let mut first = ongoing.join(&TEXT, || sources.source(2));
    ahead(&mut first, 1);
    let gone = ongoing.join(&TEXT, || sources.source(3));
    let other = ongoing.join(&TEXT, || unreachable!("there is one that waits"));
    let encoding = Arc::clone(gone.encoding());
    let work = thread::spawn(move || encoding.advance(0, 1));
    wait_until_busy(other.encoding());
    let other = read(other);
    drop(gone);
    assert_eq!(rest(&mut first), whole(2));
    assert_eq!(other.join().expect("nothing panicked"), Ok(whole(3)));
    work.join().expect("nothing panicked");
    assert_eq!(sources.begun(), 2);
}

/// Nobody waits for the sake of those who have gone, and whoever comes then waits as they did.
#[test]
fn all_that_wait_go_away() {
    let (ongoing, sources) = (Ongoing::new(PATIENT), Sources::default());
    let mut first = ongoing.join(&TEXT, || sources.source(2));
    ahead(&mut first, 1);
    let gone = ongoing.join(&TEXT, || sources.source(3));
    let encoding = Arc::clone(gone.encoding());
    let work = thread::spawn(move || encoding.advance(0, 1));
    wait_until_busy(gone.encoding());
    drop(gone);
    work.join().expect("nothing panicked");
    let last = ongoing.join(&TEXT, || sources.source(3));
    let encoding = Arc::clone(last.encoding());
    let last = read(last);
    wait_until_busy(&encoding);
    assert_eq!(sources.begun(), 1);
    assert_eq!(rest(&mut first), whole(2));
    assert_eq!(last.join().expect("nothing panicked"), Ok(whole(3)));
}

/// Counts what it is asked for, shows how much was counted when it was begun, and how many are under way.
#[derive(Default)]
struct Ledger {
    counted: AtomicUsize,
    running: AtomicUsize,
    most: AtomicUsize,
    begun: AtomicUsize,
}

impl Ledger {
    fn source(self: &Arc<Self>) -> Source {
        let ledger = Arc::clone(self);
        let mut left = 5;
        Box::new(iter::from_fn(move || {
            left -= 1;
            match left {
                4 => {
                    ledger.begun.fetch_add(1, Ordering::Relaxed);
                    let running = ledger.running.fetch_add(1, Ordering::Relaxed) + 1;
                    ledger.most.fetch_max(running, Ordering::Relaxed);
                    Some(format!("{}\n", ledger.counted.load(Ordering::Relaxed)).into_bytes())
                }
                0 => {
                    ledger.running.fetch_sub(1, Ordering::Relaxed);
                    None
                }
                _ => {
                    // Others have time to come.
                    thread::yield_now();
                    Some(b"more\n".to_vec())
                }
            }
        }))
    }
}

/// Everybody finds what was counted before it came, itself included.
#[test]
fn nothing_counted_is_missing() {
    const THREADS: usize = 6;
    const ROUNDS: usize = 200;
    let (ongoing, ledger) = (Ongoing::new(ROOMY), Arc::new(Ledger::default()));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    let counted = ledger.counted.fetch_add(1, Ordering::Relaxed) + 1;
                    let mut reader = ongoing.join(&TEXT, || ledger.source());
                    let mut text = String::new();
                    while let Some(chunk) = futures::executor::block_on(poll_fn(&mut reader)) {
                        let chunk = chunk.expect("nobody is cut off");
                        text.push_str(std::str::from_utf8(&chunk).expect("text"));
                    }
                    let shown = text.lines().next().expect("a line").parse::<usize>().expect("a number");
                    assert!(shown >= counted, "{shown} of {counted}");
                    assert_eq!(text.lines().count(), 4);
                }
            });
        }
    });
    assert_eq!(ledger.most.load(Ordering::Relaxed), 1);
    assert!(ledger.begun.load(Ordering::Relaxed) <= THREADS * ROUNDS);
}
