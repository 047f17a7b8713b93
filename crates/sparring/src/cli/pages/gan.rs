//! The page of a trained GAN.

mod curves;
mod figures;
mod neighbours;
mod points;
mod quality;

use super::number::number;
use super::{again, layers, recipe};
use crate::cli::Outcome;
use crate::cli::io::json::value;
use crate::cli::options::Named;
pub(crate) use curves::are_odds;
pub(crate) use figures::{brief, rows};
use neighbours::neighbours;
use points::{are_points, points};
use quality::quality;
use serde_json::Value;
use sparring::datasets::Dataset;
use sparring::models::{Arch, Conditioning, Gan};
use sparring::seed::Key;
use sparring::tensor::Array;
use sparring::train::{GanRecipe, GanScores, GanSummary, JudgeSettings, scores_of_gan};
use sparring_report::grid::{GridSpec, images_from_rows, png_grid};
use sparring_report::html::{Block, Details, Figure, Note, Page, Section, StatTile, Tone};

/// What the run was asked to do.
pub(crate) struct Facts<'a> {
    pub(crate) arch: &'a Arch,
    pub(crate) data: &'a Named,
    pub(crate) recipe: &'a GanRecipe,
}

/// Epochs whose samples are seen side by side: the first and the last.
const SHOWN: usize = 2;
/// Epochs whose samples are on the page at all.
const INSIDE: usize = 40;

/// How many samples the figures of a GAN take.
pub(crate) fn settings() -> JudgeSettings {
    JudgeSettings::default()
}

/// What its samples are worth against these data; which samples depends on the seed. `eval` and the end of a training say the same.
pub(crate) fn scores(model: &Gan, set: &Dataset, seed: u64) -> Outcome<GanScores> {
    Ok(scores_of_gan(model, set, &settings(), Key::new(seed).named("judged"))?)
}

/// Adds the figures to the object of `--json`.
pub(crate) fn add_scores(object: &mut Value, scores: &GanScores) {
    if let Value::Object(figures) = value(scores) {
        figures.into_iter().for_each(|(key, figure)| object[key] = figure);
    }
}

/// What the generator makes of this noise, as a PNG.
pub(crate) fn grid(model: &Gan, noise: Array<f32>) -> Outcome<Vec<u8>> {
    let samples = model.generate(noise);
    let images = images_from_rows(model.shape(), samples.as_slice())?;
    Ok(png_grid(&images, &GridSpec::default())?)
}

fn result(done: &GanSummary, alarms: &[String]) -> Section {
    let mut section = Section::new("Result");
    let Some(last) = done.epochs.last() else {
        section.blocks.push(Block::text("No epoch was finished: nothing was measured."));
        return section;
    };
    let tile = |value: String, label: &str, note: &str| StatTile {
        value,
        label: label.into(),
        note: note.into(),
        ..StatTile::default()
    };
    let one = |value: f64| number(value, 3);
    let is_odds = are_odds(&done.epochs);
    let [of_real, of_fake] = match is_odds {
        true => [
            "mean over real examples; 0.5 where D cannot tell, 1 where it can",
            "mean over samples; 0.5 where D cannot tell, 0 where it can",
        ],
        // The loss does not make them probabilities.
        false => ["mean σ of the logits of real examples", "mean σ of the logits of samples"],
    };
    section.blocks.push(Block::Tiles(vec![
        tile(one(last.d_real), "D(x)", of_real),
        tile(one(last.d_fake), "D(G(z))", of_fake),
        tile(one(last.diversity), "diversity", "distance between samples, over that between real examples"),
        tile(
            one(last.d_loss),
            "loss of D",
            if is_odds { "1.386 at balance" } else { "mean over the last epoch" },
        ),
        tile(
            one(last.g_loss),
            "loss of G",
            if is_odds { "0.693 at balance" } else { "mean over the last epoch" },
        ),
        tile(done.epochs.len().to_string(), "epochs", "finished"),
    ]));
    for alarm in alarms {
        section.blocks.push(Block::Note(Note {
            title: "Alarm.".into(),
            text: alarm.clone(),
            tone: Tone::Bad,
        }));
    }
    if alarms.is_empty() {
        section.blocks.push(Block::Note(Note {
            title: "No alarm.".into(),
            text: "Neither did the discriminator win outright, nor were the samples alike for long enough to raise one. That says nothing \
                   about how good they look, and after a few epochs it says little at all: look below."
                .into(),
            tone: Tone::Plain,
        }));
    }
    section.blocks.push(Block::Charts(vec![curves::verdicts(&done.epochs), curves::losses(&done.epochs)]));
    section.blocks.push(Block::Charts(vec![curves::gaps(&done.epochs), curves::gradients(&done.epochs)]));
    section.blocks.push(Block::Chart(curves::diversity(&done.epochs)));
    section
}

