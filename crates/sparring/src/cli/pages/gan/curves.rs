//! A GAN's figures over its epochs, each beside the value that balance would give.

use crate::cli::pages::curves::{GREY, epochs};
use sparring::train::GanEpoch;
use sparring_report::svg::{Axis, AxisRange, Chart, HorizontalLine, LineChart, Series};

fn by_epoch(name: &str, measured: &[GanEpoch], figure: fn(&GanEpoch) -> f64) -> Series {
    Series::new(name, measured.iter().map(|e| (e.epoch as f64, figure(e))))
}

/// A constant in the colour of what it is compared with, or in grey.
fn level(name: &str, y: f64, slot: usize) -> HorizontalLine {
    HorizontalLine { name: name.into(), y, slot: Some(slot) }
}

fn chart(
    [title, description, label]: [&str; 3],
    range: AxisRange,
    series: Vec<Series>,
    horizontal: Vec<HorizontalLine>,
) -> Chart {
    Chart::Line(LineChart {
        title: title.into(),
        description: description.into(),
        x: epochs(),
        y: Axis { label: label.into(), range, ..Axis::default() },
        series,
        horizontal,
        ..LineChart::default()
    })
}

/// Whether σ of the discriminator's logits are probabilities: of each epoch the loss says so.
pub(crate) fn are_odds(measured: &[GanEpoch]) -> bool {
    measured.iter().all(|e| e.is_odds)
}

/// D(x) and D(G(z)).
pub(crate) fn verdicts(measured: &[GanEpoch]) -> Chart {
    let series = vec![by_epoch("D(x)", measured, |e| e.d_real), by_epoch("D(G(z))", measured, |e| e.d_fake)];
    if !are_odds(measured) {
        // The loss does not make them probabilities: no value of them is balance.
        let description = "mean σ of the logits of real examples and of samples, by epoch";
        let labels = ["What the discriminator says", description, "σ of the logit, no probability"];
        return chart(labels, AxisRange::Fixed(0.0, 1.0), series, Vec::new());
    }
    let description = "mean probability of being real that the discriminator gives, by epoch";
    let labels = ["What the discriminator says", description, "probability of real"];
    chart(labels, AxisRange::Fixed(0.0, 1.0), series, vec![level("cannot tell: 0.5", 0.5, GREY)])
}

/// Both losses; at D = 1/2 everywhere they are 2 ln 2 and ln 2.
pub(crate) fn losses(measured: &[GanEpoch]) -> Chart {
    let ln2 = std::f64::consts::LN_2;
    // Other losses have no such balance, and may be below 0.
    if !are_odds(measured) {
        let series =
            vec![by_epoch("D loss", measured, |e| e.d_loss), by_epoch("G loss", measured, |e| e.g_loss)];
        let range = if series_is_positive(measured) { AxisRange::FromZero } else { AxisRange::Auto };
        return chart(["Losses", "mean losses by epoch", "loss"], range, series, Vec::new());
    }
    let series = vec![by_epoch("D loss", measured, |e| e.d_loss), by_epoch("G loss", measured, |e| e.g_loss)];
    let levels = vec![
        level(&format!("D at balance: {:.4}", 2.0 * ln2), 2.0 * ln2, 0),
        level(&format!("G at balance: {ln2:.4}"), ln2, 1),
    ];
    chart(["Losses", "mean losses by epoch", "loss"], AxisRange::FromZero, series, levels)
}

fn series_is_positive(measured: &[GanEpoch]) -> bool {
    measured.iter().all(|e| e.d_loss >= 0.0 && e.g_loss >= 0.0)
}

/// How far apart the discriminator holds real images and samples.
pub(crate) fn gaps(measured: &[GanEpoch]) -> Chart {
    let series =
        vec![by_epoch("gap", measured, |e| e.logit_gap), by_epoch("penalty", measured, |e| e.penalty)];
    let description = "mean logit of real examples less that of samples, and the gradient penalty, by epoch";
    let labels = ["Logit gap", description, "logit"];
    chart(labels, AxisRange::Auto, series, vec![level("cannot tell: 0", 0.0, GREY)])
}

/// Norms of both gradients.
pub(crate) fn gradients(measured: &[GanEpoch]) -> Chart {
    let series = vec![by_epoch("D", measured, |e| e.d_gradient), by_epoch("G", measured, |e| e.g_gradient)];
    let labels = ["Gradient norms", "of the first step of each epoch", "norm"];
    chart(labels, AxisRange::FromZero, series, Vec::new())
}

/// Distance between samples over that between real images.
pub(crate) fn diversity(measured: &[GanEpoch]) -> Chart {
    let series = vec![by_epoch("samples", measured, |e| e.diversity)];
    let levels = vec![level("real examples: 1", 1.0, 2), level("collapsed below 1/3", 1.0 / 3.0, GREY)];
    let description =
        "mean distance between pairs of samples over that between pairs of real examples, by epoch";
    chart(["Diversity", description, "distance, real examples = 1"], AxisRange::FromZero, series, levels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_report::svg::{Size, Ticks};

    #[test]
    fn constants_have_no_markers_and_epochs_are_whole() {
        let epoch = |epoch| GanEpoch {
            epoch,
            epochs: 2,
            d_loss: 1.4,
            g_loss: 0.7,
            d_real: 0.6,
            d_fake: 0.4,
            diversity: 0.8,
            logit_gap: 1.0,
            penalty: 0.1,
            g_gradient: 0.5,
            d_gradient: 0.4,
            is_odds: true,
            seconds: 1.0,
        };
        let measured = [epoch(1), epoch(2)];
        let all = [verdicts(&measured), losses(&measured), diversity(&measured)];
        for chart in all {
            let svg = chart.to_svg(Size::Wide);
            let marks = |slot: usize| svg.matches(&format!("class=\"mark\" fill=\"var(--c{slot})")).count();
            assert!(marks(0) >= measured.len(), "each epoch of a curve is marked");
            let Chart::Line(line) = chart else { panic!("curves") };
            assert!(!line.horizontal.is_empty() && line.series.len() <= 2);
            let constants = line.horizontal.iter().filter_map(|h| h.slot).filter(|&s| s >= line.series.len());
            assert!(constants.into_iter().all(|slot| marks(slot) == 0));
            assert_eq!(line.x.ticks, Ticks::Whole);
        }
        // Logits that are no odds have no balance.
        let critic = measured.map(|e| GanEpoch { is_odds: false, ..e });
        let Chart::Line(line) = verdicts(&critic) else { panic!("curves") };
        assert!(line.horizontal.is_empty() && line.y.label.contains("no probability"), "{}", line.y.label);
    }
}
