//! Any families that a registry could hold.

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use std::{collections::BTreeMap, time::Duration};
use tallymark_core::{
    Kind, Number,
    exemplar::Exemplar,
    snapshot::{Family, HistogramValue, NativeHistogram, Series, StatesValue, SummaryValue, Value},
};

/// A few families, of names that differ.
#[derive(Debug)]
pub struct Families(pub Vec<Family>);

impl<'a> Arbitrary<'a> for Families {
    fn arbitrary(data: &mut Unstructured<'a>) -> Result<Self> {
        let count = data.int_in_range(0..=4)?;
        (0..count).map(|at| family(data, at)).collect::<Result<_>>().map(Self)
    }
}

fn family(data: &mut Unstructured<'_>, at: usize) -> Result<Family> {
    let kind = *data.choose(&[
        Kind::Counter,
        Kind::Gauge,
        Kind::Histogram,
        Kind::GaugeHistogram,
        Kind::Summary,
        Kind::Info,
        Kind::StateSet,
        Kind::Unknown,
    ])?;
    let suffix = match kind {
        Kind::Counter => "_total",
        Kind::Info => "_info",
        _ => "",
    };
    let unit: Option<String> = data.arbitrary()?;
    // Formats may show only a unit that the name ends in.
    let ends: bool = data.arbitrary()?;
    let end = unit.iter().filter(|_| ends).map(|unit| format!("_{unit}")).collect::<String>();
    let name = format!("m{at}{}{end}{suffix}", data.arbitrary::<&str>()?);
    let help = data.arbitrary()?;
    let series = (0..data.int_in_range(0..=4)?).map(|_| series(data, kind)).collect::<Result<_>>()?;
    Ok(Family { name, help, kind, unit, series })
}

fn series(data: &mut Unstructured<'_>, kind: Kind) -> Result<Series> {
    let labels = (0..data.int_in_range(0..=3)?)
        .map(|at| Ok((format!("l{at}{}", data.arbitrary::<&str>()?), data.arbitrary()?)))
        .collect::<Result<_>>()?;
    let value = match kind {
        Kind::Histogram => {
            let native = native(data)?;
            Value::Histogram(HistogramValue { native, ..histogram(data)? })
        }
        Kind::GaugeHistogram => Value::Histogram(histogram(data)?),
        Kind::Summary => Value::Summary(summary(data)?),
        Kind::StateSet => {
            let states: Vec<_> =
                (0..data.int_in_range(1..=3)?).map(|_| data.arbitrary()).collect::<Result<_>>()?;
            let current = data.choose_index(states.len())?;
            Value::States(StatesValue { states, current })
        }
        _ => Value::Number(number(data)?),
    };
    let mut series = Series::new(labels, value);
    if matches!(kind, Kind::Counter | Kind::Histogram | Kind::GaugeHistogram | Kind::Summary) {
        series.created = data.arbitrary::<Option<u32>>()?.map(|at| Duration::from_millis(at.into()));
    }
    if matches!(kind, Kind::Counter | Kind::Histogram | Kind::GaugeHistogram) {
        // By their times, so that it is clear which is the last.
        let exemplars = data.arbitrary::<BTreeMap<u16, (&str, f64)>>()?;
        series.exemplars = exemplars.into_iter().map(exemplar).collect();
    }
    Ok(series)
}

fn exemplar((at, (id, value)): (u16, (&str, f64))) -> Exemplar {
    let labels = vec![("trace_id".to_owned(), id.chars().take(100).collect())];
    Exemplar { labels, value, at: Duration::from_millis(at.into()) }
}

fn number(data: &mut Unstructured<'_>) -> Result<Number> {
    Ok(match data.int_in_range(0..=2)? {
        0 => Number::U64(data.arbitrary()?),
        1 => Number::I64(data.arbitrary()?),
        _ => Number::F64(data.arbitrary()?),
    })
}

fn histogram(data: &mut Unstructured<'_>) -> Result<HistogramValue> {
    let buckets = data.arbitrary::<BTreeMap<i16, u32>>()?;
    let bounds = buckets.keys().map(|&bound| f64::from(bound) / 8.0).collect();
    let above = data.arbitrary::<u32>()?;
    let counts = buckets.into_values().chain([above]).map(u64::from).collect();
    Ok(HistogramValue { bounds, counts, sum: data.arbitrary()?, native: None })
}

fn native(data: &mut Unstructured<'_>) -> Result<Option<NativeHistogram>> {
    if data.arbitrary()? {
        return Ok(None);
    }
    let side = |data: &mut Unstructured<'_>| -> Result<Vec<(i32, u64)>> {
        let buckets = data.arbitrary::<BTreeMap<i16, u32>>()?;
        Ok(buckets.into_iter().map(|(key, count)| (key.into(), u64::from(count) + 1)).collect())
    };
    Ok(Some(NativeHistogram {
        schema: data.int_in_range(-4..=8)?,
        zero_threshold: f64::from(data.arbitrary::<u8>()?) / 16.0,
        zero_count: data.arbitrary::<u32>()?.into(),
        positive: side(data)?,
        negative: side(data)?,
    }))
}

fn summary(data: &mut Unstructured<'_>) -> Result<SummaryValue> {
    let quantiles = data.arbitrary::<BTreeMap<u8, f64>>()?;
    let quantiles = quantiles.into_iter().map(|(at, value)| (f64::from(at) / 255.0, value)).collect();
    Ok(SummaryValue { count: data.arbitrary()?, sum: data.arbitrary()?, quantiles })
}
