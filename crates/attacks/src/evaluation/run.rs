//! The doors of the evaluation.

use super::options::{EvaluateOptions, Progress};
use super::propose::Proposer;
use super::report::Report;
use super::stages::Evaluation;
use crate::goal::check_input;
use crate::{Attack, AttackError, Counting, Goal, Threat};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;

/// How robust is the model, really? Runs every attack of the suite on every example the model gets right.
///
/// An attack only proposes: box, budget and success of each proposal are checked here with fresh logits. An example
/// that is wrong to begin with is wrong under every attack; [`Report::robust_accuracy`] counts the examples that
/// no attack fooled. The figures depend on `key` and the ids of the examples, not on threads or chunks: two attacks of
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
    Evaluation { model, proposer: None::<Proposer<'_, M>>, x, y, threat, key, options, progress }.of(suite)
}

/// As [`evaluate_with`], with attacks that climb the `proposer`. What they propose is judged by `model` alone, so the report is as true as any;
/// it may be weaker, as a rougher gradient may find less. An example that an attack left because the proposer took it for
/// fooled, while the model does not, is attacked once more on the model itself.
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
    Evaluation { model, proposer: Some(proposer), x, y, threat, key, options, progress }.of(suite)
}
