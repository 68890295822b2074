//! Lists of label names that live as long as the program.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// The same names for as long as the program runs. The same again give the same list, so that what declares again and again
/// takes no more memory.
pub(super) fn leak(names: &[&str]) -> &'static [&'static str] {
    // Joined by a character that is in no name.
    static KNOWN: Mutex<BTreeMap<String, &'static [&'static str]>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.entry(names.join("\0")).or_insert_with(|| {
        names.iter().map(|&name| &*name.to_owned().leak()).collect::<Vec<&'static str>>().leak()
    })
}
