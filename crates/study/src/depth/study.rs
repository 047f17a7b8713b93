//! The walk over the grid.

use super::cell::{DepthCell, DepthRow};
use super::dead::units;
use super::learn::train;
use super::network::graph;
use super::settings::{DepthStudy, NormalizedBy};
use super::signal::signal;
use super::theory::predicted;
use crate::StudyError;
use sparring_datasets::Dataset;
use sparring_models::{ClassifierNet, ModelError};
use sparring_nn::Mode;
use sparring_seed::Key;
use sparring_train::{TrainError, fit_start};

impl DepthStudy {
    /// The networks of the grid: by initialisation, then normalisation, then activation.
    pub fn cells(&self) -> Vec<DepthCell> {
        let mut cells = Vec::new();
        for &init in &self.inits {
            for &normalization in &self.normalizations {
                let of = |&activation| DepthCell { activation, init, normalization };
                cells.extend(self.activations.iter().map(of));
            }
        }
        cells
    }
}

/// Measures and trains every network of the grid; `seen` is called with each row as it is done. A network that cannot be made (softplus at the edge of chaos) is a row that says why.
///
/// # Errors
/// [`StudyError::Depth`] for settings that make no sense, data that do not fit, or more memory than a network may take.
pub fn depth_study(
    study: &DepthStudy,
    data: &Dataset,
    mut seen: impl FnMut(&DepthRow) -> Result<(), StudyError>,
) -> Result<Vec<DepthRow>, StudyError> {
    study.validate()?;
    let mut rows = Vec::new();
    for cell in study.cells() {
        let row = row(study, &cell, data)?;
        seen(&row)?;
        rows.push(row);
    }
    Ok(rows)
}

fn row(study: &DepthStudy, cell: &DepthCell, data: &Dataset) -> Result<DepthRow, StudyError> {
    let wrong = |e: TrainError| StudyError::Depth(e.to_string());
    let mut row = DepthRow::of(cell);
    let spec = match graph(study, cell, data.shape(), data.classes) {
        Ok(spec) => spec,
        Err(e) => {
            row.refused = Some(e.to_string());
            return Ok(row);
        }
    };
    // Signal and gradient look at all these examples at once, as a batch normalisation does.
    let too_many = |e: &dyn std::fmt::Display| StudyError::Depth(format!("examples: {e}"));
    let cost = spec.cost().map_err(|e| too_many(&e))?;
    cost.admit(study.examples.min(data.train.len())).map_err(|e| too_many(&e))?;
    let made = || -> Result<ClassifierNet, StudyError> {
        let new = ClassifierNet::new(spec.clone(), Key::new(study.seed).named("init"));
        let mut model = new.map_err(|e: ModelError| StudyError::Depth(e.to_string()))?;
        if let Some(lsuv) = cell.init.lsuv() {
            fit_start(&mut model.net, &data.train, lsuv, study.seed).map_err(wrong)?;
        }
        Ok(model)
    };
    let model = match made() {
        Ok(model) => model,
        Err(e) if cell.init.lsuv().is_some() => {
            row.refused = Some(e.to_string());
            return Ok(row);
        }
        Err(e) => return Err(e),
    };
    let on = data.train.first(study.examples);
    (row.signal, row.gradient) = signal(&model, &on, Key::new(study.seed).named("signal"));
    if cell.normalization == NormalizedBy::None
        && let Some((signal, gradient)) = predicted(&model, &cell.activation, &row.signal, &row.gradient)
    {
        (row.predicted_signal, row.predicted_gradient) = (Some(signal), Some(gradient));
    }
    row.units = Some(units(&model, &cell.activation, &data.train, Mode::Train));
    drop(model);
    for &clip in study.clip_norms.iter().filter(|_| study.steps > 0) {
        let mut model = made()?;
        row.trainings.push(train(study, cell, &mut model, data, clip).map_err(wrong)?);
    }
    Ok(row)
}
