//! Figures of layers on a page.

use super::few_examples::few_examples;
use super::layer::{LayerDiagnosis, Spread};
use super::row::DiagnosisRow;
use super::verdict::{Verdict, verdicts};
use super::whole::NetworkDiagnosis;
use sparring_report::html::{Block, Cell, Details, Note, Section, Table, Tone};
use sparring_report::svg::{
    Axis, AxisRange, Chart, HorizontalLine, LineChart, Scale, Series, Stroke, TickFormat, Ticks,
};

/// More histograms are not looked at.
const MOST_HISTOGRAMS: usize = 24;
/// A chart of more curves tells none apart: the worst of them are drawn.
const MOST_CURVES: usize = 8;

/// Verdicts, the table of the layers, gradients by depth, theory, and the numbers before and behind each activation.
pub fn diagnosis_blocks(of: &NetworkDiagnosis) -> Vec<Block> {
    let mut blocks: Vec<Block> = few(of.examples).into_iter().chain(notes(&of.verdicts)).collect();
    blocks.push(table(&of.layers, of.examples));
    blocks.extend(theory(&of.layers));
    let depth = depth(&[("gradient", &of.layers)]);
    blocks.push(Block::Charts(std::iter::once(depth).chain(histograms(&of.layers)).collect()));
    blocks
}

/// What was seen while a network was trained, on `examples` of this kind ("validation examples"); `None` of no row. `lr` is the learning rate, for the verdicts on the last epoch.
pub fn training_section(rows: &[DiagnosisRow], examples: &str, lr: Option<f64>) -> Option<Section> {
    let (first, last) = (rows.first()?, rows.last()?);
    let mut section = Section::new("Inside the network");
    section.blocks.push(Block::text(format!(
        "At the end of each epoch, on {} {examples}. Dead units are those whose activation has derivative 0 on all of them.",
        last.examples
    )));
    section.blocks.extend(few(last.examples));
    section.blocks.extend(notes(&verdicts(&last.layers, last.examples, rows, lr)));
    let dead = by_epoch("Dead units", rows, |l| l.activation.as_ref().map(|a| a.dead));
    let updates = by_epoch("Update over weight", rows, |l| l.weight.as_ref()?.update_ratio);
    let percent = Axis {
        label: "of all units".into(),
        format: TickFormat::Percent,
        range: AxisRange::FromZero,
        ..Axis::default()
    };
    let ratio = Axis { label: "‖step‖ / ‖weight‖".into(), scale: Scale::Log10, ..Axis::default() };
    let level = HorizontalLine { y: 1e-3, name: "about healthy".into(), slot: Some(6) };
    let mut charts = vec![Chart::Line(LineChart { y: percent, ..dead })];
    let both = format!("epoch {}", first.epoch);
    let named = format!("epoch {}", last.epoch);
    let curves: Vec<(&str, &[LayerDiagnosis])> = match first.epoch == last.epoch {
        true => vec![(&named, &last.layers)],
        false => vec![(&both, &first.layers), (&named, &last.layers)],
    };
    charts.push(depth(&curves));
    charts.push(Chart::Line(LineChart { y: ratio, horizontal: vec![level], ..updates }));
    section.blocks.push(Block::Charts(charts));
    let details = std::iter::once(table(&last.layers, last.examples)).chain(theory(&last.layers));
    section.blocks.push(Block::Details(Details {
        summary: format!("Every layer after epoch {}", last.epoch),
        blocks: details.chain([Block::Charts(histograms(&last.layers))]).collect(),
    }));
    Some(section)
}

/// That there are few examples.
fn few(examples: usize) -> Option<Block> {
    few_examples(examples).map(|text| {
        let title = "Few examples.".into();
        Block::Note(Note { title, text, tone: Tone::Plain })
    })
}

fn notes(verdicts: &[Verdict]) -> Vec<Block> {
    let note = |v: &Verdict| {
        let title = format!("{}.", v.verdict.word().replace('_', " "));
        Block::Note(Note { title, text: v.text.clone(), tone: Tone::Bad })
    };
    verdicts.iter().map(note).collect()
}

/// A figure of the layers that have it, by epoch.
fn by_epoch(title: &str, rows: &[DiagnosisRow], of: impl Fn(&LayerDiagnosis) -> Option<f64>) -> LineChart {
    let mut series: Vec<Series> = Vec::new();
    let layers = rows.last().map_or(&[][..], |row| &row.layers);
    for (i, layer) in layers.iter().enumerate() {
        let points = rows.iter().filter_map(|row| Some((row.epoch as f64, of(row.layers.get(i)?)?)));
        let points: Vec<_> = points.collect();
        if !points.is_empty() {
            series.push(Series::new(layer.title(), points));
        }
    }
    let largest = |s: &Series| s.points.iter().fold(0.0f64, |m, p| m.max(p.1));
    if series.len() > MOST_CURVES {
        let mut sizes: Vec<f64> = series.iter().map(largest).collect();
        sizes.sort_by(|a, b| b.total_cmp(a));
        let least = sizes[MOST_CURVES - 1];
        series.retain(|s| largest(s) >= least);
        series.truncate(MOST_CURVES);
    }
    LineChart {
        title: title.into(),
        description: "by epoch, a curve a layer".into(),
        x: Axis { label: "epoch".into(), ticks: Ticks::Whole, ..Axis::default() },
        series,
        ..LineChart::default()
    }
}

