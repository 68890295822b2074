//! From slots to what few series have. Slots are many, so it is a tree of pages of which most are never there. Looking
//! something up takes no lock.

use crate::cell::locate;
use once_cell::race::OnceBox;

const PAGE: u32 = 256;
/// Pages in the first chunk; each chunk has twice as many as the one before.
const FIRST: u32 = 64;
/// Enough for every slot.
const CHUNKS: usize = 18;

struct Page<T>([OnceBox<T>; PAGE as usize]);

pub(super) struct Table<T>([OnceBox<Vec<OnceBox<Page<T>>>>; CHUNKS]);

impl<T> Table<T> {
    pub(super) const fn new() -> Self {
        Self([const { OnceBox::new() }; CHUNKS])
    }

    pub(super) fn get(&self, slot: u32) -> Option<&T> {
        let (chunk, place) = locate(slot / PAGE, FIRST);
        self.0.get(chunk)?.get()?.get(place)?.get()?.0.get((slot % PAGE) as usize)?.get()
    }

    /// Puts something there, unless there is something already.
    pub(super) fn put(&self, slot: u32, value: T) {
        let (chunk, place) = locate(slot / PAGE, FIRST);
        let pages = || Box::new((0..FIRST << chunk).map(|_| OnceBox::new()).collect());
        let page = || Box::new(Page([const { OnceBox::new() }; PAGE as usize]));
        let chunk = self.0.get(chunk).map(|known| known.get_or_init(pages));
        let entry = chunk
            .and_then(|chunk: &Vec<OnceBox<Page<T>>>| chunk.get(place))
            .and_then(|place| place.get_or_init(page).0.get((slot % PAGE) as usize));
        if let Some(entry) = entry {
            // A slot is given out once, so there is nothing yet.
            let _ = entry.set(Box::new(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn far_apart_and_side_by_side() {
        let table = Table::new();
        let slots = [1 << 20, (1 << 20) + 1, (1 << 20) + 256, 1 << 24, (1 << 31) - 2];
        for (value, &slot) in (1..).zip(&slots) {
            assert_eq!(table.get(slot), None);
            table.put(slot, value);
        }
        for (value, slot) in (1..).zip(slots) {
            assert_eq!(table.get(slot), Some(&value));
            assert_eq!(table.get(slot - 5), None);
        }
    }
}
