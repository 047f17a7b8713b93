//! How a classifier is wrong: its confusion matrix, its figures class by class, and the images it is most mistaken about.

use super::number::{number, percent};
use crate::cli::Outcome;
use sparring::datasets::{Dataset, Split};
use sparring::metrics::ClassificationMetrics;
use sparring::models::ClassifierNet;
use sparring::tensor::{Array, softmax};
use sparring::train::logits;
use sparring_report::grid::Image;
use sparring_report::html::{Block, Cell, Details, ImageCard, ImageCards, Note, Section, Table, Tone};
use sparring_report::svg::{Chart, CountMatrix};

/// Images shown: full rows on a wide page.
const SHOWN: usize = 18;
/// A matrix of more classes would be a grey square.
const MOST_CLASSES: usize = 100;
/// Rows of the table that are seen without being asked for.
const OPEN: usize = 12;
/// What has a smaller side is no image.
const SIDE: usize = 4;

/// The section, from the test images.
pub(crate) fn section(model: &ClassifierNet, set: &Dataset) -> Outcome<Section> {
    let mut section = Section::new("Mistakes");
    let (logits, labels) = (logits(model, &set.test)?, set.test.labels());
    let names: Vec<String> = (0..model.classes()).map(|c| set.class_name(c)).collect();
    match ClassificationMetrics::from_logits(&logits, &labels, model.classes()) {
        Ok(of) => {
            section.blocks.push(figures(&of));
            section.blocks.extend(matrix(&of, &names));
            section.blocks.push(classes(&of, &names));
            section.blocks.extend(images(&logits, &names, &set.test)?);
        }
        Err(e) => section.blocks.push(Block::Note(Note {
            title: "No figures.".into(),
            text: format!("The network's outputs on the test images: {e}."),
            tone: Tone::Bad,
        })),
    }
    Ok(section)
}

fn figures(of: &ClassificationMetrics) -> Block {
    let m = of.macros;
    Block::facts([
        ("test loss", number(of.loss, 4)),
        ("macro F1", number(m.f1, 4)),
        ("macro AUROC, one class against the others", m.auroc.map_or("–".into(), |v| number(v, 4))),
        ("Matthews correlation (MCC)", number(of.mcc, 4)),
        ("calibration error (ECE)", format!("{}, {} bins", number(of.ece, 4), ClassificationMetrics::BINS)),
        ("Brier score", number(of.brier, 4)),
    ])
}

fn matrix(of: &ClassificationMetrics, names: &[String]) -> Option<Block> {
    let classes = of.confusion.classes();
    let pairs = (0..classes).flat_map(|label| (0..classes).map(move |predicted| (label, predicted)));
    (classes <= MOST_CLASSES).then(|| {
        Block::Chart(Chart::Matrix(CountMatrix {
            title: "Confusion matrix".into(),
            description: "how many test images of each class were taken for each class".into(),
            row_label: "rows: true class".into(),
            column_label: "columns: predicted class".into(),
            names: names.to_vec(),
            counts: pairs.map(|(label, predicted)| of.confusion.count(label, predicted)).collect(),
        }))
    })
}

fn classes(of: &ClassificationMetrics, names: &[String]) -> Block {
    let share = |v: Option<f64>| percent(v.unwrap_or(f64::NAN), 1).into();
    let row = |name: String, n: usize, figures: [Option<f64>; 4]| {
        let [precision, recall, f1, auroc] = figures;
        let auroc = auroc.map_or("–".into(), |v| number(v, 4));
        vec![
            name.into(),
            n.to_string().into(),
            share(precision),
            share(recall),
            Cell::percent(f1.unwrap_or(f64::NAN)),
            auroc.into(),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (class, s) in of.per_class.iter().enumerate() {
        rows.push(row(names[class].clone(), s.examples, [s.precision, s.recall, s.f1, s.auroc]));
    }
    let m = of.macros;
    rows.push(row("mean".into(), of.examples(), [Some(m.precision), Some(m.recall), Some(m.f1), m.auroc]));
    let (last, summary) = (rows.len() - 1, "Class by class");
    let table = Table {
        caption: "Precision: share of the images predicted as the class that are of it. Recall: share of its images that were recognised. The means are \
                  over the classes that have images."
            .into(),
        headers: ["class", "images", "precision", "recall", "F1", "AUROC"].map(String::from).to_vec(),
        rows,
        highlight: vec![last],
    };
    if last < OPEN {
        return Block::Table(table);
    }
    Block::Details(Details { summary: summary.into(), blocks: vec![Block::Table(table)] })
}

/// The misclassified images, the surest mistake first.
fn images(logits: &[f32], names: &[String], test: &Split) -> Outcome<Option<Block>> {
    let classes = names.len();
    let [channels, height, width] = test.shape();
    if ![1, 3].contains(&channels) || height.min(width) < SIDE {
        return Ok(None);
    }
    let p = softmax::softmax(&Array::from_slice([test.len(), classes], logits));
    let of = |i: usize| &p.as_slice()[i * classes..(i + 1) * classes];
    let first = |i: usize| {
        let row = &logits[i * classes..(i + 1) * classes];
        (0..classes).fold(0, |best, c| if row[c] > row[best] { c } else { best })
    };
    let wrong = (0..test.len()).map(|i| (i, first(i))).filter(|&(i, predicted)| predicted != test.label(i));
    let mut wrong: Vec<(usize, usize)> = wrong.collect();
    if wrong.is_empty() {
        return Ok(Some(Block::text("No test image is misclassified.")));
    }
    wrong.sort_by(|&(a, p), &(b, q)| of(b)[q].total_cmp(&of(a)[p]).then(a.cmp(&b)));
    let mut cards = Vec::new();
    for &(i, predicted) in wrong.iter().take(SHOWN) {
        let label = test.label(i);
        cards.push(ImageCard {
            image: Image::new(test.shape(), &test.row(i))?,
            alt: format!(
                "test image {} of class {}, predicted as {}",
                test.id(i),
                names[label],
                names[predicted]
            ),
            title: format!("{} → {}", names[label], names[predicted]),
            tone: Tone::Plain,
            note: format!(
                "{}, true {}",
                percent(of(i)[predicted].into(), 0),
                percent(of(i)[label].into(), 0)
            ),
        });
    }
    let caption = format!(
        "{} of the {} misclassified test images, those whose wrong class has the highest probability: true class → predicted class, and the probabilities of the predicted and of the true one.",
        cards.len(),
        wrong.len()
    );
    Ok(Some(Block::ImageCards(ImageCards { caption, cards })))
}
