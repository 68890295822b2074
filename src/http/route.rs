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
    methods: [OnceLock<Record>; Method::COUNT],
    next: Chain,
}

type Chain = OnceLock<&'static Route>;

impl Route {
    fn new(text: &str, excluded: bool) -> Self {
        Self { text: text.into(), excluded, methods: Default::default(), next: Chain::new() }
    }

    pub(super) fn is_excluded(&self) -> bool {
        self.excluded
    }

    /// What is kept for one of its methods.
    #[inline]
    pub(super) fn record(&'static self, method: Method) -> &'static Record {
        // The number of a method is below their count.
        let at = method.index().min(Method::COUNT - 1);
        self.methods[at].get_or_init(|| Record::new(&self.text, method))
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
    unmatched: &'static Route,
    overflow: OnceLock<&'static Route>,
}

impl Routes {
    /// No routes yet; those of these texts will not be measured.
    pub(super) fn new(excluded: Vec<String>) -> Self {
        let is_excluded = excluded.iter().any(|route| route == UNMATCHED);
        let unmatched = Box::leak(Box::new(Route::new(UNMATCHED, is_excluded)));
        Self {
            chains: (0..CHAINS).map(|_| Chain::new()).collect(),
            len: AtomicUsize::new(0),
            excluded,
            unmatched,
            overflow: OnceLock::new(),
        }
    }

    /// What is kept for requests that no route took.
    #[inline]
    pub(super) fn unmatched(&self) -> &'static Route {
        self.unmatched
    }

    /// The route of this text.
    #[inline]
    pub(super) fn find(&self, text: &str) -> &'static Route {
        let mut chain = self.chains.get(hash(text) % CHAINS);
        while let Some(route) = chain.and_then(OnceLock::get) {
            if *route.text == *text {
                return route;
            }
            chain = Some(&route.next);
        }
        self.add(text)
    }

    #[cold]
    fn add(&self, text: &str) -> &'static Route {
        // A few more than that get in when threads meet here.
        if self.len.load(Ordering::Relaxed) >= MOST {
            return self.overflow.get_or_init(|| Box::leak(Box::new(Route::new(OVERFLOW, false))));
        }
        let Some(mut chain) = self.chains.get(hash(text) % CHAINS) else { return self.unmatched };
        loop {
            let mut added = false;
            let route = *chain.get_or_init(|| {
                added = true;
                let excluded = self.excluded.iter().any(|excluded| excluded == text);
                Box::leak(Box::new(Route::new(text, excluded)))
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

/// Eight bytes at a time.
#[inline]
fn hash(text: &str) -> usize {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut hash = text.len() as u64;
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    for word in words {
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(*word)).wrapping_mul(FACTOR);
    }
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    hash = (hash.rotate_left(5) ^ u64::from_le_bytes(last)).wrapping_mul(FACTOR);
    // The upper bits depend on all of the text.
    usize::try_from(hash >> 40).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_route_whoever_asks() {
        let routes = Routes::new(vec!["/health".to_owned()]);
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
    }

    #[test]
    fn invented_routes_share_one() {
        let routes = Routes::new(Vec::new());
        for at in 0..MOST {
            routes.find(&at.to_string());
        }
        assert_eq!(*routes.find("one too many").text, *OVERFLOW);
        assert_eq!(*routes.find("7").text, *"7");
    }
}
