//! The list of architectures by name.

use crate::{
    AdvGanNets, AdvGanSpec, ArticleAutoencoder, ArticleGan, ConvAutoencoder, ConvVqVae, Dcgan, FgsmRs,
    GanSpec, LinearAutoencoder, Madry, Mlp, MlpVae, ResnetSmall, ToyGan, VaeSpec, VqVaeSpec, WideAutoencoder,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sparring_math::named::{Family as _, Named, NamedError, nearest};
use sparring_nn::Graph;

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// Images to classes.
    Classifier,
    /// Images to images through a code.
    Autoencoder,
    /// Noise to images.
    Gan,
    /// Images to distributions of codes, and codes to images.
    Vae,
    /// Images to entries of a codebook, and vectors of it to images.
    #[serde(rename = "vq-vae")]
    VqVae,
    /// Images to perturbations that fool a classifier.
    #[serde(rename = "advgan")]
    AdvGan,
}

impl ModelKind {
    /// In a word.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Classifier => "classifier",
            Self::Autoencoder => "autoencoder",
            Self::Gan => "gan",
            Self::Vae => "vae",
            Self::VqVae => "vq-vae",
            Self::AdvGan => "advgan",
        }
    }
}

/// Name and facts of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelInfo {
    /// The name in configurations and on the command line.
    pub name: &'static str,
    /// What it is for.
    pub family: ModelKind,
    /// Its layers in short, at its defaults.
    pub layers: &'static str,
    /// Numbers that are trained, at its defaults.
    pub parameters: usize,
    /// Paper or other source.
    pub source: &'static str,
}

macro_rules! models {
    ($($Model:ident: $family:ident, $parameters:literal, $layers:literal;)*) => {
        /// An architecture by name: `madry`, or `madry(norm=batch, activation=silu)`.
        ///
        /// ```
        /// use sparring_models::Arch;
        /// let arch: Arch = "madry(norm=batch)".parse()?;
        /// assert_eq!(arch.classifier().map(|graph| graph.nodes.len()), Some(12));
        /// assert_eq!(arch.to_string(), "madry(norm=batch)");
        /// # Ok::<(), sparring_math::named::NamedError>(())
        /// ```
        #[derive(Clone, Debug, PartialEq)]
        #[allow(missing_docs)] // the variants hold the structs of the same names
        pub enum Arch { $($Model($Model)),* }
        sparring_math::family! { Arch: "model"; $($Model),* }
        sparring_math::value_by_text!(Arch);

        /// Name and facts of every model, in the order of the table.
        pub const ALL: &[ModelInfo] = &[$(ModelInfo {
            name: $Model::NAME, family: ModelKind::$family, layers: $layers, parameters: $parameters, source: $Model::PAPER,
        }),*];
    };
}

models! {
    Mlp: Classifier, 109_386, "784-128-64-10";
    FgsmRs: Classifier, 166_406, "conv 16 4x4 s2, conv 32 4x4 s2, fc 100, fc 10";
    Madry: Classifier, 3_274_634, "conv 32 5x5, pool, conv 64 5x5, pool, fc 1024, fc 10";
    ResnetSmall: Classifier, 77_754, "conv 16 3x3, residual blocks 16, 32 s2, 64 s2, batch norm, global pool, fc 10";
    ArticleAutoencoder: Autoencoder, 107_504, "784-64-32-32-32-64-784, linear code, sigmoid pixels";
    LinearAutoencoder: Autoencoder, 50_992, "784-32-784, no activation";
    WideAutoencoder: Autoencoder, 1_083_696, "784-512-256-32-256-512-784, linear code, sigmoid pixels";
    ConvAutoencoder: Autoencoder, 204_481, "conv 16 4x4 s2, conv 32 4x4 s2, conv 64 3x3 s2, fc 32, fc 3136, up 32 4x4, batch norm, up 16 4x4, batch norm, conv 1 3x3, sigmoid pixels";
    MlpVae: Vae, 652_824, "784-400-(20 means, 20 log-variances), 20-400-784 logits";
    ConvVqVae: VqVae, 79_089, "conv 32 4x4 s2, conv 64 4x4 s2, conv 16 1x1, batch norm; 128 vectors; conv 64 3x3, up 32 4x4, up 1 4x4, sigmoid pixels";
    ArticleGan: Gan, 247_697, "G 100-128-128-784 sigmoid, D 784-128-128-1 logits";
    Dcgan: Gan, 898_370, "G fc 6272, up 64 4x4, up 1 4x4, sigmoid; D conv 64 4x4, conv 128 4x4, logit";
    ToyGan: Gan, 83_715, "G 2-128-128-128-128-2 sigmoid, D 2-128-128-128-1 logit";
    AdvGanNets: AdvGan, 60_682, "G conv 8 3x3, conv 16 4x4 s2, conv 32 4x4 s2, 2 residual blocks 32, up 16 4x4, up 8 4x4, conv 1 3x3, tanh; D conv 8 4x4 s2, conv 16 4x4 s2, logit";
}

