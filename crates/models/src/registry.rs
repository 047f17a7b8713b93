//! The list of architectures by name.

use crate::{ArticleAutoencoder, ArticleGan, FgsmRs, LinearAutoencoder, Madry, Mlp, ModelError};
use serde::{Deserialize, Serialize};
use sparring_activations::AnyActivation;
use sparring_math::grammar::same;
use sparring_nn::Graph;

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Images to classes.
    Classifier,
    /// Images to images through a code.
    Autoencoder,
    /// Noise to images.
    Gan,
}

/// Name and facts of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelInfo {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is for.
    pub family: Family,
    /// Its layers in short.
    pub layers: &'static str,
    /// Numbers it stores.
    pub parameters: usize,
    /// Where it comes from.
    pub source: &'static str,
}

macro_rules! models {
    ($($variant:ident = $name:literal, $family:ident, $parameters:literal, $layers:literal, $source:literal;)*) => {
        /// An architecture by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[allow(missing_docs)] // the variants are the structs of the same names
        pub enum Arch { $($variant),* }

        /// Name and facts of every model.
        pub const ALL: &[ModelInfo] = &[$(ModelInfo {
            name: $name, family: Family::$family, layers: $layers, parameters: $parameters, source: $source,
        }),*];

        impl Arch {
            /// Every architecture.
            pub const ALL: &[Self] = &[$(Self::$variant),*];
            /// Name and facts.
            pub fn info(self) -> &'static ModelInfo {
                &ALL[self as usize]
            }
        }
    };
}

models! {
    Mlp = "mlp", Classifier, 109_386, "784-128-64-10", "the articles' classifier";
    FgsmRs = "fgsm-rs", Classifier, 166_406, "conv 16 4x4 s2, conv 32 4x4 s2, fc 100, fc 10", "Wong et al. 2020, arXiv:2001.03994";
    Madry = "madry", Classifier, 3_274_634, "conv 32 5x5, pool, conv 64 5x5, pool, fc 1024, fc 10", "Madry et al. 2018, arXiv:1706.06083";
    Autoencoder = "autoencoder", Autoencoder, 107_504, "784-64-32-32-32-64-784, linear code, sigmoid pixels", "the articles' autoencoder";
    LinearAutoencoder = "linear-autoencoder", Autoencoder, 50_992, "784-32-784, no activation", "Baldi and Hornik 1989";
    Gan = "gan", Gan, 247_697, "G 100-128-128-784 sigmoid, D 784-128-128-1 logits", "the articles' GAN";
}

impl Arch {
    /// A classifier's network for ten classes of `[1, 28, 28]` with one activation in every hidden place; `None` for other families.
    pub fn classifier(self, activation: &AnyActivation) -> Option<Graph> {
        self.classifier_for([1, 28, 28], 10, activation)
    }
    /// The same for examples of another shape `[channels, height, width]` and another number of classes, where the architecture can be
    /// fitted to them (`mlp`); else as [`classifier`](Self::classifier), whose input then differs from `input`.
    pub fn classifier_for(
        self,
        input: [usize; 3],
        classes: usize,
        activation: &AnyActivation,
    ) -> Option<Graph> {
        match self {
            Self::Mlp => Some(Mlp { input, classes, ..Mlp::with(*activation) }.spec()),
            Self::FgsmRs => Some(FgsmRs::with(*activation).spec()),
            Self::Madry => Some(Madry::with(*activation).spec()),
            _ => None,
        }
    }
    /// The architecture of this name, if it is of this family.
    ///
    /// # Errors
    /// [`ModelError::UnknownName`] with the names of the family.
    pub fn of_family(name: &str, family: Family) -> Result<Self, ModelError> {
        let of = || Self::ALL.iter().copied().filter(|a| a.info().family == family);
        of().find(|a| same(a.info().name, name)).ok_or_else(|| ModelError::UnknownName {
            asked: name.to_string(),
            known: of().map(|a| a.info().name).collect::<Vec<_>>().join(", "),
        })
    }
    /// An autoencoder's network and the layers of its encoder; `None` for other families.
    pub fn autoencoder(self, activation: &AnyActivation) -> Option<(Graph, usize)> {
        match self {
            Self::Autoencoder => Some(ArticleAutoencoder::with(*activation).spec()),
            Self::LinearAutoencoder => Some(LinearAutoencoder::default().spec()),
            _ => None,
        }
    }
    /// A GAN's choices; `None` for other families.
    pub fn gan(self, activation: &AnyActivation) -> Option<ArticleGan> {
        (self == Self::Gan).then(|| ArticleGan::with(*activation))
    }
}

