//! Operations on two closed labels.

use tallymark_benches::input::{INPUTS, Random};

/// The labels of each operation, of any type that stands for them.
pub fn choices<A: Copy, B: Copy>(verbs: [A; 5], outcomes: [B; 5]) -> &'static [(A, B); INPUTS] {
    let mut random = Random::new(9);
    let all: Vec<_> = (0..INPUTS).map(|_| (verbs[random.below(5)], outcomes[random.below(5)])).collect();
    let all: Box<[_; INPUTS]> = all.into_boxed_slice().try_into().unwrap_or_else(|_| unreachable!("as many"));
    Box::leak(all)
}

/// The labels of operation `i`.
#[inline(always)]
pub fn at<T: Copy>(choices: &[T; INPUTS], i: usize) -> T {
    choices[i & (INPUTS - 1)]
}