impl Arch {
    /// Name and facts.
    pub fn info(&self) -> &'static ModelInfo {
        let own = ALL.iter().find(|info| info.name == self.name());
        own.expect("the list is made of the same names")
    }
    /// A classifier's network for ten classes of `[1, 28, 28]`; `None` for other families.
    pub fn classifier(&self) -> Option<Graph> {
        match self {
            Self::Mlp(arch) => Some(arch.spec()),
            Self::FgsmRs(arch) => Some(arch.spec()),
            Self::Madry(arch) => Some(arch.spec()),
            Self::ResnetSmall(arch) => Some(arch.spec()),
            _ => None,
        }
    }
    /// The same for examples of another shape `[channels, height, width]` and another number of classes, where the architecture can be
    /// fitted to them (`mlp`); else as [`classifier`](Self::classifier), whose input then differs from `input`.
    pub fn classifier_for(&self, input: [usize; 3], classes: usize) -> Option<Graph> {
        match self {
            Self::Mlp(arch) => Some(Mlp { input, classes, ..arch.clone() }.spec()),
            _ => self.classifier(),
        }
    }
    /// An autoencoder's network and the layers of its encoder; `None` for other families.
    pub fn autoencoder(&self) -> Option<(Graph, usize)> {
        match self {
            Self::ArticleAutoencoder(arch) => Some(arch.spec()),
            Self::LinearAutoencoder(arch) => Some(arch.spec()),
            Self::WideAutoencoder(arch) => Some(arch.spec()),
            Self::ConvAutoencoder(arch) => Some(arch.spec()),
            _ => None,
        }
    }
    /// A GAN's networks; `None` for other families.
    pub fn gan(&self) -> Option<GanSpec> {
        match self {
            Self::ArticleGan(arch) => Some(arch.spec()),
            Self::Dcgan(arch) => Some(arch.spec()),
            Self::ToyGan(arch) => Some(arch.spec()),
            _ => None,
        }
    }
    /// A variational autoencoder's networks; `None` for other families.
    pub fn vae(&self) -> Option<VaeSpec> {
        match self {
            Self::MlpVae(arch) => Some(arch.spec()),
            _ => None,
        }
    }
    /// The networks of an autoencoder with a codebook; `None` for other families.
    pub fn vq_vae(&self) -> Option<VqVaeSpec> {
        match self {
            Self::ConvVqVae(arch) => Some(arch.spec()),
            _ => None,
        }
    }
    /// The networks of an attack by a generator, for examples of this shape; `None` for other families.
    pub fn adv_gan_for(&self, input: [usize; 3]) -> Option<AdvGanSpec> {
        match self {
            Self::AdvGanNets(arch) => Some(AdvGanNets { input, ..*arch }.spec()),
            _ => None,
        }
    }
    /// The value of its parameter `activation`, as text; `None` if it has none.
    pub fn activation(&self) -> Option<String> {
        self.settings_as_text().into_iter().find(|(name, _)| *name == "activation").map(|(_, text)| text)
    }
    /// The architecture that a text names, if it is of this family.
    ///
    /// # Errors
    /// [`NamedError`]; for a name of another family with the names of this one.
    pub fn of_family(text: &str, family: ModelKind) -> Result<Self, NamedError> {
        let known: Vec<_> = ALL.iter().filter(|info| info.family == family).map(|info| info.name).collect();
        let unknown = |asked: &str| NamedError::Unknown {
            kind: family.kind(),
            asked: asked.to_owned(),
            nearest: nearest(asked, known.iter().copied()),
            known: known.clone(),
        };
        match Self::TABLE.parse(text) {
            Ok(arch) if arch.info().family == family => Ok(arch),
            Ok(arch) => Err(unknown(arch.name())),
            Err(NamedError::Unknown { asked, .. }) => Err(unknown(&asked)),
            Err(other) => Err(other),
        }
    }
}

/// As text of the grammar.
impl Serialize for Arch {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Arch {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
