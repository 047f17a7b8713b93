//! The page of an explanation.

use super::{Attribution, LearntShape, MaximisedUnit, UnitMeans};
use sparring_report::ReportError;
use sparring_report::grid::Image;
use sparring_report::html::{Block, Figure, ImageRow, ImageRows, Page, Section, Table};
use sparring_report::svg::{Axis, Chart, LineChart, Series, Stroke};

/// Everything that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// `[c, h, w]` of an example.
    pub shape: [usize; 3],
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Examples with their class, what the model takes them for, and what that logit rests on.
    pub examples: Vec<(Vec<f32>, usize, Attribution)>,
    /// Units by class, layer by layer.
    pub units: Vec<UnitMeans>,
    /// Images that units answer to.
    pub maximised: Vec<MaximisedUnit>,
    /// Shapes of learnt activations.
    pub shapes: Vec<LearntShape>,
}

/// Sides of a cell of the map of units, in pixels.
const CELL: usize = 6;
/// Units of a layer that are drawn.
const MOST_UNITS: usize = 128;

fn examples(of: &Explanation) -> Result<Section, ReportError> {
    let mut section = Section::new("What each answer rests on");
    let image = |(x, _, _): &(Vec<f32>, usize, Attribution)| Image::new(of.shape, x);
    let saliency = |(_, _, a): &(Vec<f32>, usize, Attribution)| {
        let most = a.saliency.iter().fold(0.0f32, |m, v| m.max(*v)).max(f32::MIN_POSITIVE);
        Image::new(of.shape, &a.saliency.iter().map(|v| v / most).collect::<Vec<_>>())
    };
    let integrated = |(_, _, a): &(Vec<f32>, usize, Attribution)| Image::signed(of.shape, &a.integrated, 0.0);
    let row = |label: &str, alt: &str, images: Result<Vec<Image>, ReportError>| {
        images.map(|images| ImageRow { label: label.into(), alt: alt.into(), images })
    };
    let all = || of.examples.iter();
    section.blocks.push(Block::ImageRows(ImageRows {
        caption: "Test images, the derivative of the winning logit by each pixel (saliency, absolute, brightest = largest), and integrated gradients from a black image: red pixels raised that logit, blue ones lowered it.".into(),
        rows: vec![
            row("image", "test image", all().map(image).collect())?,
            row("saliency", "saliency of a test image", all().map(saliency).collect())?,
            row("integrated gradients", "integrated gradients of a test image", all().map(integrated).collect())?,
        ],
    }));
    let line = |(i, (_, label, a)): (usize, &(Vec<f32>, usize, Attribution))| {
        let texts = [
            (i + 1).to_string(),
            of.classes[*label].clone(),
            of.classes[a.class].clone(),
            format!("{:.4}", a.difference),
            format!("{:.4}", a.sum),
            format!("{:.1e}", a.gap()),
            a.steps.to_string(),
        ];
        texts.map(Into::into).to_vec()
    };
    section.blocks.push(Block::Table(Table {
        caption: "Completeness: integrated gradients add up to the logit less that of the black image, up to the gap; where a function jumps (k-WTA, threshold) they do not, however many steps are taken.".into(),
        headers: ["image", "class", "answer", "logit − black", "sum", "gap", "steps"]
            .map(String::from)
            .to_vec(),
        rows: all().enumerate().map(line).collect(),
        ..Table::default()
    }));
    Ok(section)
}

/// Classes down, units across, each unit scaled to its largest mean.
fn map(layer: &UnitMeans) -> Result<Image, ReportError> {
    let units = layer.means.first().map_or(0, Vec::len).min(MOST_UNITS);
    let (height, width) = (layer.means.len() * CELL, units * CELL);
    let largest: Vec<f64> = (0..units)
        .map(|u| layer.means.iter().map(|row| row[u].abs()).filter(|v| v.is_finite()).fold(0.0, f64::max))
        .collect();
    let value = |i: usize| {
        let (class, unit) = (i / width / CELL, i % width / CELL);
        let most = largest[unit];
        if most > 0.0 { (layer.means[class][unit] / most) as f32 } else { 0.0 }
    };
    Image::signed([1, height, width], &(0..height * width).map(value).collect::<Vec<_>>(), 1.0)
}

fn units(of: &Explanation) -> Result<Section, ReportError> {
    let mut section = Section::new("What units answer to");
    for layer in &of.units {
        let shown = layer.means.first().map_or(0, Vec::len).min(MOST_UNITS);
        let caption = format!(
            "Layer {} ({}): mean activation by class (down, from {} on) of its first {shown} units (across), each scaled to its largest; red above 0, blue below.",
            layer.name,
            layer.function,
            of.classes.first().map_or("", String::as_str)
        );
        section.blocks.push(Block::Figure(Figure::of(&map(layer)?, caption)));
    }
    if !of.maximised.is_empty() {
        let image = |unit: &MaximisedUnit| Image::new(of.shape, &unit.image);
        let row = |units: &[MaximisedUnit]| -> Result<ImageRow, ReportError> {
            let names: Vec<String> = units.iter().map(|u| u.unit.to_string()).collect();
            Ok(ImageRow {
                label: format!("units {}", names.join(", ")),
                alt: "image that a unit answers to".into(),
                images: units.iter().map(image).collect::<Result<_, _>>()?,
            })
        };
        section.blocks.push(Block::ImageRows(ImageRows {
            caption: "Images that raise units of the last hidden layer most: gradient ascent within [0, 1] with a penalty on ‖x‖², from faint noise. Where nothing raises the unit, the penalty leaves a black image.".into(),
            rows: of.maximised.chunks(8).map(row).collect::<Result<_, _>>()?,
        }));
    }
    Ok(section)
}

fn shape(learnt: &LearntShape) -> Chart {
    let series = |name, slot, stroke, pick: fn(&(f64, f64, f64)) -> f64| Series {
        slot: Some(slot),
        stroke,
        ..Series::new(name, learnt.points.iter().map(|p| (p.0, pick(p))))
    };
    Chart::Line(LineChart {
        title: format!("layer {}: {}", learnt.name, learnt.function),
        description: "a learnt activation at the start and after the training".into(),
        x: Axis { label: "x".into(), ..Axis::default() },
        y: Axis { label: "f(x)".into(), ..Axis::default() },
        series: vec![
            series("now", 0, Stroke::Solid, |p| p.2),
            series("at the start", 1, Stroke::Dotted, |p| p.1),
        ],
        ..LineChart::default()
    })
}

/// The page; `asked` says of which model and data.
///
/// # Errors
/// If examples are no pictures of one or three channels.
pub fn explain_page(of: &Explanation, asked: &str, command: Block) -> Result<Page, ReportError> {
    let mut sections = vec![examples(of)?, units(of)?];
    if !of.shapes.is_empty() {
        let mut learnt = Section::new("Learnt activations");
        learnt.blocks.push(Block::Charts(of.shapes.iter().map(shape).collect()));
        sections.push(learnt);
    }
    let mut again = Section::new("What was done");
    again.blocks.push(command);
    sections.push(again);
    Ok(Page {
        title: "What the classifier looks at".into(),
        subtitle: asked.to_string(),
        sections,
        footer: "Made by `sparring explain`. Every number on this page was measured in this run.".into(),
    })
}
