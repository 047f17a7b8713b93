//! He's, with the exact gain.

use super::contract::{InitScheme, WeightPlace};
use crate::Init;
use sparring_activations::{AnyActivation, gain};
use sparring_math::named::Range;

/// Which signal keeps its second moment; the words of PyTorch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeMode {
    /// The values on their way forward: the forward gain over √fan-in.
    #[default]
    FanIn,
    /// The gradients on their way back: the backward gain over √fan-out.
    FanOut,
}

sparring_math::value_of_words!(HeMode { FanIn = "fan_in", FanOut = "fan_out" });

/// [`Init::He`] with the exact gain (by quadrature) of the activation that the layer *reads*: its values, of second moment 1/g², then make pre-activations of variance 1
/// again. A layer that reads none has a gain of 1, as the first one of the paper.
///
/// `torch.nn.init.kaiming_normal_` is given the gain of one activation for all layers; in a chain with one activation that is the same but in the first layer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HeInit {
    /// Which signal keeps its second moment.
    pub mode: HeMode,
}

sparring_math::named! {
    HeInit: "he", ["kaiming"], "He et al. 2015, arXiv:1502.01852";
    mode: Range::Words(HeMode::WORDS), "which signal keeps its second moment: values (fan_in) or gradients (fan_out)";
}

impl InitScheme for HeInit {
    fn init(&self, place: &WeightPlace) -> Result<Init, String> {
        let read = place.before.as_ref();
        let gain = match self.mode {
            HeMode::FanIn => read.map_or(1.0, gain),
            HeMode::FanOut => {
                let backward = |a: &AnyActivation| a.about().gain_backward.unwrap_or(1.0);
                read.map_or(1.0, backward) * (place.fan_in as f64 / place.fan_out as f64).sqrt()
            }
        };
        Ok(Init::He { gain })
    }
}
