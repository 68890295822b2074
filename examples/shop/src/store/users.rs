//! Accounts.

use super::Store;
use crate::{error::ShopError, labels::UserType};
use tallymark::timed;

/// An account.
#[expect(clippy::struct_field_names, reason = "the label is called so")]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) secret: String,
    pub(crate) user_type: UserType,
    pub(crate) locked: bool,
}

#[timed]
impl Store {
    /// The account with this name.
    pub(crate) async fn user(&self, name: &str) -> Result<Option<User>, ShopError> {
        let row: Option<(i64, String, i64, i64)> =
            sqlx::query_as("SELECT id, secret, premium, locked FROM users WHERE name = $1")
                .bind(name)
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|(id, secret, premium, locked)| User {
            id,
            secret,
            user_type: if premium != 0 { UserType::Premium } else { UserType::Standard },
            locked: locked != 0,
        }))
    }
}
