//! Customers are let into a shop with its embedded database and cache.

mod fresh;
mod visit;

/// One test in one binary: the numbers of a process are the sum of all that happens in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_agree_with_what_customers_saw() {
    let (played, seen) = visit::visit(&fresh::config("traffic")).await;
    visit::layers_agree(&played, &seen, "sqlite", "moka");
}
