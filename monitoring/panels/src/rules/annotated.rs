//! Alerts and objectives that annotations have.

use crate::{Alert, AnnotationFault, Catalogue, Monitoring, Objective, Query, QueryError, Selector, Window};
use std::sync::Arc;
use tallymark_core::{
    Kind,
    registry::{AlertDescriptor, FamilyDescriptor},
};
use tallymark_rules::{Aggregation, Condition, Function};

/// Returns the alerts and objectives of annotations that cannot be written as queries.
pub(crate) fn faults(catalogue: &Catalogue) -> Vec<AnnotationFault> {
    let mut monitoring = Monitoring::default();
    add(catalogue, &mut monitoring);
    monitoring.faults
}

/// Adds the alerts and objectives of all families. What cannot be written as a query is noted as a fault.
pub(super) fn add(catalogue: &Catalogue, monitoring: &mut Monitoring) {
    for family in catalogue.families() {
        let fault = |what: String, source| AnnotationFault {
            what,
            family: family.name.clone(),
            place: family.place,
            source,
        };
        for annotated in &family.alerts {
            match alert(family, annotated) {
                Ok(alert) => monitoring.alerts.push(alert),
                Err(source) => monitoring.faults.push(fault(format!("alert `{}`", annotated.name), source)),
            }
        }
        for declared in &family.objectives {
            match Objective::declared(catalogue, declared) {
                Ok(objective) => monitoring.objectives.push(objective),
                Err(source) => {
                    monitoring.faults.push(fault(format!("objective `{}`", declared.name), source));
                }
            }
        }
    }
}

fn alert(family: &Arc<FamilyDescriptor>, annotated: &AlertDescriptor) -> Result<Alert, QueryError> {
    let summary = if annotated.summary.is_empty() {
        format!("{}: {}", family.name, annotated.when)
    } else {
        annotated.summary.clone()
    };
    let description = if annotated.description.is_empty() {
        format!("{} The value is {{{{ $value | humanize }}}}.", family.help)
    } else {
        annotated.description.clone()
    };
    let mut alert = Alert::new(annotated.name.as_str(), condition(family, &annotated.condition)?, summary);
    alert.hold = annotated.hold;
    alert.severity = annotated.severity;
    Ok(alert.describe(description))
}

fn condition(family: &Arc<FamilyDescriptor>, condition: &Condition<'static>) -> Result<Query, QueryError> {
    // A macro does not see the kind behind a type alias, so grouping and unit of such a condition are checked here.
    condition
        .check(family.kind, family.unit.as_deref())
        .map_err(|fault| QueryError::Condition { family: family.name.clone(), fault })?;
    let all = Selector::new(family);
    let mut selected = all.clone();
    for matcher in &condition.matchers {
        selected = selected.matched(matcher.label, matcher.operator, matcher.value)?;
    }
    let (by, window) = (condition.by.as_slice(), condition.window.map_or(Window::Panel, Window::Of));
    let is_gauge = matches!(family.kind, Kind::Gauge | Kind::Unknown);
    let query = match condition.function {
        Function::Rate => together(selected.rate(window)?, condition)?,
        Function::Increase => together(selected.increase(window)?, condition)?,
        Function::Ratio => selected.rate(window)?.sum_by(by)?.part_of(all.rate(window)?.sum_by(by)?)?,
        Function::Mean if !is_gauge => selected.mean(window, by)?,
        Function::Quantile(quantile) => selected.quantile(quantile, window, by)?,
        Function::Mean => each(selected.mean_over(window)?, condition)?,
        Function::Max => each(selected.max_over(window)?, condition)?,
        _ => each(selected.value()?, condition)?,
    };
    Ok(query.compared(condition.comparison, condition.threshold.value))
}

/// Returns each series for itself, unless the condition puts them together.
fn each(query: Query, condition: &Condition<'_>) -> Result<Query, QueryError> {
    if condition.by.is_empty() && condition.aggregation.is_none() {
        Ok(query)
    } else {
        together(query, condition)
    }
}

/// Returns one series for each set of values of the labels of the condition.
fn together(query: Query, condition: &Condition<'_>) -> Result<Query, QueryError> {
    match condition.aggregation {
        Some(Aggregation::Max) => query.max_by(&condition.by),
        Some(Aggregation::Min) => query.min_by(&condition.by),
        _ => query.sum_by(&condition.by),
    }
}
