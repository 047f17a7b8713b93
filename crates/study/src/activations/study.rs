//! The cells of a study, and what those come to that differ in their seed alone.

use super::numbers::{AUTOATTACK, CURVE_MEAN, numbers, range};
use super::paired::{Paired, paired};
use super::plan::ActivationPlan;
use super::ranking::places;
use crate::{CellResult, CellState, Grid, Manifest, Shard, StudyError};
use std::collections::BTreeMap;

/// What others are compared with.
const BASELINE: &str = "relu";

/// A study's cells and what they came to. Its JSON and CSV hold neither times nor paths, so they are the same whoever computed which cell.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivationStudy {
    /// What was asked for.
    pub plan: ActivationPlan,
    /// Which of its cells these are.
    pub shard: Shard,
    /// One row a net.
    pub rows: Vec<ActivationRow>,
    /// One row for each defence and activation, defence by defence.
    pub groups: Vec<ActivationGroup>,
    /// Version and instruction set of the program.
    pub program: (String, String),
}

/// One net.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivationRow {
    /// The name of its folder.
    pub cell: String,
    /// Its activation.
    pub activation: String,
    /// Its defence, as it was written.
    pub defense: String,
    /// Its seed.
    pub seed: u64,
    /// What became of it.
    pub state: CellState,
    /// Its result, if it is done.
    pub result: Option<CellResult>,
    /// The figures that are compared, by name.
    pub numbers: BTreeMap<String, f64>,
}

/// The nets that differ in their seed alone.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivationGroup {
    /// The activation.
    pub activation: String,
    /// The defence.
    pub defense: String,
    /// Finished nets.
    pub n: usize,
    /// Those whose gradients count as masked.
    pub masked: usize,
    /// Of each figure the mean over seeds with its interval.
    pub means: BTreeMap<String, Paired>,
    /// Of each figure the difference to the net of the same seed and defence with ReLU; empty for ReLU itself, and without it.
    pub against_relu: BTreeMap<String, Paired>,
    /// Its place under its defence by accuracy under the standard suite, and where that is equal by the mean over the budgets; `None` where a net is masked or none is
    /// finished.
    pub place: Option<usize>,
}

impl ActivationGroup {
    /// Its place in words: a number, "masked", or a dash where no net is finished.
    pub(super) fn placed(&self) -> String {
        match (self.place, self.masked) {
            (Some(place), _) => place.to_string(),
            (None, 0) => "–".into(),
            (None, _) => "masked".into(),
        }
    }
}

impl ActivationRow {
    /// Why its gradients count as masked.
    pub fn masked(&self) -> Option<String> {
        self.result.as_ref()?.net.as_ref()?.masked()
    }
    /// The check that says so, whatever the gap.
    pub(super) fn check_raised(&self) -> Option<String> {
        self.result.as_ref()?.net.as_ref()?.check_raised()
    }
}

impl ActivationStudy {
    /// The study of a manifest, of a whole or of a shard.
    ///
    /// # Errors
    /// [`StudyError::Merge`] if the manifest is of another kind, or its rows are not those of its plan.
    pub fn of(manifest: &Manifest) -> Result<Self, StudyError> {
        let refused = |what: String| StudyError::Merge(format!("the manifest cannot be used: {what}"));
        if manifest.kind != ActivationPlan::KIND {
            return Err(refused(format!("it is of a `{}`, not of a study of activations", manifest.kind)));
        }
        let plan: ActivationPlan =
            serde_json::from_str(&manifest.inputs.plan).map_err(|e| refused(format!("its plan: {e}")))?;
        let grid = Grid::parse(&plan.grid()).map_err(|e| refused(format!("its grid: {e}")))?;
        let cells = grid.cells();
        if cells.len() != manifest.total || plan.trained.len() != plan.defenses.len() {
            return Err(refused(format!("its plan has {} cells, it has {}", cells.len(), manifest.total)));
        }
        let mut rows = Vec::new();
        for row in &manifest.rows {
            if cells.get(row.index).is_none_or(|cell| cell.name != row.name) {
                return Err(refused(format!("its plan has no cell {} `{}`", row.index, row.name)));
            }
            let result = match &row.state {
                CellState::Done { result } => {
                    let result = CellResult::deserialized(result);
                    Some(result.map_err(|e| refused(format!("the result of `{}`: {e}", row.name)))?)
                }
                _ => None,
            };
            let (activation, defense, seed) = plan.place(row.index);
            rows.push(ActivationRow {
                cell: row.name.clone(),
                activation: plan.activations[activation].clone(),
                defense: plan.defenses[defense].clone(),
                seed,
                state: row.state.clone(),
                numbers: result.as_ref().map(numbers).unwrap_or_default(),
                result,
            });
        }
        let program = (manifest.inputs.program.version.clone(), manifest.inputs.program.isa.clone());
        let groups = groups(&plan, &rows);
        Ok(Self { plan, shard: manifest.shard, rows, groups, program })
    }
    /// The finished nets of an activation and a defence.
    pub(super) fn nets(&self, activation: &str, defense: &str) -> Vec<&ActivationRow> {
        nets(&self.rows, activation, defense)
    }
    /// The defences that train on adversarial examples.
    pub(super) fn hardened(&self) -> impl Iterator<Item = &String> {
        self.plan.defenses.iter().filter(|defense| *defense != "none")
    }
    /// The group of an activation and a defence.
    pub(super) fn group(&self, activation: &str, defense: &str) -> Option<&ActivationGroup> {
        self.groups.iter().find(|group| group.activation == activation && group.defense == defense)
    }
    /// The names of the attacks that were asked for, in order.
    pub(super) fn attacks(&self) -> Vec<&str> {
        let first = self.rows.iter().find_map(|row| row.result.as_ref()?.attacked.as_ref());
        first.map_or_else(Vec::new, |attacked| attacked.attacks.iter().map(|a| a.attack.as_str()).collect())
    }
}

