//! What is told from texts.

use super::{Change, Effect, Redacted, Rows, Text};
use crate::{
    SqlOperation::{self, Ddl, Delete, Insert, Merge, Other, Replace, Select, Transaction, Update},
    Vendor::{self, Mysql, Postgresql, Sqlite},
};
use proptest::prelude::*;

const VENDORS: [Vendor; 4] = [Mysql, Postgresql, Sqlite, Vendor::Other];

/// What a text does, and the table that its first statement writes to: `schema.name` in lower case.
fn told(sql: &str, vendor: Vendor) -> (SqlOperation, Option<String>) {
    let text =
        |name: super::Name<'_>| String::from_utf8_lossy(&name.bytes().collect::<Vec<_>>()).into_owned();
    let table = Text::new(sql, vendor).next().and_then(|head| head.table).map(|table| {
        let schema = table.schema.map_or(String::new(), |schema| text(schema) + ".");
        schema + &text(table.name)
    });
    (SqlOperation::of(sql, vendor), table)
}

#[track_caller]
fn check(vendors: &[Vendor], sql: &str, operation: SqlOperation, table: &str) {
    for &vendor in vendors {
        let table = (!table.is_empty()).then(|| table.to_owned());
        assert_eq!(told(sql, vendor), (operation, table), "{sql} on {vendor:?}");
    }
}

#[test]
fn plain_statements_tell_operation_and_table() {
    for (sql, operation, table) in [
        ("SELECT * FROM orders", Select, ""),
        ("(SELECT 1) UNION (SELECT 2)", Select, ""),
        ("insert into Orders (a) values (1)", Insert, "orders"),
        ("INSERT INTO shop.orders DEFAULT VALUES", Insert, "shop.orders"),
        ("INSERT INTO main.shop.orders VALUES (1)", Insert, "shop.orders"),
        ("INSERT INTO \"shop\".\"Orders\" VALUES (1)", Insert, "shop.orders"),
        ("INSERT INTO \"a \"\" b\" VALUES (1)", Insert, "a \" b"),
        ("INSERT INTO orders(a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2", Insert, "orders"),
        ("UPDATE orders SET a = 1, b = 2 WHERE c IN (SELECT c FROM d JOIN e ON 1)", Update, "orders"),
        ("UPDATE orders AS o SET a = 1", Update, "orders"),
        ("UPDATE ONLY orders SET a = 1", Update, "orders"),
        ("DELETE FROM orders WHERE a = 1", Delete, "orders"),
        ("DELETE FROM ONLY orders", Delete, "orders"),
        ("MERGE INTO orders USING new ON 1 = 1 WHEN MATCHED THEN DELETE", Merge, "orders"),
        ("REPLACE INTO orders VALUES (1)", Replace, "orders"),
        ("BEGIN", Transaction, ""),
        ("START TRANSACTION READ ONLY", Transaction, ""),
        ("COMMIT", Transaction, ""),
        ("ROLLBACK TO SAVEPOINT a", Transaction, ""),
        ("CREATE TABLE orders (id int)", Ddl, ""),
        ("TRUNCATE orders", Ddl, "orders"),
        ("PRAGMA foreign_keys = ON", Other, ""),
        ("EXPLAIN DELETE FROM orders", Other, ""),
        ("COPY orders FROM STDIN", Other, "orders"),
        ("", Other, ""),
        (" ;; ", Other, ""),
        ("-- nothing", Other, ""),
        ("/* never closed", Other, ""),
        ("'INSERT INTO orders'", Other, ""),
    ] {
        check(&VENDORS, sql, operation, table);
    }
}

#[test]
fn what_stands_before_a_statement_does_not_matter() {
    check(&VENDORS, " -- one\n /* two */ INSERT/**/INTO/* ; */orders VALUES (';')", Insert, "orders");
    check(&[Postgresql], "/* a /* b */ c */ DELETE FROM orders", Delete, "orders");
    check(&[Mysql], "# one\nDELETE FROM `orders`", Delete, "orders");
    check(&[Mysql, Sqlite], "DELETE FROM `shop`.`or``ders`", Delete, "shop.or`ders");
    check(&[Sqlite], "DELETE FROM [orders]", Delete, "orders");
}

