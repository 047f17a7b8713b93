//! The codes of test images in a plane, by class.

use crate::StudyError;
use sparring_metrics::Pca;
use sparring_report::svg::{Axis, Chart, PointGroup, ScatterChart, Units};

/// Codes `[n, k]` along their two principal axes; a code of one number along it and 0.
pub(super) fn plane(
    codes: &[f32],
    k: usize,
    labels: &[usize],
    names: impl Fn(usize) -> String,
    classes: usize,
) -> Result<Chart, StudyError> {
    let pca = Pca::fit(codes, k, k.min(2)).map_err(StudyError::codes)?;
    // Codes that are all the same have no axis.
    let axes = pca.k();
    let found = if axes == 0 { Vec::new() } else { pca.project(codes) };
    let at = |i: usize, j: usize| if j < axes { f64::from(found[i * axes + j]) } else { 0.0 };
    let total: f64 = pca.variances().iter().sum();
    let share = |j: usize| match pca.variances().get(j) {
        Some(v) if total > 0.0 => format!(", {:.0} % of the variance", 100.0 * v / total),
        _ => String::new(),
    };
    let group = |class: usize| PointGroup {
        name: names(class),
        points: (0..labels.len()).filter(|&i| labels[i] == class).map(|i| (at(i, 0), at(i, 1))).collect(),
        slot: Some(class),
    };
    let axis = |j: usize, name: &str| Axis {
        label: format!("{name} principal axis{}", share(j)),
        ..Axis::default()
    };
    Ok(Chart::Scatter(ScatterChart {
        title: "Codes of test images".into(),
        description: "along the two directions in which they vary most, by class".into(),
        x: axis(0, "first"),
        y: axis(1, "second"),
        units: Units::Equal,
        groups: (0..classes).map(group).filter(|g| !g.points.is_empty()).collect(),
    }))
}
