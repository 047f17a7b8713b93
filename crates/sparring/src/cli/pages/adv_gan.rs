//! The page of a generator that was trained to fool a classifier.

use super::accuracy::tile;
use super::coded::{NamedFigure, epoch_curve};
use super::gallery::{Pairs, gallery};
use super::number::number;
use super::{again, layers, recipe};
use crate::cli::Outcome;
use crate::cli::options::Named;
use sparring::attacks::Report;
use sparring::models::{Arch, ClassifierNet};
use sparring::train::{AdvGan, AdvGanEpoch, AdvGanRecipe, History};
use sparring_report::html::{Block, Page, Section, StatTile, Tone};
use sparring_report::svg::Chart;
use std::path::Path;

/// What the run was asked to do, and what it reached.
pub(crate) struct Facts<'a> {
    pub(crate) arch: &'a Arch,
    pub(crate) data: &'a Named,
    pub(crate) recipe: &'a AdvGanRecipe,
    /// Where it is, and the model.
    pub(crate) target: (&'a Path, &'a ClassifierNet),
    /// The target under the generator, on test images.
    pub(crate) by_generator: &'a Report,
    /// Under noise within the same budget.
    pub(crate) by_noise: &'a Report,
}

/// Images in the gallery.
const SHOWN: usize = 12;

fn curve(text: [&str; 3], done: &History<AdvGanEpoch>, series: &[NamedFigure<'_, AdvGanEpoch>]) -> Chart {
    epoch_curve(text, &done.epochs, |e| e.epoch, series)
}

fn result(facts: &Facts<'_>, done: &History<AdvGanEpoch>) -> Section {
    let (by, noise) = (facts.by_generator, facts.by_noise);
    let mut section = Section::new("Result");
    let of = |label: &str, accuracy: f64, tone| tile(label, accuracy, by.n, "test images", tone);
    let size = done.epochs.last().map_or(f64::NAN, |e| e.size);
    section.blocks.push(Block::Tiles(vec![
        of("right without an attack", by.clean, Tone::Plain),
        of("right under the generator", by.robust_accuracy, Tone::Plain),
        of("right under noise of the same budget", noise.robust_accuracy, Tone::Plain),
        StatTile {
            value: number(size, 2),
            label: "length of a perturbation".into(),
            note: "mean of its Euclidean length over the last epoch, before the box cuts it".into(),
            ..StatTile::default()
        },
    ]));
    section.blocks.push(Block::text(
        "The generator has seen the target's gradients in its training alone: this attack is one forward pass of the generator. Box and budget of every image were re-checked, success by fresh logits. An attack that asks \
         for gradients at each image (PGD) finds more, and no attack proves robustness.",
    ));
    section.blocks.push(Block::Charts(vec![
        curve(
            [
                "Fooled",
                "share of the training images whose goal was reached, while the generator changed",
                "share",
            ],
            done,
            &[("fooled", |e| e.fooled)],
        ),
        curve(
            ["Losses", "means over the epoch, training images; each without its weight", "loss"],
            done,
            &[("adversarial", |e| e.adversarial), ("GAN", |e| e.gan), ("D", |e| e.d_loss)],
        ),
    ]));
    section.blocks.push(Block::Chart(curve(
        ["Length", "Euclidean length of a perturbation, and by how much it is beyond its bound", "length"],
        done,
        &[("length", |e| e.size), ("beyond the bound", |e| e.hinge)],
    )));
    section
}

/// The page.
pub(crate) fn page(facts: &Facts<'_>, model: &AdvGan, done: &History<AdvGanEpoch>) -> Outcome<Page> {
    let (by, threat) = (facts.by_generator, model.threat());
    let mut sections = vec![result(facts, done)];
    if let Some(adv) = &by.adversarials {
        let n = SHOWN.min(by.n);
        let first = facts.data.set.test.first(n).all();
        let made = |i: usize| if adv.made_by[i].is_some() { "advgan" } else { "as it was" };
        let pairs = Pairs {
            shape: first.shape,
            ids: &first.ids,
            labels: &first.labels,
            clean: &first.x,
            adversarial: &adv.x_adv[..first.x.len()],
            eps: threat.eps.min(1.0),
            made_by: (0..n).map(|i| made(i).to_string()).collect(),
        };
        let caption = format!(
            "The first {n} test images at {threat}; one that the generator brought no nearer to an error is shown as it was."
        );
        let mut seen = Section::new("Seen by the target");
        seen.blocks.push(Block::Gallery(gallery(facts.target.1, &pairs, caption)?));
        sections.push(seen);
    }
    let (set, spec) = (&facts.data.set, model.spec());
    let mut setup = Section::new("What was done");
    let dim = model.shape().iter().product();
    let mut pairs = vec![
        ("target", format!("{}, its weights fixed", facts.target.0.display())),
        ("networks", layers::network(facts.arch, &spec.generator)),
        (
            "data",
            format!("{}: {} training, {} test images", facts.data.asked, set.train.len(), set.test.len()),
        ),
        ("budget", threat.to_string()),
    ];
    pairs.extend(recipe::adv_gan_facts(facts.recipe, facts.recipe.bound_in(&threat, dim)));
    setup.blocks.push(Block::facts(pairs));
    setup.blocks.push(layers::table("Generator", &spec.generator.summary()?, None));
    setup.blocks.push(layers::table("Discriminator", &spec.discriminator.summary()?, None));
    setup.blocks.push(layers::spec(spec)?);
    setup.blocks.push(again::block());
    sections.push(setup);
    Ok(Page {
        title: "AdvGAN".into(),
        subtitle: format!(
            "`{}` against {}, trained on {} by `sparring train advgan`",
            facts.arch,
            facts.target.0.display(),
            facts.data.asked
        ),
        sections,
        footer: "Made by `sparring train advgan`. Every number on this page was measured in this run.".into(),
    })
}