#[test]
fn common_table_expressions_are_passed_over() {
    check(&VENDORS, "WITH a AS (SELECT 1) SELECT * FROM a", Select, "");
    check(
        &VENDORS,
        "WITH RECURSIVE a(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a), \"delete\" AS (SELECT ')') \
         INSERT INTO orders SELECT * FROM a",
        Insert,
        "orders",
    );
    check(
        &[Postgresql],
        "WITH moved AS NOT MATERIALIZED (DELETE FROM a RETURNING *) UPDATE orders SET x = 1 FROM moved",
        Update,
        "orders",
    );
    check(&VENDORS, "WITH update AS (SELECT 1), delete AS (SELECT 2) SELECT 3", Select, "");
    check(&VENDORS, "WITH a AS (SELECT 1", Other, "");
}

#[test]
fn statements_over_several_tables_may_write_to_one() {
    for (sql, table) in [
        ("UPDATE orders, lines SET orders.a = 1, orders.b = 2", "orders"),
        ("UPDATE orders, lines SET orders.a = 1, lines.b = 2", ""),
        ("UPDATE orders, lines SET a = 1", ""),
        (
            "UPDATE orders o JOIN shop.lines AS l ON o.id = l.id SET l.a = (SELECT 1, 2), l.b = 2 WHERE o.c",
            "shop.lines",
        ),
        ("UPDATE (SELECT 1 AS a) x JOIN orders o ON 1 SET o.a = x.a", "orders"),
    ] {
        check(&[Mysql], sql, Update, table);
    }
    for (sql, table) in [
        ("DELETE orders FROM orders JOIN lines", "orders"),
        ("DELETE o FROM orders o JOIN lines l ON 1 WHERE l.a", "orders"),
        ("DELETE o.* FROM shop.orders AS o LEFT JOIN lines l ON 1", "shop.orders"),
        ("DELETE shop.orders FROM shop.orders JOIN lines", "shop.orders"),
        ("DELETE o, l FROM orders o JOIN lines l", ""),
        ("DELETE FROM o USING orders o JOIN lines l", "orders"),
        ("DELETE FROM orders, lines USING orders JOIN lines", ""),
    ] {
        check(&[Mysql], sql, Delete, table);
    }
    check(&[Postgresql], "UPDATE orders o SET a = 1 FROM lines l JOIN x ON 1", Update, "orders");
    check(&[Postgresql], "DELETE FROM orders o USING lines l, x", Delete, "orders");
}

#[test]
fn modifiers_are_passed_over() {
    check(&[Mysql], "INSERT LOW_PRIORITY IGNORE orders VALUES (1)", Insert, "orders");
    check(&[Mysql], "DELETE QUICK FROM orders", Delete, "orders");
    check(&[Sqlite], "INSERT OR IGNORE INTO orders VALUES (1)", Insert, "orders");
    check(&[Sqlite], "INSERT OR REPLACE INTO orders VALUES (1)", Replace, "orders");
    check(&[Sqlite], "UPDATE OR ROLLBACK orders SET a = 1", Update, "orders");
}

#[test]
fn several_statements_are_one_thing_or_other() {
    check(&VENDORS, "INSERT INTO a VALUES (1); INSERT INTO b VALUES (';');", Insert, "a");
    check(&VENDORS, "INSERT INTO a VALUES (1); DELETE FROM b", Other, "a");
    check(&[Postgresql], "DELETE FROM a WHERE b = $x$; INSERT INTO c VALUES (1)$x$;", Delete, "a");
    check(&[Postgresql], "DELETE FROM a WHERE b = E'\\'; INSERT INTO c'", Delete, "a");
    check(&[Mysql], "DELETE FROM a WHERE b = '\\'; INSERT INTO c'", Delete, "a");
    check(
        &[Sqlite],
        "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; DELETE FROM c; END",
        Ddl,
        "",
    );
    let trigger = "CREATE TRIGGER t AFTER INSERT ON a WHEN CASE new.end WHEN 1 THEN 1 ELSE 0 END BEGIN UPDATE b SET c = \
                   CASE WHEN new.begin > 'END' THEN 1 ELSE 2 END; DELETE FROM c; END; INSERT INTO a VALUES (1)";
    let operations = |vendor| Text::new(trigger, vendor).map(|head| head.operation).collect::<Vec<_>>();
    assert_eq!(operations(Sqlite), [Ddl, Insert]);
    assert_eq!(operations(Mysql), [Ddl], "a routine is the end of a text");
    assert_eq!(Text::new("; ;SELECT 1;; -- x;\n;SELECT 2;", Sqlite).count(), 2);
}

