//! How much and how long.

use std::time::Duration;

use super::Builder;

/// Longer than any timeout makes sense, and short enough to be added to any instant.
const LONGEST: Duration = Duration::from_hours(365 * 24);

impl Builder {
    /// How long a client may take to send the head of a request, and how long a connection may be idle between two
    /// requests; 75 seconds if not set, so that a scraper that comes once a minute keeps its connection.
    ///
    /// On an endpoint that strangers can reach, a few seconds are better: a connection that says nothing takes the room of
    /// one that does.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = timeout.min(LONGEST);
        self
    }

    /// How long a client may read nothing of a response before its connection is closed; 30 seconds if not set.
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.write_timeout = timeout.min(LONGEST);
        self
    }

    /// How long an answer may take from the head of the request to its last byte, however much of it the client has read;
    /// as long as it takes if not set.
    ///
    /// A scrape that is not begun by then is answered with 503 and `Retry-After`; one that is under way ends with its
    /// connection, which a client notices as an incomplete response.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = Some(timeout.min(LONGEST));
        self
    }

    /// How long requests under way may take when the endpoint is stopped; 5 seconds if not set.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace.min(LONGEST);
        self
    }

    /// How many scrapes may be under way at once; as many as there are connections if not set, and one at the least.
    /// Further ones are answered with 503 and `Retry-After`.
    ///
    /// A scrape is under way until its last byte is handed over, or its client is gone.
    pub fn max_scrapes(mut self, most: usize) -> Self {
        self.max_scrapes = Some(most.max(1));
        self
    }

    /// How many connections there may be at once; 512 if not set, and one at the least. Further ones wait until one of
    /// them ends, so that scrapers never take all file descriptors of the application.
    pub fn max_connections(mut self, most: usize) -> Self {
        self.max_connections = most.max(1);
        self
    }
}
