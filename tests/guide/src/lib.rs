//! The programs of `docs/guide`, which have to compile and run: each chapter's are the documentation tests of one item here.
//! `tests/monitoring/guide.py` checks all other blocks.

macro_rules! chapters {
    ($($item:ident $file:literal)*) => {
        $(
            #[cfg(doctest)]
            #[doc = include_str!(concat!("../../../docs/guide/", $file))]
            struct $item;
        )*
        /// The files of the chapters.
        #[cfg(test)]
        const FILES: &[&str] = &[$($file),*];
    };
}

chapters! {
    Introduction "README.md"
    TheBigPicture "01-the-big-picture.md"
    Installation "02-installation.md"
    SettingUp "03-setting-up.md"
    TheEndpoint "04-the-metrics-endpoint.md"
    WhatYouGet "05-what-you-get-for-free.md"
    Databases "06-databases.md"
    Caches "07-caches.md"
    Models "08-models.md"
    TheFourKinds "09-the-four-kinds.md"
    MetricsOfYourOwn "10-metrics-of-your-own.md"
    Labels "11-labels.md"
    SeveralProcesses "12-several-processes.md"
    SecuringTheEndpoint "13-securing-the-endpoint.md"
    ThePrometheusServer "14-the-prometheus-server.md"
    PromQl "15-promql.md"
    Alerts "16-alerts.md"
    Dashboards "17-dashboards.md"
    LabelsOnRequests "18-labels-on-requests.md"
    DockerAndKubernetes "19-docker-and-kubernetes.md"
    Naming "20-naming.md"
    Checklist "21-checklist.md"
    ComingFromDjango "22-coming-from-django.md"
}

/// No chapter is left out.
#[test]
fn every_chapter_is_tested() -> std::io::Result<()> {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        found.push(entry?.file_name().to_string_lossy().into_owned());
    }
    found.sort_unstable();
    let mut listed = FILES.to_vec();
    listed.sort_unstable();
    assert_eq!(found, listed);
    Ok(())
}
