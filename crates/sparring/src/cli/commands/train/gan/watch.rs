//! A GAN's training as it is watched: rows, pictures of the same noise, classes of samples.

use super::super::place::Place;
use super::super::trouble;
use super::super::watch::{METRICS, Rate, unwritten};
use crate::cli::Outcome;
use crate::cli::io::json::json;
use crate::cli::io::{progress::Progress, signal};
use crate::cli::options::Named;
use crate::cli::pages;
use sparring::models::Gan;
use sparring::seed::Key;
use sparring::store::{RowLogs, RunDir};
use sparring::tensor::Array;
use sparring::train::{Current, Flow, GanEpoch, GanRecipe, Judge, Observer, StepMetrics, TrainError};
use sparring_report::grid::save_png;

/// Images of the grid drawn after each epoch, always from the same noise.
const SHOWN: u64 = 64;

/// What sees each step and each epoch.
pub(super) struct Watch<'a> {
    pub(super) progress: Progress,
    rate: Rate,
    run: &'a RunDir,
    logs: RowLogs<'a>,
    noise: Array<f32>,
    /// Who counts the classes of samples; `None` where they are none of ten digits.
    judge: Option<&'static Judge>,
    /// The epochs on the page; the pictures of the others are in the run's folder alone.
    paged: Vec<usize>,
    pub(super) grids: Vec<(usize, Vec<u8>)>,
    /// Epochs done.
    pub(super) epochs: usize,
}

/// Larger files are no pictures of ours, in bytes.
const MOST_PICTURE: u64 = 16 << 20;

/// The picture of an epoch.
fn samples(epoch: usize) -> String {
    format!("samples-{epoch:03}.png")
}

impl<'a> Watch<'a> {
    /// Of a training of so many steps, or the rest of it.
    pub(super) fn begin(
        place: &'a Place<GanEpoch>,
        (model, data): (&Gan, &Named),
        recipe: &GanRecipe,
        steps: u64,
    ) -> Outcome<Self> {
        let shown: Vec<u64> = (0..SHOWN).collect();
        let mut this = Self {
            progress: Progress::new("training gan", steps),
            rate: Rate::begin(),
            run: &place.run,
            logs: place.logs()?,
            noise: model.noise(Key::new(recipe.seed).named("shown"), &shown),
            judge: judge(data)?,
            paged: pages::gan::on_the_page(recipe.epochs),
            grids: Vec::new(),
            epochs: place.rows()?.len(),
        };
        this.read_grids();
        Ok(this)
    }
    /// The pictures of the epochs before an interruption; one that somebody removed is not on the page.
    fn read_grids(&mut self) {
        for &epoch in self.paged.iter().filter(|&&e| e <= self.epochs) {
            let path = self.run.path().join(samples(epoch));
            let is_picture = path.metadata().is_ok_and(|m| m.is_file() && m.len() < MOST_PICTURE);
            if let Some(png) = is_picture.then(|| std::fs::read(&path).ok()).flatten() {
                self.grids.push((epoch, png));
            }
        }
    }
}

/// Samples whose classes are counted after each epoch.
const COUNTED: u64 = 512;

/// The judge, if it can read the test images.
fn judge(data: &Named) -> Result<Option<&'static Judge>, TrainError> {
    let (judge, test) = (Judge::shipped(), &data.set.test);
    if test.shape() != Judge::SHAPE {
        return Ok(None);
    }
    let reads = judge.accuracy(&test.first(1000))?.is_some_and(|right| right >= Judge::READS);
    Ok(reads.then_some(judge))
}

impl Watch<'_> {
    /// The share of each class among samples of the model as it is.
    fn classes(&self, model: &Gan) -> Result<Option<[f64; Judge::CLASSES]>, TrainError> {
        let Some(judge) = self.judge else { return Ok(None) };
        let ids: Vec<u64> = (0..COUNTED).collect();
        let samples = model.generate(model.noise(Key::new(0).named("counted"), &ids));
        judge.class_histogram(samples.as_slice()).map(Some)
    }
}

impl Observer<Gan> for Watch<'_> {
    fn trouble(&mut self, s: &StepMetrics, why: &TrainError) -> Result<(), TrainError> {
        self.progress.line(&trouble::unmade(s, why));
        Ok(())
    }
    fn step(&mut self, s: &StepMetrics, _: &mut dyn Current<Gan>) -> Result<Flow, TrainError> {
        let rate = self.rate.after(s);
        self.progress.at(s.step, &format!("epoch {}, G loss {:.3}, {rate}", s.epoch, s.loss));
        signal::hold();
        Ok(if signal::asked().is_some() { Flow::Stop } else { Flow::Continue })
    }
    fn epoch(&mut self, e: &GanEpoch, model: &Gan) -> Result<Flow, TrainError> {
        let row = json!({
            "epoch": e.epoch, "d_loss": e.d_loss, "g_loss": e.g_loss, "d_real": e.d_real, "d_fake": e.d_fake,
            "diversity": e.diversity, "logit_gap": e.logit_gap, "penalty": e.penalty, "g_gradient": e.g_gradient, "d_gradient": e.d_gradient,
            "class_histogram": self.classes(model)?,
        });
        // Times stay out of the files: equal runs write equal files.
        self.run.append(METRICS, &row).map_err(unwritten)?;
        self.logs.append(row).map_err(unwritten)?;
        self.run.keep();
        self.epochs += 1;
        let png = pages::gan::grid(model, self.noise.clone())
            .map_err(|failure| TrainError::Observer(failure.to_string().into()))?;
        save_png(self.run.file(&samples(e.epoch)), &png).map_err(unwritten)?;
        if self.paged.contains(&e.epoch) {
            self.grids.push((e.epoch, png));
        }
        self.progress.line(&format!(
            "epoch {}/{}, D loss {:.3}, G loss {:.3}, D(x) {:.3}, D(G(z)) {:.3}, diversity {:.2}",
            e.epoch, e.epochs, e.d_loss, e.g_loss, e.d_real, e.d_fake, e.diversity
        ));
        Ok(if signal::asked().is_some() { Flow::Stop } else { Flow::Continue })
    }
}
