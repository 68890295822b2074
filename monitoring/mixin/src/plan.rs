//! The input of the writers of files, which `Mixin` makes.

use crate::Endpoint;
use tallymark_panels::{Alert, Catalogue, Monitoring, Recording};

/// The input of the writers of files.
pub(crate) struct Plan {
    /// The name of the service, which its job, containers and files have.
    pub(crate) name: String,
    pub(crate) endpoint: Endpoint,
    pub(crate) http_port: u16,
    /// The Cargo package that has the program.
    pub(crate) package: String,
    pub(crate) catalogue: Catalogue,
    pub(crate) monitoring: Monitoring,
    /// All alerts, including those of objectives.
    pub(crate) alerts: Vec<Alert>,
    /// All recording rules, including those of objectives.
    pub(crate) recordings: Vec<Recording>,
}
