//! Weights displaced for the gradient of a step: adversarial weight perturbation, sharpness-aware minimisation.

use serde::{Deserialize, Serialize};
use sparring_math::named::{Named, Range};
use sparring_nn::{Param, ParamKind, Params};
use sparring_tensor::Array;

/// A step whose gradient is taken at weights displaced by d(w, g), where g is the gradient at w: min_w max_d L(w + d), to first order. The weights are put back before the step.
pub trait Displacement: Named {
    /// The displacement, in one line.
    const ABOUT: &'static str;
    /// Which of the two passes gives a step its running statistics and its loss: the one at the weights, or the one at the displaced weights.
    const COUNTS: CountedPass;

    /// Turns the gradients at `weights` into displacements, array by array; one made empty moves nothing. Buffers come empty.
    fn direct(&self, weights: &Params<f32>, grads: &mut [Array<f32>]);
    /// Fraction of the training after which it begins.
    fn warm_up(&self) -> f64 {
        0.0
    }
}

/// One of the two passes of a displaced step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountedPass {
    /// The pass at the weights.
    AtWeights,
    /// The pass at the displaced weights.
    Displaced,
}

/// Whether a parameter is called a weight: as the authors of all three choose.
fn is_weight(p: &Param<f32>) -> bool {
    p.kind() != ParamKind::Buffer && p.name().rsplit('.').next().is_some_and(|name| name.contains("weight"))
}

/// √Σ v².
fn norm(all: &[f32]) -> f64 {
    all.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>().sqrt()
}

/// Of all arrays together.
fn global_norm(all: &[Array<f32>]) -> f64 {
    all.iter().map(|g| norm(g.as_slice()).powi(2)).sum::<f64>().sqrt()
}

fn scale(array: &mut Array<f32>, factor: f64) {
    array.as_mut_slice().iter_mut().for_each(|v| *v = (f64::from(*v) * factor) as f32);
}

/// Adversarial weight perturbation: d = gamma · ‖w‖ · g / ‖g‖ for each weight of rank above 1, nothing for the others.
///
/// It is meant around adversarial training, with the examples and the loss of the step. The authors put the weights back after the update, which is the same for rules without decay of weights.
///
/// Source: Wu, Xia, Wang 2020, arXiv:2004.05884; authors' code github.com/csdongxian/AWP.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Awp {
    /// Length of the displacement of a weight, as a share of the weight's own.
    pub gamma: f64,
    /// Fraction of the training before which nothing is displaced.
    pub warm_up: f64,
}

impl Default for Awp {
    /// gamma 0.005, from the first step on.
    fn default() -> Self {
        Self { gamma: 0.005, warm_up: 0.0 }
    }
}

sparring_math::named! {
    Awp: "awp", [], "Wu et al. 2020, arXiv:2004.05884";
    gamma: Range::above(0.0).in_f32(), "length of the displacement of a weight, as a share of the weight's own";
    warm_up: Range::from_to(0.0, 1.0), "fraction of the training before which nothing is displaced";
}

impl Displacement for Awp {
    const ABOUT: &'static str = "each weight of rank above 1 by gamma of its norm, along its gradient";
    const COUNTS: CountedPass = CountedPass::Displaced;

    fn direct(&self, weights: &Params<f32>, grads: &mut [Array<f32>]) {
        for (p, g) in weights.iter().zip(grads) {
            if is_weight(p) && p.shape().rank() > 1 {
                // The authors' guard against a gradient of 0.
                let factor = self.gamma * norm(p.value.as_slice()) / (norm(g.as_slice()) + 1e-20);
                scale(g, factor);
            } else {
                *g = Array::zeros([0]);
            }
        }
    }
    fn warm_up(&self) -> f64 {
        self.warm_up
    }
}

/// Sharpness-aware minimisation: d = rho · g / ‖g‖, over all parameters together.
///
/// Source: Foret et al. 2021, arXiv:2010.01412.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sam {
    /// Length of the displacement.
    pub rho: f64,
}

impl Default for Sam {
    /// The paper's 0.05.
    fn default() -> Self {
        Self { rho: 0.05 }
    }
}

