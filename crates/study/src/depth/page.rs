//! The page of a study of depth.

use super::cell::DepthRow;
use super::settings::{DepthStudy, NormalizedBy};
use super::words::{depth_findings, depth_table};
use sparring_report::html::{Block, Cell, Page, Section, Table};
use sparring_report::svg::{Axis, Chart, LineChart, Scale, Series, Stroke, Ticks};

/// Curves of one chart: measured, and dotted what theory says.
fn chart(title: String, rows: &[&DepthRow], of: Curves) -> Chart {
    let mut series = Vec::new();
    for (slot, row) in rows.iter().enumerate() {
        let (measured, theory) = match of {
            Curves::Gradient => (&row.gradient, &row.predicted_gradient),
            Curves::Signal => (&row.signal, &row.predicted_signal),
        };
        // Gradients are told against the last layer, where the loss enters.
        let unit = match of {
            Curves::Gradient => measured.last().copied().unwrap_or(1.0),
            Curves::Signal => 1.0,
        };
        let points = |list: &[f64]| -> Vec<(f64, f64)> {
            list.iter().enumerate().map(|(l, v)| ((l + 1) as f64, v / unit)).collect()
        };
        series.push(Series { slot: Some(slot), ..Series::new(row.activation.clone(), points(measured)) });
        if let Some(theory) = theory {
            let drawn =
                Series { slot: Some(slot), stroke: Stroke::Dotted, ..Series::new("", points(theory)) };
            series.push(drawn);
        }
    }
    let y = match of {
        Curves::Gradient => "gradient RMS, last layer = 1",
        Curves::Signal => "pre-activation RMS",
    };
    Chart::Line(LineChart {
        title,
        description: format!(
            "{y} by hidden layer, one curve an activation; dotted what mean-field theory says"
        ),
        x: Axis { label: "hidden layer".into(), ticks: Ticks::Whole, ..Axis::default() },
        y: Axis { label: y.into(), scale: Scale::Log10, ..Axis::default() },
        series,
        ..LineChart::default()
    })
}

/// What a chart shows.
#[derive(Clone, Copy)]
enum Curves {
    Signal,
    Gradient,
}

/// The page: findings, a chart of signal and one of gradient for each initialisation and normalisation, the table, what was done.
///
/// `asked` names the data, `command` is the command line that makes the page again.
pub fn depth_page(study: &DepthStudy, rows: &[DepthRow], asked: &str, command: Block) -> Page {
    let mut result = Section::new("What was seen");
    let findings = depth_findings(rows);
    if findings.is_empty() {
        result.blocks.push(Block::text(
            "No gradient vanished or exploded, and theory was right within a factor of 2 everywhere.",
        ));
    }
    result.blocks.extend(findings.into_iter().map(|f| Block::text(format!("{f}."))));
    let mut depth = Section::new("Gradient and signal by depth");
    depth.blocks.push(Block::text(
        "Root mean square over units and examples at the start, before any step. A straight line that falls to the left is a gradient that vanishes on its way back from the loss, one that rises to the left explodes. Dotted: \
         mean-field theory for infinite width, from the variance of the weights alone.",
    ));
    for init in &study.inits {
        for norm in &study.normalizations {
            let (init, shown) =
                (init.to_string(), |row: &&DepthRow| row.normalization == *norm && !row.signal.is_empty());
            let own: Vec<&DepthRow> = rows.iter().filter(|row| row.init == init).filter(shown).collect();
            if own.is_empty() {
                continue;
            }
            let title = match norm {
                NormalizedBy::None => init,
                norm => format!("{init}, {norm}"),
            };
            depth.blocks.push(Block::Charts(vec![
                chart(format!("{title}: gradient"), &own, Curves::Gradient),
                chart(format!("{title}: signal"), &own, Curves::Signal),
            ]));
        }
    }
    let (headers, lines) = depth_table(rows);
    let mut table = Section::new("Every network");
    table.blocks.push(Block::Table(Table {
        caption: format!(
            "RMS: of the pre-activations at that hidden layer, and by theory at the last. Grad: at the first hidden layer over that at the last. Dead: units whose derivative is 0 on every one of the training examples, of {}; off: pairs of \
             unit and example with derivative 0, which is sparsity. Loss: mean cross-entropy of the first batch, and of the last ten of {} steps of plain SGD; the logarithm of the number of classes is a guess.",
            study.depth * study.width,
            study.steps,
        ),
        headers,
        rows: lines.into_iter().map(|line| line.into_iter().map(Cell::from).collect()).collect(),
        ..Table::default()
    }));
    let mut setup = Section::new("What was done");
    setup.blocks.push(Block::facts([
        ("network", format!("{} hidden layers of {} units, one activation", study.depth, study.width)),
        ("data", asked.to_string()),
        ("measured on", format!("the first {} training examples; units on all", study.examples)),
        (
            "training",
            format!(
                "{} steps of {} examples, SGD without momentum, learning rate {}",
                study.steps, study.batch, study.lr
            ),
        ),
        ("seed", study.seed.to_string()),
    ]));
    setup.blocks.push(command);
    Page {
        title: "Signal and gradient by depth".into(),
        subtitle: format!("{} hidden layers on {asked} by `sparring study depth`", study.depth),
        sections: vec![result, depth, table, setup],
        footer: "Made by `sparring study depth`. Every number on this page was measured in this run.".into(),
    }
}
