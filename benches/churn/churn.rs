//! Series that come and go: so many distinct label sets, few alive at a time, counted by four threads while two others
//! scrape. Fails if a count is lost, if a living series is missing from a scrape, if anything overflows, or if memory
//! grows with the number of label sets.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    collections::{HashMap, HashSet},
    fmt::Write as _,
    fs,
    sync::{
        Mutex,
        atomic::{
            AtomicBool, AtomicU64,
            Ordering::{Relaxed, SeqCst},
        },
    },
    thread,
    time::Instant,
};
use tallymark_core::{
    Counter, IntGauge, LabelSet, Metric, Number, Scope, Summary,
    visit::{Head, HistogramPoint, Labels, SummaryPoint, Visitor},
};

#[derive(Clone, Copy)]
struct Peer<'a> {
    address: &'a str,
}

impl LabelSet for Peer<'_> {
    type Borrowed<'a> = Peer<'a>;
    const NAMES: &'static [&'static str] = &["address"];
    const CARDINALITY: Option<usize> = None;

    fn index(&self) -> usize {
        0
    }

    #[inline(always)]
    fn visit(&self, f: &mut impl FnMut(&str)) {
        f(self.address);
    }

    fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
}

const THREADS: u64 = 4;
const ALIVE: u64 = 100;
const EACH: u64 = ALIVE / THREADS;

static MESSAGES: Counter<Peer> = Counter::new().max_series(128);
static LAG: IntGauge<Peer> = IntGauge::new().max_series(128);
static SIZES: Summary<Peer> = Summary::new().max_series(128);

/// What one counting thread has done: label sets below `counted` and from `removed` on are alive.
#[derive(Default)]
struct Progress {
    counted: AtomicU64,
    removed: AtomicU64,
}

fn address(thread: u64, number: u64) -> String {
    format!("10.{thread}.{}.{}:{number}", number % 251, number % 241)
}

/// How often a peer is counted.
fn times(number: u64) -> u64 {
    number % 7 + 1
}

/// What is shown of each series, and which of them have a sum that is one observation ahead of the count.
#[derive(Default)]
struct Seen(HashMap<String, f64>, HashSet<String>);

impl Visitor for Seen {
    fn family(&mut self, _: &Head<'_>) {}

    fn histogram(&mut self, _: Labels<'_>, _: HistogramPoint<'_>) {}

    fn states(&mut self, _: Labels<'_>, _: &[&str], _: usize) {}

    fn number(&mut self, labels: Labels<'_>, value: Number) {
        self.0.insert(labels.values()[0].to_owned(), value.as_f64());
    }

    fn summary(&mut self, labels: Labels<'_>, point: SummaryPoint<'_>) {
        let (summed, count) = (point.sum * 4.0, point.count as f64);
        // One thread counts in each series. It may have been interrupted between the sum and the count.
        assert!([count, count + 1.0].contains(&summed), "{} in {count} observations", point.sum);
        let address = labels.values()[0].to_owned();
        if summed != count {
            self.1.insert(address.clone());
        }
        self.0.insert(address, count);
    }
}

/// Counts the bytes that are allocated. What the process has resident beyond them is how the system's allocator keeps free ones.
struct Counting;

static ALLOCATED: AtomicU64 = AtomicU64::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: all is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(layout.size() as u64, Relaxed);
        // SAFETY: by the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        ALLOCATED.fetch_sub(layout.size() as u64, Relaxed);
        // SAFETY: by the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// What was measured at one moment.
struct Row {
    label_sets: u64,
    resident_kib: u64,
    allocated_kib: u64,
    scrapes: u64,
}

fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS")).expect("VmRSS");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
}

/// Counts and removes. Returns how much was counted.
fn count(thread: u64, label_sets: u64, progress: &Progress) -> u64 {
    let mut counted = 0;
    let remove = |number: u64| {
        progress.removed.store(number + 1, SeqCst);
        let text = address(thread, number);
        let peer = Peer { address: &text };
        assert_eq!(MESSAGES.with(peer).get(), times(number), "{text}");
        assert_eq!(SIZES.with(peer).get().count(), times(number), "{text}");
        assert_eq!(LAG.with(peer).get(), times(number) as i64, "{text}");
        assert!(MESSAGES.remove(peer) && SIZES.remove(peer) && LAG.remove(peer), "{text}");
    };
    for number in 0..label_sets {
        if number >= EACH {
            remove(number - EACH);
        }
        let text = address(thread, number);
        let peer = Peer { address: &text };
        for time in 1..=times(number) {
            MESSAGES.with(peer).inc();
            SIZES.with(peer).observe(0.25);
            LAG.with(peer).set(time as i64);
            counted += 1;
        }
        progress.counted.store(number + 1, SeqCst);
    }
    counted
}

/// Reads all families. Returns how many living series were looked for.
fn scrape(progress: &[Progress]) -> u64 {
    let mut looked_for = 0;
    for metric in [&MESSAGES as &dyn Metric, &SIZES, &LAG] {
        let counted: Vec<u64> = progress.iter().map(|thread| thread.counted.load(SeqCst)).collect();
        let mut seen = Seen::default();
        metric.visit(Scope::Process, &mut seen);
        assert!(!seen.0.contains_key("_overflow"), "an overflow series");
        for (thread, (progress, counted)) in (0..).zip(progress.iter().zip(counted)) {
            for number in progress.removed.load(SeqCst)..counted {
                let text = address(thread, number);
                assert_eq!(seen.0.get(&text), Some(&(times(number) as f64)), "{text}");
                assert!(!seen.1.contains(&text), "{text} was counted before, and its sum is ahead");
                looked_for += 1;
            }
        }
    }
    looked_for
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let label_sets: u64 = arguments.next().map_or(10_000_000, |n| n.parse().expect("a number"));
    let out = arguments.next();
    let progress: Vec<Progress> = (0..THREADS).map(|_| Progress::default()).collect();
    let (done, scrapes, looked_for) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let rows = Mutex::new(Vec::new());
    let start = Instant::now();
    let counted: u64 = thread::scope(|scope| {
        let counting: Vec<_> = (0..THREADS)
            .zip(&progress)
            .map(|(thread, progress)| scope.spawn(move || count(thread, label_sets / THREADS, progress)))
            .collect();
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(SeqCst) {
                    looked_for.fetch_add(scrape(&progress), SeqCst);
                    scrapes.fetch_add(1, SeqCst);
                }
            });
        }
        scope.spawn(|| {
            for step in 0..=20 {
                let sets = || progress.iter().map(|thread| thread.counted.load(SeqCst)).sum::<u64>();
                while sets() < label_sets * step / 20 && !done.load(SeqCst) {
                    thread::park_timeout(std::time::Duration::from_millis(5));
                }
                let row = Row {
                    label_sets: sets(),
                    resident_kib: resident_kib(),
                    allocated_kib: ALLOCATED.load(SeqCst) / 1024,
                    scrapes: scrapes.load(SeqCst),
                };
                rows.lock().expect("no panic").push(row);
            }
        });
        let counted = counting.into_iter().map(|thread| thread.join()).collect::<Vec<_>>();
        done.store(true, SeqCst);
        counted.into_iter().map(|counted| counted.expect("no count is wrong")).sum()
    });
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(looked_for.load(SeqCst) + scrape(&progress), looked_for.load(SeqCst) + 3 * ALIVE);
    for metric in [&MESSAGES as &dyn Metric, &SIZES, &LAG] {
        assert_eq!(metric.dropped_series(), 0);
    }
    let rows = rows.into_inner().expect("no panic");
    let mut table = String::from("label_sets\tresident_kib\tallocated_kib\tscrapes\n");
    for Row { label_sets, resident_kib, allocated_kib, scrapes } in &rows {
        let _ = writeln!(table, "{label_sets}\t{resident_kib}\t{allocated_kib}\t{scrapes}");
    }
    print!("{table}");
    println!(
        "{label_sets} label sets, {ALIVE} alive, {counted} counts, each in its series; {} scrapes found all of {} \
         living series; {:.0} label sets a second",
        scrapes.load(SeqCst),
        looked_for.load(SeqCst),
        label_sets as f64 / seconds,
    );
    // Of the second half, since the allocator's own pages fill up first.
    let half = |of: fn(&Row) -> u64| rows.get(rows.len() / 2).map_or(0, of);
    let last = |of: fn(&Row) -> u64| rows.last().map_or(0, of);
    let (before, now) = (half(|row| row.allocated_kib), last(|row| row.allocated_kib));
    // Two scrapes that are under way have what they read.
    assert!(now <= before + 64, "what is allocated grew from {before} to {now} KiB");
    let (before, now) = (half(|row| row.resident_kib), last(|row| row.resident_kib));
    assert!(now <= before + before / 4 + 1024, "resident memory grew from {before} to {now} KiB");
    if let Some(home) = out {
        fs::write(format!("{home}/results/sweep_churn.tsv"), table).expect("results");
        fs::write(format!("{home}/plots/sweep_churn.svg"), plot(&rows)).expect("plots");
    }
}

