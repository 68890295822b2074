//! Under which names.

use tallymark::registry::{self, Format};
use tallymark_db::{
    BuildError, Naming,
    migrations::{MigrationSource, MigrationStatus, Migrations, SourceError},
};

struct Fixed;

impl MigrationSource for Fixed {
    async fn status(&mut self) -> Result<MigrationStatus, SourceError> {
        Ok(MigrationStatus::new(5, 2))
    }
}

#[tokio::test]
async fn the_names_of_django_prometheus() {
    let migrations =
        Migrations::builder("names_default").naming(Naming::Django).build(Fixed).expect("exact names");
    migrations.refresh().await.expect("an answer");
    let text = tallymark::encode_to_string(Format::Text004);
    for line in [
        "# HELP django_migrations_applied_total Count of applied migrations by database connection",
        "# TYPE django_migrations_applied_total gauge",
        "django_migrations_applied_total{connection=\"names_default\"} 5",
        "# HELP django_migrations_unapplied_total Count of unapplied migrations by database connection",
        "# TYPE django_migrations_unapplied_total gauge",
        "django_migrations_unapplied_total{connection=\"names_default\"} 2",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
    }
    assert!(!text.contains("db_migrations_applied{db=\"names_default\"}"));
}

#[tokio::test]
async fn a_namespace_goes_before_the_names() {
    let migrations =
        Migrations::builder("names_spaced").namespace("hyperdjango").build(Fixed).expect("good names");
    migrations.refresh().await.expect("an answer");
    let snapshot = registry::snapshot();
    let db = [("db", "names_spaced")];
    assert_eq!(snapshot.value("hyperdjango_db_migrations_applied", &db), Some(5.0));
    assert_eq!(snapshot.value("hyperdjango_db_migrations_pending", &db), Some(2.0));
    assert_eq!(snapshot.value("hyperdjango_db_migrations_refresh_errors_total", &db), Some(0.0));
}

#[test]
fn a_namespace_that_no_name_can_have_is_an_error() {
    let built = Migrations::builder("names_wrong").namespace("not a name").build(Fixed);
    assert!(matches!(built, Err(BuildError::Declare(_))));
}
