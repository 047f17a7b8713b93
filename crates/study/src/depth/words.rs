//! The rows in words.

use super::cell::{DepthRow, Training};
use super::settings::NormalizedBy;

/// A number in few characters.
fn short(v: f64) -> String {
    match v.abs() {
        _ if !v.is_finite() => "–".into(),
        0.0 => "0".into(),
        s if (0.01..1000.0).contains(&s) => format!("{v:.3}"),
        _ => format!("{v:.1e}"),
    }
}

fn optional(v: Option<f64>) -> String {
    v.map_or("–".into(), short)
}

/// Layers whose signal is in the table: the first and the last. The charts, and `--json`, have those between; with them here the table would be cut.
fn shown(depth: usize) -> Vec<usize> {
    let mut shown = vec![1, depth];
    shown.dedup();
    shown
}

fn clip(t: &Training) -> String {
    t.clip_norm.map_or("none".into(), |c| c.to_string())
}

/// Headers and rows: one for each training, or for each network where nothing is trained.
pub fn depth_table(rows: &[DepthRow]) -> (Vec<String>, Vec<Vec<String>>) {
    let depth = rows.iter().map(|row| row.signal.len()).max().unwrap_or(0);
    let normed = rows.iter().any(|row| row.normalization != NormalizedBy::None);
    let clipped = rows.iter().flat_map(|row| &row.trainings).any(|t| t.clip_norm.is_some());
    let trained = rows.iter().any(|row| !row.trainings.is_empty());
    let mut headers = vec!["activation".to_string(), "init".into()];
    headers.extend(normed.then(|| "norm".into()));
    headers.extend(shown(depth).iter().map(|l| format!("RMS {l}")));
    headers.extend(["theory", "grad 1st/last", "theory", "dead", "off"].map(String::from));
    headers.extend(clipped.then(|| "clip".into()));
    if trained {
        headers.extend(["loss", "after", "accuracy", "dead after"].map(String::from));
    }
    let line = |row: &DepthRow, training: Option<&Training>| {
        let mut cells = vec![row.activation.clone(), row.init.clone()];
        cells.extend(normed.then(|| row.normalization.to_string()));
        cells.extend(shown(depth).iter().map(|l| optional(row.signal.get(l - 1).copied())));
        cells.push(optional(row.predicted_signal.as_ref().and_then(|s| s.last().copied())));
        let (measured, theory) = row.ratios();
        cells.extend([optional(measured), optional(theory)]);
        cells.push(row.units.map_or("–".into(), |u| u.dead.to_string()));
        cells.push(row.units.map_or("–".into(), |u| format!("{:.0} %", 100.0 * u.off)));
        if let Some(t) = training {
            cells.extend(clipped.then(|| clip(t)));
            cells.extend([optional(t.loss_before), optional(t.loss_after)]);
            cells.push(t.accuracy.map_or("diverged".into(), |a| format!("{:.1} %", 100.0 * a)));
            cells.push(t.units.map_or("–".into(), |u| u.dead.to_string()));
        }
        cells
    };
    let mut lines = Vec::new();
    for row in rows {
        lines.extend(row.trainings.iter().map(|t| line(row, Some(t))));
        if row.trainings.is_empty() {
            lines.push(line(row, None));
        }
    }
    (headers, lines)
}

/// Beyond these factors, from one end of the net to the other, a gradient is said to vanish or to explode.
const VANISHED: f64 = 1e-3;
const EXPLODED: f64 = 1e3;

/// What can be read off the rows: where gradients vanish or explode, where theory is off, where clipping or a normalisation made the difference, and what could not be made.
pub fn depth_findings(rows: &[DepthRow]) -> Vec<String> {
    let mut found = Vec::new();
    for row in rows {
        let norm = match row.normalization {
            NormalizedBy::None => String::new(),
            n => format!(" with {n}"),
        };
        let name = format!("{}, {}{norm}", row.activation, row.init);
        if let Some(why) = &row.refused {
            found.push(format!("{name}: {why}"));
            continue;
        }
        let (measured, theory) = row.ratios();
        let told = theory.map_or(String::new(), |t| format!(" (theory: {})", short(t)));
        match measured {
            Some(r) if r < VANISHED => found.push(format!(
                "{name}: the gradient vanishes: at the first hidden layer it is {} of that at the last{told}",
                short(r)
            )),
            Some(r) if r > EXPLODED => found.push(format!(
                "{name}: the gradient explodes: at the first hidden layer it is {} times that at the last{told}",
                short(r)
            )),
            None if !row.gradient.is_empty() => {
                found.push(format!("{name}: no gradient reaches the first hidden layer{told}"));
            }
            _ => {}
        }
        if let (Some(m), Some(t)) = (measured, theory)
            && m > 0.0
            && t > 0.0
            && (m / t).ln().abs() > 2f64.ln()
        {
            found.push(format!(
                "{name}: theory is off by a factor of {} at the first hidden layer's gradient: the width is finite, and lengths that theory does not hold in place drift",
                short((m / t).max(t / m))
            ));
        }
        found.extend(row.trainings.iter().filter_map(|t| ended(&name, t)));
    }
    found
}

fn ended(name: &str, t: &Training) -> Option<String> {
    let trouble = t.trouble.as_ref()?;
    Some(format!("{name}, gradient clipped at {}: the training broke: {trouble}", clip(t)))
}
