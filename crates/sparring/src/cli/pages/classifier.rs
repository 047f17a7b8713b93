//! The page of a trained classifier.

use super::accuracy::{self, cell, interval, tile};
use super::curves::{self, Training};
use super::number::{number, percent};
use super::{again, layers, learning, mistakes, recipe};
use crate::cli::Outcome;
use crate::cli::commands::train::EpochRow;
use crate::cli::options::{AskedNet, Named};
use sparring::models::ClassifierNet;
use sparring::train::{History, Recipe, Robustness, ValidationAttack};
use sparring_report::html::{Block, Note, Page, Section, StatTile, Table, Tone};

/// What the run was asked to do.
pub(crate) struct Facts<'a> {
    pub(crate) net: &'a AskedNet,
    pub(crate) data: &'a Named,
    pub(crate) recipe: &'a Recipe,
    /// Generated examples beside the training images, in words.
    pub(crate) generated: Option<String>,
    /// Training images held out to judge by.
    pub(crate) validation: usize,
    /// What attacks them after each epoch.
    pub(crate) attack: Option<ValidationAttack>,
}

/// What the training is said to be worth.
#[derive(Clone, Copy)]
pub(crate) struct Worth<'a> {
    /// What an attack on validation images left, after a training with a defence.
    pub(crate) robust: Option<&'a Robustness>,
    /// What is wrong with it, in words.
    pub(crate) warnings: &'a [String],
}

/// The row of the epoch whose weights were kept.
fn kept<'a>(rows: &'a [EpochRow], done: &History) -> Option<&'a EpochRow> {
    let kept = done.kept()?.epoch;
    rows.iter().find(|row| row.epoch == kept)
}

fn tiles(facts: &Facts<'_>, rows: &[EpochRow], done: &History, worth: Worth<'_>) -> Block {
    let last = kept(rows, done);
    let n = facts.data.set.test.len();
    let hardened = facts.recipe.defense.eps().is_some();
    let tested = last.map_or(f64::NAN, |r| r.test.value());
    let mut tiles = vec![tile("test accuracy", tested, n, "clean test images", Tone::Plain)];
    if let Some(trained) = last.and_then(|r| r.train_accuracy) {
        let images = if hardened { "attacked training images" } else { "training images" };
        let images = match facts.generated {
            Some(_) => format!("{images} and samples"),
            None => images.into(),
        };
        tiles.push(StatTile {
            value: percent(trained, 1),
            label: if hardened { "training accuracy, under attack" } else { "training accuracy" }.into(),
            note: format!("of epoch {}, on its {images}", last.map_or(0, |r| r.epoch)),
            tone: Tone::Plain,
        });
    }
    if let Some(r) = worth.robust {
        tiles.push(robust(r));
    }
    tiles.push(StatTile {
        value: number(done.train_loss(), 4),
        label: "train loss".into(),
        note: format!("mean of epoch {}", last.map_or(0, |r| r.epoch)),
        tone: Tone::Plain,
    });
    Block::Tiles(tiles)
}

/// The robust accuracy: good only where most of the clean accuracy withstands more than the step of the training.
fn robust(r: &Robustness) -> StatTile {
    let tone = if r.is_overfitted_to_one_step() { Tone::Bad } else { accuracy::tone(r.clean, r.robust) };
    let label = format!("robust accuracy, eps {}", r.eps);
    tile(label, r.robust, r.n, "validation images", tone)
}

/// The figures of the attack on validation images beside each other.
fn robustness(r: &Robustness) -> Block {
    let line = |name: &str, accuracy| vec![name.into(), cell(accuracy, r.n)];
    let pgd = format!("PGD-{}", Robustness::STEPS);
    Block::Table(Table {
        caption: format!(
            "{} validation images, held out of the training set (test images are usually harder); attacks in {} at eps {}. Below each accuracy its 95 % interval.",
            r.n,
            r.norm.name(),
            r.eps
        ),
        headers: vec!["attack".into(), "accuracy".into()],
        rows: vec![
            line("none: clean images", r.clean),
            line("FGSM", r.fgsm),
            line(&pgd, r.pgd),
            line("worst case of each image", r.robust),
        ],
        highlight: vec![3],
    })
}

