//! The text of a statement, without what it was executed with.

use diesel::connection::DebugQuery;
use std::fmt::{self, Write};

/// What Diesel puts between the text and the values, in a piece of its own.
const BINDS: &str = " -- binds";

/// Memory that is kept for the next statement. Longer texts are rare, and give theirs back.
const KEPT: usize = 16 * 1024;

/// A buffer that is used for one statement after the other, so that reading a text allocates nothing here.
#[derive(Debug, Default)]
pub(super) struct Sql(String);

impl Sql {
    /// Returns the text of a query.
    ///
    /// Values are not read: they come after the text, and writing ends there. Should a later version of Diesel write
    /// them in another way, what reads the text still skips them, because they are in a comment.
    pub(super) fn read(&mut self, query: &dyn DebugQuery) -> &str {
        self.0.clear();
        self.0.shrink_to(KEPT);
        // The error is our own, and says that the text is complete.
        let _complete = write!(UpToBinds(&mut self.0), "{query}");
        &self.0
    }
}

struct UpToBinds<'a>(&'a mut String);

impl Write for UpToBinds<'_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        if piece.starts_with(BINDS) {
            return Err(fmt::Error);
        }
        self.0.write_str(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::Sql;
    use std::fmt;

    struct Query(&'static str, Secret);

    /// Panics when it is shown.
    struct Secret;

    impl fmt::Debug for Secret {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("a value was read")
        }
    }

    impl fmt::Display for Query {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{} -- binds: {:?}", self.0, self.1)
        }
    }

    impl fmt::Debug for Query {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("a value was read")
        }
    }

    impl diesel::connection::DebugQuery for Query {}

    #[test]
    fn values_are_not_read() {
        let mut sql = Sql::default();
        assert_eq!(sql.read(&Query("INSERT INTO t VALUES (?)", Secret)), "INSERT INTO t VALUES (?)");
        assert_eq!(sql.read(&Query("SELECT ' -- binds'", Secret)), "SELECT ' -- binds'");
    }

    #[test]
    fn a_long_text_does_not_keep_its_memory() {
        let mut sql = Sql::default();
        sql.read(&Query(Box::leak("x".repeat(1 << 20).into_boxed_str()), Secret));
        sql.read(&Query("SELECT 1", Secret));
        assert!(sql.0.capacity() <= super::KEPT);
    }
}
