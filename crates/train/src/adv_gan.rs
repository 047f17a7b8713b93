//! AdvGAN: a generator that is trained to fool a classifier, and then fools it with one forward pass and no gradient (Xiao et al. 2018, arXiv:1801.02610).

use crate::TrainError;
use crate::data::{check_data, check_range};
use crate::observe::Observer;
use crate::session::Session;
use crate::summary::History;
use sparring_datasets::Split;
use sparring_oracle::Differentiable;

mod attack;
mod epoch;
mod fitting;
mod model;
mod perturbation;
mod recipe;
mod steps;
mod sums;

pub use attack::AdvGanAttack;
pub use epoch::AdvGanEpoch;
pub use fitting::AdvGanFitting;
pub use model::AdvGan;
pub use recipe::AdvGanRecipe;

/// Trains by the recipe, watched: the generator against `target`, whose weights stay as they are. Any model that white-box attacks work on can be the target, one of another framework too; to attack a model that gives no
/// gradients, train against another one of your own (a surrogate) and let [`evaluate`](sparring_attacks::evaluate()) judge the attack on that model.
///
/// ```
/// use sparring_attacks::{Threat, evaluate};
/// use sparring_models::{AdvGanNets, ClassifierNet, Mlp};
/// use sparring_oracle::Batch;
/// use sparring_seed::Key;
/// use sparring_train::{AdvGan, AdvGanRecipe, Quiet, fit_adv_gan};
/// let data = sparring_datasets::Mnist::embedded();
/// let net = ClassifierNet::new(Mlp::default().spec(), Key::new(1))?;
/// let threat = Threat::linf(0.3)?;
/// let mut gan = AdvGan::new(AdvGanNets { width: 2, ..AdvGanNets::default() }.spec(), threat, Key::new(2))?;
/// let recipe = AdvGanRecipe { epochs: 1, batch: 32, ..AdvGanRecipe::default() };
/// fit_adv_gan(&mut gan, &net.victim(), &data.train.first(64), &recipe, &mut Quiet)?;
/// let test = data.test.first(50).all();
/// let x = Batch::new(&test.x, test.shape, &test.ids)?;
/// let report = evaluate(&net.victim(), x, &test.labels, &[gan.attack()], &threat, Key::new(3))?;
/// assert!(report.attacks[0].backwards == 0 && report.robust_accuracy <= report.clean);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If recipe, networks, target and data do not fit, a loss or gradient stops being finite, or the target fails.
pub fn fit_adv_gan(
    model: &mut AdvGan,
    target: &(dyn Differentiable + Sync),
    train: &Split,
    recipe: &AdvGanRecipe,
    observer: &mut dyn Observer<AdvGan>,
) -> Result<History<AdvGanEpoch>, TrainError> {
    adv_gan_session(model, target, train, recipe)?.run(observer)
}

/// A training by the recipe, step by step. A saved one goes on only against the same target: that is the caller's to see to, no state holds it.
///
/// # Errors
/// If recipe, networks, target and data do not fit.
pub fn adv_gan_session<'m, 'd>(
    model: &'m mut AdvGan,
    target: &'m (dyn Differentiable + Sync),
    train: &'d Split,
    recipe: &AdvGanRecipe,
) -> Result<Session<'d, AdvGanFitting<'m>>, TrainError> {
    recipe.validate()?;
    check_data(train, model.shape())?;
    let bounds = target.bounds();
    check_range(train, (f64::from(bounds.lo()), f64::from(bounds.hi())))?;
    let settings = recipe.settings().over(train);
    Session::new(AdvGanFitting::new(model, target, train, recipe, &settings)?, train, settings)
}
