//! Small sorted things.
//!
//! Each use of a tree, a hash table or a sort with keys of its own is compiled anew, a thousand lines or more. What
//! stands here is a binary search in a list, and one sort that all share: that is enough for lists that are filled
//! nearly in order and read far more often than written, and took a third off what the compiler has to build.

mod map;
mod order;

pub(crate) use map::SortedMap;
pub(crate) use order::by_text;
