//! Gains of weight initialisation, by quadrature.

use crate::quadrature::{WIDEST, gaussian_mean_square};
use crate::{Activation, Turns};

/// 1/√ of a mean square; `None` unless positive and finite.
fn inverse_root(mean_square: f64) -> Option<f64> {
    let gain = 1.0 / mean_square.sqrt();
    (gain.is_finite() && gain > 0.0).then_some(gain)
}

/// (1/√E f(z)², 1/√E f'(z)²) for z ~ N(0, 1).
pub(crate) fn gains(activation: &impl Turns) -> (Option<f64>, Option<f64>) {
    let [forward, backward] = match activation.moments(1.0) {
        Some([f, df, _]) => [f, df],
        None => {
            let bends = activation.bends(-WIDEST, WIDEST);
            let even = |_| 1.0;
            [
                gaussian_mean_square(|z| activation.f(z), even, &bends),
                gaussian_mean_square(|z| activation.df(z), even, &bends),
            ]
        }
    };
    (inverse_root(forward), inverse_root(backward))
}

/// The forward gain g = 1/√E f(z)² for z ~ N(0, 1): weights of standard deviation g/√fan_in keep the second moment of the
/// signal. 1 where the activation has none.
///
/// This is the exact integral (ReLU √2, tanh 1.5925); `torch.nn.init.calculate_gain` has the same for ReLU and leaky ReLU
/// but 5/3 for tanh and 1 for sigmoid.
///
/// ```
/// let gain = sparring_activations::gain(&sparring_activations::Relu);
/// assert!((gain - 2f64.sqrt()).abs() < 1e-12);
/// ```
pub fn gain<A: Activation<f64> + ?Sized>(activation: &A) -> f64 {
    activation.about().gain_forward.unwrap_or(1.0)
}
