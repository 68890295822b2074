//! Rows of models, counted when they are there to stay.

use crate::counts::uncounted as all_uncounted;
use crate::reader::{rows, uncounted};
use tallymark::ModelMetrics;
use tallymark_db::{Database, ErrorKind, Failure, Session, Sqlstate, TransactionStatus, Vendor};

fn session(name: &str, vendor: Vendor) -> Session {
    Session::new(Database::builder(name).vendor(vendor).build().expect("good settings"))
}

/// Executes a text that writes so many rows.
fn run(session: &mut Session, sql: &str, rows: u64) {
    session.database().statement(sql).finish_in(session, Some(rows));
}

#[derive(ModelMetrics)]
#[model(name = "plain_row", table = "plain_rows")]
struct PlainRow;

#[test]
fn rows_are_those_that_the_driver_tells() {
    let mut session = session("plain_rows", Vendor::Sqlite);
    run(&mut session, "INSERT INTO plain_rows VALUES (1), (2), (3)", 3);
    run(&mut session, "UPDATE \"main\".\"plain_rows\" SET a = 1", 2);
    run(&mut session, "DELETE FROM PLAIN_ROWS", 1);
    run(&mut session, "DELETE FROM plain_rows_archive", 9);
    run(&mut session, "SELECT * FROM plain_rows", 9);
    assert_eq!(rows("plain_row"), [3, 2, 1]);
    session
        .database()
        .statement("INSERT INTO plain_rows VALUES (1)")
        .fail_in(&mut session, ErrorKind::Unique);
    drop(session.database().statement("INSERT INTO plain_rows VALUES (1)"));
    session.database().statement("INSERT INTO plain_rows VALUES (1)").finish(None);
    assert_eq!(rows("plain_row"), [3, 2, 1]);
}

#[derive(ModelMetrics)]
#[model(name = "kept_row", table = "shop.kept_rows")]
struct KeptRow;

#[derive(ModelMetrics)]
#[model(name = "kept_row", table = "shop.kept_rows")]
struct NewKeptRow;

#[test]
fn rows_of_a_transaction_count_when_it_is_committed() {
    let database = Database::builder("kept_rows").vendor(Vendor::Sqlite).schema("shop").build();
    let mut session = Session::new(database.expect("good settings"));
    session.begin();
    run(&mut session, "INSERT INTO shop.kept_rows VALUES (1)", 1);
    session.begin();
    run(&mut session, "INSERT INTO kept_rows VALUES (1)", 10);
    session.rollback();
    session.begin();
    run(&mut session, "INSERT INTO kept_rows VALUES (1)", 100);
    session.commit();
    run(&mut session, "INSERT INTO other.kept_rows VALUES (1)", 1_000);
    assert_eq!(rows("kept_row"), [0, 0, 0]);
    session.commit();
    assert_eq!(rows("kept_row"), [101, 0, 0], "two structs of one name are one model");

    session.begin();
    run(&mut session, "DELETE FROM kept_rows", 5);
    session.rollback();
    session.begin();
    run(&mut session, "DELETE FROM kept_rows", 5);
    drop(session);
    assert_eq!(rows("kept_row"), [101, 0, 0]);
}

#[derive(ModelMetrics)]
#[model(table = "text_rows")]
struct TextRow;

#[test]
fn transactions_are_followed_through_texts() {
    let mut session = session("text_rows", Vendor::Sqlite);
    for (sql, rows) in [
        ("BEGIN", 0),
        ("INSERT INTO text_rows VALUES (1)", 1),
        ("SAVEPOINT one", 0),
        ("INSERT INTO text_rows VALUES (1)", 10),
        ("SAVEPOINT two", 0),
        ("INSERT INTO text_rows VALUES (1)", 100),
        ("ROLLBACK TO one", 0),
        ("INSERT INTO text_rows VALUES (1)", 1_000),
        ("RELEASE one", 0),
        ("COMMIT", 0),
        ("BEGIN", 0),
        ("INSERT INTO text_rows VALUES (1)", 10_000),
        ("ROLLBACK", 0),
    ] {
        run(&mut session, sql, rows);
    }
    assert!(!session.is_open());
    assert_eq!(rows("text_row"), [1_001, 0, 0]);

    let mut text = session.database().statement(
        "INSERT INTO text_rows VALUES (1); BEGIN; INSERT INTO text_rows VALUES (1); ROLLBACK; DELETE FROM text_rows",
    );
    for rows in [2, 0, 20, 0, 3] {
        text.record_result(&mut session, rows);
    }
    text.finish_streamed(&mut session);
    assert_eq!(rows("text_row"), [1_003, 0, 3]);
}

