//! What an evaluation does, checked against the network and the images before it begins.

use super::args::Args;
use super::cards::{Ran, Source, of_curve, of_report};
use super::outcomes::Outcomes;
use super::suite_attack::SuiteAttack;
use super::target::{Settings, Target};
use crate::cli::Outcome;
use serde::{Deserialize, Serialize};
use sparring::attacks::{AnyNorm, BudgetCurve, Finding, Progress, Report, Threat};
use std::ops::Range;

/// Told where an evaluation stands.
pub(super) type Show<'a> = &'a (dyn Fn(Progress<'_>) + Sync);

/// The attacks on a model, at each budget.
pub(super) struct Work {
    pub(super) target: Target,
    /// The budgets, rising.
    pub(super) threats: Vec<Threat>,
    /// The attacks at each.
    pub(super) suites: Vec<Vec<SuiteAttack>>,
    /// The attack of the curve, and its budgets.
    pub(super) curve: Option<(SuiteAttack, Vec<f32>)>,
    /// Whether the checks are made that need runs of their own.
    pub(super) checks: bool,
    pub(super) how: Settings,
}

/// The attacks as cards write them: what turns figures into cards without the model.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct NamedAttacks {
    /// Those at each budget.
    pub(super) suites: Vec<Vec<Ran>>,
    /// That of the curve, with its budgets.
    pub(super) curve: Option<(Ran, Vec<f32>)>,
}

impl Work {
    /// Refuses what cannot be done, the flags first, and starts the threads.
    pub(super) fn prepare(args: &Args) -> Outcome<Self> {
        let threats = args.threats()?;
        let suites = threats.iter().map(|t| args.suite(t.eps)).collect::<Outcome<Vec<_>>>()?;
        let curve = args.curve(&threats)?;
        args.files_are_free()?;
        // Refused before threads are started.
        args.model.net().map(drop)?;
        args.machine.start()?;
        let target = Target::load(&args.model, args.data.as_deref(), args.n, args.beside())?;
        args.fit(&threats, target.test.shape.iter().product())?;
        suites
            .iter()
            .flatten()
            .chain(curve.iter().map(|(one, _)| one))
            .try_for_each(|one| target.admits(one))?;
        let checks = args.diagnose || args.suite.is_some();
        Ok(Self { target, threats, suites, curve, checks, how: args.settings() })
    }
    pub(super) fn named_attacks(&self) -> NamedAttacks {
        NamedAttacks {
            suites: self.suites.iter().map(|suite| suite.iter().map(SuiteAttack::ran).collect()).collect(),
            curve: self.curve.as_ref().map(|(attack, budgets)| (attack.ran(), budgets.clone())),
        }
    }
    /// Hashes of the generators among the attacks, by their order: going on with a changed one is refused by its name.
    pub(super) fn generators(&self) -> impl Iterator<Item = (String, String)> {
        let attacks = self.suites[0].iter().chain(self.curve.iter().map(|(attack, _)| attack));
        let hashes = attacks.filter_map(|attack| attack.ran().sha256);
        hashes.enumerate().map(|(i, hash)| (format!("generator {}", i + 1), hash))
    }
    pub(super) fn norm(&self) -> AnyNorm {
        self.threats[0].norm
    }
    /// Passes over the images: attacks at all budgets, and the curve.
    pub(super) fn passes(&self) -> usize {
        self.threats.len() * self.suites[0].len() + usize::from(self.curve.is_some())
    }
    /// A report for each budget, of these images.
    pub(super) fn reports(&self, which: &Range<usize>, show: Show<'_>) -> Outcome<Vec<Report>> {
        let all = self.threats.iter().zip(&self.suites).enumerate();
        let one = |(k, (threat, suite)): (usize, (&Threat, &Vec<SuiteAttack>))| {
            let from = k * suite.len();
            let show = |p: Progress<'_>| show(Progress { index: p.index + from, ..p });
            self.target.evaluate(which, suite, threat, &self.how, &show)
        };
        all.map(one).collect()
    }
    /// The curve of these images.
    pub(super) fn curve(&self, which: &Range<usize>, show: Show<'_>) -> Outcome<Option<BudgetCurve>> {
        let Some((attack, budgets)) = &self.curve else { return Ok(None) };
        let from = self.passes() - 1;
        let show = |p: Progress<'_>| show(Progress { index: p.index + from, ..p });
        self.target.curve(which, attack, self.norm(), budgets, &self.how, &show).map(Some)
    }
    /// The checks at the largest budget, for a report of all images.
    pub(super) fn doubts(&self, report: &Report) -> Outcome<Vec<Finding>> {
        self.target.doubts(report, &self.suites[self.suites.len() - 1], &self.how)
    }
    /// The same for a report that was not made: the predictions are looked up.
    pub(super) fn doubts_alone(&self) -> Outcome<Vec<Finding>> {
        let threat = &self.threats[self.threats.len() - 1];
        let clean = self.target.evaluate(&self.target.all(), &[], threat, &self.how, &|_| ())?;
        self.doubts(&clean)
    }
}

impl NamedAttacks {
    /// The figures with their cards.
    pub(super) fn outcomes(
        &self,
        source: &Source,
        reports: Vec<Report>,
        curve: Option<BudgetCurve>,
    ) -> Outcomes {
        let suites = reports.iter().zip(&self.suites);
        let mut cards: Vec<_> = suites.flat_map(|(r, suite)| of_report(r, suite, source)).collect();
        if let (Some(curve), Some((attack, budgets))) = (&curve, &self.curve) {
            cards.push(of_curve(curve, attack, budgets, source));
        }
        Outcomes { reports, curve, cards, purifier: None }
    }
}
