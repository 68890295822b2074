//! A table that many threads read without waiting while it grows.

use std::{
    hash::BuildHasher,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{Route, hash::TextHash};

/// How many places of a part are looked at for a text.
const PROBES: usize = 8;

/// Places of the first part.
const FIRST: usize = 128;

/// Each has four times the places of the one before, so that this many are never used up.
const PARTS: usize = 12;

type Part = OnceLock<Box<[Place]>>;
type Place = OnceLock<&'static Route>;

/// Routes by their texts. None is ever removed.
///
/// A text is looked for in some neighbouring places of the first part, then of the next. A route is put into the first
/// of these places that is empty, so that an empty one says that the text is in none of those after it. However many
/// routes there are, a look-up compares a few texts: a part whose places for a text are all taken is one that is nearly
/// full, and those before it are a third of its size together.
///
/// The standard library's map would need a lock around it. Readers of a lock write to one word, which goes from core to
/// core with each request.
#[derive(Debug, Default)]
pub(super) struct Table {
    parts: [Part; PARTS],
    len: AtomicUsize,
}

impl Table {
    /// How many routes there are, or a few less while threads add some.
    pub(super) fn len(&self) -> usize {
        self.len.load(Ordering::Relaxed)
    }

    /// Returns the route of a text.
    #[inline]
    pub(super) fn get(&self, text: &str) -> Option<&'static Route> {
        let hash = hash(text);
        for part in &self.parts {
            for place in places(part.get()?, hash) {
                let route = *place.get()?;
                if *route.text() == *text {
                    return Some(route);
                }
            }
        }
        None
    }

    /// Returns the route of a text, and makes it if the table has none.
    #[cold]
    pub(super) fn get_or_insert(&self, text: &str, make: impl Fn() -> &'static Route) -> &'static Route {
        let hash = hash(text);
        for (number, part) in self.parts.iter().enumerate() {
            let part = part.get_or_init(|| (0..FIRST << (2 * number)).map(|_| Place::new()).collect());
            for place in places(part, hash) {
                let mut added = false;
                let route = *place.get_or_init(|| {
                    added = true;
                    make()
                });
                if added {
                    self.len.fetch_add(1, Ordering::Relaxed);
                }
                if *route.text() == *text {
                    return route;
                }
            }
        }
        // Not reached before memory is: the route is measured, and made anew each time.
        make()
    }
}

#[inline]
fn hash(text: &str) -> usize {
    // So many bits fit into a word on every target, and tables are smaller.
    usize::try_from(TextHash::default().hash_one(text) & u64::from(u32::MAX)).unwrap_or_default()
}

/// The places of a part at which a text may be.
#[inline]
fn places(part: &[Place], hash: usize) -> impl Iterator<Item = &Place> {
    // The length is a power of two, and not zero.
    let last = part.len().wrapping_sub(1);
    (0..PROBES).filter_map(move |step| part.get(hash.wrapping_add(step) & last))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Routes of a program are like one another: many differ in a number at the beginning, in the middle, or at the end.
    #[test]
    fn routes_that_are_alike_take_no_more_room_than_others() {
        let texts: [fn(usize) -> String; 4] = [
            |number| format!("/pages/{number}"),
            |number| format!("/{number}/pages"),
            |number| format!("/api/v1/customers/{{id}}/orders/{number:03}"),
            |number| format!("/api/{number}/customers/{{id}}/orders"),
        ];
        for text in texts {
            let table = Table::default();
            for number in 0..1000 {
                let text = text(number);
                table.get_or_insert(&text, || Route::leak(&text, false));
            }
            assert_eq!(table.len(), 1000);
            let places: usize = table.parts.iter().filter_map(|part| part.get()).map(|part| part.len()).sum();
            // The first three parts.
            assert!(places <= 21 * FIRST, "{places} places for 1,000 routes like {}", text(1));
            assert!((0..1000).all(|number| table.get(&text(number)).is_some()));
        }
    }
}
