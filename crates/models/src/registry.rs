//! The list of architectures by name.

use crate::{
    ArticleAutoencoder, ArticleGan, Dcgan, FgsmRs, GanSpec, LinearAutoencoder, Madry, Mlp, ResnetSmall,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sparring_math::named::{Family as _, Named, NamedError, nearest};
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

impl Family {
    /// In a word.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Classifier => "classifier",
            Self::Autoencoder => "autoencoder",
            Self::Gan => "gan",
        }
    }
}

/// Name and facts of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelInfo {
    /// The name in configurations and on the command line.
    pub name: &'static str,
    /// What it is for.
    pub family: Family,
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
            name: $Model::NAME, family: Family::$family, layers: $layers, parameters: $parameters, source: $Model::PAPER,
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
    ArticleGan: Gan, 247_697, "G 100-128-128-784 sigmoid, D 784-128-128-1 logits";
    Dcgan: Gan, 898_370, "G fc 6272, up 64 4x4 s2, up 1 4x4 s2, sigmoid; D conv 64 4x4 s2, conv 128 4x4 s2, fc 1; batch norm";
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
            _ => None,
        }
    }
    /// A GAN's networks; `None` for other families.
    pub fn gan(&self) -> Option<GanSpec> {
        match self {
            Self::ArticleGan(arch) => Some(arch.spec()),
            Self::Dcgan(arch) => Some(arch.spec()),
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
    pub fn of_family(text: &str, family: Family) -> Result<Self, NamedError> {
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
mod tests {
    use super::*;
    use crate::{Autoencoder, Classifier, Gan, HiddenActivations, Norm};
    use sparring_activations::AnyActivation;
    use sparring_nn::Kind;
    use sparring_seed::Key;

    fn trained(graph: &Graph) -> usize {
        let all = graph.parameters("");
        all.iter().filter(|(_, p)| p.kind != Kind::Buffer).map(|(_, p)| p.len()).sum()
    }

    #[test]
    fn every_model_builds_with_the_parameters_it_claims() {
        let key = Key::new(1);
        for arch in Arch::TABLE.at_defaults() {
            let n = match arch.info().family {
                Family::Classifier => {
                    trained(Classifier::new(arch.classifier().unwrap(), key).unwrap().spec())
                }
                Family::Autoencoder => {
                    let (spec, encoder) = arch.autoencoder().unwrap();
                    let model = Autoencoder::new(spec, encoder, key).unwrap();
                    assert_eq!(model.code(), 32);
                    trained(model.spec())
                }
                Family::Gan => {
                    let gan = Gan::new(arch.gan().unwrap(), (0.0, 1.0), key).unwrap();
                    trained(&gan.spec().generator) + trained(&gan.spec().discriminator)
                }
            };
            assert_eq!(n, arch.info().parameters, "{arch}");
            assert_eq!(arch.to_string(), arch.info().name);
        }
        assert_eq!(ALL.len(), Arch::TABLE.entries.len());
        let e = Arch::of_family("gan", Family::Classifier).unwrap_err().to_string();
        assert!(e.contains("mlp, fgsm-rs, madry, resnet-small") && !e.contains("autoencoder"), "{e}");
        let e = Arch::of_family("madri", Family::Classifier).unwrap_err().to_string();
        assert!(e.contains("no classifier") && e.contains("did you mean `madry`"), "{e}");
        assert_eq!(Arch::of_family("mlp", Family::Classifier), Ok(Mlp::default().into()));
    }

    #[test]
    fn parameters_reach_the_network() {
        let arch: Arch = "madry(norm=batch, activation=relu|silu)".parse().unwrap();
        let activation: HiddenActivations = "relu|silu".parse().unwrap();
        let by_hand = Madry { norm: Norm::Batch, activation };
        assert_eq!(arch.classifier(), Some(by_hand.spec()));
        assert_eq!(arch.activation().as_deref(), Some("relu|silu"));
        let kinds: Vec<_> =
            by_hand.spec().layers().map(|l| l.kind().into_owned()).filter(|k| k.contains("lu")).collect();
        assert_eq!(kinds, ["relu", "silu", "silu"]);
        let wide: Arch = "mlp(hidden=12-7-5)".parse().unwrap();
        assert_eq!(wide.classifier_for([1, 1, 2], 3).unwrap().layers().count(), 1 + 3 * 2 + 1);
        for (text, why) in [
            ("madry(norm=layer)", "none or batch"),
            ("madry(activation=relu|silu|relu|silu)", "at most 3"),
            ("mlp(hidden=12-0)", "dashes"),
            ("linear-autoencoder(activation=relu)", "no parameter"),
        ] {
            let e = text.parse::<Arch>().unwrap_err().to_string();
            assert!(e.contains(why), "{text}: {e}");
        }
    }

    #[test]
    fn files_of_before_are_read() {
        let arch: Arch = serde_json::from_str(r#""madry""#).unwrap();
        assert_eq!(arch, Madry::default().into());
        let batch = Arch::from(Madry { norm: Norm::Batch, ..Madry::default() });
        let json = serde_json::to_string(&batch).unwrap();
        assert_eq!((json.as_str(), serde_json::from_str(&json).unwrap()), (r#""madry(norm=batch)""#, batch));
    }

    #[test]
    fn an_mlp_fits_any_data_and_the_others_say_what_they_take() {
        let spec = |arch: &str| arch.parse::<Arch>().unwrap().classifier_for([1, 1, 2], 3);
        let mlp = Classifier::new(spec("mlp").unwrap(), Key::new(1)).unwrap();
        assert_eq!((mlp.spec().input, mlp.classes()), ([1, 1, 2], 3));
        assert_eq!(spec("madry").unwrap().input, [1, 28, 28]);
        assert!(spec("gan").is_none());
    }

    #[test]
    fn roles_are_refused_with_the_reason() {
        let key = Key::new(1);
        let gan = |text: &str| Gan::new(text.parse::<Arch>().unwrap().gan().unwrap(), (0.0, 1.0), key);
        let e = gan("gan(generator_output=tanh)").unwrap_err().to_string();
        assert!(e.contains("tanh") && e.contains("[0, 1]"), "{e}");
        let e = gan("gan(discriminator_output=sigmoid)").unwrap_err().to_string();
        assert!(e.contains("twice"), "{e}");
        let mut spec = Mlp::default().spec();
        spec.push(sparring_nn::layers::activation(&"relu".parse::<AnyActivation>().unwrap()));
        assert!(Classifier::new(spec, key).unwrap_err().to_string().contains("logits"));
    }
}
