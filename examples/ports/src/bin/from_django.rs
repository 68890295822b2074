//! A service that was a Django project with `django-prometheus`.
//!
//! ```python
//! INSTALLED_APPS = [..., "django_prometheus"]
//! MIDDLEWARE = ["django_prometheus.middleware.PrometheusBeforeMiddleware", ...,
//!               "django_prometheus.middleware.PrometheusAfterMiddleware"]
//! DATABASES = {"default": {"ENGINE": "django_prometheus.db.backends.sqlite3", ...}}
//! urlpatterns = [path("", include("django_prometheus.urls")), path("orders", orders)]
//!
//! class Order(ExportModelOperationsMixin("order"), models.Model): ...
//! ```
//!
//! The names are those of django-prometheus, so that its dashboards and alerts go on working.

use axum::{Router, extract::State, routing::get};
use sqlx::{SqlitePool, sqlite::SqlitePoolOptions};
use tallymark::{ModelMetrics, Naming};
use tallymark_axum::Install;
use tallymark_sqlx::{CountConnections, Database, Instrumented};

#[derive(ModelMetrics)]
#[model(name = "order", table = "orders")]
#[allow(dead_code, reason = "rows are read by their columns here")]
struct Order {
    id: i64,
}

async fn orders(State(pool): State<Instrumented<SqlitePool>>) -> String {
    let count: Result<i64, _> = sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(&pool).await;
    count.map_or_else(|error| error.to_string(), |count| count.to_string())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::builder("default").naming(Naming::Django).build()?;
    let options = SqlitePoolOptions::new().max_connections(1).count_connections(database);
    let pool = Instrumented::new(options.connect("sqlite::memory:").await?, database);
    sqlx::query("CREATE TABLE orders (id INTEGER PRIMARY KEY)").execute(&pool).await?;
    sqlx::query("INSERT INTO orders DEFAULT VALUES").execute(&pool).await?;

    let routes: Router = Router::new().route("/orders", get(orders)).with_state(pool);
    let http = tallymark_axum::builder().naming(Naming::Django).build()?;
    let app = Install::new(http).around(routes, |routes| routes);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/metrics", listener.local_addr()?);
    // A service goes on: `axum::serve(listener, app).await?`.
    drop(app);
    Ok(())
}
