//! Tables, as statements name them.

use super::{Name, lexer::Lexer};

/// A table as a statement names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table<'a> {
    /// The schema, if it is given.
    pub(crate) schema: Option<Name<'a>>,
    /// The table.
    pub(crate) name: Name<'a>,
}

impl<'a> Table<'a> {
    pub(super) fn read(lexer: &mut Lexer<'a>) -> Option<Self> {
        let mut name = lexer.next()?.name()?;
        let mut schema = None;
        // `catalog.schema.table` has one name more.
        while lexer.accept_sign(b'.') {
            schema = Some(name);
            name = lexer.next()?.name()?;
        }
        Some(Self { schema, name })
    }
}