#[derive(ModelMetrics)]
#[model(table = "aborted_rows")]
struct AbortedRow;

#[test]
fn an_error_ends_a_transaction_of_postgresql() {
    let code = Sqlstate::new("23505").expect("a code");
    let insert = "INSERT INTO aborted_rows VALUES (1)";
    let mut session = session("aborted_rows", Vendor::Postgresql);
    session.begin();
    run(&mut session, insert, 1);
    session.database().statement(insert).fail_in(&mut session, code);
    session.commit();
    assert_eq!(rows("aborted_row"), [0, 0, 0], "COMMIT rolls back");

    session.begin();
    run(&mut session, insert, 1);
    session.begin();
    session.database().statement(insert).fail_in(&mut session, code);
    session.rollback();
    session.commit();
    assert_eq!(rows("aborted_row"), [1, 0, 0], "a savepoint saves the rest");

    let mut text = session.database().statement("INSERT INTO aborted_rows VALUES (1); DELETE FROM nothing");
    text.record_result(&mut session, 1);
    text.fail_in(&mut session, code);
    assert!(!session.is_open());
    assert_eq!(rows("aborted_row"), [1, 0, 0], "a text of several statements is rolled back as a whole");
}

#[derive(ModelMetrics)]
#[model(table = "deadlocked_rows")]
struct DeadlockedRow;

#[test]
fn a_deadlock_of_mysql_rolls_back_what_was_before_it() {
    let insert = "INSERT INTO deadlocked_rows VALUES (1)";
    let mut session = session("deadlocked_rows", Vendor::Mysql);
    session.begin();
    run(&mut session, insert, 1);
    session.database().statement(insert).fail_in(&mut session, Sqlstate::new("23000").expect("a code"));
    session.commit();
    assert_eq!(rows("deadlocked_row"), [1, 0, 0], "another error undoes its statement only");
    session.begin();
    run(&mut session, insert, 10);
    session.database().statement(insert).fail_in(&mut session, Sqlstate::new("40001").expect("a code"));
    run(&mut session, insert, 100);
    session.commit();
    assert_eq!(rows("deadlocked_row"), [101, 0, 0]);
}

#[derive(ModelMetrics)]
#[model(table = "upserted_rows")]
struct UpsertedRow;

#[test]
fn upserts_count_as_far_as_one_number_says() {
    let insert = "INSERT INTO upserted_rows VALUES (1), (2) ON DUPLICATE KEY UPDATE a = 1";
    let mut mysql = session("upserted_rows", Vendor::Mysql);
    let mixed = |db: &str| uncounted(db, "mixed");
    run(&mut mysql, insert, 4);
    assert_eq!((rows("upserted_row"), mixed("upserted_rows")), ([0, 2, 0], 0), "2 for each that was changed");
    run(&mut mysql, insert, 3);
    assert_eq!(
        (rows("upserted_row"), mixed("upserted_rows")),
        ([0, 3, 0], 1),
        "the other was new, or the same"
    );
    run(&mut mysql, insert, 2);
    assert_eq!((rows("upserted_row"), mixed("upserted_rows")), ([0, 3, 0], 2));
    run(&mut mysql, "REPLACE INTO upserted_rows VALUES (1), (2)", 3);
    assert_eq!(rows("upserted_row"), [2, 3, 1]);
    run(&mut mysql, "REPLACE INTO upserted_rows SELECT 1", 3);
    assert_eq!((rows("upserted_row"), mixed("upserted_rows")), ([2, 3, 1], 3));
    let mut sqlite = session("upserted_rows_too", Vendor::Sqlite);
    run(&mut sqlite, "INSERT INTO upserted_rows VALUES (1) ON CONFLICT DO NOTHING", 1);
    run(&mut sqlite, "INSERT INTO upserted_rows VALUES (1) ON CONFLICT DO UPDATE SET a = 1", 1);
    assert_eq!((rows("upserted_row"), mixed("upserted_rows_too")), ([3, 3, 1], 1));
    run(&mut sqlite, "INSERT OR REPLACE INTO upserted_rows VALUES (1)", 1);
    assert_eq!((rows("upserted_row"), uncounted("upserted_rows_too", "replaced")), ([4, 3, 1], 1));
    run(&mut sqlite, "MERGE INTO upserted_rows USING b ON 1 WHEN MATCHED THEN DELETE", 4);
    run(
        &mut sqlite,
        "MERGE INTO upserted_rows USING b ON 1 WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)",
        4,
    );
    assert_eq!((rows("upserted_row"), mixed("upserted_rows_too")), ([4, 3, 5], 2));
}

