//! The evaluation itself.

use super::attempt::attempt;
use super::clean::Clean;
use super::propose::{Chosen, Proposer, Task};
use super::report::{beaten, black_box_stronger};
use super::worst::Worst;
use super::{AttackCard, AttackResult, Course, EvaluateOptions, Finding, Progress, Report};
use crate::goal::check_input;
use crate::{Attack, AttackError, Counting, Goal, Threat};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;
use std::sync::atomic::{AtomicUsize, Ordering};

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
    run(model, None::<Proposer<'_, M>>, x, y, suite, threat, key, options, progress)
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
    threat.fits(model.bounds(), x.dim())?;
    let (n, batch) = (x.len(), options.batch);

    // On no examples each refuses what it would refuse after the work of those before it.
    for attack in suite {
        describe(attack, &Counting::new(model)).0.admits(threat)?;
        attack.perturb(&Counting::new(model), x.slice(0..0), Goal::Untargeted(&[]), threat, key, &mut [])?;
    }
    let clean = Clean::look(model, x, y, batch)?;
    // The examples that are attacked, side by side: places among the right ones, and the examples themselves.
    let mut attacked: Vec<usize> = (0..clean.right.len()).collect();
    let mut chosen = Chosen::new(x, y, &clean.right);
    let mut worst = Worst::new(x, y, &clean, options.keep);
    let mut findings = clean.findings.clone();
    let mut attacks = Vec::with_capacity(suite.len());
    for (index, attack) in suite.iter().enumerate() {
        let (info, settings) = describe(attack, &Counting::new(model));
        if options.course == Course::Cascade && index > 0 {
            attacked = worst.standing();
            chosen = Chosen::new(x, y, &attacked.iter().map(|&k| clean.right[k]).collect::<Vec<_>>());
        }
        let (victims, labels) = (chosen.batch()?, &chosen.labels);
        let done = AtomicUsize::new(0);
        let told = |size| {
            let done = done.fetch_add(size, Ordering::Relaxed) + size;
            progress(Progress { attack: info.name, index, of: suite.len(), done, total: labels.len() });
        };
        let task = Task { x: victims, labels, threat, key: key.named(info.name), batch, told: &told };
        let attempt = attempt(model, proposer, attack, info.name, &task)?;
        findings.extend(Finding::of_walk(info.name, &settings, threat));
        findings.extend(Finding::of_gradients(info.name, attempt.counts));
        let fooled = worst.add(&attacked, &attempt.answers, &attempt.proposals);
        let survivors = labels.len() - fooled.iter().filter(|f| **f).count();
        attacks.push(AttackResult {
            attack: info.name.to_owned(),
            norm: threat.norm,
            eps: threat.eps,
            steps: settings.steps,
            restarts: settings.restarts,
            survivors,
            accuracy: survivors as f64 / n as f64,
            forwards: attempt.counts.forwards,
            backwards: attempt.counts.backwards,
            seconds: attempt.seconds,
            fooled,
            card: AttackCard {
                proposals: proposer.map(|p| p.name.to_owned()),
                ..AttackCard::new(info, &settings, threat, key, n)
            },
        });
        findings.extend(attempt.findings);
    }
    findings.extend(match options.course {
        Course::Each => beaten(&attacks, n),
        Course::Cascade => black_box_stronger(&attacks, n),
    });
    Ok(Report {
        n,
        threat: *threat,
        course: options.course,
        clean: clean.right.len() as f64 / n as f64,
        robust_accuracy: worst.standing().len() as f64 / n as f64,
        adversarials: worst.kept(),
        predictions: clean.predictions,
        attacks,
        findings,
    })
}

/// Names the model type, which a call of `about` alone would leave open.
fn describe<M, A: Attack<M>>(attack: &A, _model: &M) -> (&'static crate::AttackInfo, crate::Settings) {
    (attack.about(), attack.settings())
}
