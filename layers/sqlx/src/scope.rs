//! Which session a connection's statements belong to.

use tallymark_db::{Database, Session};

/// The session of a connection, or that of the connection whose transaction this is.
#[derive(Debug)]
pub(super) struct Scope<'c> {
    owner: Owner<'c>,
    /// A transaction was begun here that has not ended.
    open: bool,
}

#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "most scopes own a session, and a box would be an allocation for each"
)]
enum Owner<'c> {
    Own(Session),
    Outer(&'c mut Session),
}

impl Scope<'static> {
    pub(super) fn new(database: Database) -> Self {
        Self { owner: Owner::Own(Session::new(database)), open: false }
    }

    /// A transaction that has begun on a connection of its own.
    pub(super) fn begun(database: Database) -> Self {
        let mut session = Session::new(database);
        session.begin();
        Self { owner: Owner::Own(session), open: true }
    }
}

impl<'c> Scope<'c> {
    /// A transaction that has begun on the connection of a session.
    pub(super) fn within(session: &'c mut Session) -> Self {
        session.begin();
        Self { owner: Owner::Outer(session), open: true }
    }

    pub(super) fn session(&mut self) -> &mut Session {
        match &mut self.owner {
            Owner::Own(session) => session,
            Owner::Outer(session) => session,
        }
    }

    pub(super) fn database(&self) -> Database {
        match &self.owner {
            Owner::Own(session) => session.database(),
            Owner::Outer(session) => session.database(),
        }
    }

    /// The transaction was committed.
    pub(super) fn commit(&mut self) {
        self.open = false;
        self.session().commit();
    }
}

/// A transaction that was not committed is rolled back.
impl Drop for Scope<'_> {
    fn drop(&mut self) {
        if self.open {
            self.session().rollback();
        }
    }
}