fn effects(sql: &str, vendor: Vendor) -> Vec<Effect> {
    Text::new(sql, vendor).map(|head| head.effect).collect()
}

#[test]
fn transactions_are_followed() {
    let commit = Effect::Commit { chain: false };
    let rollback = Effect::Rollback { chain: false };
    assert_eq!(
        effects(
            "BEGIN IMMEDIATE; COMMIT AND CHAIN; END; ROLLBACK WORK; ABORT; COMMIT AND NO CHAIN",
            Postgresql
        ),
        [Effect::Begin, Effect::Commit { chain: true }, commit, rollback, rollback, commit]
    );
    for vendor in VENDORS {
        let [Effect::Savepoint(set), Effect::Release(released), Effect::RollbackTo(undone)] =
            effects("SAVEPOINT a; RELEASE SAVEPOINT A; ROLLBACK TRANSACTION TO a", vendor)[..]
        else {
            panic!("three of a savepoint: {vendor:?}");
        };
        assert_eq!((set, set), (released, undone));
    }
    let quoted = |vendor| effects("SAVEPOINT \"a\"; SAVEPOINT \"A\"; SAVEPOINT A", vendor);
    assert!(quoted(Postgresql)[0] == quoted(Postgresql)[2] && quoted(Postgresql)[1] != quoted(Postgresql)[2]);
    assert!(quoted(Sqlite)[0] == quoted(Sqlite)[1], "case never matters to SQLite");
    assert_eq!(effects("COMMIT PREPARED 'x'; ROLLBACK PREPARED 'x'", Postgresql), [Effect::None; 2]);
    assert_eq!(
        effects("PREPARE TRANSACTION 'x'; PREPARE x AS SELECT 1", Postgresql),
        [Effect::Detach, Effect::None]
    );
}

#[test]
fn what_commits_implicitly_is_known() {
    for sql in [
        "CREATE TABLE a (b int)",
        "CREATE OR REPLACE TABLE a (b int)",
        "ALTER TABLE a ADD b int",
        "DROP TABLE a",
        "TRUNCATE a",
        "RENAME TABLE a TO b",
        "GRANT SELECT ON a TO b",
        "SET PASSWORD = 'x'",
        "ANALYZE TABLE a",
        "START SLAVE",
    ] {
        assert_eq!(effects(sql, Mysql), [Effect::ImplicitCommit], "{sql}");
        assert_eq!(effects(sql, Sqlite), [Effect::None], "{sql}");
        assert_eq!(effects(sql, Postgresql), [Effect::None], "{sql}");
    }
    for sql in
        ["CREATE TEMPORARY TABLE a (b int)", "DROP TEMPORARY TABLE a", "ANALYZE SELECT 1", "SHOW TABLES"]
    {
        assert_eq!(effects(sql, Mysql), [Effect::None], "{sql}");
    }
    assert_eq!(
        effects("LOCK TABLES a WRITE; UNLOCK TABLES", Mysql),
        [Effect::LockTables, Effect::UnlockTables]
    );
    for (sql, effect) in [
        ("SET autocommit = 0", Effect::Autocommit(Some(false))),
        ("SET SESSION AUTOCOMMIT=on", Effect::Autocommit(Some(true))),
        ("SET @@autocommit := 1", Effect::Autocommit(Some(true))),
        ("SET @@session.autocommit = 0", Effect::Autocommit(Some(false))),
        ("SET NAMES utf8mb4, autocommit = false", Effect::Autocommit(Some(false))),
        ("SET autocommit = ?", Effect::Autocommit(None)),
        ("SET GLOBAL autocommit = 0", Effect::None),
        ("SET @@global.autocommit = 0", Effect::None),
        ("SET @autocommit = 0", Effect::None),
        ("SET a = 'autocommit = 0'", Effect::None),
        ("SET STATEMENT max_statement_time = 1 FOR DELETE FROM a", Effect::Opaque),
        ("BEGIN NOT ATOMIC COMMIT", Effect::Opaque),
        ("CALL p()", Effect::Opaque),
        ("SELECT 1 /*!50000 , 2 */", Effect::Opaque),
    ] {
        assert_eq!(effects(sql, Mysql), [effect], "{sql}");
    }
}