sparring_math::named! {
    Sam: "sam", [], "Foret et al. 2021, arXiv:2010.01412";
    rho: Range::above(0.0).in_f32(), "length of the displacement";
}

impl Displacement for Sam {
    const ABOUT: &'static str = "all parameters together by rho, along the gradient";
    const COUNTS: CountedPass = CountedPass::AtWeights;

    fn direct(&self, _: &Params<f32>, grads: &mut [Array<f32>]) {
        let factor = self.rho / (global_norm(grads) + 1e-12);
        grads.iter_mut().for_each(|g| scale(g, factor));
    }
}

/// Adaptive sharpness-aware minimisation: d = rho · t² g / ‖t g‖ over all parameters together, number by number, with t = |w| + eta in weights and 1 in others.
///
/// Source: Kwon et al. 2021, arXiv:2102.11600; authors' code github.com/SamsungLabs/ASAM.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Asam {
    /// Length of the displacement, in units of t.
    pub rho: f64,
    /// What is added to the size of a weight.
    pub eta: f64,
}

impl Default for Asam {
    /// The paper's rho 0.5 and eta 0.01.
    fn default() -> Self {
        Self { rho: 0.5, eta: 0.01 }
    }
}

sparring_math::named! {
    Asam: "asam", [], "Kwon et al. 2021, arXiv:2102.11600";
    rho: Range::above(0.0).in_f32(), "length of the displacement, in units of the weights";
    eta: Range::at_least(0.0).in_f32(), "what is added to the size of a weight";
}

impl Displacement for Asam {
    const ABOUT: &'static str = "all parameters together by rho, weights in units of their size";
    const COUNTS: CountedPass = CountedPass::AtWeights;

    fn direct(&self, weights: &Params<f32>, grads: &mut [Array<f32>]) {
        let eta = self.eta as f32;
        let by_size = |grads: &mut [Array<f32>]| {
            for (p, g) in weights.iter().zip(grads).filter(|(p, _)| is_weight(p)) {
                let sizes = p.value.as_slice().iter().map(|w| w.abs() + eta);
                g.as_mut_slice().iter_mut().zip(sizes).for_each(|(g, t)| *g *= t);
            }
        };
        by_size(grads);
        let factor = self.rho / (global_norm(grads) + 1e-16);
        by_size(grads);
        grads.iter_mut().for_each(|g| scale(g, factor));
    }
}

/// Registers displacements: the enum over all of them.
macro_rules! displacements {
    ($($Name:ident $word:literal),+ $(,)?) => {
        /// Any displacement, as a recipe has it: parsed from and printed as `name` or `name(key=value, ..)`.
        ///
        /// ```
        /// use sparring_train::{AnyDisplacement, Awp};
        /// let awp: AnyDisplacement = "awp(gamma=0.01)".parse()?;
        /// assert_eq!(awp, Awp { gamma: 0.01, ..Awp::default() }.into());
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(remote = "Self")]
        #[allow(missing_docs)] // the variants are the structs of the same names
        #[non_exhaustive]
        pub enum AnyDisplacement {
            $(#[serde(rename = $word)] $Name($Name)),+
        }

        sparring_math::family! { AnyDisplacement: "displacement"; $($Name),+ }
        sparring_math::text_or_fields!(AnyDisplacement);

        impl AnyDisplacement {
            /// Names and what each is, in one line.
            pub const ABOUT: &'static [(&'static str, &'static str)] = &[$((<$Name as Named>::NAME, <$Name as Displacement>::ABOUT)),+];

            /// See [`Displacement::COUNTS`].
            pub fn counts(&self) -> CountedPass {
                match self { $(Self::$Name(_) => <$Name as Displacement>::COUNTS),+ }
            }
            /// See [`Displacement::direct`].
            pub fn direct(&self, weights: &Params<f32>, grads: &mut [Array<f32>]) {
                match self { $(Self::$Name(one) => one.direct(weights, grads)),+ }
            }
            /// See [`Displacement::warm_up`].
            pub fn warm_up(&self) -> f64 {
                match self { $(Self::$Name(one) => one.warm_up()),+ }
            }
        }
    };
}

displacements! {
    Awp "awp",
    Sam "sam",
    Asam "asam",
}
