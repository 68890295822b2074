//! Routes that were seen, with what is kept for each.

use std::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use tallymark_core::{LabelValue, OVERFLOW};

use super::{label::Method, record::Record};

/// The label of a request that no route took.
pub(super) const UNMATCHED: &str = "unmatched";

/// A power of two: chains stay short for some hundred routes.
const CHAINS: usize = 256;

/// Routes are what a program has written down. More than this, and somebody makes them up.
const MOST: usize = 4096;

/// One route. Lives as long as the program, like the series it has.
#[derive(Debug)]
pub(super) struct Route {
    text: Box<str>,
    /// Not measured.
    excluded: bool,
    /// Whether it is a path that takes requests, too.
    path: bool,
    methods: [OnceLock<Record>; Method::COUNT],
    /// Of gRPC calls, which are `POST`s with something more to count.
    calls: OnceLock<Record>,
    next: Chain,
}

type Chain = OnceLock<&'static Route>;

impl Route {
    fn new(text: &str, excluded: bool, path: bool) -> Self {
        Self {
            text: text.into(),
            excluded,
            path,
            methods: Default::default(),
            calls: OnceLock::new(),
            next: Chain::new(),
        }
    }

    #[inline]
    pub(super) fn is_excluded(&self) -> bool {
        self.excluded
    }

    /// What is kept for one of its methods.
    #[inline]
    pub(super) fn record(&'static self, method: Method) -> &'static Record {
        // The number of a method is below their count.
        let at = method.index().min(Method::COUNT - 1);
        self.methods[at].get_or_init(|| Record::new(&self.text, method, false))
    }

    /// What is kept for gRPC calls.
    #[inline]
    pub(super) fn calls(&'static self) -> &'static Record {
        self.calls.get_or_init(|| Record::new(&self.text, Method::Post, true))
    }
}

/// All routes: found by their text, without waiting, by chains that only grow.
///
/// The text is compared in full. The hash is a quick one and not seeded: routes come from the program, never from a
/// client. The text's address would be quicker still, but routers make up the text of a nested route for each request.
#[derive(Debug)]
pub(super) struct Routes {
    chains: Box<[Chain]>,
    len: AtomicUsize,
    excluded: Vec<String>,
    has_paths: bool,
    unmatched: &'static Route,
    overflow: OnceLock<&'static Route>,
}

impl Routes {
    /// Routes that are paths, to which more will be added. Those of the texts in `excluded` will not be measured.
    pub(super) fn new(excluded: Vec<String>, paths: &[&'static str]) -> Self {
        let is_excluded = excluded.iter().any(|route| route == UNMATCHED);
        let unmatched = Box::leak(Box::new(Route::new(UNMATCHED, is_excluded, false)));
        let routes = Self {
            chains: (0..CHAINS).map(|_| Chain::new()).collect(),
            len: AtomicUsize::new(0),
            excluded,
            has_paths: !paths.is_empty(),
            unmatched,
            overflow: OnceLock::new(),
        };
        for path in paths {
            routes.insert(path, true);
        }
        routes
    }

    /// What is kept for requests that no route took.
    #[inline]
    pub(super) fn unmatched(&self) -> &'static Route {
        self.unmatched
    }

    /// The route of this text.
    #[inline]
    pub(super) fn find(&self, text: &str) -> &'static Route {
        self.known(text).unwrap_or_else(|| self.add(text))
    }

    /// The route of a request to this path, if the path is one.
    #[inline]
    pub(super) fn of_path(&self, path: &str) -> Option<&'static Route> {
        if self.has_paths { self.known(path).filter(|route| route.path) } else { None }
    }

    #[inline]
    fn known(&self, text: &str) -> Option<&'static Route> {
        let mut chain = self.chains.get(hash(text) % CHAINS)?;
        while let Some(route) = chain.get() {
            if *route.text == *text {
                return Some(route);
            }
            chain = &route.next;
        }
        None
    }

    #[cold]
    fn add(&self, text: &str) -> &'static Route {
        // A few more than that get in when threads meet here.
        if self.len.load(Ordering::Relaxed) >= MOST {
            return self.overflow.get_or_init(|| Box::leak(Box::new(Route::new(OVERFLOW, false, false))));
        }
        self.insert(text, false)
    }

    /// The route of this text, new if need be.
    fn insert(&self, text: &str, path: bool) -> &'static Route {
        let Some(mut chain) = self.chains.get(hash(text) % CHAINS) else { return self.unmatched };
        loop {
            let mut added = false;
            let route = *chain.get_or_init(|| {
                added = true;
                let excluded = self.excluded.iter().any(|excluded| excluded == text);
                Box::leak(Box::new(Route::new(text, excluded, path)))
            });
            if added {
                self.len.fetch_add(1, Ordering::Relaxed);
            }
            if *route.text == *text {
                return route;
            }
            chain = &route.next;
        }
    }
}

/// The last eight bytes, whether or not some of them were in a word before: so none of them is copied on its own.
#[inline]
fn last_word(bytes: &[u8]) -> u64 {
    if let Some(word) = bytes.last_chunk::<8>() {
        u64::from_le_bytes(*word)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
    } else {
        bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))
    }
}

/// Eight bytes at a time.
#[inline]
fn hash(text: &str) -> usize {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let bytes = text.as_bytes();
    let mut hash = bytes.len() as u64;
    for word in bytes.as_chunks::<8>().0 {
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(*word)).wrapping_mul(FACTOR);
    }
    hash = (hash.rotate_left(5) ^ last_word(bytes)).wrapping_mul(FACTOR);
    // The upper bits depend on all of the text.
    usize::try_from(hash >> 40).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_route_whoever_asks() {
        let routes = Routes::new(vec!["/health".to_owned()], &["/cart"]);
        let texts: Vec<String> = (0..600).map(|at| format!("/shops/{{shop}}/orders/{at}")).collect();
        let found: Vec<Vec<*const Route>> = std::thread::scope(|scope| {
            let ask =
                || texts.iter().map(|text| std::ptr::from_ref(routes.find(text)).addr()).collect::<Vec<_>>();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
            let answers = threads.into_iter().map(|thread| thread.join().expect("it ends"));
            answers.map(|found| found.into_iter().map(std::ptr::without_provenance).collect()).collect()
        });
        assert!(found.iter().all(|other| *other == found[0]));
        let mut different = found[0].clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), texts.len());
        for text in &texts {
            assert_eq!(*routes.find(text).text, **text);
        }
        assert!(routes.find("/health").is_excluded() && !routes.find("/healthy").is_excluded());
        // A path is a route, but a template is no path.
        assert!(routes.of_path("/cart").is_some_and(|route| std::ptr::eq(route, routes.find("/cart"))));
        assert!(routes.of_path("/health").is_none() && routes.of_path("/nowhere").is_none());
    }

    #[test]
    fn each_byte_of_a_text_matters() {
        for length in 0..40 {
            let text = "x".repeat(length);
            let mut hashes = vec![hash(&text)];
            for at in 0..length {
                let mut other = text.clone();
                other.replace_range(at..=at, "y");
                hashes.push(hash(&other));
            }
            hashes.sort_unstable();
            hashes.dedup();
            assert_eq!(hashes.len(), length + 1, "of {length} bytes");
        }
    }

    #[test]
    fn invented_routes_share_one() {
        let routes = Routes::new(Vec::new(), &[]);
        for at in 0..MOST {
            routes.find(&at.to_string());
        }
        assert_eq!(*routes.find("one too many").text, *OVERFLOW);
        assert_eq!(*routes.find("7").text, *"7");
    }
}
