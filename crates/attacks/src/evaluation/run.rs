//! The evaluation itself.

use super::finding::ZERO_SHARE;
use super::propose::{Chosen, Proposer, Task};
use super::verdict::{answers, judge, logits};
use super::{Adversarials, AttackCard, AttackResult, EvaluateOptions, Finding, Keep, Progress, Report};
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
    run(model, None::<Proposer<'_, M>>, x, y, suite, threat, key, options, progress)
}

/// As [`evaluate_with`], with attacks that climb the `proposer`. What they propose is judged by `model` alone, so the report is as true as any;
/// it may be weaker, as a rougher gradient may find less. An example that an attack left because the proposer took it for
/// turned, while the model does not, is attacked once more on the model itself.
///
/// # Errors
/// As [`evaluate`], and if the proposer takes other examples than the model.
pub fn evaluate_proposed<M, P, A>(
    model: &M,
    proposer: Proposer<'_, P>,
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
    P: Classifier + Sync + ?Sized,
    A: for<'m> Attack<Counting<&'m M>> + for<'m> Attack<Counting<&'m P>> + Sync,
{
    check_input(proposer.model, x, Goal::Untargeted(y), x.data())?;
    run(model, Some(proposer), x, y, suite, threat, key, options, progress)
}

fn run<M, P, A>(
    model: &M,
    proposer: Option<Proposer<'_, P>>,
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
    P: Classifier + Sync + ?Sized,
    A: for<'m> Attack<Counting<&'m M>> + for<'m> Attack<Counting<&'m P>> + Sync,
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
    let chosen = Chosen::new(x, y, &right);
    let (victims, labels) = (chosen.batch()?, &chosen.labels);

    let mut standing = vec![true; right.len()];
    let mut worst: Vec<f32> = right.iter().map(|&i| clean[i].margin).collect();
    let mut kept = match options.keep {
        Keep::Nothing => None,
        Keep::Adversarials => {
            let (x_adv, made_by) = (x.data().to_vec(), vec![None; n]);
            Some(Adversarials { x_adv, predictions: predictions.clone(), made_by })
        }
    };
    let mut results = Vec::with_capacity(suite.len());
    for (index, attack) in suite.iter().enumerate() {
        let (info, settings) = describe(attack, &Counting::new(model));
        let done = AtomicUsize::new(0);
        let told = |size| {
            let done = done.fetch_add(size, Ordering::Relaxed) + size;
            progress(Progress { attack: info.name, index, of: suite.len(), done, total: right.len() });
        };
        let (key_of, batch) = (key.named(info.name), options.batch);
        let task = Task { x: victims, labels, threat, key: key_of, batch, told: &told };
        let start = Instant::now();
        let (mut proposals, mut counts) = match proposer {
            Some(p) => task.propose(attack, p.model)?,
            None => task.propose(attack, model)?,
        };
        let mut seconds = start.elapsed().as_secs_f64();
        let ask = |task: &Task<'_>, proposals: &mut Vec<f32>, non_finite| {
            judge(model, task.x, task.labels, threat, info.name, non_finite, proposals, batch)
        };
        let (mut answers, more) = ask(&task, &mut proposals, counts.non_finite_gradients)?;
        findings.extend(more);
        if let Some(p) = proposer {
            let early = task.left_early(p.model, &proposals, &answers)?;
            let chosen = Chosen::new(victims, labels, &early);
            let again = Task { x: chosen.batch()?, labels: &chosen.labels, told: &|_| (), ..task };
            let start = Instant::now();
            let (mut found, more_counts) = again.propose(attack, model)?;
            seconds += start.elapsed().as_secs_f64();
            let (second, more) = ask(&again, &mut found, more_counts.non_finite_gradients)?;
            findings.extend(more);
            counts = counts + more_counts;
            for (i, (&k, answer)) in early.iter().zip(second).enumerate() {
                if answer.margin < answers[k].margin {
                    answers[k] = answer;
                    proposals[k * dim..(k + 1) * dim].copy_from_slice(&found[i * dim..(i + 1) * dim]);
                }
            }
        }
        if counts.zero_gradients as f64 > ZERO_SHARE * counts.backwards as f64 {
            let share = counts.zero_gradients as f64 / counts.backwards as f64;
            findings.push(Finding::ZeroGradient { attack: info.name.to_owned(), share });
        }
        let mut fooled = vec![false; n];
        for (k, (&i, answer)) in right.iter().zip(&answers).enumerate() {
            fooled[i] = answer.prediction != y[i];
            standing[k] &= !fooled[i];
            if let Some(kept) = &mut kept
                && answer.margin < worst[k]
            {
                worst[k] = answer.margin;
                kept.predictions[i] = answer.prediction;
                kept.made_by[i] = Some(index);
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
            card: AttackCard {
                proposals: proposer.map(|p| p.name.to_owned()),
                ..AttackCard::new(info, &settings, threat, key, n)
            },
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
