//! The labels and values that every contender is given.
//!
//! All inputs are made before anything is measured, from a fixed seed, and are the same in every process.

use std::sync::LazyLock;

/// How many inputs are prepared; a power of two, so that the next one is found with a mask.
///
/// Fewer would be learned by heart: an AMD EPYC of family 26 predicts every branch of a linear search over 16,384
/// values in random order, once it has seen them a few times, and the search then costs 2.9 ns instead of 9
/// (2026-11-20). With this many it does not.
pub const INPUTS: usize = 65_536;

/// The bounds of every histogram: eleven buckets and the one to infinity, from 5 ms to 10 s.
pub const BOUNDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// A small generator of random numbers (xorshift with a multiplied result).
pub struct Random(u64);

impl Random {
    /// Starts from a seed other than 0.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.bits() % limit as u64) as usize
    }

    /// A number in `0..1`.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number from the normal distribution around 0 (the sum of twelve uniform ones, less 6).
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// Durations in seconds, lognormal around 50 ms: most buckets are hit, in no order a branch predictor could learn.
pub static VALUES: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let mut random = Random::new(3);
    (0..INPUTS).map(|_| (random.normal() * 1.5).exp() * 0.05).collect()
});

/// The value of operation `i`.
#[inline(always)]
pub fn value(values: &[f64], i: usize) -> f64 {
    values[i & (INPUTS - 1)]
}

/// What the labels of a series may look like: an endpoint and a customer, some 35 bytes together.
pub fn pair(i: usize) -> [String; 2] {
    [format!("/api/v1/resource/{:02}/item", i % 40), format!("customer-{:04}", i / 40)]
}

/// As many different pairs of labels as are asked for. Leaked: some contenders want text that lives for ever.
pub fn pairs(count: usize) -> Vec<[&'static str; 2]> {
    (0..count).map(|i| pair(i).map(|text| &*text.leak())).collect()
}

/// Pairs of labels, and the order in which they are used.
pub struct Mixed {
    /// The pairs.
    pub pairs: Vec<[&'static str; 2]>,
    order: Vec<u32>,
}

impl Mixed {
    /// So many pairs, in random order, each about as often as the others.
    pub fn new(count: usize) -> Self {
        let mut random = Random::new(5);
        let inputs = INPUTS.max((count * 2).next_power_of_two());
        Self { pairs: pairs(count), order: (0..inputs).map(|_| random.below(count) as u32).collect() }
    }

    /// The labels of operation `i`.
    #[inline(always)]
    pub fn of(&self, i: usize) -> [&'static str; 2] {
        self.pairs[self.order[i & (self.order.len() - 1)] as usize]
    }
}

/// A thousand pairs.
pub static THOUSAND: LazyLock<Mixed> = LazyLock::new(|| Mixed::new(1_000));

/// A hundred pairs; the first label of each is different.
pub static ROUTES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut random = Random::new(7);
    let routes: Vec<&'static str> =
        (0..100).map(|i| &*format!("/api/v1/resource/{i:03}/item").leak()).collect();
    (0..INPUTS).map(|_| routes[random.below(routes.len())]).collect()
});

/// The route of operation `i`.
#[inline(always)]
pub fn route(routes: &[&'static str], i: usize) -> &'static str {
    routes[i & (INPUTS - 1)]
}

/// Numbers of enum variants: two labels of five values each.
pub static CHOICES: LazyLock<Vec<[u8; 2]>> = LazyLock::new(|| {
    let mut random = Random::new(9);
    (0..INPUTS).map(|_| [random.below(5) as u8, random.below(5) as u8]).collect()
});