/// Memory by the number of label sets there have been.
fn plot(rows: &[Row]) -> String {
    let (width, height, margin) = (640.0, 320.0, 60.0);
    let most_sets = rows.iter().map(|row| row.label_sets).max().unwrap_or(1).max(1) as f64;
    let most_mib = rows.iter().map(|row| row.resident_kib).max().unwrap_or(1).max(1) as f64 / 1024.0 * 1.25;
    let x = |sets: u64| margin + sets as f64 / most_sets * (width - 2.0 * margin);
    let y = |kib: u64| height - margin - kib as f64 / 1024.0 / most_mib * (height - 2.0 * margin);
    let line = |of: fn(&Row) -> u64| -> String {
        let points = rows.iter().map(|row| format!("{:.1},{:.1}", x(row.label_sets), y(of(row))));
        points.collect::<Vec<_>>().join(" ")
    };
    let end = |of: fn(&Row) -> u64| rows.last().map_or(0.0, |row| y(of(row))) - 6.0;
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">
<rect width="{width}" height="{height}" fill="#fff"/>
<text x="{margin}" y="24" font-size="14">Memory while label sets come and go, {ALIVE} alive at a time</text>
<path d="M{margin} {margin}V{bottom}H{right}" fill="none" stroke="#888"/>
<text x="{margin}" y="{below}">0</text><text x="{right}" y="{below}" text-anchor="end">{most_sets} distinct label sets</text>
<text x="{left}" y="{top}" text-anchor="end">{most_mib:.1} MiB</text><text x="{left}" y="{bottom}" text-anchor="end">0</text>
<polyline points="{}" fill="none" stroke="#2563eb" stroke-width="2"/>
<text x="{right}" y="{:.1}" text-anchor="end" fill="#2563eb">resident</text>
<polyline points="{}" fill="none" stroke="#d62728" stroke-width="2"/>
<text x="{right}" y="{:.1}" text-anchor="end" fill="#d62728">from the global allocator</text>
</svg>
"##,
        line(|row| row.resident_kib),
        end(|row| row.resident_kib),
        line(|row| row.allocated_kib),
        end(|row| row.allocated_kib),
        bottom = height - margin,
        right = width - margin,
        below = height - margin + 18.0,
        left = margin - 6.0,
        top = margin + 4.0,
    )
}
