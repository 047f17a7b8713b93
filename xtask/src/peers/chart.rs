//! The ratios as bars.

use super::figures::Figures;
use super::table::lines;
use sparring_report::svg::{Axis, BarChart, BarSeries, Chart, Size};

/// Whose bars are drawn. The others are so much slower (candle up to 30 times) that theirs would flatten these: they are left to the table.
const PEERS: [&str; 2] = ["torch", "jax"];

/// One group of bars a row, one bar a peer: how many times as fast we are as its best variant. Products, activations and loading are
/// too many and too different for one picture and are left to the table.
pub fn svg(all: &[Figures]) -> String {
    let mut rows: Vec<_> = lines(all).into_iter().filter(|l| drawn(&l.ours.row)).collect();
    rows.sort_by(|a, b| a.ours.row.cmp(&b.ours.row));
    let series = |(slot, peer): (usize, &&str)| {
        let ratio = |l: &super::table::Line<'_>| {
            l.best.iter().find(|b| b.peer == *peer).map_or(f64::NAN, |b| l.ours.ratio(b))
        };
        let values: Vec<f64> = rows.iter().map(ratio).collect();
        let some = values.iter().any(|v| v.is_finite());
        some.then(|| BarSeries { name: (*peer).into(), values, slot: Some(slot), ..BarSeries::default() })
    };
    let chart = BarChart {
        title: "How many times as fast as the best variant of PyTorch and of JAX".into(),
        categories: rows.iter().map(|l| name(&l.ours.row)).collect(),
        y: Axis { label: "ratio of medians; 1 is equal".into(), ..Axis::default() },
        series: PEERS.iter().enumerate().filter_map(series).collect(),
        ..BarChart::default()
    };
    Chart::Bar(chart).to_svg(Size::Wide)
}

fn drawn(row: &str) -> bool {
    ["train", "pgd40", "latency"].iter().any(|part| row.contains(part))
}

/// The row's name, short enough to stand under its bars: net and batch, or ×40 for the steps of PGD.
fn name(row: &str) -> String {
    let net = row.split('_').next().unwrap_or(row).replace("smallcnn", "sm");
    let batch = row.rsplit("_b").next().unwrap_or_default();
    match row {
        _ if row.contains("latency") => format!("{net}1"),
        _ if row.contains("pgd") => format!("{net}×40"),
        _ if row.contains("adv") => format!("{net} adv"),
        _ => format!("{net}{batch}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::planted;

    #[test]
    fn peers_are_bars_and_rows_are_groups() {
        let all = [
            planted("sparring", "", "mlp_train_b32", "examples/s", &[10.0]),
            planted("torch", "fused", "mlp_train_b32", "examples/s", &[4.0]),
            planted("sparring", "", "startup", "ms", &[1.0]),
        ];
        let svg = super::svg(&all);
        assert!(
            svg.contains("mlp32")
                && svg.contains("torch")
                && !svg.contains("startup")
                && !svg.contains("jax")
        );
    }
}
