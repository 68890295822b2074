//! Models' rows under the names of django-prometheus.

use tallymark_core::{
    __private_v4::ModelRows,
    place,
    registry::{Declaration, DeclareError},
};

/// Shows rows of models in the families of django-prometheus, and no longer in those of this crate.
pub(super) fn declare(namespace: Option<&str>) -> Result<(), DeclareError> {
    for (name, help, rows) in [
        ("django_model_inserts_total", "Number of insert operations by model.", ModelRows::inserted()),
        ("django_model_updates_total", "Number of update operations by model.", ModelRows::updated()),
        ("django_model_deletes_total", "Number of delete operations by model.", ModelRows::deleted()),
    ] {
        Declaration::new(name, help, place!()).allow_any_name().namespace(namespace).declare(|| rows)?;
    }
    ModelRows::hide_standard();
    Ok(())
}
