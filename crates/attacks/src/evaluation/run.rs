//! The evaluation itself.

use super::finding::ZERO_SHARE;
use super::verdict::{answers, judge, logits};
use super::{Adversarials, AttackCard, AttackResult, EvaluateOptions, Finding, Keep, Progress, Report};
use crate::chunked::over_chunks;
use crate::goal::check_input;
use crate::{Attack, AttackError, Counting, Goal, Threat};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// How robust is the model, really? Runs every attack of the suite on every example the model gets right.
///
/// An attack only proposes: box, budget and success of each proposal are checked here with fresh logits. An example
/// that is wrong to begin with is wrong under every attack; [`Report::robust_accuracy`] counts the examples that
/// no attack turned. The figures depend on `key` and the ids of the examples, not on threads or chunks: two attacks of
/// one name share their randomness, so that more restarts never find less.
///
/// A suite of [`AnyAttack`](crate::AnyAttack) needs a model with gradients; for a model with logits only, give a suite
/// of [`AnyBlackBox`](crate::AnyBlackBox). The wrong pairing does not compile:
///
/// ```compile_fail,E0277
/// use sparring_attacks::{Report, Threat, evaluate, suites};
/// use sparring_oracle::{Batch, Classifier};
/// use sparring_seed::Key;
/// fn how_robust<M: Classifier + Sync>(model: &M, x: Batch<'_>, y: &[usize], threat: &Threat) -> Report {
///     evaluate(model, x, y, &suites::quick(), threat, Key::new(0)).unwrap() // `suites::black_box()` compiles
/// }
/// ```
///
/// # Errors
/// If shapes, labels, inputs or parameters are wrong, there is no example, the model fails or its logits are not finite.
pub fn evaluate<M, A>(
    model: &M,
    x: Batch<'_>,
    y: &[usize],
    suite: &[A],
    threat: &Threat,
    key: Key,
) -> Result<Report, AttackError>
where
    M: Classifier + Sync + ?Sized,
    A: for<'m> Attack<Counting<&'m M>> + Sync,
{
    evaluate_with(model, x, y, suite, threat, key, &EvaluateOptions::default(), &|_| ())
}

/// As [`evaluate`], with options, telling `progress` where it stands.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_with<M, A>(
    model: &M,
    x: Batch<'_>,
    y: &[usize],
    suite: &[A],
    threat: &Threat,
    key: Key,
    options: &EvaluateOptions,
    progress: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<Report, AttackError>