#[test]
fn upserts_show_how_many_rows_they_list() {
    let rows = |sql: &str, vendor| Text::new(sql, vendor).next().map(|head| head.rows);
    let on = "ON DUPLICATE KEY UPDATE b = VALUES(b)";
    for (values, listed) in [
        ("(a, b) VALUES (1, (2)), (3, 4)", Some(2)),
        ("VALUES ROW(1, 2), ROW(3, 4)", Some(2)),
        ("(a) VALUES (1) AS new (x)", Some(1)),
        ("SET a = 1, b = 2", Some(1)),
        ("SELECT * FROM x JOIN y ON x.a = y.a", None),
    ] {
        let insert = format!("INSERT INTO t {values} {on}");
        assert_eq!(rows(&insert, Mysql), Some(Rows::Duplicates(listed)), "{values}");
        assert_eq!(
            rows(&format!("REPLACE INTO t {values}"), Mysql),
            Some(Rows::Replaced(listed)),
            "{values}"
        );
    }
    let ignored = format!("INSERT IGNORE t VALUES (1) {on}");
    assert_eq!(rows(&ignored, Mysql), Some(Rows::Duplicates(None)), "some may be left out");
    for vendor in VENDORS {
        assert_eq!(rows("INSERT INTO t VALUES (1)", vendor), Some(Rows::All(Change::Insert)));
    }
    for vendor in [Postgresql, Sqlite, Vendor::Other] {
        let insert = |on| rows(&format!("INSERT INTO t (conflict) VALUES (1) ON CONFLICT {on}"), vendor);
        assert_eq!(insert("DO NOTHING"), Some(Rows::All(Change::Insert)));
        assert_eq!(insert("(a) DO UPDATE SET b = 1"), Some(Rows::Mixed));
        assert_eq!(rows("REPLACE INTO t VALUES (1)", vendor), Some(Rows::InsertedInPlaceOf));
    }
    let merge = |then: &str| rows(&format!("MERGE INTO t USING s ON t.a = s.a {then}"), Postgresql);
    let insert = "WHEN NOT MATCHED THEN INSERT VALUES (1)";
    assert_eq!(merge(insert), Some(Rows::All(Change::Insert)));
    assert_eq!(merge(&format!("{insert} WHEN MATCHED THEN UPDATE SET b = 1")), Some(Rows::Mixed));
    assert_eq!(rows("COPY t (a, b) FROM '/x'", Postgresql), Some(Rows::All(Change::Insert)));
    assert_eq!(rows("COPY t TO STDOUT", Postgresql), Some(Rows::None));
    assert_eq!(rows("TRUNCATE TABLE t", Postgresql), Some(Rows::Unreported));
}

#[test]
fn writes_that_no_number_shows_are_noticed() {
    let unseen =
        |sql: &str, vendor| format!("{:?}", Text::new(sql, vendor).next().expect("a statement").unseen);
    for (sql, vendor, begins) in [
        ("WITH a AS (DELETE FROM orders RETURNING *) SELECT * FROM a", Postgresql, "Table"),
        ("WITH a AS (INSERT INTO x VALUES (1)), b AS (UPDATE y SET a = 1) SELECT 1", Postgresql, "Anything"),
        ("WITH a AS (SELECT 1) DELETE FROM orders", Postgresql, "Nothing"),
        ("EXPLAIN (ANALYZE, BUFFERS) DELETE FROM orders", Postgresql, "Table"),
        ("EXPLAIN (ANALYZE false) DELETE FROM orders", Postgresql, "Nothing"),
        ("EXPLAIN DELETE FROM orders", Postgresql, "Nothing"),
        ("ANALYZE FORMAT=JSON DELETE FROM orders", Mysql, "Table"),
        ("CALL p()", Postgresql, "Anything"),
        ("DO $$ BEGIN DELETE FROM orders; END $$", Postgresql, "Anything"),
        ("EXECUTE p", Mysql, "Anything"),
        ("COMMIT PREPARED 'x'", Postgresql, "Anything"),
        ("/*!50000 DELETE FROM orders */", Mysql, "Anything"),
    ] {
        assert!(unseen(sql, vendor).starts_with(begins), "{sql}: {}", unseen(sql, vendor));
    }
}

