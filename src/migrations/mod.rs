//! Applied and pending migrations of databases.
