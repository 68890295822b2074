//! Texts of statements, well-formed and not.

use std::time::Duration;

use tallymark_db::{Database, Session, Vendor};

use crate::{
    meter::Meter,
    subject::{Subject, leak},
};

pub const SUBJECTS: [Subject; 2] = [
    Subject::new("text", "characters of a statement", text).up_to(1_000_000).least(800),
    Subject::new("slow text", "characters of a slow statement", slow_text).up_to(1_000_000).least(800),
];

/// A beginning, what is repeated, and an end.
const SHAPES: &[(&str, [&str; 3])] = &[
    ("list of values", ["SELECT a FROM t WHERE b IN (", "1, ", "1)"]),
    ("rows of an INSERT", ["INSERT INTO t VALUES (1, 'a')", ", (1, 'a')", ""]),
    ("one literal", ["SELECT '", "x", "'"]),
    ("doubled quotes", ["SELECT '", "''", "'"]),
    ("backslashes", ["SELECT '", "\\'", "'"]),
    ("one identifier", ["SELECT ", "x", " FROM t"]),
    ("one comment", ["SELECT 1 /* ", "x", " */"]),
    ("comments", ["SELECT 1 ", "/* x */ ", ""]),
    ("line comments", ["SELECT 1 ", "-- x\n", ""]),
    ("blanks", ["SELECT", " ", "1"]),
    ("statements", ["SELECT 1", "; SELECT 1", ""]),
    ("empty statements", ["SELECT 1", ";", ""]),
    ("CTEs", ["WITH a AS (SELECT 1)", ", a AS (SELECT 1)", " INSERT INTO t SELECT * FROM a"]),
    ("parentheses", ["SELECT ", "(", ""]),
    ("closed parentheses", ["INSERT INTO t SELECT ", ")", ""]),
    ("open quotes", ["SELECT ", "'x", ""]),
    ("open comments", ["SELECT 1 ", "/*", ""]),
    ("closed comments", ["SELECT 1 ", "*/", ""]),
    ("dollars", ["SELECT ", "$", ""]),
    ("open dollar quotes", ["SELECT ", "$a$b", ""]),
    ("different dollar quotes", ["SELECT ", "$a1$ $a2$ $a3$ ", ""]),
    ("versioned comments", ["SELECT 1 ", "/*!40000 x */ ", ""]),
    ("open versioned comments", ["SELECT 1 ", "/*!", ""]),
    ("dots", ["INSERT INTO a", ".a", " VALUES (1)"]),
    ("quoted dots", ["INSERT INTO a", ".\"a\"", " VALUES (1)"]),
    ("WITH again and again", ["", "WITH ", ""]),
    ("BEGIN again and again", ["", "BEGIN; ", ""]),
    ("triggers", ["CREATE TRIGGER t AFTER INSERT ON u ", "BEGIN INSERT INTO t VALUES (1); ", "END"]),
    ("CASE", ["SELECT ", "CASE WHEN 1 THEN ", "1"]),
    ("RETURNING", ["INSERT INTO t VALUES (1) ", "RETURNING ", ""]),
    ("ON CONFLICT", ["INSERT INTO t VALUES (1) ", "ON CONFLICT ", "DO NOTHING"]),
    ("joins", ["UPDATE t ", "JOIN t ", "SET a = 1"]),
    ("tables of a DELETE", ["DELETE t", ", t", " FROM t"]),
    ("letters of three bytes", ["SELECT '", "\u{4e00}", "'"]),
    ("NUL", ["SELECT ", "\0", ""]),
];

fn repeated([begin, again, end]: [&str; 3], length: usize) -> String {
    let times = length.saturating_sub(begin.len() + end.len()).div_ceil(again.len());
    [begin, &again.repeat(times), end].concat()
}

fn text(meter: &mut Meter, n: usize) {
    for vendor in [Vendor::Postgresql, Vendor::Mysql, Vendor::Sqlite] {
        let name = format!("grown_{}", vendor_name(vendor));
        let database = Database::builder(name).vendor(vendor).build().expect("good settings");
        let mut session = Session::new(database);
        for &(name, shape) in SHAPES {
            let text = repeated(shape, n);
            let name = leak(format!("{name}, {}", vendor_name(vendor)));
            meter.part(name, || database.statement(&text).finish_in(&mut session, Some(1)));
            session.reset();
        }
    }
}

fn slow_text(meter: &mut Meter, n: usize) {
    for vendor in [Vendor::Postgresql, Vendor::Mysql, Vendor::Sqlite] {
        let name = format!("slow_{}", vendor_name(vendor));
        let builder = Database::builder(name).vendor(vendor).slow_threshold(Duration::ZERO);
        let builder = builder.on_slow(|slow| assert!(slow.sql.len() < 10_000));
        let database = builder.build().expect("good settings");
        for &(name, shape) in SHAPES {
            let text = repeated(shape, n);
            let name = leak(format!("{name}, {}", vendor_name(vendor)));
            meter.part(name, || database.statement(&text).finish(None));
        }
    }
}

fn vendor_name(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Postgresql => "PostgreSQL",
        Vendor::Mysql => "MySQL",
        _ => "SQLite",
    }
}