fn fingerprint(sql: &str, vendor: Vendor) -> u64 {
    let mut text = Text::new(sql, vendor);
    text.take_fingerprint();
    for _ in text.by_ref() {}
    text.fingerprint()
}

#[test]
fn fingerprints_leave_out_values() {
    let same = [
        "SELECT a FROM b WHERE c = 1",
        "select a from b -- x\nwhere c = 'it''s'",
        "SELECT a FROM b WHERE c=?",
    ];
    for sql in same {
        assert_eq!(fingerprint(sql, Sqlite), fingerprint(same[0], Sqlite), "{sql}");
    }
    for sql in ["SELECT a FROM b WHERE d = 1", "SELECT a FROM b", "SELECT ab FROM b WHERE c = 1"] {
        assert_ne!(fingerprint(sql, Sqlite), fingerprint(same[0], Sqlite), "{sql}");
    }
}

#[test]
fn what_is_shown_holds_no_values() {
    let shown = |sql: &str, vendor| Redacted::new(sql, vendor).to_string();
    assert_eq!(
        shown("SELECT a.b, count(*) FROM a WHERE c='secret' /* secret */ AND d IN (1, 2.5)", Sqlite),
        "SELECT a.b, count (*) FROM a WHERE c = ? AND d IN (?, ?)"
    );
    for (vendor, sql, expected) in [
        (Mysql, "SELECT \"secret\", $$secret$$", "SELECT ?, ?"),
        (Postgresql, "SELECT $$secret$$, E'\\'secret'", "SELECT ?, ?"),
        (Postgresql, "SELECT \"a\" FROM \"b\"", "SELECT \"a\" FROM \"b\""),
        // A name that is none of a column is a text for SQLite.
        (
            Sqlite,
            "SELECT \"a\" FROM \"b\" JOIN \"c\" ON \"b\".\"d\" = \"secret\"",
            "SELECT ? FROM \"b\" JOIN \"c\" ON \"b\".\"d\" = ?",
        ),
        (Sqlite, "SELECT 1 WHERE a IS DISTINCT FROM \"secret\"", "SELECT ? WHERE a IS DISTINCT FROM ?"),
        (Sqlite, "INSERT INTO \"a\" VALUES (\"secret\")", "INSERT INTO \"a\" VALUES (?)"),
        (Sqlite, "PRAGMA key = secret; SELECT a", "PRAGMA key = ?; SELECT a"),
        // What comes after is a name or part of a value, by a setting.
        (Mysql, r#"SELECT a WHERE v = "x\"secret" AND 'secret'"#, "SELECT a WHERE v = …"),
        (Mysql, r"SELECT 'x\', secret, '", "SELECT …"),
        (Mysql, r"SELECT 'x\n', a", "SELECT ?, a"),
        (Postgresql, r"SELECT 'x\', secret, '", "SELECT …"),
        (Mysql, "SELECT 1 /*! , '*/ secret' */", "SELECT ? …"),
        (Vendor::Other, "SELECT a, 'secret', \"secret\" FROM b", "SELECT a, ?, ? FROM b"),
        (Vendor::Other, "SELECT a # it's\n, 'secret'", "SELECT a …"),
        (Vendor::Other, "SELECT $$ top secret $$", "SELECT …"),
        (Vendor::Other, "SELECT ARRAY['top secret']", "SELECT ARRAY …"),
        (Vendor::Other, "SELECT q'[it's secret]'", "SELECT q …"),
        (Vendor::Other, "SELECT /* /* */ 'secret' */ a", "SELECT …"),
        (Vendor::Other, "SELECT 1 --'x\n, secret'", "SELECT ? …"),
    ] {
        assert_eq!(shown(sql, vendor), expected, "{sql} on {vendor:?}");
    }
}

/// Texts that look like SQL more often than not.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "INSERT",
            "INTO",
            "UPDATE",
            "SET",
            "DELETE",
            "FROM",
            "WITH",
            "AS",
            "MERGE",
            "THEN",
            "VALUES",
            "ON",
            "DUPLICATE",
            "ROLLBACK",
            "TO",
            "OR",
            "SELECT",
            "CREATE",
            "TRIGGER",
            "orders",
            "\"",
            "'",
            "`",
            "[",
            "]",
            "(",
            ")",
            ";",
            ",",
            ".",
            "--",
            "\n",
            "/*",
            "*/",
            "#",
            "$",
            "$a$",
            "\\",
            "E'",
            "é",
            "1",
            "?",
            ":",
            "@",
        ])
        .prop_map(str::to_owned),
        ".{0,4}",
    ];
    proptest::collection::vec((piece, prop_oneof!["", " "]), 0..40)
        .prop_map(|pieces| pieces.into_iter().map(|(piece, space)| piece + &space).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 8 } else { 2_000 }))]

    #[test]
    fn any_text_is_read_to_its_end(sql in text()) {
        for vendor in VENDORS {
            let heads: Vec<_> = Text::new(&sql, vendor).collect();
            prop_assert!(heads.len() <= sql.len());
            for head in heads.iter().filter_map(|head| head.table) {
                prop_assert_eq!(head.name.hash(), head.name.hash());
            }
            let _ = (fingerprint(&sql, vendor), Redacted::new(&sql, vendor).to_string());
        }
    }

    #[test]
    fn noise_changes_nothing(
        (sql, operation) in proptest::sample::select(vec![
            ("INSERT INTO orders ( a ) VALUES ( 1 )", Insert),
            ("UPDATE orders SET a = 1", Update),
            ("DELETE FROM orders WHERE a = 1", Delete),
            ("REPLACE INTO orders VALUES ( 1 )", Replace),
            ("WITH x AS ( SELECT 1 ) DELETE FROM orders", Delete),
        ]),
        noise in proptest::collection::vec(
            proptest::sample::select(vec![" ", "\n", "\t", "/* ' */", "-- \"\n", " /* ; DELETE FROM x */ ", "/**/"]),
            20,
        ),
        quote in any::<bool>(),
        lower in any::<bool>(),
    ) {
        let sql = if lower { sql.to_lowercase() } else { sql.to_owned() };
        let sql = if quote { sql.replace("orders", "\"orders\"") } else { sql };
        let mut noisy = String::new();
        for (word, noise) in sql.split(' ').zip(noise.iter().cycle()) {
            noisy.push_str(noise);
            noisy.push(' ');
            noisy.push_str(word);
        }
        for vendor in VENDORS {
            prop_assert_eq!(told(&noisy, vendor), (operation, Some("orders".to_owned())), "{}", noisy);
        }
    }
}

