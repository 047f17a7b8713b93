//! Gains of weight initialisation, by quadrature.

use crate::Activation;

/// Positive abscissae and weights of the 8-point Gauss-Legendre rule on [−1, 1].
const RULE: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_3),
];

/// 1/√E g(z)² for z ~ N(0, 1); panels of ¼ on [−12, 12], a border at 0, where the kinks are. `None` unless positive and finite.
fn inverse_root_moment(g: impl Fn(f64) -> f64) -> Option<f64> {
    let half = 0.125;
    let mut moment = 0.0;
    for panel in -48..48 {
        let middle = 0.25 * f64::from(panel) + half;
        for (node, weight) in RULE {
            for z in [middle - half * node, middle + half * node] {
                moment += weight * half * g(z) * g(z) * (-0.5 * z * z).exp();
            }
        }
    }
    let gain = 1.0 / (moment / std::f64::consts::TAU.sqrt()).sqrt();
    (gain.is_finite() && gain > 0.0).then_some(gain)
}

/// (1/√E f(z)², 1/√E f'(z)²) for z ~ N(0, 1).
pub(crate) fn gains(activation: &impl Activation<f64>) -> (Option<f64>, Option<f64>) {
    (inverse_root_moment(|z| activation.f(z)), inverse_root_moment(|z| activation.df(z)))
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
