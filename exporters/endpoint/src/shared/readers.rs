//! Who reads an encoding.

use std::task::Waker;

use super::state::Place;

/// How far a reader is, and how to tell it that there is more.
#[derive(Default)]
pub(super) struct Waiting {
    pub(super) at: Place,
    pub(super) waker: Option<Waker>,
}

/// Readers by number. Numbers are given in order, so a list is sorted by them; and whoever takes something looks at all
/// readers anyway, to find the slowest.
#[derive(Default)]
pub(super) struct Readers {
    list: Vec<(u64, Waiting)>,
    next: u64,
}

impl Readers {
    /// Adds a reader at the beginning, and answers its number.
    pub(super) fn admit(&mut self) -> u64 {
        let id = self.next;
        self.next += 1;
        self.list.push((id, Waiting::default()));
        id
    }

    fn place(&self, id: u64) -> Option<usize> {
        self.list.binary_search_by_key(&id, |&(known, _)| known).ok()
    }

    pub(super) fn get(&self, id: u64) -> Option<&Waiting> {
        let (_, reader) = self.list.get(self.place(id)?)?;
        Some(reader)
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut Waiting> {
        let place = self.place(id)?;
        let (_, reader) = self.list.get_mut(place)?;
        Some(reader)
    }

    pub(super) fn remove(&mut self, id: u64) -> Option<Waiting> {
        let place = self.place(id)?;
        Some(self.list.remove(place).1)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The first chunk that the slowest reader has not taken; `None` if there are no readers.
    pub(super) fn slowest(&self) -> Option<usize> {
        self.list.iter().map(|(_, reader)| reader.at.chunk).min()
    }

    /// Removes the readers that are at this chunk. Answers who is to be told.
    pub(super) fn remove_at(&mut self, chunk: usize) -> Vec<Waker> {
        let mut wakers = Vec::new();
        self.list.retain_mut(|(_, reader)| {
            let stays = reader.at.chunk != chunk;
            if !stays {
                wakers.extend(reader.waker.take());
            }
            stays
        });
        wakers
    }

    /// Everybody who waits to be told.
    pub(super) fn take_wakers(&mut self) -> Vec<Waker> {
        self.list.iter_mut().filter_map(|(_, reader)| reader.waker.take()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_are_found_by_number_whoever_has_gone() {
        let mut readers = Readers::default();
        assert_eq!((0..4).map(|_| readers.admit()).collect::<Vec<_>>(), [0, 1, 2, 3]);
        for (id, chunk) in [(0, 2), (1, 1), (2, 1), (3, 3)] {
            readers.get_mut(id).expect("there").at.chunk = chunk;
        }
        assert!(readers.remove(0).is_some() && readers.remove(0).is_none());
        assert_eq!(readers.slowest(), Some(1));
        assert!(readers.remove_at(1).is_empty(), "nobody asked to be told");
        assert!(readers.get(1).is_none() && readers.get(2).is_none());
        assert_eq!(readers.get(3).map(|reader| reader.at.chunk), Some(3));
        assert_eq!(readers.admit(), 4);
        assert_eq!(readers.slowest(), Some(0));
    }
}
