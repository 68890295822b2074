//! Where requests are counted.

use super::{observer::RequestObserver, scope::RequestScope};
use crate::BuildError;
use tallymark_core::Buckets;

/// Makes [`RequestScope`]s that count in `http_request_db_queries`, in a namespace and with buckets of one's own.
///
/// ```
/// use tallymark_db::RequestScopes;
///
/// let scopes = RequestScopes::in_namespace("hyperdjango")?;
/// drop(scopes.scope());
/// let shown = tallymark::encode_to_string(tallymark::registry::Format::Text004);
/// assert!(shown.contains("hyperdjango_http_request_db_queries_count 1"));
/// # Ok::<(), tallymark_db::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RequestScopes {
    observer: &'static RequestObserver,
}

impl RequestScopes {
    /// Returns scopes that count in a namespace.
    ///
    /// # Errors
    ///
    /// If the family cannot be declared under that name.
    pub fn in_namespace(namespace: &str) -> Result<Self, BuildError> {
        Ok(Self { observer: RequestObserver::usual(Some(namespace))? })
    }

    /// Returns scopes that count in a namespace, or in none, with these upper bounds of buckets.
    ///
    /// # Errors
    ///
    /// If the family cannot be declared under that name, or the bounds cannot be those of buckets.
    pub fn with_buckets(namespace: Option<&str>, bounds: &[f64]) -> Result<Self, BuildError> {
        Ok(Self { observer: RequestObserver::declared(namespace, Buckets::leak(bounds)?)? })
    }

    /// Begins a request.
    #[inline]
    pub fn scope(self) -> RequestScope {
        RequestScope::observed(self.observer)
    }
}

/// Scopes in no namespace. If the family cannot be declared, because its name was taken, they tell requests apart and
/// count no queries.
impl Default for RequestScopes {
    fn default() -> Self {
        Self { observer: RequestObserver::default_one() }
    }
}
