//! What can be told from the text of a statement: what it does, and to which table.
//!
//! Nothing here allocates, and nothing guesses: what the words do not say is [`Operation::Other`](crate::Operation::Other) or no table.

mod fingerprint;
mod head;
mod lexer;
mod name;
mod redacted;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use fingerprint::fingerprint;
pub(crate) use head::{Control, Head, Table, Upsert};
pub(crate) use name::{Name, name_hash};
pub(crate) use redacted::Redacted;
pub(crate) use text::Text;
