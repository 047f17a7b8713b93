//! The GAN of the articles, done right: hidden layers in the discriminator, logits instead of a sigmoid.

use super::affine_chain::affine_chain;
use crate::{Conditioning, GanForm, GanSpec, HiddenActivations};
use sparring_activations::{AnyActivation, Identity, Sigmoid};
use sparring_math::named::{NamedError, Range};
use sparring_nn::{Graph, layers};

/// G 100-128-128-784 with sigmoid pixels, D 784-128-128-1 with a logit.
#[derive(Clone, Debug, PartialEq)]
pub struct ArticleGan {
    /// The activation after each hidden layer of the generator.
    pub generator: HiddenActivations,
    /// The activation after each hidden layer of the discriminator.
    pub discriminator: HiddenActivations,
    /// The activation of the generated pixels; its range must be that of the data.
    pub output: AnyActivation,
    /// What follows the discriminator's last affine map; identity, since the loss works on logits.
    pub verdict: AnyActivation,
    /// How it learns of the ten classes.
    pub conditioning: Conditioning,
    /// Examples that the discriminator sees together.
    pub pack: usize,
}

impl Default for ArticleGan {
    fn default() -> Self {
        Self {
            generator: HiddenActivations::default(),
            discriminator: HiddenActivations::default(),
            output: AnyActivation::Sigmoid(Sigmoid),
            verdict: AnyActivation::Identity(Identity),
            conditioning: Conditioning::None,
            pack: 1,
        }
    }
}

/// What [`ArticleGan::output`] and [`ArticleGan::verdict`] must be.
const ONE: Range = Range::Told("an activation");

sparring_math::named! {
    ArticleGan: "gan", [], "the articles' GAN";
    generator as activation: HiddenActivations::RANGE, "the activation of the generator's hidden layers";
    discriminator as discriminator_activation: HiddenActivations::RANGE, "the activation of the discriminator's hidden layers", follows "activation";
    output as generator_output: ONE, "what makes the pixels; its range must be that of the data, [0, 1]";
    verdict as discriminator_output: ONE, "what ends the discriminator; the loss takes logits, so anything but identity is refused";
    conditioning: Range::Words(Conditioning::WORDS), "how it learns of the ten classes";
    pack: GanForm::PACK, "images that the discriminator sees together";
    {
        fn follow(&mut self, given: &dyn Fn(&str) -> bool) {
            if !given("discriminator_activation") {
                self.discriminator = self.generator.clone();
            }
        }
        fn check_together(&self) -> Result<(), NamedError> {
            self.generator.fit(Self::NAME, 2)?;
            self.discriminator.fit(Self::NAME, 2)?;
            self.form().fits(Self::NAME)
        }
    }
}

impl ArticleGan {
    /// One activation in all hidden layers.
    pub fn with(activation: AnyActivation) -> Self {
        Self { generator: activation.into(), discriminator: activation.into(), ..Self::default() }
    }
    fn form(&self) -> GanForm {
        GanForm::of_digits(self.conditioning, self.pack)
    }
    /// Both networks, for `[1, 28, 28]`.
    pub fn spec(&self) -> GanSpec {
        let form = self.form();
        let (noise, seen) = (100 + form.classes, (1 + form.planes()) * self.pack);
        let [a, b] = [0, 1].map(|i| self.generator.at(i));
        let mut generator = vec![layers::flatten()];
        generator.extend(affine_chain(&[noise, 128, 128, 784], &[a, b, self.output.into()]));
        generator.push(layers::reshape(&[1, 28, 28]));
        let [a, b] = [0, 1].map(|i| self.discriminator.at(i));
        let mut discriminator = vec![layers::flatten()];
        let widths = [seen * 784, 128, 128, form.outputs()];
        discriminator.extend(affine_chain(&widths, &[a, b, self.verdict.into()]));
        GanSpec {
            generator: Graph::chain([1, 1, noise], generator),
            discriminator: Graph::chain([seen, 28, 28], discriminator),
            form,
        }
    }
}
