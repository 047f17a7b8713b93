//! The evaluation itself.

use super::attempt::{Attempt, attempt};
use super::card::AttackCard;
use super::clean::Clean;
use super::doubts::{dlr_undefined, of_figures, of_gradients, of_walk};
use super::finding::{Finding, add};
use super::options::{Course, EvaluateOptions, Progress};
use super::propose::{Chosen, Proposer, Task, describe};
use super::report::{AttackResult, Report};
use super::worst::Worst;
use crate::goal::check_input;
use crate::{Attack, AttackError, AttackInfo, Counting, Counts, Goal, Settings, Threat};
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

/// What an evaluation works on.
struct Evaluation<'a, M: ?Sized, P: ?Sized> {
    model: &'a M,
    proposer: Option<Proposer<'a, P>>,
    x: Batch<'a>,
    y: &'a [usize],
    threat: &'a Threat,
    key: Key,
    options: &'a EvaluateOptions,
    progress: &'a (dyn Fn(Progress<'_>) + Sync),
}

impl<M, P> Evaluation<'_, M, P>
where
    M: Classifier + Sync + ?Sized,
    P: Classifier + Sync + ?Sized,
{
    /// Every attack of the suite, one after the other.
    fn of<A>(&self, suite: &[A]) -> Result<Report, AttackError>
    where
        A: for<'m> Attack<Counting<&'m M>> + for<'m> Attack<Counting<&'m P>> + Sync,
    {
        self.check(suite)?;
        let clean = Clean::look(self.model, self.x, self.y, self.options.batch)?;
        let mut worst = Worst::new(self.x, self.y, &clean, self.options.keep);
        let mut findings = Finding::none_examined();
        let mut attacks = Vec::with_capacity(suite.len());
        // The examples that are attacked: places among the right ones, and the examples themselves, side by side.
        let mut attacked = worst.standing();
        let mut chosen = Chosen::new(self.x, self.y, &clean.right);
        for (index, attack) in suite.iter().enumerate() {
            if self.options.course == Course::Cascade && index > 0 {
                attacked = worst.standing();
                let left: Vec<usize> = attacked.iter().map(|&k| clean.right[k]).collect();
                chosen = Chosen::new(self.x, self.y, &left);
            }
            let (info, settings) = describe(attack, &Counting::new(self.model));
            let attempt = self.attempt(attack, info, (index, suite.len()), &chosen)?;
            let fooled = worst.add(&attacked, &attempt.answers, &attempt.proposals);
            add(&mut findings, of_walk(info.name, &settings, self.threat));
            add(&mut findings, of_gradients(info.name, attempt.counts, attempt.refused.not_finite));
            attacks.push(self.result(info, &settings, attempt, chosen.labels.len(), fooled));
        }
        self.report(suite, clean, worst, attacks, findings)
    }

    /// Refuses what no attack could work on.
    fn check<A: for<'m> Attack<Counting<&'m M>>>(&self, suite: &[A]) -> Result<(), AttackError> {
        let Self { model, x, y, threat, .. } = *self;
        threat.validate()?;
        self.options.validate()?;
        if x.is_empty() {
            return Err(AttackError::Empty);
        }
        check_input(model, x, Goal::Untargeted(y), x.data())?;
        threat.fits(model.bounds(), x.dim())?;
        suite.iter().try_for_each(|attack| describe(attack, &Counting::new(model)).0.admits(threat))
    }

    /// One attack, the `place.0`-th of `place.1`, on the chosen examples, with its progress told.
    fn attempt<A>(
        &self,
        attack: &A,
        info: &AttackInfo,
        (index, of): (usize, usize),
        chosen: &Chosen,
    ) -> Result<Attempt, AttackError>
    where
        A: for<'m> Attack<Counting<&'m M>> + for<'m> Attack<Counting<&'m P>> + Sync,
    {
        let (done, total) = (AtomicUsize::new(0), chosen.labels.len());
        let told = |size| {
            let done = done.fetch_add(size, Ordering::Relaxed) + size;
            (self.progress)(Progress { attack: info.name, index, of, done, total });
        };
        let task = Task {
            x: chosen.batch()?,
            labels: &chosen.labels,
            threat: self.threat,
            key: self.key.named(info.name),
            batch: self.options.batch,
            told: &told,
        };
        attempt(self.model, self.proposer, attack, &task)
    }

    /// The figures of one attack, which was given `given` examples.
    fn result(
        &self,
        info: &AttackInfo,
        settings: &Settings,
        attempt: Attempt,
        given: usize,
        fooled: Vec<bool>,
    ) -> AttackResult {
        let Self { threat, x, key, .. } = *self;
        let survivors = given - fooled.iter().filter(|f| **f).count();
        let Counts { forwards, backwards, .. } = attempt.counts;
        AttackResult {
            attack: info.name.to_owned(),
            norm: threat.norm,
            eps: threat.eps,
            steps: settings.steps,
            restarts: settings.restarts,
            survivors,
            accuracy: survivors as f64 / x.len() as f64,
            forwards,
            backwards,
            seconds: attempt.seconds,
            fooled,
            refused: attempt.refused,
            card: AttackCard {
                survivors,
                forwards,
                backwards,
                proposals: self.proposer.map(|p| p.name.to_owned()),
                ..AttackCard::new(info, settings, threat, key, x.len())
            },
        }
    }

    /// All figures together, and what they give away.
    fn report<A: for<'m> Attack<Counting<&'m M>>>(
        &self,
        suite: &[A],
        clean: Clean,
        worst: Worst<'_>,
        attacks: Vec<AttackResult>,
        mut findings: Vec<Finding>,
    ) -> Result<Report, AttackError> {
        let (n, course) = (self.x.len(), self.options.course);
        let settings: Vec<_> = suite.iter().map(|a| describe(a, &Counting::new(self.model))).collect();
        let named = settings.iter().map(|(info, settings)| (info.name, settings));
        add(&mut findings, [dlr_undefined(&clean.logits, self.model.classes(), named)]);
        add(&mut findings, clean.findings);
        add(&mut findings, of_figures(&attacks, course, n));
        let robust_accuracy = worst.standing().len() as f64 / n as f64;
        let (margins, adversarials) = worst.into_parts();
        Ok(Report {
            n,
            threat: *self.threat,
            course,
            clean: clean.right.len() as f64 / n as f64,
            predictions: clean.predictions,
            attacks,
            robust_accuracy,
            margins,
            findings,
            adversarials,
        })
    }
}
