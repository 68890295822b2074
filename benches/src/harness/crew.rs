//! Worker threads that live as long as the measurement.
//!
//! Threads are not started for each batch: thread-local state of a contender must stay warm, and libraries that keep
//! something for each thread that ever lived would be measured with thousands.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use super::contender::{Loop, Worker};

enum Order {
    Run { contender: usize, worker: Worker, ops: u64, start_at: u64 },
    Drop { contender: usize },
}

/// When a worker began and ended.
struct Span(Instant, Instant);

/// How long a batch took.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    /// From the first start to the last end.
    pub wall: Duration,
    /// What the quickest worker took. With more workers than cores the others had to wait for a core as well.
    pub quickest: Duration,
}

/// A fixed number of threads that run the same batch at the same time.
pub struct Crew {
    orders: Vec<Sender<Order>>,
    spans: Receiver<Span>,
    threads: Vec<JoinHandle<()>>,
    /// Batches given out, times workers: the count of arrivals at which the next batch starts.
    arrivals: u64,
}

impl Crew {
    /// Starts the threads.
    pub fn new(workers: usize) -> Self {
        let (report, spans) = channel();
        let arrived = Arc::new(AtomicU64::new(0));
        let mut orders = Vec::new();
        let mut threads = Vec::new();
        for _ in 0..workers {
            let (send, receive) = channel();
            let (report, arrived) = (report.clone(), Arc::clone(&arrived));
            orders.push(send);
            threads.push(std::thread::spawn(move || work(&receive, &report, &arrived)));
        }
        Self { orders, spans, threads, arrivals: 0 }
    }

    /// The number of threads.
    pub fn workers(&self) -> usize {
        self.orders.len()
    }

    /// Runs one batch on every thread at once.
    pub fn run(&mut self, contender: usize, worker: &Worker, ops: u64) -> Took {
        self.arrivals += self.workers() as u64;
        for order in &self.orders {
            let worker = Arc::clone(worker);
            order
                .send(Order::Run { contender, worker, ops, start_at: self.arrivals })
                .expect("worker is alive");
        }
        let spans: Vec<_> = self.orders.iter().map(|_| self.spans.recv().expect("worker is alive")).collect();
        let begin = spans.iter().map(|span| span.0).min().expect("at least one worker");
        let end = spans.iter().map(|span| span.1).max().expect("at least one worker");
        let quickest = spans.iter().map(|span| span.1 - span.0).min().expect("at least one worker");
        Took { wall: end - begin, quickest }
    }

    /// Ends the loops of one contender on every thread, so that what they hold back is handed over.
    pub fn drop_loops(&mut self, contender: usize) {
        for order in &self.orders {
            order.send(Order::Drop { contender }).expect("worker is alive");
        }
        for _ in &self.orders {
            self.spans.recv().expect("worker is alive");
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.orders.clear();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn work(orders: &Receiver<Order>, report: &Sender<Span>, arrived: &AtomicU64) {
    let mut loops: HashMap<usize, Loop> = HashMap::new();
    while let Ok(order) = orders.recv() {
        let span = match order {
            Order::Run { contender, worker, ops, start_at } => {
                let batch = loops.entry(contender).or_insert_with(|| worker());
                arrived.fetch_add(1, Ordering::AcqRel);
                while arrived.load(Ordering::Acquire) < start_at {
                    // There may be more workers than cores.
                    std::thread::yield_now();
                }
                let begin = Instant::now();
                batch(ops);
                Span(begin, Instant::now())
            }
            Order::Drop { contender } => {
                loops.remove(&contender);
                Span(Instant::now(), Instant::now())
            }
        };
        if report.send(span).is_err() {
            return;
        }
    }
}
