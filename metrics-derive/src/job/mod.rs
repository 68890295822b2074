//! `#[job]`: runs, outcomes, durations and moments of a function that runs by a schedule.

mod expand;
mod options;

use syn::Path;

use crate::{
    errors::Errors,
    function::{self, Attribute, Function, Layer, Names},
};
use options::Options;

pub(crate) const ATTRIBUTE: Attribute = Attribute {
    text: "`#[job]`",
    word: "job",
    options: |tokens, krate, errors| Box::new(Options::parse(tokens, krate, errors)),
};

impl function::Options for Options {
    fn layer(&self, function: &Function, names: &Names, errors: &mut Errors) -> Layer {
        expand::site(self, function, names, errors)
    }

    fn krate(&self) -> &Path {
        &self.krate
    }
}
