//! The page of a trained autoencoder.

mod reconstructions;

use super::number::number;
use super::{again, curves, layers, recipe};
use crate::cli::Outcome;
use crate::cli::commands::train::EpochRow;
use crate::cli::options::{AskedNet, Named};
use reconstructions::{Compared, grid, per_class};
use sparring::metrics::{Pca, psnr, unexplained};
use sparring::models::Autoencoder;
use sparring::seed::Key;
use sparring::train::{AnyVariant, History, Recipe};
use sparring_report::html::{Block, Note, Page, Section, StatTile, Tone};
use sparring_report::svg::{Axis, AxisRange, Chart, HorizontalLine, LineChart, Series, Stroke};
use sparring_study::{CodeReport, alarm_blocks, code_sections};

/// What a network that learnt nothing, or only a plane, would reach on the test images.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Baselines {
    /// Exact PCA of the training images, as many components as the code has numbers.
    pub(crate) pca: f64,
    /// The mean training image for every test image.
    pub(crate) mean_image: f64,
}

/// What the run was asked to do, and what it reached.
pub(crate) struct Facts<'a> {
    pub(crate) net: &'a AskedNet,
    pub(crate) data: &'a Named,
    pub(crate) recipe: &'a Recipe,
    pub(crate) baselines: Baselines,
    pub(crate) test_mse: f64,
    /// What its codes are worth.
    pub(crate) codes: &'a CodeReport,
}

/// What PCA is called on the page: by the numbers it keeps, fewer than the code where the images have fewer directions.
fn linear(pca: &Pca, code: usize) -> String {
    format!("PCA-{}", pca.k().min(code))
}

fn curve(rows: &[EpochRow], baselines: Baselines, linear: &str) -> Chart {
    let level = |name: String, y: f64, slot: usize| HorizontalLine { name, y, slot: Some(slot) };
    Chart::Line(LineChart {
        title: "Squared error of a pixel".into(),
        description: "by epoch, beside the two baselines on the test images".into(),
        x: curves::epochs(),
        y: Axis { label: "mean squared error".into(), range: AxisRange::FromZero, ..Axis::default() },
        // The network has one colour, PCA another, here and in the bars.
        series: vec![
            Series {
                slot: Some(0),
                ..Series::new("test images", rows.iter().map(|r| (r.epoch as f64, r.test.value())))
            },
            Series {
                slot: Some(0),
                stroke: Stroke::Dotted,
                ..Series::new("training images", rows.iter().map(|r| (r.epoch as f64, r.train_loss)))
            },
        ],
        horizontal: vec![
            level(format!("{linear}, test images"), baselines.pca, 1),
            level("mean image, test images".into(), baselines.mean_image, curves::GREY),
        ],
        ..LineChart::default()
    })
}

/// Numbers with nothing to compare them with.
const NO_COMPARISON: &str = "The two errors cannot be compared: one of them is no number.";

/// The figure against PCA, in words that its sign chooses.
fn verdict(test_mse: f64, baselines: Baselines, linear: &str) -> Note {
    let Baselines { pca, mean_image } = baselines;
    let ratio = test_mse / pca;
    let (tone, text) = if !(test_mse.is_finite() && pca.is_finite()) {
        (Tone::Bad, NO_COMPARISON.to_string())
    } else if test_mse >= mean_image {
        (
            Tone::Bad,
            "It is no better than the mean image: it has learnt nothing about single images.".to_string(),
        )
    } else if pca <= 0.0 {
        (Tone::Plain, format!("{linear} makes no error at all on these images: no network can do better."))
    } else if ratio < 1.0 {
        (
            Tone::Good,
            format!(
                "Its error is {:.1} % below that of {linear}, the best linear code of this size.",
                100.0 * (1.0 - ratio)
            ),
        )
    } else {
        let times = if ratio < 1.05 { "about that".into() } else { format!("{ratio:.1} times that") };
        (
            Tone::Plain,
            format!(
                "Its error is {times} of {linear} ({pca:.5}), the best linear code of this size: a linear map would do better."
            ),
        )
    };
    Note { title: "Against PCA.".into(), text, tone }
}

/// Why PCA has fewer numbers than the code, where it has.
fn directions(pca: &Pca, code: usize) -> Option<Block> {
    let found = pca.k();
    (found < code).then(|| {
        Block::text(format!(
            "The training images vary in only {found} {}, fewer than the {code} numbers of the code: PCA has no more to keep, and is \
             exact on the training images.",
            if found == 1 { "direction" } else { "directions" }
        ))
    })
}

