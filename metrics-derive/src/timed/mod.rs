//! `#[timed]`: calls, outcomes and duration of a function.

mod expand;
mod options;

use syn::Path;

use crate::{
    errors::Errors,
    function::{self, Attribute, Function, Layer, Names},
};
use options::Options;

pub(crate) const ATTRIBUTE: Attribute = Attribute {
    text: "`#[timed]`",
    word: "timed",
    options: |tokens, krate, errors| Box::new(Options::parse(tokens, krate, errors)),
};

impl function::Options for Options {
    fn layer(&self, function: &Function, names: &Names, errors: &mut Errors) -> Layer {
        match &self.metric {
            Some(metric) => expand::own_metric(metric, function, errors),
            None => expand::site(self, function, names, errors),
        }
    }

    fn krate(&self) -> &Path {
        &self.krate
    }
}
