//! What a user, or a stranger, can make long.

mod bridged;
mod clients;
mod collectors;
mod commands;
mod declared;
mod names;
mod requests;
mod rows;
mod running;
mod series;
mod text;
mod waiting;

use crate::subject::Subject;

/// All of them, in the order of the table.
pub fn all() -> Vec<Subject> {
    let mut all = Vec::new();
    all.extend(declared::SUBJECTS);
    all.extend(running::SUBJECTS);
    all.extend(bridged::SUBJECTS);
    all.extend(names::SUBJECTS);
    all.extend(collectors::SUBJECTS);
    all.extend(series::SUBJECTS);
    all.extend(rows::SUBJECTS);
    all.extend(text::SUBJECTS);
    all.extend(requests::SUBJECTS);
    all.extend(commands::SUBJECTS);
    all.extend(clients::SUBJECTS);
    all.extend(waiting::SUBJECTS);
    all
}
