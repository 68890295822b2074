//! Hits, misses and everything else that caches do.
