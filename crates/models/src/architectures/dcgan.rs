//! DCGAN (Radford et al. 2016, arXiv:1511.06434) at 28 x 28 pixels.

use crate::{Conditioning, GanForm, GanSpec};
use sparring_activations::{AnyActivation, LeakyRelu, Relu, Sigmoid};
use sparring_math::named::{NamedError, Range};
use sparring_nn::layers::{self, Conv2d, ConvTranspose2d, Linear, Parametrization};
use sparring_nn::{AnyLayer, Graph};

/// What holds the discriminator's inner layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CriticNorm {
    /// Nothing: what a gradient penalty wants.
    None,
    /// Batch normalisation of the second convolution, as in the paper.
    #[default]
    Batch,
    /// Spectral normalisation of every weight (Miyato et al. 2018, arXiv:1802.05957).
    Spectral,
}

sparring_math::value_of_words!(CriticNorm { None = "none", Batch = "batch", Spectral = "spectral" });

/// G: fc to `[2 width, 7, 7]`, two transposed convolutions 4x4 of stride 2 to the channels, sigmoid pixels, batch normalisation everywhere but at the end; D: two convolutions 4x4 of stride 2 to 2 width channels,
/// one linear map to the logit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dcgan {
    /// Numbers of noise.
    pub latent: usize,
    /// Channels of the layers next to the image; the others have twice as many.
    pub width: usize,
    /// Channels of an image.
    pub channels: usize,
    /// What holds the discriminator's inner layers.
    pub norm: CriticNorm,
    /// Whether it sees how much a batch varies (Karras et al. 2018, arXiv:1710.10196), before its last layer.
    pub stddev: bool,
    /// How it learns of the ten classes.
    pub conditioning: Conditioning,
    /// Images that the discriminator sees together.
    pub pack: usize,
}

impl Default for Dcgan {
    fn default() -> Self {
        let (norm, conditioning) = (CriticNorm::default(), Conditioning::None);
        Self { latent: 100, width: 64, channels: 1, norm, stddev: false, conditioning, pack: 1 }
    }
}

sparring_math::named! {
    Dcgan: "dcgan", [], "Radford et al. 2016, arXiv:1511.06434";
    latent: Range::COUNT, "numbers of noise";
    width: Range::Whole { low: 1, high: 1024 }, "channels of the layers next to the image, the others have twice as many";
    channels: Range::Whole { low: 1, high: 256 }, "channels of an image";
    norm as discriminator_norm: Range::Words(CriticNorm::WORDS), "what holds the discriminator's inner layers";
    stddev as minibatch_stddev: Range::TRUE_OR_FALSE, "whether it sees how much a batch varies";
    conditioning: Range::Words(Conditioning::WORDS), "how it learns of the ten classes";
    pack: GanForm::PACK, "images that the discriminator sees together";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            self.form().fits(Self::NAME)
        }
    }
}

impl Dcgan {
    fn form(&self) -> GanForm {
        GanForm::of_digits(self.conditioning, self.pack)
    }
    /// The discriminator, which sees `seen` channels and gives `outputs` numbers.
    fn discriminator(&self, seen: usize, outputs: usize) -> Vec<AnyLayer> {
        let leaky = layers::activation(&AnyActivation::LeakyRelu(LeakyRelu { slope: 0.2 }));
        let w = self.width;
        let parametrization = match self.norm {
            CriticNorm::Spectral => Parametrization::SpectralNorm,
            _ => Parametrization::None,
        };
        let batch = self.norm == CriticNorm::Batch;
        let down = |inputs, outputs, bias| -> AnyLayer {
            let (kernel, stride, padding) = ([4; 2], [2; 2], [1; 2]);
            Conv2d { inputs, outputs, kernel, stride, padding, bias, parametrization, ..Default::default() }
                .into()
        };
        // A bias before a normalisation would change nothing.
        let mut all = vec![down(seen, w, true), leaky.clone(), down(w, 2 * w, !batch)];
        if batch {
            all.push(layers::batch_norm(2 * w));
        }
        all.push(leaky);
        if self.stddev {
            all.push(layers::minibatch_stddev());
        }
        let inputs = (2 * w + usize::from(self.stddev)) * 49;
        let last = Linear { inputs, outputs, parametrization, ..Default::default() };
        all.extend([layers::flatten(), last.into()]);
        all
    }
    /// Both networks, for `[channels, 28, 28]`.
    pub fn spec(&self) -> GanSpec {
        let (form, w) = (self.form(), self.width);
        let (noise, seen) = (self.latent + form.classes, (self.channels + form.planes()) * self.pack);
        let relu = AnyActivation::Relu(Relu);
        let (kernel, stride, padding, bias) = ([4; 2], [2; 2], [1; 2], false);
        let up = ConvTranspose2d {
            inputs: 2 * w,
            outputs: w,
            kernel,
            stride,
            padding,
            bias,
            ..Default::default()
        };
        let generator = vec![
            layers::flatten(),
            Linear { inputs: noise, outputs: 2 * w * 49, bias, ..Default::default() }.into(),
            layers::reshape(&[2 * w, 7, 7]),
            layers::batch_norm(2 * w),
            layers::activation(&relu),
            up.into(),
            layers::batch_norm(w),
            layers::activation(&relu),
            layers::conv_transpose2d(w, self.channels, 4, 2, 1),
            layers::activation(&AnyActivation::Sigmoid(Sigmoid)),
        ];
        GanSpec {
            generator: Graph::chain([1, 1, noise], generator),
            discriminator: Graph::chain([seen, 28, 28], self.discriminator(seen, form.outputs())),
            form,
        }
    }
}
