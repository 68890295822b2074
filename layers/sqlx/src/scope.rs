//! Which session a connection's statements belong to.

use tallymark_db::{Database, Session};

/// The session of a connection, or that of the connection whose transaction this is.
#[derive(Debug)]
pub(super) struct Scope<'c> {
    owner: Owner<'c>,
    /// How many statements the connection keeps prepared at least; 0 if that is not known.
    capacity: u64,
    /// What becomes of what is open when this is dropped.
    end: End,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It goes with the connection, or it has ended.
    Closes,
    /// The connection goes back to where others get it.
    GoesOn,
    /// The transaction is rolled back.
    RollsBack,
}

impl Scope<'static> {
    /// A connection that is closed in the end.
    pub(super) fn new(database: Database) -> Self {
        Self { owner: Owner::Own(Session::new(database)), capacity: 0, end: End::Closes }
    }

    /// A connection that goes back to its pool.
    pub(super) fn pooled(database: Database, capacity: u64) -> Self {
        Self { owner: Owner::Own(Session::new(database)), capacity, end: End::GoesOn }
    }

    /// A transaction on a connection of its own.
    pub(super) fn transaction(session: Session, capacity: u64) -> Self {
        Self { owner: Owner::Own(session), capacity, end: End::RollsBack }
    }
}

impl<'c> Scope<'c> {
    /// A transaction on the connection of a session.
    pub(super) fn within(session: &'c mut Session, capacity: u64) -> Self {
        Self { owner: Owner::Outer(session), capacity, end: End::RollsBack }
    }

    pub(super) fn session(&mut self) -> &mut Session {
        match &mut self.owner {
            Owner::Own(session) => session,
            Owner::Outer(session) => session,
        }
    }

    pub(super) fn capacity(&self) -> u64 {
        self.capacity
    }

    pub(super) fn database(&self) -> Database {
        match &self.owner {
            Owner::Own(session) => session.database(),
            Owner::Outer(session) => session.database(),
        }
    }

    /// The connection goes on in other hands.
    pub(super) fn hand_on(&mut self) {
        self.end = End::GoesOn;
    }

    /// The transaction has ended, or nobody knows whether it has.
    pub(super) fn close(&mut self) {
        self.end = End::Closes;
    }
}

impl Drop for Scope<'_> {
    fn drop(&mut self) {
        match self.end {
            End::Closes => {}
            End::GoesOn => self.session().abandon(),
            End::RollsBack => self.session().rollback(),
        }
    }
}
