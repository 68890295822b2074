//! One family: from a key to its signature.

use std::sync::{Arc, PoisonError, RwLock};

use metrics::Key;
use tallymark_core::{Counter, Gauge, Histogram, Labellable, Varied};

use crate::{
    rejected::Reason,
    signature::{MOST_LABELS, Signature, present},
};

/// Signatures that are remembered for one family. Those beyond are worked out each time.
const MOST_SIGNATURES: usize = 256;

/// A family of the kind with which its name came first.
pub(crate) enum Family {
    Counter(Of<Counter>),
    Gauge(Of<Gauge>),
    Histogram(Of<Histogram>),
    /// Refused: what is counted under the name is rejected.
    Refused(Reason),
}

/// A family of one kind.
pub(crate) struct Of<M: 'static> {
    pub(crate) varied: &'static Varied<M>,
    signatures: RwLock<Vec<Arc<Signature<M>>>>,
}

impl<M: Labellable + Send + 'static> Of<M> {
    pub(crate) fn new(varied: &'static Varied<M>) -> Self {
        Self { varied, signatures: RwLock::new(Vec::new()) }
    }

    /// Returns the signature of a key.
    pub(crate) fn signature(&self, key: &Key) -> Result<Arc<Signature<M>>, Reason> {
        if present(key).count() > MOST_LABELS {
            return Err(Reason::Labels);
        }
        let known = |known: &[Arc<Signature<M>>]| known.iter().find(|known| known.is_of(key)).cloned();
        if let Some(known) = known(&self.signatures.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(known);
        }
        let signature = Signature::new(key, self.varied)?;
        let mut signatures = self.signatures.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known(&signatures) {
            return Ok(known);
        }
        if signatures.len() < MOST_SIGNATURES {
            signatures.push(Arc::clone(&signature));
        }
        Ok(signature)
    }
}