#[derive(ModelMetrics)]
#[model(table = "hasty_rows", on_statement)]
struct HastyRow;

#[derive(ModelMetrics)]
#[model(table = "patient_rows")]
struct PatientRow;

#[test]
fn rows_count_at_once_where_that_is_wanted() {
    let mut patient = session("hasty_rows", Vendor::Sqlite);
    patient.begin();
    run(&mut patient, "INSERT INTO hasty_rows VALUES (1)", 1);
    run(&mut patient, "INSERT INTO patient_rows VALUES (1)", 1);
    assert_eq!((rows("hasty_row"), rows("patient_row")), ([1, 0, 0], [0, 0, 0]));
    patient.rollback();

    let database = Database::builder("hasty").on_statement().build().expect("good settings");
    let mut hasty = Session::new(database);
    hasty.begin();
    run(&mut hasty, "INSERT INTO patient_rows VALUES (1)", 1);
    hasty.rollback();
    assert_eq!((rows("hasty_row"), rows("patient_row")), ([1, 0, 0], [1, 0, 0]));
}

macro_rules! models {
    ($($model:ident)*) => {$(
        #[derive(ModelMetrics)]
        struct $model;
    )*};
}

models!(Many1 Many2 Many3 Many4 Many5 Many6 Many7 Many8 Many9);

#[test]
fn a_transaction_may_write_to_any_number_of_tables() {
    let mut session = session("many", Vendor::Sqlite);
    session.begin();
    let write = |session: &mut Session| {
        for table in 1..=9 {
            run(session, &format!("INSERT INTO many{table} VALUES (1)"), table);
            run(session, &format!("UPDATE many{table} SET a = 1"), 1);
        }
    };
    write(&mut session);
    session.begin();
    write(&mut session);
    session.rollback();
    write(&mut session);
    session.commit();
    for table in 1..=9 {
        assert_eq!(rows(&format!("many{table}")), [2 * table, 2, 0], "{table}");
    }
}

/// A statement, and how many rows it has written or how it has failed.
type Step<'a> = (&'a str, Result<u64, Failure>);