impl std::fmt::Display for Arch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.info().name)
    }
}

impl std::str::FromStr for Arch {
    type Err = ModelError;
    fn from_str(name: &str) -> Result<Self, ModelError> {
        Self::ALL.iter().copied().find(|a| same(a.info().name, name)).ok_or_else(|| ModelError::UnknownName {
            asked: name.to_string(),
            known: ALL.iter().map(|i| i.name).collect::<Vec<_>>().join(", "),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Autoencoder, Classifier, Gan};
    use sparring_seed::Key;

    #[test]
    fn every_model_builds_with_the_parameters_it_claims() {
        let key = Key::new(1);
        let relu = "relu".parse().unwrap();
        for &arch in Arch::ALL {
            let n = match arch.info().family {
                Family::Classifier => {
                    Classifier::new(arch.classifier(&relu).unwrap(), key).unwrap().summary().parameters
                }
                Family::Autoencoder => {
                    let (spec, encoder) = arch.autoencoder(&relu).unwrap();
                    let model = Autoencoder::new(spec, encoder, key).unwrap();
                    assert_eq!(model.code(), 32);
                    model.summary().parameters
                }
                Family::Gan => {
                    let gan = Gan::new(arch.gan(&relu).unwrap().spec(), (0.0, 1.0), key).unwrap();
                    gan.generator.params.numbers() + gan.discriminator.params.numbers()
                }
            };
            assert_eq!(n, arch.info().parameters, "{arch}");
            assert_eq!(arch.to_string().to_uppercase().replace('-', "_").parse::<Arch>().unwrap(), arch);
        }
        let e = Arch::of_family("gan", Family::Classifier).unwrap_err().to_string();
        assert!(e.contains("mlp, fgsm-rs, madry") && !e.contains("autoencoder"), "{e}");
        assert_eq!(Arch::of_family("mlp", Family::Classifier), Ok(Arch::Mlp));
        assert!("resnet".parse::<Arch>().unwrap_err().to_string().contains("fgsm-rs"));
    }

    #[test]
    fn an_mlp_fits_any_data_and_the_others_say_what_they_take() {
        let relu = "relu".parse().unwrap();
        let spec = |arch: Arch| arch.classifier_for([1, 1, 2], 3, &relu);
        let mlp = Classifier::new(spec(Arch::Mlp).unwrap(), Key::new(1)).unwrap();
        assert_eq!((mlp.spec().input, mlp.classes()), ([1, 1, 2], 3));
        assert_eq!(spec(Arch::Madry).unwrap().input, [1, 28, 28]);
        assert!(spec(Arch::Gan).is_none());
    }

    #[test]
    fn roles_are_refused_with_the_reason() {
        let key = Key::new(1);
        let relu: AnyActivation = "relu".parse().unwrap();
        let mut gan = Arch::Gan.gan(&relu).unwrap();
        gan.output = "tanh".parse().unwrap();
        let e = Gan::new(gan.spec(), (0.0, 1.0), key).unwrap_err().to_string();
        assert!(e.contains("tanh") && e.contains("[0, 1]"), "{e}");
        let mut gan = Arch::Gan.gan(&relu).unwrap();
        gan.verdict = "sigmoid".parse().unwrap();
        let e = Gan::new(gan.spec(), (0.0, 1.0), key).unwrap_err().to_string();
        assert!(e.contains("twice"), "{e}");
        let mut spec = Arch::Mlp.classifier(&relu).unwrap();
        spec.push(sparring_nn::layers::activation(&relu));
        assert!(Classifier::new(spec, key).unwrap_err().to_string().contains("logits"));
    }
}
