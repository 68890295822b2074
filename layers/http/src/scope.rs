//! The request that statements of databases belong to, if the feature `db` is on; nothing otherwise.
//!
//! This is all that the layer knows of databases: `db` publishes scopes of requests, and one is entered here around each
//! measured request.

#[cfg(feature = "db")]
use crate::db::{self, RequestScope, RequestScopes};

/// Makes the scopes of requests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scopes(#[cfg(feature = "db")] Option<RequestScopes>);

/// The scope of one request, if there is one.
pub(super) struct Scope(#[cfg(feature = "db")] Option<RequestScope>);

/// What this thread executes belongs to the request as long as this lives.
pub(super) struct Entered<'a>(
    #[cfg(feature = "db")]
    #[expect(dead_code, reason = "it is there to be dropped")]
    Option<db::Entered<'a>>,
    #[cfg(not(feature = "db"))] std::marker::PhantomData<&'a mut Scope>,
);

#[cfg(feature = "db")]
impl Scopes {
    pub(super) const NONE: Self = Self(None);

    /// If the name of the family is taken, requests have no scopes.
    pub(super) fn new(namespace: Option<&str>) -> Self {
        Self(match namespace {
            Some(namespace) => RequestScopes::in_namespace(namespace).ok(),
            None => Some(RequestScopes::default()),
        })
    }

    #[inline]
    pub(super) fn scope(self) -> Scope {
        Scope(self.0.map(RequestScopes::scope))
    }
}

#[cfg(feature = "db")]
impl Scope {
    pub(super) const NONE: Self = Self(None);

    /// What this thread executes belongs to the request until the result is dropped.
    #[inline]
    pub(super) fn enter(&mut self) -> Entered<'_> {
        Entered(self.0.as_mut().map(RequestScope::enter))
    }
}

#[cfg(not(feature = "db"))]
impl Scopes {
    pub(super) const NONE: Self = Self();

    pub(super) fn new(_: Option<&str>) -> Self {
        Self()
    }

    #[inline]
    #[expect(clippy::unused_self, reason = "with databases it is used")]
    pub(super) fn scope(self) -> Scope {
        Scope()
    }
}

#[cfg(not(feature = "db"))]
impl Scope {
    pub(super) const NONE: Self = Self();

    #[inline]
    #[expect(clippy::unused_self, clippy::needless_pass_by_ref_mut, reason = "with databases it is used")]
    pub(super) fn enter(&mut self) -> Entered<'_> {
        Entered(std::marker::PhantomData)
    }
}
