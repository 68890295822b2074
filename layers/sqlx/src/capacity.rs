//! How many statements a connection of a pool may keep prepared.

use std::{
    fmt::Debug,
    sync::atomic::{AtomicU64, Ordering},
};

/// A number that no connection of a pool keeps fewer statements than, if it is asked to: the least that the pool's options
/// have had; 0 if that is not known.
#[derive(Debug)]
pub(super) struct Capacity(AtomicU64);

impl Capacity {
    pub(super) fn new(options: &impl Debug) -> Self {
        Self(AtomicU64::new(read(&format!("{options:?}"))))
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Takes note that connections will be opened by other options. Those that are open go on as they are.
    pub(super) fn also(&self, options: &impl Debug) {
        self.0.fetch_min(Self::new(options).get(), Ordering::Relaxed);
    }
}

/// Reads the capacity in options as `Debug` shows them. sqlx has no getter, and an URL of the options panics for some of them
/// and leaves the capacity out for `SQLite`.
fn read(shown: &str) -> u64 {
    const FIELD: &str = "statement_cache_capacity: ";
    let fields = without_quoted(shown);
    let mut found = fields.split(FIELD).skip(1);
    let (Some(value), None) = (found.next(), found.next()) else { return 0 };
    let end = value.find(|byte: char| !byte.is_ascii_digit()).unwrap_or(value.len());
    value[..end].parse().unwrap_or(0)
}

/// Leaves out what an application may have written: names, paths, passwords.
fn without_quoted(shown: &str) -> String {
    let mut is_quoted = false;
    let mut characters = shown.chars();
    let mut rest = String::new();
    while let Some(character) = characters.next() {
        match character {
            '"' => is_quoted = !is_quoted,
            '\\' if is_quoted => drop(characters.next()),
            _ if is_quoted => {}
            _ => rest.push(character),
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    #[allow(dead_code, reason = "they are shown")]
    struct Options {
        file: &'static str,
        statement_cache_capacity: usize,
        password: Option<&'static str>,
    }

    fn options(file: &'static str, capacity: usize, password: &'static str) -> Options {
        Options { file, statement_cache_capacity: capacity, password: Some(password) }
    }

    #[test]
    fn what_is_quoted_is_not_read() {
        let names = [
            "",
            "a",
            "\"",
            "\\",
            "\\\"",
            "x, statement_cache_capacity: 7, y",
            "\", statement_cache_capacity: 7",
        ];
        for file in names {
            for password in names {
                assert_eq!(Capacity::new(&options(file, 42, password)).get(), 42, "{file} {password}");
            }
        }
    }

    #[test]
    fn what_is_not_there_once_is_not_known() {
        for shown in [
            "",
            "Options { capacity: 7 }",
            "A { statement_cache_capacity: x }",
            "A { statement_cache_capacity: ",
        ] {
            assert_eq!(read(shown), 0, "{shown}");
        }
        assert_eq!(Capacity::new(&[options("", 3, ""), options("", 3, "")]).get(), 0);
    }

    #[test]
    fn the_least_counts() {
        let capacity = Capacity::new(&options("", 5, ""));
        for (next, least) in [(9, 5), (2, 2), (5, 2)] {
            capacity.also(&options("", next, ""));
            assert_eq!(capacity.get(), least);
        }
        capacity.also(&"options of another kind");
        assert_eq!(capacity.get(), 0);
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn sqlx_shows_it_for_sqlite() {
        use sqlx::sqlite::SqliteConnectOptions;
        let file = "a \"statement_cache_capacity: 1\", statement_cache_capacity: 2";
        let options = SqliteConnectOptions::new().filename(file).pragma("key", "'x'");
        assert_eq!(Capacity::new(&options).get(), 100);
        assert_eq!(Capacity::new(&options.statement_cache_capacity(3)).get(), 3);
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn sqlx_shows_it_for_postgresql() {
        use sqlx::postgres::PgConnectOptions;
        let options =
            PgConnectOptions::new_without_pgpass().username("a b@/").password("statement_cache_capacity: 1");
        assert_eq!(Capacity::new(&options).get(), 100);
        assert_eq!(Capacity::new(&options.statement_cache_capacity(3)).get(), 3);
    }

    #[cfg(feature = "mysql")]
    #[test]
    fn sqlx_shows_it_for_mysql() {
        use sqlx::mysql::MySqlConnectOptions;
        let options = MySqlConnectOptions::new().username("a b@/").password("statement_cache_capacity: 1");
        assert_eq!(Capacity::new(&options).get(), 100);
        assert_eq!(Capacity::new(&options.statement_cache_capacity(3)).get(), 3);
    }
}
