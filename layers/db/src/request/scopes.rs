//! Where requests are counted.

use super::scope::RequestScope;
use crate::BuildError;
use std::sync::OnceLock;
use tallymark_core::{
    Buckets, Histogram, HistogramHandle, buckets, place,
    registry::{Declaration, DeclareError},
};

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
    queries: Option<HistogramHandle>,
}

static BUCKETS: &Buckets = buckets![0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0];

impl RequestScopes {
    /// Scopes that count in a namespace.
    ///
    /// # Errors
    ///
    /// If the family cannot be declared under that name.
    pub fn in_namespace(namespace: &str) -> Result<Self, BuildError> {
        Ok(Self { queries: Some(declare(Some(namespace), BUCKETS)?) })
    }

    /// Scopes that count in a namespace, or in none, with these upper bounds of buckets.
    ///
    /// # Errors
    ///
    /// If the family cannot be declared under that name, or the bounds cannot be those of buckets.
    pub fn with_buckets(namespace: Option<&str>, bounds: &[f64]) -> Result<Self, BuildError> {
        Ok(Self { queries: Some(declare(namespace, Buckets::leak(bounds)?)?) })
    }

    /// A request begins.
    #[inline]
    pub fn scope(self) -> RequestScope {
        RequestScope::counted(self.queries)
    }
}

/// Scopes in no namespace. If the family cannot be declared, because its name was taken, they tell requests apart and
/// count no queries.
impl Default for RequestScopes {
    fn default() -> Self {
        static DEFAULT: OnceLock<Option<HistogramHandle>> = OnceLock::new();
        Self { queries: *DEFAULT.get_or_init(|| declare(None, BUCKETS).ok()) }
    }
}

fn declare(namespace: Option<&str>, buckets: &'static Buckets) -> Result<HistogramHandle, DeclareError> {
    let name = "http_request_db_queries";
    let declaration =
        Declaration::new(name, "Statements that a request executes.", place!()).namespace(namespace);
    let histogram: &Histogram = declaration.declare(|| Histogram::new(buckets))?;
    Ok(histogram.handle())
}
