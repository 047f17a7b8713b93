//! The page of a trained classifier.

use super::curves::{self, Training};
use crate::cli::Outcome;
use crate::cli::commands::train::EpochRow;
use crate::cli::options::Named;
use sparring::activations::AnyActivation;
use sparring::models::{Arch, Classifier};
use sparring::train::{Recipe, Summary};
use sparring_report::html::{Block, Code, Details, Page, Section, Tile};

/// What the run was asked to do.
pub(crate) struct Facts<'a> {
    pub(crate) arch: Arch,
    pub(crate) activation: AnyActivation,
    pub(crate) data: &'a Named,
    pub(crate) recipe: &'a Recipe,
}

/// The page.
pub(crate) fn page(
    facts: &Facts<'_>,
    model: &Classifier,
    rows: &[EpochRow],
    done: &Summary,
) -> Outcome<Page> {
    let last = rows.last().map_or(f64::NAN, |r| r.test.value());
    let set = &facts.data.set;
    let tile = |value: String, label: &str, note: String| Tile {
        value,
        label: label.into(),
        note,
        ..Tile::default()
    };
    let mut result = Section::new("Result");
    result.blocks.push(Block::Tiles(vec![
        tile(format!("{:.2} %", 100.0 * last), "test accuracy", format!("{} clean images", set.test.len())),
        tile(format!("{:.4}", done.train_loss()), "train loss", "mean of the last epoch".into()),
    ]));
    let trainings = [Training { name: "this run", slot: 0, rows }];
    result.blocks.push(Block::Charts(vec![curves::loss(&trainings), curves::accuracy(&trainings)]));
    let mut setup = Section::new("What was done");
    let mut pairs = vec![
        ("network", format!("{} ({}), {}", facts.arch, facts.arch.info().layers, facts.activation)),
        (
            "data",
            format!("{}: {} training, {} test images", facts.data.asked, set.train.len(), set.test.len()),
        ),
    ];
    pairs.extend(curves::recipe(facts.recipe));
    setup.blocks.push(Block::facts(pairs));
    setup.blocks.push(Block::Details(Details {
        summary: "Layers and the network as data".into(),
        blocks: vec![
            Block::Code(Code { caption: "layers".into(), text: model.summary().to_string() }),
            Block::Code(Code { caption: "spec".into(), text: serde_json::to_string_pretty(model.spec())? }),
        ],
    }));
    Ok(Page {
        title: format!("Classifier {}", facts.arch),
        subtitle: format!("Trained on {} by `sparring train classifier`", facts.data.asked),
        sections: vec![result, setup],
        footer: "Clean accuracy says nothing about robustness: `sparring attack` measures that.".into(),
    })
}
