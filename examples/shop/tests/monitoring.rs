//! `examples/shop/monitoring` is what the shop declares, and the doctor has nothing to say against the shop.

use shop::{
    monitoring,
    scrape::{self, Target},
    trial::Trial,
};
use std::error::Error;
use tallymark::registry;
use tallymark_mixin::Doctor;
use tokio::task::spawn_blocking;

/// One test in one binary, since all of it is about what one process has declared and counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn monitoring_is_up_to_date() -> Result<(), Box<dyn Error + Send + Sync>> {
    let shop = Trial::start().await?;
    // With BLESS=1 in the environment it is written. Collectors are asked, of which one waits for the database: not on
    // the runtime.
    spawn_blocking(|| monitoring::mixin().check("monitoring")).await??;
    let declared = spawn_blocking(|| monitoring::mixin().files()).await??;

    // What the shop has done does not change what is written.
    shop.play(1).await?;
    let earlier = spawn_blocking(registry::snapshot).await?;
    shop.play(2).await?;
    let after = spawn_blocking(|| monitoring::mixin().files()).await??;
    for (before, after) in declared.iter().zip(&after) {
        assert_eq!(before.text, after.text, "{}", before.path.display());
    }
    assert_eq!(declared, after);

    let report = spawn_blocking(|| monitoring::doctor(earlier)).await?;
    assert!(report.errors().next().is_none(), "{report}");
    // From outside, the doctor counts what it counts from inside.
    let target: Target = format!("http://{}", shop.metrics_address()).parse()?;
    let scraped = Doctor::of_exposition(&scrape::fetch(&target).await?)?.report();
    assert!(scraped.errors().next().is_none(), "{scraped}");
    let requests = |report: &tallymark_mixin::Report| {
        let mut series = report.series().iter();
        series.find(|series| series.family == "http_requests_total").map(|series| series.now)
    };
    assert!(requests(&scraped).is_some_and(|series| series > 10), "{scraped}");
    assert_eq!(requests(&scraped), requests(&report));
    shop.stop().await?;
    Ok(())
}