/// Texts of which each piece looks as if something followed that decides about it.
const GROWING: &[&str] = &[
    "INSERT INTO a VALUES (1); ",
    "INSERT INTO a VALUES (1) ON CONFLICT ",
    "INSERT INTO a VALUES (1) RETURNING ; ",
    "WITH a AS (INSERT INTO b VALUES (1)), ",
    "WITH a AS (UPDATE b ",
    "UPDATE a, b JOIN ",
    "UPDATE a, b SET a.c = (",
    "DELETE a FROM ",
    "MERGE INTO a THEN ",
    "EXPLAIN ANALYZE ",
    "SET autocommit = (",
    "CREATE OR REPLACE ",
    "COPY a (",
    "LOAD DATA ",
    "SAVEPOINT a; ",
    "/* ",
    "/*! ",
    "$a$ ",
    "$a",
    "$",
    "'",
    "\"",
    "`",
    "[",
    "(",
    "-",
    "--",
    "#",
    "E'",
    "@",
    ":",
    ";",
    "\\",
];

/// How many bytes are read for a text, as often as they are.
fn tokens_read(sql: &str, vendor: Vendor) -> u64 {
    super::lexer::READ.with(|read| read.set(0));
    let mut text = Text::new(sql, vendor);
    text.take_fingerprint();
    for _ in text.by_ref() {}
    let _ = (text.fingerprint(), Redacted::new(sql, vendor).to_string());
    super::lexer::READ.with(std::cell::Cell::get)
}

#[test]
fn malformed_texts_are_read_in_a_time_that_grows_with_them() {
    for vendor in VENDORS {
        for piece in GROWING {
            let [short, long] = [200, 400].map(|times| tokens_read(&piece.repeat(times), vendor));
            assert!(long <= 2 * short + 100, "{piece:?} on {vendor:?}: {short} bytes, then {long}");
        }
    }
}
