//! Measuring, comparing and showing, without knowing what is measured.

pub mod allocator;
pub mod barrier;
pub mod callgrind;
pub mod contender;
pub mod crew;
pub mod document;
pub mod machine;
pub mod options;
pub mod pair;
pub mod pin;
pub mod plot;
pub mod process;
pub mod report;
pub mod round;
pub mod scenario;
pub mod table;
pub mod target;
pub mod verdict;
