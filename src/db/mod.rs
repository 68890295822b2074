//! Statements, connections and pools of databases.
