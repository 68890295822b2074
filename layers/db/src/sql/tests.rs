//! What is told from texts.

use super::{Control, Redacted, Text, Upsert, fingerprint};
use crate::{
    Operation::{self, Ddl, Delete, Insert, Merge, Other, Replace, Select, Transaction, Update},
    Vendor::{self, Mysql, Postgresql, Sqlite},
};
use proptest::prelude::*;

const VENDORS: [Vendor; 4] = [Mysql, Postgresql, Sqlite, Vendor::Other];

/// What a text does, and the table that its first statement writes: `schema.name` in lower case.
fn told(sql: &str, vendor: Vendor) -> (Operation, Option<String>) {
    let text =
        |name: super::Name<'_>| String::from_utf8_lossy(&name.bytes().collect::<Vec<_>>()).into_owned();
    let table = Text::new(sql, vendor).next().and_then(|head| head.table).map(|table| {
        let schema = table.schema.map_or(String::new(), |schema| text(schema) + ".");
        schema + &text(table.name)
    });
    (Operation::of(sql, vendor), table)
}

#[track_caller]
fn check(vendors: &[Vendor], sql: &str, operation: Operation, table: &str) {
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
        ("TRUNCATE orders", Ddl, ""),
        ("PRAGMA foreign_keys = ON", Other, ""),
        ("EXPLAIN DELETE FROM orders", Other, ""),
        ("COPY orders FROM STDIN", Other, ""),
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
fn several_tables_are_none() {
    check(&[Mysql], "UPDATE orders, lines SET orders.a = 1", Update, "");
    check(&[Mysql], "UPDATE orders o JOIN lines l ON o.id = l.id SET o.a = 1", Update, "");
    check(&[Mysql], "DELETE orders FROM orders JOIN lines", Delete, "");
    check(&[Mysql], "DELETE FROM orders, lines USING orders JOIN lines", Delete, "");
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
    assert_eq!(Text::new("; ;SELECT 1;; -- x;\n;SELECT 2;", Sqlite).count(), 2);
}

#[test]
fn transactions_are_followed() {
    let controls = |sql: &str| Text::new(sql, Postgresql).map(|head| head.control).collect::<Vec<_>>();
    assert_eq!(
        controls("BEGIN IMMEDIATE; COMMIT AND CHAIN; END; ROLLBACK WORK; ABORT"),
        [Control::Begin, Control::Commit, Control::Commit, Control::Rollback, Control::Rollback]
    );
    let [Control::Savepoint(set), Control::Release(released), Control::RollbackTo(undone)] =
        controls("SAVEPOINT a; RELEASE SAVEPOINT \"A\"; ROLLBACK TRANSACTION TO a")[..]
    else {
        panic!("three of a savepoint");
    };
    assert_eq!((set, set), (released, undone));
    assert_eq!(controls("COMMIT PREPARED 'x'; ROLLBACK PREPARED 'x'"), [Control::None; 2]);
}

#[test]
fn upserts_tell_how_many_rows_they_list() {
    let upsert = |sql: &str| Text::new(sql, Mysql).next().map(|head| head.upsert);
    let on = "ON DUPLICATE KEY UPDATE b = VALUES(b)";
    for (values, rows) in [
        ("(a, b) VALUES (1, (2)), (3, 4)", Some(2)),
        ("VALUES ROW(1, 2), ROW(3, 4)", Some(2)),
        ("(a) VALUES (1) AS new (x)", Some(1)),
        ("SET a = 1, b = 2", Some(1)),
        ("SELECT * FROM x JOIN y ON x.a = y.a", None),
    ] {
        assert_eq!(
            upsert(&format!("INSERT INTO t {values} {on}")),
            Some(Upsert::Duplicates(rows)),
            "{values}"
        );
        assert_eq!(upsert(&format!("REPLACE INTO t {values}")), Some(Upsert::Replaces(rows)), "{values}");
    }
    assert_eq!(upsert("INSERT INTO t VALUES (1)"), Some(Upsert::No));
    let merge = |then: &str| upsert(&format!("MERGE INTO t USING s ON t.a = s.a {then}"));
    let insert = "WHEN NOT MATCHED THEN INSERT VALUES (1)";
    assert_eq!(merge(insert), Some(Upsert::Merges(Some(Insert))));
    assert_eq!(merge(&format!("{insert} WHEN MATCHED THEN UPDATE SET b = 1")), Some(Upsert::Merges(None)));
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
    assert_eq!(shown("SELECT \"secret\", $$secret$$", Mysql), "SELECT ?, ?");
    assert_eq!(shown("SELECT $$secret$$, E'\\'secret'", Postgresql), "SELECT ?, ?");
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
