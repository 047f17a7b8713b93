//! The evaluation itself, stage by stage.

use super::attempt::{Attempt, attempt};
use super::card::AttackCard;
use super::clean::Clean;
use super::findings::of_report;
use super::options::{Course, EvaluateOptions, Progress};
use super::propose::{Chosen, Proposer, ProposerRole, Task, describe};
use super::report::{AttackResult, Report};
use super::worst::Worst;
use crate::goal::check_input;
use crate::{Attack, AttackError, AttackInfo, Counting, Counts, Goal, Settings, Threat};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What an evaluation works on.
pub(super) struct Evaluation<'a, M: ?Sized, P: ?Sized> {
    pub model: &'a M,
    pub proposer: Option<Proposer<'a, P>>,
    pub x: Batch<'a>,
    pub y: &'a [usize],
    pub threat: &'a Threat,
    pub key: Key,
    pub options: &'a EvaluateOptions,
    pub progress: &'a (dyn Fn(Progress<'_>) + Sync),
}

impl<M, P> Evaluation<'_, M, P>
where
    M: Classifier + Sync + ?Sized,
    P: Classifier + Sync + ?Sized,
{
    /// Every attack of the suite, one after the other.
    pub fn of<A>(&self, suite: &[A]) -> Result<Report, AttackError>
    where
        A: for<'m> Attack<Counting<&'m M>> + for<'m> Attack<Counting<&'m P>> + Sync,
    {
        self.check(suite)?;
        let mut clean = Clean::look(self.model, self.x, self.y, self.options.batch)?;
        let mut worst = Worst::new(self.x, self.y, &clean, self.options.keep);
        clean.observed.transfers = self.transfers();
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
            clean.observed.note(info, &settings, self.threat);
            attacks.push(self.result(info, &settings, attempt, chosen.labels.len(), fooled));
        }
        Ok(self.report(clean, worst, attacks))
    }

    /// Whether attacks climb another network: their gradients, and how strong they are, say nothing of the model.
    fn transfers(&self) -> bool {
        self.proposer.is_some_and(|p| p.role == ProposerRole::Surrogate)
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
        // On no examples each refuses what it would refuse after the work of those before it.
        suite.iter().try_for_each(|attack| {
            describe(attack, &Counting::new(model)).0.admits(threat)?;
            let none = (x.slice(0..0), Goal::Untargeted(&[]));
            attack.perturb(&Counting::new(model), none.0, none.1, threat, self.key, &mut [])
        })
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
        let Counts { forwards, backwards, zero_gradients, non_finite_gradients } = attempt.counts;
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
            zero_gradients,
            non_finite_gradients,
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
    fn report(&self, clean: Clean, worst: Worst<'_>, attacks: Vec<AttackResult>) -> Report {
        let (n, course) = (self.x.len(), self.options.course);
        let robust_accuracy = worst.standing().len() as f64 / n as f64;
        let (margins, adversarials) = worst.into_parts();
        Report {
            n,
            threat: *self.threat,
            course,
            clean: clean.right.len() as f64 / n as f64,
            predictions: clean.predictions,
            findings: of_report(&clean.observed, &attacks, course, n),
            observed: clean.observed,
            attacks,
            robust_accuracy,
            margins,
            adversarials,
        }
    }
}
