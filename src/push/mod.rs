//! Metrics of jobs that end before anybody scrapes them, sent to a Pushgateway.
