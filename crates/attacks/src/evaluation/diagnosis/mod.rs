//! The checks that need runs of their own, on a few of the examples.
//!
//! | check | what is run |
//! |---|---|
//! | `zero_gradient`, `nan_gradient` | the attack, as given |
//! | `tiny_gradient`, `gradient_mismatch` | one gradient of 16 examples, and their logits a short way off in 4 random directions, at 2 distances |
//! | `pgd_not_converged`, `restarts_not_converged` | twice the steps, five times the restarts, on what the attack left |
//! | `not_monotone`, `survives_huge_eps` | half, twice and the largest eps that the box allows |
//! | `black_box_stronger`, `noise_stronger`, `one_step_stronger` | Square, random noise and FGSM |
//! | `units`, `batch_dependent` | the logits of rescaled examples, and of the same ones alone and in another order |

mod gradients;
mod inputs;
mod multiplied;
mod subject;
mod walks;

use super::findings::{Finding, FindingId};
use super::propose::Chosen;
use super::report::Report;
use crate::goal::check_input;
use crate::{AnyAttack, AnyNorm, Apgd, AttackError, AttackKind, Goal, Pgd};
use multiplied::multiplied;
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;
use subject::Subject;

/// How much a diagnosis looks at. By default at most 64 examples and, for each, 11 runs of the attack (of PGD 440 gradients), 500 queries of Square, 100 random points
/// and a hundred other passes; an example that is fooled costs nothing more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diagnosis {
    /// Examples: the first that are right.
    pub examples: usize,
    /// The attack by gradients whose steps and restarts are doubted. In a norm that it does not work in PGD stands in, in L1 APGD.
    pub attack: AnyAttack,
    /// Queries of Square.
    pub queries: usize,
    /// Random points of the ball.
    pub samples: usize,
    /// Examples that go through the model at once at most.
    pub batch: usize,
}

impl Default for Diagnosis {
    fn default() -> Self {
        Self { examples: 64, attack: Pgd::default().into(), queries: 500, samples: 100, batch: 56 }
    }
}

impl Diagnosis {
    /// # Errors
    /// If a number is 0, or a parameter of the attack is outside its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        let Self { examples, queries, samples, batch, attack } = *self;
        for (parameter, value) in
            [("examples", examples), ("queries", queries), ("samples", samples), ("batch", batch)]
        {
            if value == 0 {
                let (value, need) = ("0".to_owned(), "at least 1");
                return Err(AttackError::Parameter { of: "diagnose", parameter, value, need });
            }
        }
        Ok(attack.validate()?)
    }

    /// The attack, or one that stands in for it in this norm.
    fn attack_in(&self, norm: AnyNorm) -> Option<AnyAttack> {
        let iterates = |a: &AnyAttack| {
            let info = a.info();
            info.kind == AttackKind::FixedBudget
                && info.norms.contains(&norm)
                && multiplied(a, "steps", 1).is_some()
        };
        [self.attack, Pgd::default().into(), Apgd::default().into()].into_iter().find(iterates)
    }
}

/// Makes the checks that an evaluation leaves out, and adds their outcomes to the rows of its report: a doubt that the evaluation had stays. `x`, `y` and `key` are those of the evaluation.
///
/// ```
/// # use sparring_attacks::{Diagnosis, FindingId, Threat, diagnose, evaluate, suites};
/// # use sparring_oracle::{Batch, Differentiable};
/// # use sparring_seed::Key;
/// fn how_robust<M: Differentiable + Sync>(model: &M, x: Batch<'_>, y: &[usize]) -> Result<f64, sparring_attacks::AttackError> {
///     let (threat, key) = (Threat::linf(0.1)?, Key::new(1));
///     let mut report = evaluate(model, x, y, &suites::quick(), &threat, key)?;
///     diagnose(model, x, y, &mut report, key, &Diagnosis::default())?;
///     report.raised().for_each(|finding| println!("{finding}"));
///     Ok(report.robust_accuracy)
/// }
/// ```
///
/// # Errors
/// As [`evaluate`](crate::evaluate()), and if the report is not of these examples.
pub fn diagnose<M>(
    model: &M,
    x: Batch<'_>,
    y: &[usize],
    report: &mut Report,
    key: Key,
    how: &Diagnosis,
) -> Result<(), AttackError>
where
    M: Differentiable + Sync + ?Sized,
{
    let rows = diagnostic_findings(model, x, y, report, key, how)?;
    report.add_findings(rows);
    Ok(())
}

/// The outcomes of [`diagnose`], for a report that takes them in later: that of an evaluation in pieces, say. The report gives the predictions, the threat and whether
/// outputs are random; its attacks do not matter.
///
/// # Errors
/// As [`diagnose`].
pub fn diagnostic_findings<M>(
    model: &M,
    x: Batch<'_>,
    y: &[usize],
    report: &Report,
    key: Key,
    how: &Diagnosis,
) -> Result<Vec<Finding>, AttackError>
where
    M: Differentiable + Sync + ?Sized,
{
    how.validate()?;
    check_input(model, x, Goal::Untargeted(y), x.data())?;
    if report.predictions.len() != x.len() {
        let (expected, got) = (x.len(), report.predictions.len());
        return Err(AttackError::Length { what: "examples of the report", expected, got });
    }
    let right: Vec<usize> =
        (0..x.len()).filter(|&i| report.predictions[i] == y[i]).take(how.examples).collect();
    let chosen = Chosen::new(x, y, &right);
    let Diagnosis { queries, samples, batch, .. } = *how;
    let (threat, key) = (report.threat, key.named("diagnosis"));
    let subject = Subject { model, chosen: &chosen, threat, key, queries, samples, batch };
    let first = x.slice(0..how.examples.min(x.len()));
    let random = report.findings.iter().any(|f| f.id == FindingId::RandomOutput && f.raised);
    let mut rows = Vec::new();
    if random {
        let told = |id| Finding::not_examined(id, "the outputs are random");
        rows.extend([FindingId::BatchDependent, FindingId::GradientMismatch].map(told));
    } else {
        rows.extend(inputs::batch_dependent(model, first)?);
    }
    rows.extend(inputs::rescaled(model, first, y, how.batch)?);
    let unmade = |why: &str| -> Vec<Finding> {
        FindingId::ALL.iter().map(|&id| Finding::not_examined(id, why)).collect()
    };
    if right.is_empty() {
        rows.extend(unmade("no example is right"));
        return Ok(rows);
    }
    let of_gradients = gradients::look(&subject)?;
    rows.extend(of_gradients.into_iter().filter(|f| !random || f.id != FindingId::GradientMismatch));
    match how.attack_in(report.threat.norm) {
        Some(attack) => rows.extend(walks::look(&subject, attack)?),
        None => rows.extend(unmade(&format!("no attack of a diagnosis works in {}", report.threat.norm))),
    }
    Ok(rows)
}
