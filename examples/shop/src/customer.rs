//! The user behind a request.

use crate::labels::UserType;

/// A user who is logged in. As an argument of a handler it turns everybody else away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Customer {
    pub(crate) id: i64,
    pub(crate) user_type: UserType,
}
