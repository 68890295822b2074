//! All routes of a service.

use std::{
    collections::{HashMap, HashSet},
    sync::OnceLock,
};

use tallymark_core::OVERFLOW;

use super::{PathFault, Route, UNMATCHED, hash::TextHash, table::Table};

/// Routes are what a program has written down. More than this, or than there may be series, and somebody makes them up.
const MOST: usize = 4096;

/// All routes of a service, by the text of a template and by the path of a request.
///
/// The text is compared in full. Its address would be quicker still, but routers make up the text of a nested route for
/// each request.
#[derive(Debug)]
pub(crate) struct Routes {
    /// Every route that was found before.
    known: Table,
    /// The paths that are routes as they are. They are all known when this is made, so it needs no lock.
    paths: HashMap<Box<str>, OnceLock<&'static Route>, TextHash>,
    excluded: HashSet<String>,
    most: usize,
    unmatched: &'static Route,
    overflow: OnceLock<&'static Route>,
}

impl Routes {
    /// Paths that are routes, to which templates will be added as they come: as many as may have series. The routes in
    /// `excluded` will not be measured.
    pub(crate) fn new(excluded: Vec<String>, paths: &[&'static str], max_series: u32) -> Self {
        let excluded: HashSet<String> = excluded.into_iter().collect();
        // No router says that the path of a health check is a route, if there is no router.
        let excluded_paths = excluded.iter().filter(|text| PathFault::of(text).is_none()).map(String::as_str);
        let paths = paths.iter().copied().chain(excluded_paths);
        let paths = paths.map(|path| (path.into(), OnceLock::new())).collect();
        let known = Table::default();
        let is_excluded = excluded.contains(UNMATCHED);
        let unmatched = known.get_or_insert(UNMATCHED, || Route::leak(UNMATCHED, is_excluded));
        let most = MOST.max(usize::try_from(max_series).unwrap_or(usize::MAX));
        Self { known, paths, excluded, most, unmatched, overflow: OnceLock::new() }
    }

    /// Returns what is kept for requests that no route took.
    #[inline]
    pub(crate) fn unmatched(&self) -> &'static Route {
        self.unmatched
    }

    /// Returns the route of this text.
    #[inline]
    pub(crate) fn find(&self, text: &str) -> &'static Route {
        self.known.get(text).unwrap_or_else(|| self.add(text))
    }

    /// Returns the route of a request to this path, if the path is one.
    #[inline]
    pub(crate) fn of_path(&self, path: &str) -> Option<&'static Route> {
        self.paths.get(path).map(|route| *route.get_or_init(|| self.insert(path)))
    }

    #[cold]
    fn add(&self, text: &str) -> &'static Route {
        // A few more than that get in when threads meet here.
        if self.known.len() > self.most {
            return self.overflow.get_or_init(|| Route::leak(OVERFLOW, false));
        }
        self.insert(text)
    }

    fn insert(&self, text: &str) -> &'static Route {
        self.known.get_or_insert(text, || Route::leak(text, self.excluded.contains(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_route_whichever_thread_asks() {
        let routes = Routes::new(vec!["/health".to_owned()], &["/cart"], 2000);
        let texts: Vec<String> = (0..3000).map(|at| format!("/shops/{{shop}}/orders/{at}")).collect();
        let found: Vec<Vec<usize>> = std::thread::scope(|scope| {
            let ask =
                || texts.iter().map(|text| std::ptr::from_ref(routes.find(text)).addr()).collect::<Vec<_>>();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().expect("it ends")).collect()
        });
        assert!(found.iter().all(|other| *other == found[0]));
        let mut different = found[0].clone();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), texts.len());
        for text in &texts {
            assert_eq!(*routes.find(text).text(), **text);
        }
        assert!(routes.find("/health").is_excluded() && !routes.find("/healthy").is_excluded());
        assert!(std::ptr::eq(routes.find(UNMATCHED), routes.unmatched()));
        // A path is a route, but a template is no path.
        assert!(routes.of_path("/cart").is_some_and(|route| std::ptr::eq(route, routes.find("/cart"))));
        assert!(routes.of_path("/shops/{shop}/orders/1").is_none() && routes.of_path("/nowhere").is_none());
    }

    #[test]
    fn an_excluded_path_needs_no_router_that_knows_it() {
        let routes = Routes::new(vec!["/health".to_owned(), "/orders/{id}".to_owned()], &[], 2000);
        assert!(routes.of_path("/health").is_some_and(Route::is_excluded));
        assert!(routes.of_path("/orders/{id}").is_none());
    }

    #[test]
    fn invented_routes_share_one_beyond_what_may_have_series() {
        for (max_series, most) in [(2000, MOST), (10_000, 10_000)] {
            let routes = Routes::new(Vec::new(), &[], max_series);
            for at in 0..most {
                routes.find(&at.to_string());
            }
            assert_eq!(*routes.find("one too many").text(), *OVERFLOW);
            assert_eq!(*routes.find("7").text(), *"7");
        }
    }

    #[test]
    fn as_many_paths_as_a_program_writes_down_are_routes() {
        let paths: Vec<&'static str> = (0..20_000).map(|at| &*format!("/pages/{at}").leak()).collect();
        let routes = Routes::new(Vec::new(), &paths, 2000);
        for path in &paths {
            assert_eq!(routes.of_path(path).map(Route::text), Some(*path));
        }
    }
}
