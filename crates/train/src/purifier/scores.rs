//! A purifier against an adversary who does not know of it, and against one who does.

use super::bpda::{BackwardIdentity, Purifier};
use super::projection::GanProjection;
use crate::TrainError;
use crate::data::check_data;
use serde::{Deserialize, Serialize};
use sparring_attacks::{
    AnyAttack, AnyNorm, EvaluateOptions, Pgd, Proposer, ProposerRole, Report, Square, Stop, Threat, evaluate,
    evaluate_proposed,
};
use sparring_datasets::Split;
use sparring_models::{ClassifierNet, purified};
use sparring_nn::{Compiled, Network, Victim};
use sparring_oracle::{Batch, Differentiable, OracleError};
use sparring_seed::Key;

/// Accuracies of a classifier behind a purifier, each under PGD but the last two.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PurifierScores {
    /// Images.
    pub n: usize,
    /// The norm of the budget.
    pub norm: AnyNorm,
    /// Budget, in pixels of [0, 1].
    pub eps: f32,
    /// Steps of PGD.
    pub steps: usize,
    /// Queries of Square.
    pub queries: usize,
    /// Right without a purifier and without an attack.
    pub clean_bare: f64,
    /// Right behind the purifier, without an attack.
    pub clean: f64,
    /// Right without a purifier, attacked.
    pub bare: f64,
    /// Grey box: attacked without the purifier, judged behind it. What papers of purifiers report, and no measure of one.
    pub grey_box: f64,
    /// Adaptive: attacked through the purifier by the whole gradient; `None` of one that has none.
    pub adaptive: Option<f64>,
    /// Adaptive: attacked with the purifier as the identity on the way back (BPDA).
    pub bpda: f64,
    /// Adaptive without gradients: Square.
    pub square: f64,
    /// Right under all of them, the grey box as well, which who knows of the purifier can use too: the figure of the defence.
    pub robust: f64,
}

/// How long the attacks are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PurifierSettings {
    /// Steps of PGD.
    pub steps: usize,
    /// Queries of Square.
    pub queries: usize,
}

impl Default for PurifierSettings {
    fn default() -> Self {
        Self { steps: 40, queries: 1000 }
    }
}

/// What gives images back.
#[derive(Clone, Copy, Debug)]
pub enum PurifiedBy<'a> {
    /// A network whose output is the image: an autoencoder, a denoiser. It has a gradient.
    Network(&'a Network<f32>),
    /// The nearest image of a generator, found by a search, which has none of any use.
    Projection(&'a GanProjection<'a>),
}

/// A network as a purifier: its output is the image.
struct ByNetwork(Compiled);

impl Purifier for ByNetwork {
    fn purify(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.0.forward(x.data(), out);
        Ok(())
    }
}

/// What every attack of a judgement is given.
struct Judgement<'a> {
    bare: &'a Victim<'a>,
    x: Batch<'a>,
    y: &'a [usize],
    threat: &'a Threat,
    settings: &'a PurifierSettings,
    key: Key,
}

impl Judgement<'_> {
    fn pgd(&self, stop: Stop) -> AnyAttack {
        Pgd { steps: self.settings.steps, stop, ..Pgd::default() }.into()
    }
    /// Attacks on a model of its own accord.
    fn of<M: Differentiable + Sync>(&self, model: &M, suite: &[AnyAttack]) -> Result<Report, TrainError> {
        Ok(evaluate(model, self.x, self.y, suite, self.threat, self.key)?)
    }
    /// A model that purifies: attacked by PGD on the bare classifier, and by PGD and Square on itself.
    fn both<M: Differentiable + Sync>(&self, model: &M) -> Result<[Report; 2], TrainError> {
        let proposer = Proposer { model: self.bare, name: "stand-in", role: ProposerRole::Surrogate };
        let (options, Self { x, y, threat, key, .. }) = (EvaluateOptions::default(), self);
        // One that goes on once the bare classifier is fooled: it transfers better.
        let grey = [self.pgd(Stop::Never)];
        let grey = evaluate_proposed(model, proposer, *x, y, &grey, threat, *key, &options, &|_| ())?;
        let square = Square { queries: self.settings.queries, ..Square::default() };
        Ok([grey, self.of(model, &[self.pgd(Stop::WhenFooled), square.into()])?])
    }
}

/// [`PurifierScores`] of what gives images back, in front of a classifier.
///
/// # Errors
/// If they do not fit each other or the examples, there is no example, `threat` is no budget, or a number of the search is out of its range.
///
/// Source: Athalye, Carlini and Wagner 2018 (arXiv:1802.00420); Carlini et al. 2019 (arXiv:1902.06705), which say how defences are to be judged.
pub fn purifier_scores(
    classifier: &ClassifierNet,
    purifier: PurifiedBy<'_>,
    split: &Split,
    threat: &Threat,
    settings: &PurifierSettings,
    key: Key,
) -> Result<PurifierScores, TrainError> {
    check_data(split, classifier.spec().input)?;
    let (all, bare) = (split.all(), classifier.victim());
    let x = Batch::new(&all.x, all.shape, &all.ids).map_err(|e| TrainError::Data(e.to_string()))?;
    let judgement = Judgement { bare: &bare, x, y: &all.labels, threat, settings, key };
    let network;
    let (purifier, whole): (&dyn Purifier, _) = match purifier {
        PurifiedBy::Network(net) => {
            let both = purified(net, classifier)?;
            network = ByNetwork(Compiled::new(net));
            (&network, Some(judgement.both(&both.victim())?))
        }
        PurifiedBy::Projection(projection) => (projection, None),
    };
    let identity = BackwardIdentity { purifier, classifier: &bare };
    let (grey, by_gradient, by_identity) = match whole {
        Some([grey, own]) => (grey, Some(own), judgement.of(&identity, &[judgement.pgd(Stop::WhenFooled)])?),
        None => {
            let [grey, own] = judgement.both(&identity)?;
            (grey, None, own)
        }
    };
    let fooled = judgement.of(&bare, &[judgement.pgd(Stop::WhenFooled)])?;
    let squared = by_gradient.as_ref().unwrap_or(&by_identity);
    // Margins are over all attacks of a report.
    let stands = |i: usize| [squared, &by_identity, &grey].iter().all(|report| report.margins[i] > 0.0);
    Ok(PurifierScores {
        n: all.len(),
        norm: threat.norm,
        eps: threat.eps,
        steps: settings.steps,
        queries: settings.queries,
        clean_bare: fooled.clean,
        clean: squared.clean,
        bare: fooled.robust_accuracy,
        grey_box: grey.robust_accuracy,
        adaptive: by_gradient.as_ref().map(|r| r.attacks[0].accuracy),
        bpda: by_identity.attacks[0].accuracy,
        square: squared.attacks[1].accuracy,
        robust: (0..all.len()).filter(|&i| stands(i)).count() as f64 / all.len() as f64,
    })
}
