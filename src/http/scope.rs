//! The request that statements of databases belong to, if the feature `db` is on; nothing otherwise.

#[cfg(feature = "db")]
mod on {
    use crate::db::{Entered, RequestScope, RequestScopes};

    /// Makes the scopes of requests.
    #[derive(Clone, Copy, Debug)]
    pub(in crate::http) struct Scopes(Option<RequestScopes>);

    /// The scope of one request, if it is measured.
    pub(in crate::http) struct Scope(Option<RequestScope>);

    impl Scopes {
        pub(in crate::http) const NONE: Self = Self(None);

        /// If the name of the family is taken, requests have no scopes.
        pub(in crate::http) fn new(namespace: Option<&str>) -> Self {
            Self(match namespace {
                Some(namespace) => RequestScopes::in_namespace(namespace).ok(),
                None => Some(RequestScopes::default()),
            })
        }

        #[inline]
        pub(in crate::http) fn scope(self, measured: bool) -> Scope {
            Scope(if measured { self.0.map(RequestScopes::scope) } else { None })
        }
    }

    impl Scope {
        /// What this thread executes belongs to the request until the result is dropped.
        #[inline]
        pub(in crate::http) fn enter(&mut self) -> Option<Entered<'_>> {
            self.0.as_mut().map(RequestScope::enter)
        }
    }
}

#[cfg(not(feature = "db"))]
mod off {
    /// See the same with databases.
    #[derive(Clone, Copy, Debug)]
    pub(in crate::http) struct Scopes;

    /// See the same with databases.
    pub(in crate::http) struct Scope;

    /// See the same with databases.
    pub(in crate::http) struct Entered;

    impl Scopes {
        pub(in crate::http) const NONE: Self = Self;

        pub(in crate::http) fn new(_: Option<&str>) -> Self {
            Self
        }

        #[inline]
        #[expect(clippy::unused_self, reason = "with databases it is used")]
        pub(in crate::http) fn scope(self, _: bool) -> Scope {
            Scope
        }
    }

    impl Scope {
        #[inline]
        #[expect(clippy::unused_self, clippy::needless_pass_by_ref_mut, reason = "with databases it is used")]
        pub(in crate::http) fn enter(&mut self) -> Entered {
            Entered
        }
    }
}

#[cfg(not(feature = "db"))]
pub(super) use off::{Scope, Scopes};
#[cfg(feature = "db")]
pub(super) use on::{Scope, Scopes};
