//! A GAN's figures over its epochs, each beside the value that balance would give.

use sparring::train::GanEpoch;
use sparring_report::svg::{Axis, Chart, LineChart, Range, Series};

fn by_epoch(name: &str, epochs: &[GanEpoch], figure: fn(&GanEpoch) -> f64) -> Series {
    Series::new(name, epochs.iter().map(|e| (e.epoch as f64, figure(e))))
}

/// A level line from the first epoch to the last.
fn level(name: &str, epochs: &[GanEpoch], value: f64) -> Series {
    let ends = [epochs.first(), epochs.last()];
    Series::new(name, ends.into_iter().flatten().map(|e| (e.epoch as f64, value)))
}

fn chart(title: &str, description: &str, label: &str, range: Range, series: Vec<Series>) -> Chart {
    Chart::Line(LineChart {
        title: title.into(),
        description: description.into(),
        x: Axis { label: "epoch".into(), ..Axis::default() },
        y: Axis { label: label.into(), range, ..Axis::default() },
        series,
    })
}

/// D(x) and D(G(z)).
pub(crate) fn verdicts(epochs: &[GanEpoch]) -> Chart {
    let series = vec![
        by_epoch("D(x)", epochs, |e| e.d_real),
        by_epoch("D(G(z))", epochs, |e| e.d_fake),
        level("cannot tell: 0.5", epochs, 0.5),
    ];
    let description = "mean probability of being real that the discriminator gives, by epoch";
    chart("What the discriminator says", description, "probability of real", Range::Fixed(0.0, 1.0), series)
}

/// Both losses; at D = 1/2 everywhere they are 2 ln 2 and ln 2.
pub(crate) fn losses(epochs: &[GanEpoch]) -> Chart {
    let ln2 = std::f64::consts::LN_2;
    let series = vec![
        by_epoch("D loss", epochs, |e| e.d_loss),
        by_epoch("G loss", epochs, |e| e.g_loss),
        level(&format!("D at balance: {:.4}", 2.0 * ln2), epochs, 2.0 * ln2),
        level(&format!("G at balance: {ln2:.4}"), epochs, ln2),
    ];
    chart("Losses", "mean losses by epoch", "loss", Range::FromZero, series)
}

/// Distance between samples over that between real images.
pub(crate) fn diversity(epochs: &[GanEpoch]) -> Chart {
    let series = vec![
        by_epoch("samples", epochs, |e| e.diversity),
        level("real images: 1", epochs, 1.0),
        level("collapsed below 1/3", epochs, 1.0 / 3.0),
    ];
    let description =
        "mean distance between pairs of samples over that between pairs of real images, by epoch";
    chart("Diversity", description, "distance, real images = 1", Range::FromZero, series)
}
