//! What one request does to databases.

mod scope;
mod scopes;
mod tally;

pub use scope::{Entered, RequestScope, Scoped};
pub use scopes::RequestScopes;

pub(super) use scope::{is_entered, statement};
