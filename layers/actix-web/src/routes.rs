//! From paths to routes, without asking the resource map each time.

use std::cell::RefCell;

use actix_web::dev::ServiceRequest;

use tallymark_http::route::{Route, Routes};

/// A power of two. There are as many of these as workers.
const PLACES: usize = 64;

/// Longer paths are looked up each time, so that clients cannot fill the memory.
const LONGEST: usize = 256;

/// The paths that one worker saw lately.
///
/// Which template a path fits does not change while an application runs, so what is remembered is right.
pub(super) struct Lately(RefCell<Vec<Option<Seen>>>);

struct Seen {
    path: Box<str>,
    found: (&'static Route, bool),
}

impl Lately {
    pub(super) fn new() -> Self {
        Self(RefCell::new((0..PLACES).map(|_| None).collect()))
    }

    /// The route of a request, and whether there is one.
    pub(super) fn find(&self, request: &ServiceRequest, routes: &Routes) -> (&'static Route, bool) {
        let path = request.path();
        let place = place(path);
        // Nothing called below comes back here, but a request is not to fail for that.
        let Ok(mut seen) = self.0.try_borrow_mut() else { return look_up(request, routes) };
        match seen.get_mut(place) {
            Some(Some(seen)) if *seen.path == *path => seen.found,
            Some(slot) if path.len() <= LONGEST => {
                let found = look_up(request, routes);
                *slot = Some(Seen { path: path.into(), found });
                found
            }
            _ => look_up(request, routes),
        }
    }
}

fn look_up(request: &ServiceRequest, routes: &Routes) -> (&'static Route, bool) {
    match request.match_pattern() {
        Some(pattern) => (routes.find(&pattern), true),
        None => (routes.unmatched(), false),
    }
}

fn place(path: &str) -> usize {
    let sum = path.bytes().fold(0_usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
    sum % PLACES
}