/// Runs a script on one connection, and returns the rows that count in the end.
fn script(model: &str, db: &str, vendor: Vendor, steps: &[Step<'_>]) -> [u64; 3] {
    let before = rows(model);
    let mut session = session(db, vendor);
    for (sql, result) in steps {
        let statement = session.database().statement(sql);
        match *result {
            Ok(rows) if statement.is_bulk() => {
                // As many as the text says, one for each statement that writes.
                let mut statement = statement;
                for part in sql.split(';') {
                    let writes = part.trim_start().starts_with("INSERT");
                    statement.record_result(&mut session, if writes { rows } else { 0 });
                }
                statement.finish_streamed(&mut session);
            }
            Ok(rows) => statement.finish_in(&mut session, Some(rows)),
            Err(failure) => statement.fail_in(&mut session, failure),
        }
    }
    drop(session);
    let after = rows(model);
    [0, 1, 2].map(|at| after[at] - before[at])
}

#[derive(ModelMetrics)]
#[model(table = "scripted_rows")]
struct ScriptedRow;

const INSERT: Step<'static> = ("INSERT INTO scripted_rows VALUES (1)", Ok(1));

#[test]
#[expect(clippy::too_many_lines, reason = "a table, with a line for each rule")]
fn each_vendor_has_transactions_of_its_own() {
    use Vendor::{Mysql, Postgresql, Sqlite};
    let text = |sql| (sql, Ok(0));
    let unique = || Err(Failure::from(ErrorKind::Unique));
    let no_transaction = Err(Failure::of_sqlite(1).message("cannot commit - no transaction is active"));
    let syntax = Err(Failure::from(Sqlstate::new("42000").expect("a code")).number(1064));
    let exists = Err(Failure::from(Sqlstate::new("42S01").expect("a code")).number(1050));
    let missing = Err(Failure::from(Sqlstate::new("3B001").expect("a code")));
    let cancelled = Err(Failure::from(ErrorKind::Cancelled));
    for (name, vendor, steps, counted, is_uncounted) in [
        // A savepoint begins a transaction, and its release commits it; what comes then is counted at once.
        ("v1", Sqlite, vec![text("SAVEPOINT s"), INSERT, text("RELEASE s"), INSERT], 2, 0),
        (
            "v2",
            Sqlite,
            vec![text("SAVEPOINT s"), INSERT, text("SAVEPOINT t"), text("RELEASE s"), INSERT],
            2,
            0,
        ),
        (
            "v3",
            Sqlite,
            vec![text("SAVEPOINT s"), INSERT, text("ROLLBACK TO s"), INSERT, text("COMMIT")],
            1,
            0,
        ),
        ("v4", Sqlite, vec![text("SAVEPOINT s"), INSERT, text("ROLLBACK"), INSERT], 1, 0),
        // A chained commit begins the next transaction.
        (
            "v5",
            Postgresql,
            vec![text("BEGIN"), INSERT, text("COMMIT AND CHAIN"), INSERT, text("ROLLBACK")],
            1,
            0,
        ),
        (
            "v6",
            Mysql,
            vec![text("BEGIN"), INSERT, text("ROLLBACK AND CHAIN"), INSERT, text("COMMIT"), INSERT],
            2,
            0,
        ),
        // A text that begins a transaction leaves it open.
        (
            "v7",
            Postgresql,
            vec![("BEGIN; INSERT INTO scripted_rows VALUES (1)", Ok(1)), INSERT, text("ROLLBACK")],
            0,
            0,
        ),
        (
            "v8",
            Postgresql,
            vec![("INSERT INTO scripted_rows VALUES (1); BEGIN", Ok(1)), INSERT, text("ROLLBACK")],
            0,
            0,
        ),
        (
            "v9",
            Postgresql,
            vec![(
                "INSERT INTO scripted_rows VALUES (1); COMMIT; INSERT INTO scripted_rows VALUES (1)",
                Ok(1),
            )],
            2,
            0,
        ),
        // DDL commits, and so do others.
        ("v10", Mysql, vec![text("BEGIN"), INSERT, text("CREATE TABLE x1 (a int)"), text("ROLLBACK")], 1, 0),
        (
            "v11",
            Mysql,
            vec![text("BEGIN"), INSERT, text("START TRANSACTION"), INSERT, text("ROLLBACK")],
            1,
            0,
        ),
        (
            "v12",
            Mysql,
            vec![text("BEGIN"), INSERT, text("CREATE TEMPORARY TABLE x (a int)"), text("ROLLBACK")],
            0,
            0,
        ),
        (
            "v13",
            Mysql,
            vec![text("BEGIN"), INSERT, text("LOCK TABLES x WRITE"), text("UNLOCK TABLES"), INSERT],
            2,
            0,
        ),
        ("v14", Mysql, vec![text("BEGIN"), INSERT, text("UNLOCK TABLES"), text("ROLLBACK")], 0, 0),
        // One that fails may have committed before; a text that is none has not.
        (
            "v15",
            Mysql,
            vec![text("BEGIN"), INSERT, ("CREATE TABLE x1 (a int)", exists), text("ROLLBACK")],
            0,
            1,
        ),
        (
            "v16",
            Mysql,
            vec![text("BEGIN"), INSERT, ("CREATE TABLE x1 (a int)", exists), INSERT, text("COMMIT")],
            2,
            0,
        ),
        (
            "v17",
            Mysql,
            vec![text("BEGIN"), INSERT, ("CREATE TABLE x1 a int", syntax), text("ROLLBACK")],
            0,
            0,
        ),
        // Under autocommit a savepoint is nothing.
        ("v18", Mysql, vec![text("SAVEPOINT s"), INSERT], 1, 0),
        // A name again is another savepoint, or the same.
        (
            "v19",
            Mysql,
            vec![
                text("BEGIN"),
                text("SAVEPOINT s"),
                INSERT,
                text("SAVEPOINT s"),
                INSERT,
                text("ROLLBACK TO s"),
                text("COMMIT"),
            ],
            1,
            0,
        ),
        (
            "v20",
            Postgresql,
            vec![
                text("BEGIN"),
                text("SAVEPOINT s"),
                INSERT,
                text("SAVEPOINT s"),
                INSERT,
                text("RELEASE s"),
                text("ROLLBACK TO s"),
                text("COMMIT"),
            ],
            0,
            0,
        ),
        (
            "v21",
            Mysql,
            vec![text("SET autocommit = 0"), INSERT, text("ROLLBACK"), INSERT, text("COMMIT"), INSERT],
            1,
            0,
        ),
        ("v22", Mysql, vec![text("SET autocommit = 0"), INSERT, text("SET autocommit = 1"), INSERT], 2, 0),
        // What fails may roll back, and the end shows whether it did.
        (
            "v23",
            Sqlite,
            vec![
                text("BEGIN"),
                INSERT,
                ("INSERT OR ROLLBACK INTO scripted_rows VALUES (1)", unique()),
                INSERT,
                ("COMMIT", no_transaction),
            ],
            1,
            0,
        ),
        (
            "v24",
            Sqlite,
            vec![text("BEGIN"), INSERT, ("UPDATE x SET a = 1", unique()), INSERT, ("COMMIT", no_transaction)],
            1,
            0,
        ),
        (
            "v25",
            Sqlite,
            vec![text("BEGIN"), INSERT, ("UPDATE x SET a = 1", unique()), INSERT, text("COMMIT")],
            2,
            0,
        ),
        (
            "v26",
            Sqlite,
            vec![
                text("BEGIN"),
                INSERT,
                ("INSERT OR FAIL INTO scripted_rows VALUES (1)", unique()),
                text("COMMIT"),
            ],
            1,
            1,
        ),
        // What is prepared is committed by anybody, and a procedure does anything.
        ("v27", Postgresql, vec![text("BEGIN"), INSERT, text("PREPARE TRANSACTION 'x'"), INSERT], 1, 1),
        ("v28", Mysql, vec![text("BEGIN"), INSERT, text("CALL p()"), text("ROLLBACK")], 0, 2),
        ("v29", Mysql, vec![text("BEGIN"), INSERT, text("COMMIT"), text("DO 1")], 1, 0),
        // A driver may report the error of a statement that was cancelled as that of the next, which it does not send: the
        // transaction goes on.
        ("v30", Mysql, vec![text("BEGIN"), ("COMMIT", unique()), INSERT, text("ROLLBACK")], 0, 1),
        ("v31", Mysql, vec![text("BEGIN"), INSERT, ("COMMIT", unique()), INSERT, text("COMMIT")], 1, 1),
        ("v32", Mysql, vec![text("BEGIN"), ("ROLLBACK", unique()), INSERT, text("ROLLBACK"), INSERT], 1, 1),
        (
            "v33",
            Postgresql,
            vec![
                text("BEGIN"),
                text("SAVEPOINT s"),
                ("COMMIT", unique()),
                text("ROLLBACK TO s"),
                INSERT,
                text("ROLLBACK"),
                INSERT,
            ],
            1,
            0,
        ),
        // A savepoint that nobody knows of is one all the same, and what was written since is not known.
        ("v34", Postgresql, vec![text("BEGIN"), INSERT, text("ROLLBACK TO s"), INSERT, text("COMMIT")], 1, 1),
        // One that is not there aborts the transaction, and its name may differ by its quotes or their case.
        ("v35", Postgresql, vec![text("BEGIN"), INSERT, ("ROLLBACK TO S", missing), text("COMMIT")], 0, 0),
        (
            "v36",
            Postgresql,
            vec![
                text("BEGIN"),
                text("SAVEPOINT s"),
                INSERT,
                ("ROLLBACK TO \"S\"", missing),
                text("COMMIT"),
                INSERT,
            ],
            1,
            0,
        ),
        ("v37", Mysql, vec![text("BEGIN"), INSERT, ("ROLLBACK TO S", missing), text("COMMIT")], 1, 0),
        // One that was cancelled may have been executed.
        (
            "v38",
            Postgresql,
            vec![("BEGIN", cancelled), INSERT, ("ROLLBACK TO s", missing), text("COMMIT")],
            0,
            1,
        ),
        ("v39", Postgresql, vec![text("BEGIN"), ("ROLLBACK", cancelled), INSERT, text("ROLLBACK")], 0, 1),
        (
            "v40",
            Postgresql,
            vec![
                text("BEGIN"),
                text("SAVEPOINT s"),
                INSERT,
                ("SAVEPOINT s", cancelled),
                INSERT,
                text("ROLLBACK TO s"),
                text("COMMIT"),
            ],
            0,
            2,
        ),
        ("v41", Sqlite, vec![("SAVEPOINT s", cancelled), INSERT, text("ROLLBACK")], 0, 1),
        ("v42", Mysql, vec![("SET autocommit = 0", cancelled), INSERT, text("ROLLBACK")], 0, 1),
        ("v43", Mysql, vec![("SET autocommit = 0", cancelled), INSERT, text("COMMIT"), INSERT], 1, 1),
        ("v44", Mysql, vec![text("SET autocommit = @before"), INSERT, text("ROLLBACK")], 0, 1),
        (
            "v45",
            Mysql,
            vec![("SET autocommit = 0", cancelled), text("SET autocommit = 1"), INSERT, text("ROLLBACK")],
            1,
            0,
        ),
    ] {
        assert_eq!(script("scripted_row", name, vendor, &steps), [counted, 0, 0], "{steps:?} on {vendor:?}");
        assert_eq!(all_uncounted(name), is_uncounted, "{steps:?} on {vendor:?}");
    }
}

#[test]
fn what_a_driver_shows_is_the_judge() {
    let mut mysql = session("judged", Vendor::Mysql);
    let exists = Failure::from(Sqlstate::new("42S01").expect("a code")).number(1050);
    for status in [TransactionStatus::Idle, TransactionStatus::Open] {
        let insert = "INSERT INTO judged_rows VALUES (1)";
        run(&mut mysql, "BEGIN", 0);
        run(&mut mysql, insert, 1);
        mysql.database().statement("CREATE TABLE x (a int)").fail_in(&mut mysql, exists);
        mysql.observe_status(status);
        run(&mut mysql, "ROLLBACK", 0);
        let model = rows("judged_row");
        assert_eq!(model, [1, 0, 0], "{status:?}: it had been committed the first time alone");
    }
    assert_eq!(all_uncounted("judged"), 0);
}

#[test]
fn what_is_in_doubt_within_a_savepoint_is_so_before_it() {
    let mut mysql = session("nested_doubt", Vendor::Mysql);
    let exists = Failure::from(Sqlstate::new("42S01").expect("a code")).number(1050);
    mysql.begin();
    run(&mut mysql, "INSERT INTO judged_rows VALUES (1)", 100);
    mysql.savepoint();
    mysql.database().statement("CREATE TABLE x (a int)").fail_in(&mut mysql, exists);
    // The savepoint may be gone, and what was before it committed.
    mysql.rollback();
    mysql.rollback();
    assert_eq!((rows("judged_row")[0] / 100, uncounted("nested_doubt", "transaction")), (0, 1));
    // A connection that is lost, or closed, takes along what is open; and not what was committed before.
    for is_lost in [true, false] {
        mysql.begin();
        run(&mut mysql, "INSERT INTO judged_rows VALUES (1)", 100);
        mysql.database().statement("CREATE TABLE x (a int)").fail_in(&mut mysql, exists);
        if is_lost {
            mysql.database().statement("SELECT 1").fail_in(&mut mysql, ErrorKind::Connection);
        }
    }
    drop(mysql);
    assert_eq!((rows("judged_row")[0] / 100, uncounted("nested_doubt", "transaction")), (0, 3));
}

#[derive(ModelMetrics)]
#[model(table = "judged_rows")]
struct JudgedRow;

#[derive(ModelMetrics)]
#[model(name = "home_row", table = "homely_rows")]
struct HomeRow;

#[derive(ModelMetrics)]
#[model(name = "archived_row", table = "archive.homely_rows")]
struct ArchivedRow;

#[test]
fn schemas_keep_tables_apart() {
    let counts = || (rows("home_row")[0], rows("archived_row")[0]);
    let insert =
        |session: &mut Session, table: &str| run(session, &format!("INSERT INTO {table} VALUES (1)"), 1);
    let mut sqlite = session("schemas_sqlite", Vendor::Sqlite);
    for table in ["homely_rows", "main.homely_rows", "archive.homely_rows", "other.homely_rows"] {
        insert(&mut sqlite, table);
    }
    assert_eq!((counts(), all_uncounted("schemas_sqlite")), ((2, 1), 0));
    let database = Database::builder("schemas_told").vendor(Vendor::Postgresql).schema("archive").build();
    let mut told = Session::new(database.expect("good settings"));
    insert(&mut told, "homely_rows");
    insert(&mut told, "\"archive\".homely_rows");
    insert(&mut told, "public.homely_rows");
    assert_eq!(all_uncounted("schemas_told"), 0);
    assert_eq!(counts().0 + counts().1, 5);
    // Where names without a schema are looked for is a matter of a setting that nobody has told.
    let mut postgresql = session("schemas_postgresql", Vendor::Postgresql);
    insert(&mut postgresql, "public.homely_rows");
    assert_eq!(all_uncounted("schemas_postgresql"), 0);
    insert(&mut postgresql, "elsewhere.homely_rows");
    assert_eq!((counts().0 + counts().1, uncounted("schemas_postgresql", "schema")), (6, 1));
}

#[test]
fn results_belong_to_their_statements() {
    let text = "CALL p(); INSERT INTO resulting_rows VALUES (1); DELETE FROM resulting_rows";
    let mut mysql = session("resulting", Vendor::Mysql);
    let mut statement = mysql.database().statement(text);
    // A procedure has any number of results.
    for rows in [7, 8, 0, 2, 3] {
        statement.record_result(&mut mysql, rows);
    }
    statement.finish_streamed(&mut mysql);
    assert_eq!(rows("resulting_row"), [2, 0, 3]);
    assert_eq!((all_uncounted("resulting"), uncounted("resulting", "unseen")), (1, 1));
    let mut statement = mysql.database().statement(text);
    statement.record_result(&mut mysql, 7);
    statement.fail_in(&mut mysql, ErrorKind::Unique);
    assert_eq!(rows("resulting_row"), [2, 0, 3], "whether the others were executed is not known");
    assert_eq!(uncounted("resulting", "interrupted"), 3);
}

#[derive(ModelMetrics)]
#[model(table = "resulting_rows")]
struct ResultingRow;

#[test]
fn what_is_interrupted_is_not_guessed() {
    let insert = "INSERT INTO interrupted_rows VALUES (1)";
    let mut postgresql = session("interrupted", Vendor::Postgresql);
    // By itself, it may have been executed.
    postgresql.database().statement(insert).cancel_in(&mut postgresql);
    drop(postgresql.database().statement(insert));
    postgresql.database().statement(insert).fail_in(&mut postgresql, ErrorKind::Connection);
    assert_eq!(uncounted("interrupted", "interrupted"), 3);
    // In a transaction, it counts only if that is committed; and it may have aborted the transaction.
    postgresql.begin();
    run(&mut postgresql, insert, 1);
    postgresql.database().statement(insert).cancel_in(&mut postgresql);
    postgresql.rollback();
    assert_eq!((rows("interrupted_row"), all_uncounted("interrupted")), ([0, 0, 0], 3));
    postgresql.begin();
    run(&mut postgresql, insert, 1);
    postgresql.database().statement(insert).cancel_in(&mut postgresql);
    postgresql.commit();
    assert_eq!((rows("interrupted_row"), uncounted("interrupted", "transaction")), ([0, 0, 0], 1));
    // The next statement shows that it goes on.
    postgresql.begin();
    run(&mut postgresql, insert, 1);
    postgresql.database().statement("SELECT 1").cancel_in(&mut postgresql);
    run(&mut postgresql, "SELECT 1", 1);
    postgresql.commit();
    assert_eq!((rows("interrupted_row"), uncounted("interrupted", "transaction")), ([1, 0, 0], 1));
    // A commit that is cut off may have been one.
    run(&mut postgresql, "BEGIN", 0);
    run(&mut postgresql, insert, 1);
    postgresql.database().statement("COMMIT").fail_in(&mut postgresql, ErrorKind::Connection);
    assert_eq!((rows("interrupted_row"), uncounted("interrupted", "transaction")), ([1, 0, 0], 2));
    // A connection that is lost takes its transaction along; one that goes back to a pool may not.
    run(&mut postgresql, "BEGIN", 0);
    run(&mut postgresql, insert, 1);
    postgresql.database().statement(insert).fail_in(&mut postgresql, ErrorKind::Connection);
    assert_eq!(all_uncounted("interrupted"), 6);
    run(&mut postgresql, "BEGIN", 0);
    run(&mut postgresql, insert, 1);
    postgresql.abandon();
    assert_eq!((rows("interrupted_row"), all_uncounted("interrupted")), ([1, 0, 0], 7));
}

#[test]
fn a_commit_that_is_cut_off_may_have_been_none() {
    let insert = "INSERT INTO cut_off_rows VALUES (1)";
    for (db, vendor) in
        [("cut_my", Vendor::Mysql), ("cut_pg", Vendor::Postgresql), ("cut_lite", Vendor::Sqlite)]
    {
        let before = rows("cut_off_row")[0];
        let mut session = session(db, vendor);
        run(&mut session, "BEGIN", 0);
        run(&mut session, insert, 1);
        session.database().statement("COMMIT").cancel_in(&mut session);
        run(&mut session, insert, 10);
        run(&mut session, "SELECT 1", 1);
        assert_eq!((rows("cut_off_row")[0] - before, uncounted(db, "transaction")), (0, 1), "{db}");
        // Either way, it is there then.
        run(&mut session, "COMMIT", 0);
        assert_eq!((rows("cut_off_row")[0] - before, uncounted(db, "transaction")), (10, 1), "{db}");
    }
}

#[derive(ModelMetrics)]
#[model(table = "cut_off_rows")]
struct CutOffRow;

#[derive(ModelMetrics)]
#[model(table = "interrupted_rows")]
struct InterruptedRow;

#[derive(ModelMetrics)]
#[model(table = "marked_rows")]
struct MarkedRow;

/// A write looks through what was written to other tables, and not through what was written before.
#[test]
fn savepoints_that_are_gone_leave_nothing_to_look_through() {
    let mut session = session("marked", Vendor::Mysql);
    session.begin();
    let empty = format!("{session:?}").len();
    for number in 0..1_000_u64 {
        let name = number % 2;
        run(&mut session, &format!("SAVEPOINT s{name}"), 0);
        run(&mut session, "INSERT INTO marked_rows VALUES (1)", 1);
        run(&mut session, "UPDATE marked_rows SET a = 1", 1);
        if number % 3 == 0 {
            run(&mut session, &format!("RELEASE SAVEPOINT s{name}"), 0);
        }
    }
    let full = format!("{session:?}").len();
    assert!(full < empty + 4_000, "{full} bytes after 1,000 savepoints, {empty} before");
    session.commit();
    assert_eq!(rows("marked_row"), [1_000, 1_000, 0]);
}
