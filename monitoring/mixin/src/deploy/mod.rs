//! Files for deployment.

mod compose;
mod image;
mod jsonnet;
mod kubernetes;
mod nginx;

use crate::{GeneratedFile, plan::Plan};

pub(crate) fn files(plan: &Plan) -> Vec<GeneratedFile> {
    let mut files = vec![compose::file(plan), image::file(plan), jsonnet::file(plan), nginx::file(plan)];
    files.extend(kubernetes::files(plan));
    files
}
