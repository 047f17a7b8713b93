//! What an IDX file holds.

use super::Seen;
use crate::cli::Outcome;
use crate::cli::io::table::{facts, grouped};
use serde_json::json;
use sparring::datasets::idx::{IdxValues, Limits, read};
use std::path::Path;

/// Range and mean of the numbers that are finite, and how many are not.
struct Spread {
    min: f64,
    max: f64,
    mean: f64,
    non_finite: usize,
}

fn spread(values: impl Iterator<Item = f64>) -> Spread {
    let (mut min, mut max, mut sum, mut n, mut non_finite) =
        (f64::INFINITY, f64::NEG_INFINITY, 0.0, 0usize, 0);
    for v in values {
        if v.is_finite() {
            (min, max, sum, n) = (min.min(v), max.max(v), sum + v, n + 1);
        } else {
            non_finite += 1;
        }
    }
    Spread { min, max, mean: sum / n as f64, non_finite }
}

fn of(values: &IdxValues) -> (&'static str, Spread) {
    match values {
        IdxValues::U8(v) => ("u8", spread(v.iter().map(|&x| x.into()))),
        IdxValues::I8(v) => ("i8", spread(v.iter().map(|&x| x.into()))),
        IdxValues::I16(v) => ("i16", spread(v.iter().map(|&x| x.into()))),
        IdxValues::I32(v) => ("i32", spread(v.iter().map(|&x| x.into()))),
        IdxValues::F32(v) => ("f32", spread(v.iter().map(|&x| x.into()))),
        IdxValues::F64(v) => ("f64", spread(v.iter().copied())),
    }
}

pub(super) fn look(path: &Path) -> Outcome<Seen> {
    let idx = read(path, &Limits::default())?;
    let (dtype, s) = of(idx.values());
    let shape = idx.shape().iter().map(usize::to_string).collect::<Vec<_>>().join(" x ");
    let pair = |name: &str, value: String| (name.to_string(), value);
    let mut pairs = vec![
        pair("file", path.display().to_string()),
        pair("kind", "IDX, whole".into()),
        pair("dtype", dtype.into()),
        pair("shape", format!("{shape} = {} numbers", grouped(idx.values().len()))),
    ];
    if s.min <= s.max {
        pairs.push(pair("range", format!("{} to {}, mean {:.4}", s.min, s.max, s.mean)));
    }
    if s.non_finite > 0 {
        pairs.push(pair("not finite", grouped(s.non_finite)));
    }
    let finite = |v: f64| v.is_finite().then_some(v);
    let object = json!({
        "kind": "idx", "file": path, "dtype": dtype, "shape": idx.shape(), "min": finite(s.min), "max": finite(s.max),
        "mean": finite(s.mean), "non_finite": s.non_finite,
    });
    Ok(Seen { text: facts(&pairs), object })
}
