//! From slots to what their series keep. Slots are many and those that keep something are few, so it is a tree of pages
//! of which most are never there. Looking something up takes no lock.

use super::Extra;
use once_cell::race::OnceBox;

const PAGE: usize = 256;
/// Pages in the first chunk; each chunk has twice as many as the one before.
const FIRST: usize = 64;
/// Enough for every slot.
const CHUNKS: usize = 18;

struct Page([OnceBox<Extra>; PAGE]);

static TREE: [OnceBox<Vec<OnceBox<Page>>>; CHUNKS] = [const { OnceBox::new() }; CHUNKS];

/// The chunk of a page, and its place in it.
fn locate(page: usize) -> (usize, usize) {
    let shifted = page + FIRST;
    let chunk = (shifted / FIRST).ilog2() as usize;
    (chunk, shifted - (FIRST << chunk))
}

pub(super) fn get(slot: u32) -> Option<&'static Extra> {
    let slot = slot as usize;
    let (chunk, place) = locate(slot / PAGE);
    TREE.get(chunk)?.get()?.get(place)?.get()?.0.get(slot % PAGE)?.get()
}

/// Puts something there, unless there is something already.
pub(super) fn put(slot: u32, extra: Extra) {
    let slot = slot as usize;
    let (chunk, place) = locate(slot / PAGE);
    let pages = || Box::new((0..FIRST << chunk).map(|_| OnceBox::new()).collect());
    let page = || Box::new(Page([const { OnceBox::new() }; PAGE]));
    let chunk = TREE.get(chunk).map(|known| known.get_or_init(pages));
    if let Some(place) = chunk.and_then(|chunk: &Vec<OnceBox<Page>>| chunk.get(place))
        && let Some(entry) = place.get_or_init(page).0.get(slot % PAGE)
    {
        // A slot is given out once, so there is nothing yet.
        let _ = entry.set(Box::new(extra));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extra::Kept;

    /// Slots that no metric of this test program comes to have.
    #[test]
    fn far_apart_and_side_by_side() {
        let slots = [1 << 20, (1 << 20) + 1, (1 << 20) + 256, 1 << 24, (1 << 31) - 2];
        for (exemplars, &slot) in (1..).zip(&slots) {
            assert!(get(slot).is_none());
            put(slot, Extra::new(Kept { exemplars, native: None }));
        }
        for (exemplars, &slot) in (1..).zip(&slots) {
            assert_eq!(get(slot).map(|extra| extra.kept.exemplars), Some(exemplars));
            assert!(get(slot - 5).is_none());
        }
    }
}
