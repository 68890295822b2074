//! The templates of paths that a worker saw lately.

use std::{cell::RefCell, collections::HashMap};

use actix_web::dev::ServiceRequest;

/// More are forgotten, all at once, so that clients cannot fill the memory.
const MOST: usize = 256;

/// Longer paths are looked up each time.
const LONGEST: usize = 256;

/// Which templates will probably take the paths that a worker saw lately.
///
/// actix-web routes a request inside of all middleware, and shows the way there only with the response. Until then the
/// template of the first resource that the path fits is all that is known: what a request is counted under that is cancelled
/// or panics. actix-web looks through its resources for it one after the other, and makes up a text. Which resource a path
/// fits first does not change while an application runs, so what is remembered is right.
///
/// The hash is seeded, since paths come from clients.
pub(crate) struct RecentTemplates(RefCell<HashMap<Box<str>, Option<Box<str>>>>);

impl RecentTemplates {
    pub(crate) fn new() -> Self {
        Self(RefCell::new(HashMap::new()))
    }

    /// Calls `f` with the template that will probably take a request, and returns what it returns.
    pub(crate) fn with<R>(&self, request: &ServiceRequest, f: impl FnOnce(Option<&str>) -> R) -> R {
        let path = request.path();
        if let Some(template) = self.0.borrow().get(path) {
            return f(template.as_deref());
        }
        let template = request.match_pattern().map(String::into_boxed_str);
        let made = f(template.as_deref());
        if path.len() <= LONGEST {
            let mut recent = self.0.borrow_mut();
            if recent.len() >= MOST {
                recent.clear();
            }
            recent.insert(path.into(), template);
        }
        made
    }
}