/// The first, the last, and some between, evenly; all if there are no more than `most`.
fn chosen(n: usize, most: usize) -> Vec<usize> {
    let k = most.min(n);
    (0..k).map(|i| (i * (n - 1)).checked_div(k - 1).unwrap_or(0)).collect()
}

/// Which of so many epochs have their samples on the page.
pub(crate) fn on_the_page(epochs: usize) -> Vec<usize> {
    chosen(epochs, INSIDE).into_iter().map(|at| at + 1).collect()
}

fn samples(grids: &[(usize, Vec<u8>)], epochs: usize) -> Section {
    let figure = |at: usize| {
        let (epoch, png) = &grids[at];
        let place = match at {
            _ if at + 1 == grids.len() => ", the last",
            0 => ", the first",
            _ => "",
        };
        Figure {
            png: png.clone(),
            alt: format!("Samples of epoch {epoch}"),
            caption: format!("Epoch {epoch}{place}"),
        }
    };
    let mut section = Section::new("Samples");
    section.blocks.push(Block::text(
        "The same noise after each epoch, so that a place in the grid can be followed. Nothing was picked: these are all that \
         the fixed noise gives.",
    ));
    let open = chosen(grids.len(), SHOWN);
    section.blocks.push(Block::Figures(open.iter().map(|&at| figure(at)).collect()));
    let closed: Vec<usize> =
        chosen(grids.len(), INSIDE).into_iter().filter(|at| !open.contains(at)).collect();
    if !closed.is_empty() {
        let summary =
            if epochs <= INSIDE { "The other epochs" } else { "More epochs; all are in the run's folder" };
        let blocks = vec![Block::Figures(closed.into_iter().map(figure).collect())];
        section.blocks.push(Block::Details(Details { summary: summary.into(), blocks }));
    }
    section
}

fn setup(facts: &Facts<'_>, model: &Gan) -> Outcome<Section> {
    let (r, set, spec) = (facts.recipe, &facts.data.set, model.spec());
    let mut section = Section::new("What was done");
    let form = spec.form;
    let told = match form.conditioning {
        Conditioning::None => "their labels are not used".to_string(),
        of => format!("both networks are told their {} classes ({of})", form.classes),
    };
    let seen = if form.pack > 1 { format!(", {} examples at once", form.pack) } else { String::new() };
    let networks = layers::network(facts.arch, &spec.generator);
    let mut facts = vec![
        (
            "networks",
            format!(
                "{networks}: generator from {} numbers of noise, discriminator to logits{seen}",
                model.latent()
            ),
        ),
        ("data", format!("{}: {} training examples; {told}", facts.data.asked, set.train.len())),
    ];
    facts.extend(recipe::gan_facts(r));
    section.blocks.push(Block::facts(facts));
    section.blocks.push(layers::table("Generator", &spec.generator.summary()?, None));
    section.blocks.push(layers::table("Discriminator", &spec.discriminator.summary()?, None));
    section.blocks.push(layers::spec(spec)?);
    section.blocks.push(again::block());
    Ok(section)
}

/// The page; `scores` are what [`scores`] says of the samples, `grids` the samples of the fixed noise by epoch, those [`on_the_page`]. Points of a plane are drawn in a plane, and need no grids.
pub(crate) fn page(
    facts: &Facts<'_>,
    model: &Gan,
    (done, alarms): (&GanSummary, &[String]),
    scores: Option<&GanScores>,
    grids: &[(usize, Vec<u8>)],
) -> Outcome<Page> {
    let (set, seed) = (&facts.data.set, facts.recipe.seed);
    let mut sections = vec![result(done, alarms)];
    sections.extend(scores.map(quality));
    if are_points(set.shape()) {
        sections.push(points(model, set, seed));
    } else {
        sections.extend([samples(grids, done.epochs.len()), neighbours(model, set, seed)?]);
    }
    sections.push(setup(facts, model)?);
    Ok(Page {
        title: "GAN".into(),
        subtitle: format!("Trained on {} by `sparring train gan`", facts.data.asked),
        sections,
        footer: "Made by `sparring train gan`. Every number on this page was measured in this run.".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::chosen;

    #[test]
    fn first_and_last_epoch_are_always_shown() {
        assert_eq!((chosen(0, 3), chosen(1, 3), chosen(2, 3)), (vec![], vec![0], vec![0, 1]));
        assert_eq!(
            (chosen(30, 3), chosen(7, 3), chosen(3, 40)),
            (vec![0, 14, 29], vec![0, 3, 6], vec![0, 1, 2])
        );
        assert_eq!((chosen(100, 40).len(), chosen(100, 40).last()), (40, Some(&99)));
    }
}
