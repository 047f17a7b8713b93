//! The study for spreadsheets.

use super::numbers::{AUTOATTACK, CLEAN, CURVE_MEAN, DEAD, GAP, NOISE};
use super::study::{ActivationRow, ActivationStudy};
use crate::table::field;

impl ActivationStudy {
    /// One line a net: `cell`, `activation`, `defense`, `seed`, `state`, `clean`, `noise`, the attacks, `autoattack`, `gap`, `curve_mean`, `dead`, `curvature`,
    /// `gradient_start` and `gradient_end` (that of the first layer over that of the last), `masked`. A figure that there is not is empty.
    pub fn csv(&self) -> String {
        let figures = [CLEAN, NOISE].into_iter().chain(self.attacks());
        let figures: Vec<&str> = figures.chain([AUTOATTACK, GAP, CURVE_MEAN, DEAD]).collect();
        let header = ["cell", "activation", "defense", "seed", "state"].into_iter().chain(figures.clone());
        let header = header.chain(["curvature", "gradient_start", "gradient_end", "masked"]);
        let mut lines = vec![header.map(field).collect::<Vec<_>>().join(",")];
        let shown = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
        for row in &self.rows {
            let seed = row.seed.to_string();
            let first = [&row.cell, &row.activation, &row.defense, &seed].map(String::clone);
            let state = [row.state.word().to_string()];
            let own = figures.iter().map(|name| shown(row.numbers.get(*name).copied()));
            let [start, end] = row.gradient_ratios();
            let net = row.result.as_ref().and_then(|result| result.net.as_ref());
            let last = [
                shown(net.and_then(|net| net.curvature)),
                shown(start),
                shown(end),
                row.masked().unwrap_or_default(),
            ];
            let fields = first.into_iter().chain(state).chain(own).chain(last);
            lines.push(fields.map(|text| field(&text)).collect::<Vec<_>>().join(","));
        }
        lines.join("\n") + "\n"
    }
}

impl ActivationRow {
    /// The norm of the gradient at the first layer over that at the last, before and after the training.
    pub(super) fn gradient_ratios(&self) -> [Option<f64>; 2] {
        let Some(net) = self.result.as_ref().and_then(|result| result.net.as_ref()) else { return [None; 2] };
        let (Some(first), Some(last)) = (net.gradients.first(), net.gradients.last()) else {
            return [None; 2];
        };
        [(first.start, last.start), (first.end, last.end)].map(|(a, b)| Some(a / b).filter(|v| v.is_finite()))
    }
}
