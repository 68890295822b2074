//! Rows of models: models, statements and savepoints of a transaction, statements of a request.

use tallymark::{place, registry};
use tallymark_core::__private_v4::{Element, ModelMeta, ModelSite};
use tallymark_db::{Database, RequestScope, Session};

use super::declared::register;
use crate::{
    meter::Meter,
    subject::{Subject, leak, shuffled},
};

pub const SUBJECTS: [Subject; 9] = [
    Subject::new("models", "models", models),
    Subject::new("statements", "statements of a transaction", statements),
    Subject::new("tables", "tables that a transaction writes to", tables),
    Subject::new("savepoints", "savepoints, each released before the next", savepoints),
    Subject::new("nested", "savepoints within one another", nested),
    Subject::new("nested, outermost", "savepoints within one another, ended by the outermost", outermost)
        .least(1_600),
    Subject::new("undone", "savepoints, each rolled back to and kept", undone),
    Subject::new("in doubt", "statements that may have ended the transaction", in_doubt),
    Subject::new("tally", "different statements of a request", tally),
];

fn models_of(n: usize) {
    let element = |at: usize| {
        let (name, table) = (leak(format!("model_{at}")), leak(format!("table_{at}")));
        let meta = ModelMeta { name, table, on_statement: false, place: place!() };
        Element::Model(Box::leak(Box::new(ModelSite::new(meta))))
    };
    register(shuffled(n).map(element).collect());
}

fn session() -> Session {
    Session::new(Database::builder("grown").build().expect("good settings"))
}

fn write(session: &mut Session, text: &str) {
    session.database().statement(text).finish_in(session, Some(1));
}

fn inserts(n: usize) -> Vec<String> {
    shuffled(n).map(|at| format!("INSERT INTO table_{at} VALUES (1)")).collect()
}

fn inserted() -> f64 {
    registry::snapshot().total("model_inserts_total").unwrap_or(0.0)
}

fn models(meter: &mut Meter, n: usize) {
    models_of(n);
    let (mut session, texts) = (session(), inserts(n));
    meter.part("first statement", || write(&mut session, &texts[0]));
    meter.part("a statement for each", || texts.iter().for_each(|text| write(&mut session, text)));
    assert_eq!(inserted() as usize, n + 1);
}

fn statements(meter: &mut Meter, n: usize) {
    models_of(1);
    let mut session = session();
    session.begin();
    meter.part("statements", || (0..n).for_each(|_| write(&mut session, "INSERT INTO table_0 VALUES (1)")));
    meter.part("commit", || session.commit());
    assert_eq!(inserted() as usize, n);
}

fn tables(meter: &mut Meter, n: usize) {
    models_of(n);
    let (mut session, texts) = (session(), inserts(n));
    session.begin();
    meter.part("a statement for each", || texts.iter().for_each(|text| write(&mut session, text)));
    meter.part("another for each", || texts.iter().for_each(|text| write(&mut session, text)));
    meter.part("commit", || session.commit());
    assert_eq!(inserted() as usize, 2 * n);
}

fn savepoints(meter: &mut Meter, n: usize) {
    models_of(2);
    let mut session = session();
    session.begin();
    meter.part("savepoint, write, release", || {
        for at in 0..n {
            write(&mut session, "SAVEPOINT s");
            write(
                &mut session,
                if at % 2 == 0 { "INSERT INTO table_0 VALUES (1)" } else { "DELETE FROM table_1" },
            );
            write(&mut session, "RELEASE SAVEPOINT s");
        }
    });
    meter.part("writes after", || (0..n).for_each(|_| write(&mut session, "INSERT INTO table_0 VALUES (1)")));
    meter.part("commit", || session.commit());
    assert_eq!(inserted() as usize, n + n.div_ceil(2));
}

fn open_nested(meter: &mut Meter, session: &mut Session, n: usize) {
    session.begin();
    meter.part("set, with a write in each", || {
        for at in 0..n {
            write(session, &format!("SAVEPOINT s{at}"));
            write(session, "INSERT INTO table_0 VALUES (1)");
        }
    });
}

fn nested(meter: &mut Meter, n: usize) {
    models_of(1);
    let mut session = session();
    open_nested(meter, &mut session, n);
    meter.part("released, the last first", || {
        (0..n).rev().for_each(|at| write(&mut session, &format!("RELEASE SAVEPOINT s{at}")));
    });
    meter.part("commit", || session.commit());
    assert_eq!(inserted() as usize, n);
}

fn outermost(meter: &mut Meter, n: usize) {
    models_of(1);
    let mut session = session();
    open_nested(meter, &mut session, n);
    // Each is looked for among all, and is the one that was set first.
    meter.part("rolled back to the first", || write(&mut session, "ROLLBACK TO SAVEPOINT s0"));
    open_nested_again(meter, &mut session, n);
    meter.part("released with the first", || write(&mut session, "RELEASE SAVEPOINT s0"));
    meter.part("commit", || session.commit());
    assert_eq!(inserted() as usize, n - 1);
}

fn open_nested_again(meter: &mut Meter, session: &mut Session, n: usize) {
    meter.part("set again", || {
        for at in 1..n {
            write(session, &format!("SAVEPOINT s{at}"));
            write(session, "INSERT INTO table_0 VALUES (1)");
        }
    });
}

fn undone(meter: &mut Meter, n: usize) {
    models_of(1);
    let mut session = session();
    session.begin();
    write(&mut session, "SAVEPOINT first");
    meter.part("write, roll back", || {
        for _ in 0..n {
            write(&mut session, "SAVEPOINT s");
            write(&mut session, "INSERT INTO table_0 VALUES (1)");
            write(&mut session, "ROLLBACK TO SAVEPOINT s");
        }
    });
    // The name that was set first is behind all others.
    meter.part("roll back to the first", || write(&mut session, "ROLLBACK TO SAVEPOINT first"));
    meter.part("commit", || session.commit());
    assert_eq!(inserted() as usize, 0);
}

fn in_doubt(meter: &mut Meter, n: usize) {
    models_of(2);
    let mut session = session();
    session.begin();
    meter.part("write, call", || {
        for at in 0..n {
            write(
                &mut session,
                if at % 2 == 0 { "INSERT INTO table_0 VALUES (1)" } else { "DELETE FROM table_1" },
            );
            write(&mut session, "CALL procedure_of_theirs()");
        }
    });
    meter.part("commit", || session.commit());
}

fn tally(meter: &mut Meter, n: usize) {
    let database = Database::builder("grown").n_plus_one(2).build().expect("good settings");
    let texts: Vec<String> = shuffled(n).map(|at| format!("SELECT c{at} FROM t WHERE id = 7")).collect();
    let mut scope = RequestScope::new();
    let _entered = scope.enter();
    meter.part("statements", || texts.iter().for_each(|text| database.statement(text).finish(None)));
}
