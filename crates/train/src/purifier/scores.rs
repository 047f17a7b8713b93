//! A purifier against an adversary who does not know of it, and against one who does.

use super::bpda::{BackwardIdentity, Purifier};
use crate::TrainError;
use crate::data::check_data;
use serde::{Deserialize, Serialize};
use sparring_attacks::{
    AnyAttack, EvaluateOptions, Pgd, Proposer, ProposerRole, Report, Square, Stop, Threat, evaluate,
    evaluate_proposed,
};
use sparring_datasets::Split;
use sparring_models::{ClassifierNet, purified};
use sparring_nn::Network;
use sparring_oracle::{Batch, OracleError};
use sparring_seed::Key;
use sparring_tensor::Array;

/// Accuracies of a classifier behind a purifier, each under PGD but the last.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PurifierScores {
    /// Images.
    pub n: usize,
    /// Budget, in pixels of [0, 1].
    pub eps: f32,
    /// Right without a purifier and without an attack.
    pub clean_bare: f64,
    /// Right behind the purifier, without an attack.
    pub clean: f64,
    /// Right without a purifier, attacked.
    pub bare: f64,
    /// Grey box: attacked without the purifier, judged behind it. What papers of purifiers report, and no measure of one.
    pub grey_box: f64,
    /// Adaptive: attacked through the purifier by the whole gradient.
    pub adaptive: f64,
    /// Adaptive: attacked with the purifier as the identity on the way back (BPDA).
    pub bpda: f64,
    /// Adaptive without gradients: Square.
    pub square: f64,
    /// Right under all of the adaptive attacks: the figure of the defence.
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

/// A network as a purifier: its output is the image.
struct ByNetwork<'a>(&'a Network<f32>);

impl Purifier for ByNetwork<'_> {
    fn purify(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        let [c, h, w] = x.shape();
        let tape = sparring_autograd::Tape::new();
        let images = tape.constant(Array::from_slice([x.len(), c, h, w], x.data()));
        out.copy_from_slice(self.0.forward(&sparring_nn::Cx::eval(&tape), images).value().as_slice());
        Ok(())
    }
}

/// [`PurifierScores`] of a network that gives images back (an autoencoder, a denoiser), in front of a classifier.
///
/// # Errors
/// If the networks do not fit each other or the examples, there is no example, or `threat` is no budget.
///
/// Source: Athalye, Carlini and Wagner 2018 (arXiv:1802.00420); Carlini et al. 2019 (arXiv:1902.06705), which say how defences are to be judged.
pub fn purifier_scores(
    classifier: &ClassifierNet,
    purifier: &Network<f32>,
    split: &Split,
    threat: &Threat,
    settings: &PurifierSettings,
    key: Key,
) -> Result<PurifierScores, TrainError> {
    check_data(split, classifier.spec().input)?;
    let both = purified(purifier, classifier)?;
    let (bare, through) = (classifier.victim(), both.victim());
    let all = split.all();
    let x = Batch::new(&all.x, all.shape, &all.ids).map_err(|e| TrainError::Data(e.to_string()))?;
    let y = &all.labels;
    // One that goes on once the classifier is fooled: it transfers better.
    let pgd = |stop| AnyAttack::from(Pgd { steps: settings.steps, stop, ..Pgd::default() });
    let square = AnyAttack::from(Square { queries: settings.queries, ..Square::default() });
    let fooled = evaluate(&bare, x, y, &[pgd(Stop::WhenFooled)], threat, key)?;
    let proposed = |model, role, stop| -> Result<Report, TrainError> {
        let proposer = Proposer { model, name: "stand-in", role };
        let options = EvaluateOptions::default();
        Ok(evaluate_proposed(&through, proposer, x, y, &[pgd(stop)], threat, key, &options, &|_| ())?)
    };
    let grey = proposed(&bare, ProposerRole::Surrogate, Stop::Never)?;
    let adaptive = evaluate(&through, x, y, &[pgd(Stop::WhenFooled), square], threat, key)?;
    let network = ByNetwork(purifier);
    let identity = BackwardIdentity { purifier: &network, classifier: &bare };
    let bpda = evaluate(&identity, x, y, &[pgd(Stop::WhenFooled)], threat, key)?;
    // Margins are over all attacks of a report.
    let right = (0..y.len()).filter(|&i| adaptive.margins[i] > 0.0 && bpda.margins[i] > 0.0).count();
    Ok(PurifierScores {
        n: y.len(),
        eps: threat.eps,
        clean_bare: fooled.clean,
        clean: adaptive.clean,
        bare: fooled.robust_accuracy,
        grey_box: grey.robust_accuracy,
        adaptive: adaptive.attacks[0].accuracy,
        bpda: bpda.robust_accuracy,
        square: adaptive.attacks[1].accuracy,
        robust: right as f64 / y.len() as f64,
    })
}