fn result(facts: &Facts<'_>, rows: &[EpochRow], done: &History, worth: Worth<'_>) -> Section {
    let mut result = Section::new("Result");
    result.blocks.push(tiles(facts, rows, done, worth));
    result.blocks.extend(
        worth
            .warnings
            .iter()
            .map(|text| Block::Note(Note { title: "Warning.".into(), text: text.clone(), tone: Tone::Bad })),
    );
    result.blocks.extend(worth.robust.map(robustness));
    let recipe = facts.recipe;
    let training = Training { name: "this run", slot: curves::slot(recipe), rows, recipe };
    let n = facts.data.set.test.len();
    result.blocks.extend(learning::charts(&training, n, facts.attack.as_ref()));
    let last = kept(rows, done).map_or(f64::NAN, |r| r.test.value());
    let epoch = kept(rows, done)
        .filter(|r| r.epoch != rows.len())
        .map_or("the last epoch".into(), |r| format!("epoch {}, whose weights were kept,", r.epoch));
    // One point has no band.
    let measured = rows.iter().filter(|row| row.test.value().is_finite()).count();
    let band = if measured > 1 { "; the band in the chart is that interval" } else { "" };
    result.blocks.push(Block::text(format!(
        "With {n} test images the accuracy of {epoch} is known to lie in {} with 95\u{a0}% confidence{band}.",
        interval(last, n)
    )));
    result
}

/// What the images held out are for.
fn validation(facts: &Facts<'_>) -> Option<(&'static str, String)> {
    let (n, attack) = (facts.validation, facts.attack);
    let attacked = attack.map_or(String::new(), |attack| {
        let attack = ValidationAttack { examples: attack.examples.min(n), ..attack };
        format!(", after each epoch attacked by {attack}")
    });
    (n > 0).then(|| ("validation", format!("{n} images held out of the training set{attacked}")))
}

/// The page; `inside` is what was seen of the layers, of a training that was watched.
pub(crate) fn page(
    facts: &Facts<'_>,
    model: &ClassifierNet,
    rows: &[EpochRow],
    done: &History,
    worth: Worth<'_>,
    inside: Option<Section>,
) -> Outcome<Page> {
    let set = &facts.data.set;
    let mut setup = Section::new("What was done");
    let mut pairs = vec![
        ("network", layers::asked(facts.net, model.spec())),
        (
            "data",
            format!("{}: {} training, {} test images", facts.data.asked, set.train.len(), set.test.len()),
        ),
    ];
    pairs.extend(facts.generated.clone().map(|words| ("generated examples", words)));
    pairs.extend(recipe::facts(facts.recipe));
    pairs.extend(validation(facts));
    setup.blocks.push(Block::facts(pairs));
    setup.blocks.push(layers::table("Layers", &model.summary(), None));
    setup.blocks.push(layers::spec(model.spec())?);
    setup.blocks.push(again::block());
    let footer = match worth.robust {
        Some(_) => "No attack proves robustness: `sparring attack` runs stronger ones on the test images.",
        None => "Clean accuracy says nothing about robustness: `sparring attack` measures that.",
    };
    let sections =
        [Some(result(facts, rows, done, worth)), inside, Some(mistakes::section(model, set)?), Some(setup)];
    Ok(Page {
        title: format!("Classifier {}", facts.net.name()),
        subtitle: format!("Trained on {} by `sparring train classifier`", facts.data.asked),
        sections: sections.into_iter().flatten().collect(),
        footer: footer.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring::attacks::AnyNorm;

    #[test]
    fn a_net_that_falls_is_not_good() {
        let tone = |fgsm, pgd| {
            robust(&Robustness { n: 500, clean: 0.96, fgsm, pgd, robust: pgd, eps: 0.3, norm: AnyNorm::Linf })
                .tone
        };
        assert_eq!((tone(0.0, 0.0), tone(0.5, 0.4)), (Tone::Bad, Tone::Bad), "little is left");
        assert_eq!((tone(0.9, 0.1), tone(0.9, 0.85)), (Tone::Bad, Tone::Good));
        let none = Robustness {
            n: 500,
            clean: 0.9,
            fgsm: 0.0,
            pgd: 0.0,
            robust: 0.0,
            eps: 0.3,
            norm: AnyNorm::Linf,
        };
        assert_eq!(
            (robust(&none).tone, robust(&none).label.as_str()),
            (Tone::Bad, "robust accuracy, eps 0.3")
        );
    }

    #[test]
    fn robustness_is_a_table_with_intervals() {
        let r = Robustness {
            n: 500,
            clean: 0.96,
            fgsm: 0.9,
            pgd: 0.02,
            robust: 0.02,
            eps: 0.3,
            norm: AnyNorm::Linf,
        };
        let Block::Table(table) = robustness(&r) else { panic!("a table") };
        assert_eq!(table.rows.len(), 4);
        assert!(table.rows.iter().all(|row| row[1].note == interval(row[1].bar.unwrap(), 500)));
        assert!(table.caption.contains("500 validation images") && table.caption.contains("eps 0.3."));
    }
}
