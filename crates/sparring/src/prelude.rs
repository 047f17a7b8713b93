//! What most programs need: `use sparring::prelude::*`.

pub use sparring_activations::{Activation, AnyActivation};
pub use sparring_attacks::{AnyAttack, AnyNorm, Attack, Goal, Pgd, Report, Threat, evaluate, suites};
pub use sparring_autograd::{Tape, Var, gradcheck, ops};
pub use sparring_datasets::{Dataset, Mnist, Split, find};
pub use sparring_models::{self as models, Arch, Autoencoder, ClassifierNet, FgsmRs, Gan, Madry, Mlp};
pub use sparring_nn::{AnyLayer, Bind, Cx, Graph, Layer, Mode, Network, layers};
pub use sparring_oracle::{Batch, Bounds, Classifier, Differentiable};
pub use sparring_seed::Key;
pub use sparring_tensor::{Array, Tensor};
pub use sparring_train::{
    AnyDefense, Defense, GanRecipe, Recipe, accuracy, defenses, fit, fit_autoencoder, fit_gan,
};
