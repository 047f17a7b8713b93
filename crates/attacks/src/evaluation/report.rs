//! What an evaluation found.

use super::card::AttackCard;
use super::findings::{Finding, add};
use super::observed::ModelStatistics;
use super::options::Course;
use crate::{AnyNorm, Counts, Threat};

/// One attack on all examples.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AttackResult {
    /// Name of the attack.
    pub attack: String,
    /// How perturbations were measured.
    pub norm: AnyNorm,
    /// How large they could be.
    pub eps: f32,
    /// Gradient steps of a restart.
    pub steps: usize,
    /// Restarts (or samples).
    pub restarts: usize,
    /// Examples still right under this attack; in a [cascade](crate::Course::Cascade) under it and all before it.
    #[cfg_attr(feature = "serde", serde(default))]
    pub survivors: usize,
    /// Those over all examples.
    pub accuracy: f64,
    /// Examples the attack sent forward; the judge's own passes are not counted.
    pub forwards: u64,
    /// Gradients it took.
    pub backwards: u64,
    /// Of those, gradients that were zero in every element.
    #[cfg_attr(feature = "serde", serde(default))]
    pub zero_gradients: u64,
    /// Of those, gradients with a NaN or an infinity.
    #[cfg_attr(feature = "serde", serde(default))]
    pub non_finite_gradients: u64,
    /// Wall-clock time of the attack, without the judge.
    pub seconds: f64,
    /// Of each example: was it right, and did the attack make it wrong?
    pub fooled: Vec<bool>,
    /// Its proposals that did not count.
    #[cfg_attr(feature = "serde", serde(default))]
    pub refused: Refused,
    /// Everything needed to repeat the figure.
    pub card: AttackCard,
}

impl AttackResult {
    /// What it asked of the model.
    pub fn counts(&self) -> Counts {
        let Self { forwards, backwards, zero_gradients, non_finite_gradients, .. } = *self;
        Counts { forwards, backwards, zero_gradients, non_finite_gradients }
    }
}

/// Proposals that broke the rules of the threat; they count as not fooled.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Refused {
    /// Proposals with a NaN or an infinity.
    pub not_finite: usize,
    /// Proposals that leave the box.
    pub outside_box: usize,
    /// Proposals beyond the ball.
    pub over_budget: usize,
    /// The largest perturbation of those.
    pub largest: f64,
    /// The largest that would have been accepted.
    pub allowed: f64,
}

impl Refused {
    /// How many there are.
    pub fn total(&self) -> usize {
        self.not_finite + self.outside_box + self.over_budget
    }
    pub(super) fn add(&mut self, other: &Self) {
        self.not_finite += other.not_finite;
        self.outside_box += other.outside_box;
        self.over_budget += other.over_budget;
        self.largest = self.largest.max(other.largest);
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { not_finite, outside_box, over_budget, largest, allowed } = self;
        write!(
            f,
            "{over_budget} proposals over budget (largest {largest:.6}, allowed {allowed:.6}), {outside_box} outside the box, {not_finite} not finite; not counted"
        )
    }
}

/// The worst valid proposal for each example: lowest `z_y − max z_other`. Examples that were wrong to begin with
/// are themselves.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Adversarials {
    /// All numbers, example after example, in the order of the input.
    pub x_adv: Vec<f32>,
    /// What the model says to them.
    pub predictions: Vec<usize>,
    /// Which attack made each, as its place in [`Report::attacks`]; `None` where none came nearer to an error than the example itself,
    /// or was run.
    #[cfg_attr(feature = "serde", serde(default))]
    pub made_by: Vec<Option<usize>>,
}

/// What an evaluation found. `Display` is a compact table.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Report {
    /// Number of examples.
    pub n: usize,
    /// What the adversary could do.
    pub threat: Threat,
    /// Which examples each attack was given.
    #[cfg_attr(feature = "serde", serde(default))]
    pub course: Course,
    /// Accuracy on the examples themselves.
    pub clean: f64,
    /// What the model says to the examples themselves.
    pub predictions: Vec<usize>,
    /// Each attack, in the order of the suite: on its own, or in a cascade on what those before it left.
    pub attacks: Vec<AttackResult>,
    /// Examples right under every attack, over all examples.
    pub robust_accuracy: f64,
    /// Of each example the lowest `z_y − max z_other` under any attack, or clean; below 0 it is fooled, or was wrong.
    #[cfg_attr(feature = "serde", serde(default))]
    pub margins: Vec<f32>,
    /// What casts doubt on the figures: a row for each check, in the order of [`FindingId::ALL`](crate::FindingId::ALL). Those that need more runs are
    /// made by [`diagnose`](crate::diagnose).
    pub findings: Vec<Finding>,
    /// What those are made of, besides the attacks.
    #[cfg_attr(feature = "serde", serde(default))]
    pub observed: ModelStatistics,
    /// Present if asked for.
    pub adversarials: Option<Adversarials>,
}

impl Report {
    /// The checks that cast doubt on the figures.
    pub fn raised(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.raised)
    }
    /// Takes in the rows of [`diagnostic_findings`](crate::diagnostic_findings): a doubt that was there stays.
    pub fn add_findings(&mut self, rows: Vec<Finding>) {
        add(&mut self.findings, rows);
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let percent = |a: f64| format!("{:.2} %", 100.0 * a);
        writeln!(f, "{} examples, {}", self.n, self.threat)?;
        writeln!(
            f,
            "{:<10} {:>9} {:>6} {:>8} {:>10} {:>10} {:>9}",
            "attack", "accuracy", "steps", "restarts", "forwards", "backwards", "seconds"
        )?;
        writeln!(f, "{:<10} {:>9}", "clean", percent(self.clean))?;
        for a in &self.attacks {
            writeln!(
                f,
                "{:<10} {:>9} {:>6} {:>8} {:>10} {:>10} {:>9.2}",
                a.attack,
                percent(a.accuracy),
                a.steps,
                a.restarts,
                a.forwards,
                a.backwards,
                a.seconds
            )?;
        }
        write!(f, "{:<10} {:>9}", "worst case", percent(self.robust_accuracy))?;
        if self.course == Course::Cascade {
            write!(f, "\neach attack had what those before it left: its accuracy is what is left after it")?;
        }
        for finding in self.raised() {
            write!(f, "\n! {finding}")?;
        }
        let broken = self.attacks.iter().filter(|a| a.refused.total() > 0);
        broken.into_iter().try_for_each(|a| write!(f, "\n! {}: {}", a.attack, a.refused))
    }
}
