//! Who is logged in.

use crate::{
    customer::Customer,
    metrics::users::{ACTIVE_SESSIONS, ACTIVE_USERS},
};
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tallymark::InFlightGuard;

/// The open sessions, by token. They live as long as the process.
#[derive(Default)]
pub(crate) struct Sessions {
    open: Mutex<Open>,
    // Seeded by the operating system. Enough for a token that nobody guesses in an example; a real shop uses a
    // generator made for secrets.
    tokens: RandomState,
}

#[derive(Default)]
struct Open {
    by_token: HashMap<String, Session>,
    by_user: HashMap<i64, usize>,
    issued: u64,
}

struct Session {
    customer: Customer,
    // Counts the session for exactly as long as it is in the map, however it leaves it.
    _active: InFlightGuard,
}

impl Sessions {
    /// Opens a session and gives its token.
    pub(crate) fn open(&self, customer: Customer) -> String {
        let mut open = self.lock();
        open.issued += 1;
        let token = format!(
            "{:016x}{:016x}",
            self.tokens.hash_one(("session", open.issued)),
            self.tokens.hash_one((customer.id, open.issued))
        );
        *open.by_user.entry(customer.id).or_default() += 1;
        ACTIVE_USERS.set(users(&open));
        let session = Session { customer, _active: ACTIVE_SESSIONS.in_flight() };
        open.by_token.insert(token.clone(), session);
        token
    }

    /// Whose session this is.
    pub(crate) fn find(&self, token: &str) -> Option<Customer> {
        self.lock().by_token.get(token).map(|session| session.customer)
    }

    /// Ends a session; `false` if there was none.
    pub(crate) fn close(&self, token: &str) -> bool {
        let mut open = self.lock();
        let Some(session) = open.by_token.remove(token) else { return false };
        let user = session.customer.id;
        if let Some(sessions) = open.by_user.get_mut(&user) {
            *sessions -= 1;
            if *sessions == 0 {
                open.by_user.remove(&user);
            }
        }
        ACTIVE_USERS.set(users(&open));
        true
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn users(open: &Open) -> i64 {
    i64::try_from(open.by_user.len()).unwrap_or(i64::MAX)
}