fn nets<'a>(rows: &'a [ActivationRow], activation: &str, defense: &str) -> Vec<&'a ActivationRow> {
    let wanted = |row: &&ActivationRow| row.activation == activation && row.defense == defense;
    rows.iter().filter(wanted).filter(|row| row.result.is_some()).collect()
}

/// The mean of a figure over nets, whose images are a sample too.
pub(super) fn mean(plan: &ActivationPlan, own: &[&ActivationRow], figure: &str) -> Option<Paired> {
    compared_means(plan, own.iter().map(|row| (vec![*row], Vec::new())), figure)
}

/// The mean difference of a figure of the nets of two activations that share their seed.
pub(super) fn compared(
    plan: &ActivationPlan,
    own: &[&ActivationRow],
    others: &[&ActivationRow],
    figure: &str,
) -> Option<Paired> {
    let of_seed = |seed: u64| others.iter().find(|other| other.seed == seed);
    let both = own.iter().filter_map(|row| Some((vec![*row], vec![*of_seed(row.seed)?])));
    compared_means(plan, both, figure)
}

/// The mean over seeds of the difference between the means of two lists of nets of one seed; an empty second list counts as 0, nets without the figure are left out.
///
/// Its variance over samples of images is at most the mean over the seeds of the sum of both sides' variances, since all look at the same images: seeds and nets are taken to err alike, and the two
/// sides apart, though what they have in common makes the difference vary less.
pub(super) fn compared_means<'a>(
    plan: &ActivationPlan,
    seeds: impl Iterator<Item = (Vec<&'a ActivationRow>, Vec<&'a ActivationRow>)>,
    figure: &str,
) -> Option<Paired> {
    let average = |v: Vec<f64>| (!v.is_empty()).then(|| v.iter().sum::<f64>() / v.len() as f64);
    let value = |rows: &[&ActivationRow]| {
        average(rows.iter().filter_map(|row| row.numbers.get(figure).copied()).collect())
    };
    let variance = |rows: &[&ActivationRow]| {
        average(rows.iter().filter_map(|row| row.image_variance(figure, plan.n)).collect())
    };
    let (mut pairs, mut variances) = (Vec::new(), Vec::new());
    for (own, others) in seeds {
        let other = if others.is_empty() { Some(0.0) } else { value(&others) };
        let (Some(a), Some(b)) = (value(&own), other) else { continue };
        pairs.push((a, b));
        variances.extend(variance(&own).map(|v| v + variance(&others).unwrap_or(0.0)));
    }
    let found = paired(&pairs)?;
    Some(average(variances).map_or(found, |variance| found.over_images(variance)))
}

fn group(plan: &ActivationPlan, rows: &[ActivationRow], activation: &str, defense: &str) -> ActivationGroup {
    let own = nets(rows, activation, defense);
    let relu = nets(rows, BASELINE, defense);
    let (mut means, mut against_relu) = (BTreeMap::new(), BTreeMap::new());
    for name in own.iter().flat_map(|row| row.numbers.keys()) {
        means.extend(mean(plan, &own, name).map(|mean| (name.clone(), mean.within(range(name)))));
        if activation != BASELINE {
            against_relu.extend(compared(plan, &own, &relu, name).map(|mean| (name.clone(), mean)));
        }
    }
    ActivationGroup {
        activation: activation.into(),
        defense: defense.into(),
        n: own.len(),
        masked: own.iter().filter(|row| row.masked().is_some()).count(),
        means,
        against_relu,
        place: None,
    }
}

fn groups(plan: &ActivationPlan, rows: &[ActivationRow]) -> Vec<ActivationGroup> {
    let mut all = Vec::new();
    for defense in &plan.defenses {
        let mut own: Vec<ActivationGroup> =
            plan.activations.iter().map(|activation| group(plan, rows, activation, defense)).collect();
        let ranked = |group: &ActivationGroup| {
            let mean = |name: &str| group.means.get(name).map(|mean| mean.mean);
            (group.masked == 0).then(|| Some((mean(AUTOATTACK)?, mean(CURVE_MEAN)?))).flatten()
        };
        let places = places(&own.iter().map(ranked).collect::<Vec<_>>());
        own.iter_mut().zip(places).for_each(|(group, place)| group.place = place);
        all.extend(own);
    }
    all
}
