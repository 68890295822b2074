//! Both ways between this registry and the `prometheus` crate's.

mod custom;
mod incoming;
mod outgoing;
#[cfg(target_os = "linux")]
mod process;

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tallymark::{encode_to_string, registry::Format};

/// All of these tests read the one registry of the process, and some look at all of it.
fn alone() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lines of an exposition that are about families with this prefix.
fn lines(format: Format, prefix: &str) -> Vec<String> {
    let belongs = |line: &&str| {
        let name = line.strip_prefix("# ").and_then(|line| line.split(' ').nth(1)).unwrap_or(line);
        name.starts_with(prefix)
    };
    encode_to_string(format).lines().filter(belongs).map(str::to_owned).collect()
}

/// No family stands twice, and no series either.
fn assert_no_duplicates(text: &str) {
    let mut seen = HashSet::new();
    for line in text.lines() {
        // What identifies a sample stands before its value, and a comment before its kind or text.
        let key = match line.strip_prefix("# ") {
            Some(comment) => comment.splitn(3, ' ').take(2).collect::<Vec<_>>().join(" "),
            None => line.rsplit_once(' ').expect("a value").0.to_owned(),
        };
        assert!(seen.insert(key), "twice: {line}");
    }
}
