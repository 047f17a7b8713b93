//! The length that signals come to have in a deep network.

use super::layer::{gradient_factor, length_after, mean_square_growth};
use crate::Turns;

/// What becomes of the length q (the mean square) of pre-activations that begin with length 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Length {
    /// It comes to this value, q* = σ_w² E f(√q* z)² + σ_b².
    Fixed(f64),
    /// Every length is kept as it is: ReLU at σ_w² = 2.
    Kept,
    /// It falls to 0.
    Vanishes,
    /// It grows without bound.
    Explodes,
}

/// A deep network of infinite width and random weights, as far as it can be said without running it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanField {
    /// What becomes of the length of the signal.
    pub length: Length,
    /// χ = σ_w² E f'(√q z)² there (near 0 or ∞ where it goes there): the mean square of gradients grows by this a layer towards the input. Below 1 gradients vanish and all
    /// inputs become alike (order), above 1 gradients explode and like inputs part (chaos). `None` where it is not finite.
    pub chi: Option<f64>,
    /// dq'/dq there: below 1 a length that is off returns, above 1 it leaves. `None` where it is not finite.
    pub restoring: Option<f64>,
    /// 1/|ln χ| in layers: over so many gradients change by e; in order that is also the depth to which the angle of two inputs is felt. `None` at χ = 1 (no end), or where there is no χ.
    pub depth_scale: Option<f64>,
}

/// Lengths are looked for from 1 down to this and up to its inverse, of bounded functions as far as they can come.
const NEAR_ZERO: f64 = 1e-12;
/// The step of the search; between two of its points V(q) − q changes its sign once or not at all.
const STEP: f64 = std::f64::consts::SQRT_2;
/// A length is kept if it changes by less than this part.
const KEPT: f64 = 1e-10;

/// The fixed point that lengths come to from 1 with weights of standard deviation `sigma_w`/√fan_in and biases of `sigma_b`, and what gradients do there.
///
/// Source: Poole et al. 2016, arXiv:1606.05340; Schoenholz et al. 2017, arXiv:1611.01232.
///
/// ```
/// use sparring_activations::{Length, Tanh, mean_field};
/// let found = mean_field(&Tanh, 1.5, 0.0);
/// assert!(matches!(found.length, Length::Fixed(q) if (q - 0.79335).abs() < 1e-4));
/// assert!(found.chi.is_some_and(|chi| (chi - 1.13932).abs() < 1e-4));
/// assert_eq!(mean_field(&Tanh, 0.9, 0.0).length, Length::Vanishes);
/// ```
pub fn mean_field<A: Turns + ?Sized>(a: &A, sigma_w: f64, sigma_b: f64) -> MeanField {
    // A bounded function sends every length below this one, however large the weights are.
    let (low, high) = a.about().range;
    let most =
        low.zip(high).map(|(low, high)| (sigma_w * low.abs().max(high.abs())).powi(2) + sigma_b * sigma_b);
    let far = (2.0 * most.unwrap_or(0.0)).max(1.0 / NEAR_ZERO);
    let length = length(&|q| length_after(a, sigma_w, sigma_b, q), far);
    let at = match length {
        Length::Fixed(q) => q,
        Length::Kept => 1.0,
        Length::Vanishes => NEAR_ZERO,
        Length::Explodes => 1.0 / NEAR_ZERO,
    };
    let finite = |v: f64| v.is_finite().then_some(v);
    let chi = finite(gradient_factor(a, sigma_w, at));
    let depth_scale = chi.and_then(|chi| finite(1.0 / chi.ln().abs()));
    let restoring = finite(sigma_w * sigma_w * mean_square_growth(a, at));
    MeanField { length, chi, restoring, depth_scale }
}

/// Where q ← `map`(q) leads from 1; beyond `end` it has exploded.
fn length(map: &impl Fn(f64) -> f64, end: f64) -> Length {
    let change = |q: f64| map(q) / q - 1.0;
    let start = change(1.0);
    if start.abs() < KEPT {
        let everywhere = [0.01, 0.5, 2.0, 100.0].iter().all(|&q| change(q).abs() < KEPT);
        return if everywhere { Length::Kept } else { Length::Fixed(1.0) };
    }
    // Infinite and not a number grow.
    let grows = |q: f64| change(q).is_nan() || change(q) > 0.0;
    let up = grows(1.0);
    let (mut near, mut far) = (1.0, 1.0);
    while grows(far) == up {
        near = far;
        far *= if up { STEP } else { 1.0 / STEP };
        if !(NEAR_ZERO..=end).contains(&far) {
            return if up { Length::Explodes } else { Length::Vanishes };
        }
    }
    for _ in 0..60 {
        let middle = (near * far).sqrt();
        *(if grows(middle) == up { &mut near } else { &mut far }) = middle;
    }
    Length::Fixed((near * far).sqrt())
}
