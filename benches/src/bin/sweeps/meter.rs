//! What the parts of a sweep cost, in the process that does the work.

use std::{ffi::CString, fs};

use tallymark_benches::harness::{allocator, callgrind};

/// What a part costs, as far as the process itself can see it. Instructions are in callgrind's files.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    pub blocks: f64,
    /// Processor time.
    pub ns: f64,
}

/// Takes the parts of a sweep one after the other.
#[derive(Debug, Default)]
pub struct Meter {
    parts: Vec<(&'static str, Cost)>,
}

impl Meter {
    /// Does a part of the work, and notes what it costs.
    pub fn part<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let request = CString::new(name).unwrap_or_default();
        let start = processor_ns();
        callgrind::begin();
        let (result, heap) = allocator::count(work);
        callgrind::end(&request);
        let ns = processor_ns() - start;
        self.parts.push((name, Cost { blocks: heap.taken as f64, ns }));
        result
    }

    /// One line for each part.
    pub fn print(&self) {
        for (name, Cost { blocks, ns }) in &self.parts {
            println!("{name}\t{blocks}\t{ns}");
        }
    }
}

/// For how long the threads that there are have run, in ns: other programs on a busy machine have no part in it. 0 where the system has
/// no such files.
fn processor_ns() -> f64 {
    let Ok(threads) = fs::read_dir("/proc/self/task") else { return 0.0 };
    let of_thread = |entry: std::io::Result<fs::DirEntry>| {
        let text = fs::read_to_string(entry.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    };
    threads.filter_map(of_thread).sum()
}