where
    M: Classifier + Sync + ?Sized,
    A: for<'m> Attack<Counting<&'m M>> + Sync,
{
    threat.validate()?;
    options.validate()?;
    if x.is_empty() {
        return Err(AttackError::Empty);
    }
    check_input(model, x, Goal::Untargeted(y), x.data())?;
    let (n, dim, classes) = (x.len(), x.dim(), model.classes());

    let z = logits(model, x, options.batch)?;
    let mut findings = look_at(model, x, &z, options.batch)?;
    let clean = answers(&z, classes, y);
    let predictions: Vec<usize> = clean.iter().map(|a| a.prediction).collect();
    let right: Vec<usize> = (0..n).filter(|&i| predictions[i] == y[i]).collect();
    // The examples that are attacked, side by side.
    let rows: Vec<f32> = right.iter().flat_map(|&i| x.row(i)).copied().collect();
    let ids: Vec<u64> = right.iter().map(|&i| x.ids()[i]).collect();
    let labels: Vec<usize> = right.iter().map(|&i| y[i]).collect();
    let victims = Batch::new(&rows, x.shape(), &ids)?;

    let mut standing = vec![true; right.len()];
    let mut worst: Vec<f32> = right.iter().map(|&i| clean[i].margin).collect();
    let mut kept = match options.keep {
        Keep::Nothing => None,
        Keep::Adversarials => {
            Some(Adversarials { x_adv: x.data().to_vec(), predictions: predictions.clone() })
        }
    };
    let mut results = Vec::with_capacity(suite.len());
    for (index, attack) in suite.iter().enumerate() {
        let counting = Counting::new(model);
        let (info, settings) = describe(attack, &counting);
        let mut proposals = rows.clone();
        let done = AtomicUsize::new(0);
        let start = Instant::now();
        over_chunks(
            attack,
            &counting,
            victims,
            Goal::Untargeted(&labels),
            threat,
            key.named(info.name),
            &mut proposals,
            options.batch,
            &|size| {
                let done = done.fetch_add(size, Ordering::Relaxed) + size;
                progress(Progress { attack: info.name, index, of: suite.len(), done, total: right.len() });
            },
        )?;
        let seconds = start.elapsed().as_secs_f64();

        let counts = counting.counts();
        if counts.zero_gradients as f64 > ZERO_SHARE * counts.backwards as f64 {
            let share = counts.zero_gradients as f64 / counts.backwards as f64;
            findings.push(Finding::ZeroGradient { attack: info.name.to_owned(), share });
        }
        let (answers, more) = judge(
            model,
            victims,
            &labels,
            threat,
            info.name,
            counts.non_finite_gradients,
            &mut proposals,
            options.batch,
        )?;
        findings.extend(more);
        let mut fooled = vec![false; n];
        for (k, (&i, answer)) in right.iter().zip(&answers).enumerate() {
            fooled[i] = answer.prediction != y[i];
            standing[k] &= !fooled[i];
            if let Some(kept) = &mut kept
                && answer.margin < worst[k]
            {
                worst[k] = answer.margin;
                kept.predictions[i] = answer.prediction;
                kept.x_adv[i * dim..(i + 1) * dim].copy_from_slice(&proposals[k * dim..(k + 1) * dim]);
            }
        }
        let turned = fooled.iter().filter(|f| **f).count();
        results.push(AttackResult {
            attack: info.name.to_owned(),
            norm: threat.norm,
            eps: threat.eps,
            steps: settings.steps,
            restarts: settings.restarts,
            accuracy: (right.len() - turned) as f64 / n as f64,
            forwards: counts.forwards,
            backwards: counts.backwards,
            seconds,
            fooled,
            card: AttackCard::new(info, &settings, threat, key, n),
        });
    }
    Ok(Report {
        n,
        threat: *threat,
        clean: right.len() as f64 / n as f64,
        predictions,
        attacks: results,
        robust_accuracy: standing.iter().filter(|s| **s).count() as f64 / n as f64,
        findings,
        adversarials: kept,
    })
}

/// Names the model type, which a call of `about` alone would leave open.
fn describe<M, A: Attack<M>>(attack: &A, _model: &M) -> (&'static crate::AttackInfo, crate::Settings) {
    (attack.about(), attack.settings())
}

/// What the clean logits give away: probabilities instead of logits, randomness.
fn look_at<M: Classifier + Sync + ?Sized>(
    model: &M,
    x: Batch<'_>,
    z: &[f32],
    batch: usize,
) -> Result<Vec<Finding>, AttackError> {
    let mut findings = Vec::new();
    let distribution =
        |row: &[f32]| row.iter().all(|p| *p >= 0.0) && (row.iter().sum::<f32>() - 1.0).abs() < 1e-3;
    if z.chunks_exact(model.classes()).all(distribution) {
        findings.push(Finding::LooksLikeProbabilities);
    }
    // The first chunk once more, cut the same way, so that only randomness can make a difference.
    let first = batch.min(x.len());
    let again = logits(model, x.slice(0..first), batch)?;
    let difference = again.iter().zip(z).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let scale = again.iter().fold(1.0_f32, |m, z| m.max(z.abs()));
    if difference > 1e-5 * scale {
        findings.push(Finding::Randomised { difference });
    }
    Ok(findings)
}
