//! What an evaluation found.

use super::{AttackCard, Finding};
use crate::{Access, AnyNorm, Course, Threat};

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
    /// Wall-clock time of the attack, without the judge.
    pub seconds: f64,
    /// Of each example: was it right, and did the attack make it wrong?
    pub fooled: Vec<bool>,
    /// Everything needed to repeat the figure.
    pub card: AttackCard,
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

/// The share of the examples by which a cheaper attack must be ahead: less is the luck of one start.
const BEATEN_SHARE: f64 = 1.0 / 200.0;

/// What the figures of all attacks on `n` examples give away: each attack by gradients with the best of the cheaper ones that
/// beat it; one that draws at random promises nothing.
pub(super) fn beaten(attacks: &[AttackResult], n: usize) -> Vec<Finding> {
    let cost = |a: &AttackResult| a.steps.max(1) * a.restarts.max(1);
    let ahead = |a: &AttackResult, b: &AttackResult| ((a.accuracy - b.accuracy) * n as f64).round() as usize;
    let one = |a: &AttackResult| {
        let by = attacks.iter().filter(|b| cost(b) < cost(a)).max_by_key(|b| ahead(a, b))?;
        let examples = ahead(a, by);
        let told = || Finding::Beaten { attack: a.attack.clone(), by: by.attack.clone(), examples };
        (examples as f64 > BEATEN_SHARE * n as f64).then(told)
    };
    attacks.iter().filter(|a| a.steps > 0).filter_map(one).collect()
}

/// The share of the examples, and how many at least, that a black-box attack takes after gradients have had their turn: AutoAttack's threshold.
const BLACK_BOX: (f64, usize) = (0.002, 2);

/// Of a cascade: each black-box attack that took examples which attacks by gradients before it had left.
pub(super) fn black_box_stronger(attacks: &[AttackResult], n: usize) -> Vec<Finding> {
    let one = |(k, a): (usize, &AttackResult)| {
        let before = &attacks[..k];
        let white = before.iter().any(|b| b.card.access == Access::White);
        let examples = before.last()?.survivors - a.survivors;
        let many = examples >= BLACK_BOX.1 && examples as f64 > BLACK_BOX.0 * n as f64;
        let told = || Finding::BlackBoxStronger { attack: a.attack.clone(), examples };
        (a.card.access == Access::Black && white && many).then(told)
    };
    attacks.iter().enumerate().filter_map(one).collect()
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
    /// What casts doubt on the figures.
    pub findings: Vec<Finding>,
    /// Present if asked for.
    pub adversarials: Option<Adversarials>,
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
        for finding in &self.findings {
            write!(f, "\n! {finding}")?;
        }
        Ok(())
    }
}