fn result(facts: &Facts<'_>, pca: &Pca, code: usize, rows: &[EpochRow], done: &History) -> Section {
    let n = facts.data.set.test.len();
    let linear = linear(pca, code);
    let tile =
        |value: String, label: String, note: String| StatTile { value, label, note, ..StatTile::default() };
    let Baselines { pca: pca_mse, mean_image } = facts.baselines;
    let left = |mse: f64| match 100.0 * (1.0 - unexplained(mse, mean_image)) {
        share if share >= 0.0 => format!("explains {share:.1} % of the variance; "),
        _ => String::new(),
    };
    let mut section = Section::new("Result");
    section.blocks.push(Block::Tiles(vec![
        tile(
            number(facts.test_mse, 5),
            "test MSE a pixel".into(),
            format!("{}{n} images", left(facts.test_mse)),
        ),
        tile(number(pca_mse, 5), linear.clone(), format!("{}exact, from the training images", left(pca_mse))),
        tile(number(mean_image, 5), "mean image".into(), "what learning nothing reaches".into()),
        tile(
            format!("{} dB", number(psnr(facts.test_mse, 1.0), 1)),
            "PSNR".into(),
            format!("{linear}: {} dB", number(psnr(pca_mse, 1.0), 1)),
        ),
    ]));
    section.blocks.extend(alarm_blocks(&facts.codes.alarms));
    section.blocks.push(Block::Note(verdict(facts.test_mse, facts.baselines, &linear)));
    section.blocks.extend(directions(pca, code));
    section.blocks.push(Block::Chart(curve(rows, facts.baselines, &linear)));
    section.blocks.push(Block::text(format!(
        "The training error is the mean over an epoch while the network still changes ({} in the one whose weights were kept), the test error is \
         measured after it.",
        number(done.train_loss(), 5)
    )));
    section
}

/// What was minimised.
fn loss(recipe: &Recipe) -> String {
    let plain = "squared error, mean over pixels and images";
    let about = AnyVariant::ABOUT.iter().find(|(name, _)| *name == recipe.variant.name());
    match about {
        Some((_, about)) if !recipe.variant.is_plain() => format!("{plain}; {}: {about}", recipe.variant),
        _ => plain.to_string(),
    }
}

/// The page.
pub(crate) fn page(
    facts: &Facts<'_>,
    model: &Autoencoder,
    pca: &Pca,
    rows: &[EpochRow],
    done: &History,
    inside: Option<Section>,
) -> Outcome<Page> {
    let (code, set) = (model.code(), &facts.data.set);
    let compared = Compared::new(model, pca, &set.test)?;
    let mut seen = Section::new("Reconstructions");
    let firsts = compared.first_of_each_class(10);
    seen.blocks.push(grid(&compared, &firsts, "The first test image of each class.", code)?);
    let worst = compared.worst(10);
    let caption = "The test images with the largest error of the network.";
    seen.blocks.push(grid(&compared, &worst, caption, code)?);
    seen.blocks.push(per_class(&compared, set.classes, &linear(pca, code)));
    let mut setup = Section::new("What was done");
    let mut pairs = vec![
        ("network", layers::asked(facts.net, model.spec())),
        ("code", format!("{code} numbers for {} pixels", set.test.dim())),
        (
            "data",
            format!("{}: {} training, {} test images", facts.data.asked, set.train.len(), set.test.len()),
        ),
        ("loss", loss(facts.recipe)),
    ];
    // An autoencoder has no defence to speak of.
    pairs.extend(recipe::facts(facts.recipe).into_iter().filter(|(name, _)| *name != "defence"));
    setup.blocks.push(Block::facts(pairs));
    let encoder = model.encoder().checked_sub(1);
    setup.blocks.push(layers::table("Layers; the marked one puts out the code.", &model.summary(), encoder));
    setup.blocks.push(layers::spec(model.spec())?);
    setup.blocks.push(again::block());
    let key = Key::new(facts.recipe.seed).named("codes");
    let codes = code_sections(facts.codes, model, &|class| set.class_name(class), key)?;
    let mut sections = vec![result(facts, pca, code, rows, done), seen];
    sections.extend(codes.into_iter().chain(inside));
    sections.push(setup);
    Ok(Page {
        title: "Autoencoder".into(),
        subtitle: format!("`{}`, trained on {} by `sparring train autoencoder`", facts.net, facts.data.asked),
        sections,
        footer: "Made by `sparring train autoencoder`. Every number on this page was measured in this run."
            .into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(test_mse: f64, pca: f64) -> Note {
        verdict(test_mse, Baselines { pca, mean_image: 0.07 }, "PCA-9")
    }

    #[test]
    fn large_errors_are_told_as_times() {
        let note = said(0.0594, 0.018);
        assert!(note.text.contains("3.3 times that of PCA-9") && !note.text.contains('%'), "{}", note.text);
        assert!(said(0.0181, 0.018).text.contains("about that of PCA-9"));
        let better = said(0.009, 0.018);
        assert!(better.text.contains("50.0 % below") && better.tone == Tone::Good);
        assert!(said(0.08, 0.018).text.contains("no better than the mean image"));
    }

    #[test]
    fn what_is_no_number_is_never_shown() {
        for note in [said(f64::NAN, 0.018), said(0.01, f64::NAN), said(0.01, 0.0), said(0.01, f64::INFINITY)]
        {
            let text = note.text.to_lowercase();
            assert!(!text.contains("nan") && !text.contains("inf"), "{text}");
        }
    }

    #[test]
    fn fewer_directions_than_the_code_are_told() {
        // Three points on a line: one direction, whatever is asked for.
        let pca = Pca::fit(&[0.0, 0.0, 1.0, 1.0, 2.0, 2.0], 2, 1).unwrap();
        let Some(Block::Paragraph(text)) = directions(&pca, 32) else { panic!("nothing told") };
        assert!(text.contains("only 1 direction,") && text.contains("32 numbers"), "{text}");
        assert!(!text.contains("  ") && text.ends_with("and is exact on the training images."), "{text}");
        assert_eq!((linear(&pca, 32), directions(&pca, 1)), ("PCA-1".into(), None));
    }
}