/// Norms of gradients at the outputs of layers with weights, from the first to the last.
fn depth(curves: &[(&str, &[LayerDiagnosis])]) -> Chart {
    let curve = |(name, layers): &(&str, &[LayerDiagnosis])| {
        let weighted = layers.iter().filter(|l| l.weight.is_some()).enumerate();
        Series {
            stroke: Stroke::Solid,
            ..Series::new(*name, weighted.map(|(i, l)| ((i + 1) as f64, l.gradient_l2)))
        }
    };
    Chart::Line(LineChart {
        title: "Gradient by depth".into(),
        description: "root mean square over examples of the norm of the gradient at each layer's output"
            .into(),
        x: Axis { label: "layer with weights".into(), ticks: Ticks::Whole, ..Axis::default() },
        y: Axis { label: "‖∂L/∂y‖".into(), scale: Scale::Log10, ..Axis::default() },
        series: curves.iter().map(curve).collect(),
        ..LineChart::default()
    })
}

/// A number in three digits.
fn short(v: f64) -> Cell {
    match v.abs() {
        a if a == 0.0 || (1e-3..1e5).contains(&a) => format!("{v:.4}").into(),
        _ => format!("{v:.2e}").into(),
    }
}

fn table(layers: &[LayerDiagnosis], examples: usize) -> Block {
    let some = |v: Option<f64>| v.map_or("–".into(), short);
    // Bars would make the table too wide.
    let percent = |v: Option<f64>| v.map_or("–".into(), |v| Cell { bar: None, ..Cell::percent(v) });
    let row = |l: &LayerDiagnosis| {
        let (of, out, weight) = (l.activation.as_ref(), &l.output, l.weight.as_ref());
        let rank = out.effective_rank.map_or("–".to_string(), |r| format!("{r:.1}"));
        vec![
            l.title().into(),
            percent(of.map(|a| a.dead)),
            percent(of.map(|a| a.frozen)),
            percent(of.map(|a| a.saturated)),
            percent(of.map(|_| out.sparsity)),
            short(out.mean),
            short(out.std),
            short(out.skew),
            Cell { note: format!("of {}", out.most_rank), ..rank.into() },
            short(l.gradient_rms),
            some(weight.map(|w| w.gradient_l2)),
            some(weight.and_then(|w| w.update_ratio)),
            some(weight.and_then(|w| w.spectral_norm)),
        ]
    };
    const HEADERS: [&str; 13] = [
        "layer",
        "dead",
        "frozen",
        "saturated",
        "zeros",
        "mean",
        "std",
        "skew",
        "rank",
        "gradient rms",
        "weight gradient",
        "update",
        "spectral norm",
    ];
    Block::Table(Table {
        caption: format!(
            "On {examples} examples. Dead: derivative 0 on all of them, frozen: below 1e-6 (of images, channels). Saturated: numbers with a derivative below 1 % of the largest, of a ReLU those at or below 0. Rank: effective rank of the outputs for the first examples (256 at most; 32 while a training is watched), of the most that it could be."
        ),
        headers: HEADERS.map(String::from).to_vec(),
        rows: layers.iter().map(row).collect(),
        highlight: Vec::new(),
    })
}

/// What theory says of layers behind an activation.
fn theory(layers: &[LayerDiagnosis]) -> Option<Block> {
    let row = |l: &LayerDiagnosis| {
        let t = l.theory?;
        let measured = t.gradient_ratio_measured.map_or("–".into(), short);
        let off: Cell = if t.is_off() { "off by more than 2".into() } else { "".into() };
        Some(vec![
            l.title().into(),
            short(t.q),
            short(t.q_measured),
            short(t.chi),
            short(t.gradient_ratio),
            measured,
            off,
        ])
    };
    let rows: Vec<_> = layers.iter().filter_map(row).collect();
    let table = Table {
        caption: "Mean-field theory of each layer behind an activation, which takes weights for independent: q is the mean square of its output, χ below 1 lets gradients vanish with depth and above 1 explode. A net that has learnt departs from it.".into(),
        headers: ["layer", "q predicted", "q measured", "χ", "gradient ratio predicted", "measured", ""].map(String::from).to_vec(),
        rows,
        highlight: Vec::new(),
    };
    (!table.rows.is_empty()).then_some(Block::Table(table))
}

/// The numbers before and behind each activation, a small chart for each.
fn histograms(layers: &[LayerDiagnosis]) -> Vec<Chart> {
    let chart = |l: &LayerDiagnosis| {
        let of = l.activation.as_ref()?;
        let curve = |name: &str, spread: &Spread| Series {
            stroke: Stroke::Solid,
            ..Series::new(name, shares(spread))
        };
        Some(Chart::Line(LineChart {
            title: l.title(),
            description: "share of numbers in each of 64 bins".into(),
            x: Axis { label: "value".into(), ..Axis::default() },
            y: Axis {
                label: "share of a bin".into(),
                scale: Scale::Log10,
                format: TickFormat::Percent,
                ..Axis::default()
            },
            series: vec![curve("before", &of.before), curve("behind", &of.after)],
            ..LineChart::default()
        }))
    };
    layers.iter().filter_map(chart).take(MOST_HISTOGRAMS).collect()
}

/// The middle of each bin, and the share of all numbers that is in it.
fn shares(of: &Spread) -> Vec<(f64, f64)> {
    let all = (of.counts.iter().sum::<u64>() + of.outside[0] + of.outside[1]).max(1) as f64;
    let width = (of.high - of.low) / of.counts.len().max(1) as f64;
    let at = |(i, &n): (usize, &u64)| (of.low + (i as f64 + 0.5) * width, n as f64 / all);
    of.counts.iter().enumerate().map(at).collect()
}
