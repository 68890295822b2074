//! Databases under observation: what is counted, whatever happens.

#![allow(dead_code, reason = "models are counted by their tables; nobody makes rows of them here")]

#[path = "../scripts/counts.rs"]
mod counts;
mod health;
mod observer;
mod reader;
mod requests;
mod rows;
