//! One layer h' = W f(h) + b of infinite width: weights of variance σ_w²/fan_in, biases of variance σ_b², so that h is Gaussian.

use crate::Turns;
use crate::quadrature::{WIDEST, gaussian_mean_square};

/// The length q' = σ_w² E f(√q z)² + σ_b², z ~ N(0, 1), of the pre-activations after one of length q, the length being their mean square.
///
/// Source: Poole et al. 2016, arXiv:1606.05340, equation 3.
///
/// ```
/// use sparring_activations::{Relu, length_after};
/// assert!((length_after(&Relu, 2f64.sqrt(), 0.5, 3.0) - 3.25).abs() < 1e-12);
/// ```
pub fn length_after<A: Turns + ?Sized>(a: &A, sigma_w: f64, sigma_b: f64, q: f64) -> f64 {
    sigma_w * sigma_w * mean_square(a, q) + sigma_b * sigma_b
}

/// χ = σ_w² E f'(√q z)², z ~ N(0, 1): the factor by which the mean square of a gradient grows on its way back through a layer whose pre-activations have
/// length q, and by which the mean square of the distance of two like inputs grows on its way forward. A number without a unit; infinite or NaN where
/// the mean is.
///
/// Source: Poole et al. 2016, arXiv:1606.05340, equation 7; of gradients: Schoenholz et al. 2017, arXiv:1611.01232, equation 17.
///
/// ```
/// use sparring_activations::{Relu, gradient_factor};
/// // Half of the inputs are positive, and f' is 1 there.
/// assert!((gradient_factor(&Relu, 2f64.sqrt(), 3.0) - 1.0).abs() < 1e-12);
/// ```
pub fn gradient_factor<A: Turns + ?Sized>(a: &A, sigma_w: f64, q: f64) -> f64 {
    sigma_w * sigma_w * mean_square_derivative(a, q)
}

/// E w(z) g(√q z)², g being f or f' of `a`.
fn mean<A: Turns + ?Sized>(a: &A, q: f64, g: impl Fn(f64) -> f64, weight: impl Fn(f64) -> f64) -> f64 {
    let deviation = q.sqrt();
    let reach = WIDEST * deviation;
    let bends: Vec<f64> = a.bends(-reach, reach).iter().map(|x| x / deviation).collect();
    gaussian_mean_square(|z| g(deviation * z), weight, &bends)
}

/// E f(√q z)².
pub(super) fn mean_square<A: Turns + ?Sized>(a: &A, q: f64) -> f64 {
    a.moments(q).map_or_else(|| mean(a, q, |x| a.f(x), |_| 1.0), |[square, ..]| square)
}

/// E f'(√q z)².
pub(super) fn mean_square_derivative<A: Turns + ?Sized>(a: &A, q: f64) -> f64 {
    a.moments(q).map_or_else(|| mean(a, q, |x| a.df(x), |_| 1.0), |[_, square, _]| square)
}

/// d/dq E f(√q z)² = E f(√q z)² (z² − 1)/(2q), the density being differentiated, so that f may jump.
pub(super) fn mean_square_growth<A: Turns + ?Sized>(a: &A, q: f64) -> f64 {
    let by_quadrature = || mean(a, q, |x| a.f(x), |z| z * z - 1.0) / (2.0 * q);
    a.moments(q).map_or_else(by_quadrature, |[.., growth]| growth)
}
