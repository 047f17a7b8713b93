//! A start of the weights that looks at training examples.

use crate::TrainError;
use crate::data::{check_data, pixels};
use sparring_datasets::Split;
use sparring_nn::{Lsuv, LsuvLayer, Network, NnError};
use sparring_seed::Key;

/// Scales the weights of a network by [`Lsuv`] on training examples that the seed chooses: the same ones on any machine, whatever the batch of the training.
///
/// ```
/// use sparring_models::{ClassifierNet, Mlp};
/// use sparring_nn::{AnyInitScheme, Lsuv};
/// let data = sparring_datasets::Mnist::embedded().train;
/// let lsuv = Lsuv::default();
/// let spec = AnyInitScheme::from(lsuv).applied(&Mlp::default().spec())?;
/// let mut model = ClassifierNet::new(spec, sparring_seed::Key::new(1))?;
/// let layers = sparring_train::fit_start(&mut model.net, &data, &lsuv, 1)?;
/// assert!(layers.len() == 3 && layers.iter().all(|layer| (layer.after - 1.0).abs() < 0.01));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If there are no examples, they have another shape, so many at once are more than the network allows, or a layer puts out the same for all of them.
pub fn fit_start(
    net: &mut Network<f32>,
    train: &Split,
    lsuv: &Lsuv,
    seed: u64,
) -> Result<Vec<LsuvLayer>, TrainError> {
    check_data(train, net.graph().input)?;
    let n = lsuv.batch.min(train.len());
    net.cost().map_err(NnError::from)?.admit(n)?;
    let key = Key::new(seed).named("lsuv");
    let mut all: Vec<usize> = (0..train.len()).collect();
    key.rng(0).shuffle(&mut all);
    Ok(lsuv.fit(net, &pixels(train, &all[..n]), key)?)
}
