//! Nothing. The cases are in `tests/ui`, and what they are about is the crate `tallymark`.
