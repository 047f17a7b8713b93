//! The edge of chaos: weights and biases at which χ = 1.

use super::layer::{mean_square, mean_square_derivative};
use crate::Turns;

/// Where gradients neither vanish nor explode, and lengths stay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EdgeOfChaos {
    /// Weights have standard deviation σ_w/√fan_in.
    pub sigma_w: f64,
    /// Standard deviation of the biases.
    pub sigma_b: f64,
    /// The length of the pre-activations, σ_w² E f(√q z)² + σ_b² = q; 0 where it is only the limit.
    pub q: f64,
}

/// What counts as no difference, as a part of the length.
const SAME: f64 = 1e-9;
/// Lengths that are searched, and the steps between them.
const SEARCHED: (f64, f64, usize) = (1e-6, 1e6, 240);

/// σ_b² at which lengths of q stay at χ = 1; negative where no biases do that.
fn bias_variance<A: Turns + ?Sized>(a: &A, q: f64) -> f64 {
    q - mean_square(a, q) / mean_square_derivative(a, q)
}

/// The edge of chaos with pre-activations of length `q`: σ_w² = 1/E f'(√q z)² makes χ = 1, σ_b² = q − σ_w² E f(√q z)² keeps the length. `None` where that is
/// negative: E f² is too large beside E f'², as for the sigmoid at q = 1.
///
/// Source: χ = 1 by Poole et al. 2016, arXiv:1606.05340; as an initialisation Schoenholz et al. 2017, arXiv:1611.01232.
///
/// ```
/// use sparring_activations::{Tanh, edge_at_length};
/// let edge = edge_at_length(&Tanh, 0.5).unwrap();
/// assert!((edge.sigma_w.powi(2) - 1.688).abs() < 1e-3);
/// ```
pub fn edge_at_length<A: Turns + ?Sized>(a: &A, q: f64) -> Option<EdgeOfChaos> {
    let sigma_w = 1.0 / mean_square_derivative(a, q).sqrt();
    let left = bias_variance(a, q);
    let possible = q > 0.0 && sigma_w.is_finite() && left >= -SAME * q;
    possible.then(|| EdgeOfChaos { sigma_w, sigma_b: if left > SAME * q { left.sqrt() } else { 0.0 }, q })
}

/// The edge of chaos with biases of standard deviation `sigma_b`, at the smallest length where there is one: q = 1 where every length stays (ReLU without biases), q = 0 where
/// lengths stay only in the limit (tanh without biases). The smallest q with q − E f(√q z)²/E f'(√q z)² = σ_b², z ~ N(0, 1), and σ_w² = 1/E f'(√q z)² there.
/// `None` where there is none up to q = 10⁶.
///
/// Source: Schoenholz et al. 2017, arXiv:1611.01232, section 3.
///
/// ```
/// use sparring_activations::{Relu, edge_of_chaos};
/// let edge = edge_of_chaos(&Relu, 0.0).unwrap();
/// assert!((edge.sigma_w - 2f64.sqrt()).abs() < 1e-9);
/// assert_eq!(edge_of_chaos(&Relu, 0.3), None);
/// ```
pub fn edge_of_chaos<A: Turns + ?Sized>(a: &A, sigma_b: f64) -> Option<EdgeOfChaos> {
    let miss = |q: f64| bias_variance(a, q) - sigma_b * sigma_b;
    let at = |weights_at: f64, q| {
        let sigma_w = 1.0 / mean_square_derivative(a, weights_at).sqrt();
        sigma_w.is_finite().then_some(EdgeOfChaos { sigma_w, sigma_b, q })
    };
    if miss(1.0).abs() <= SAME {
        return at(1.0, 1.0);
    }
    let (low, high, steps) = SEARCHED;
    if miss(low).abs() <= SAME * low {
        return at(low, 0.0);
    }
    let ratio = (high / low).powf(1.0 / steps as f64);
    let grid = |i: usize| low * ratio.powi(i as i32);
    let crossed = (0..steps).find(|&i| miss(grid(i)) < 0.0 && miss(grid(i + 1)) >= 0.0)?;
    let (mut below, mut above) = (grid(crossed), grid(crossed + 1));
    for _ in 0..60 {
        let middle = (below * above).sqrt();
        *(if miss(middle) < 0.0 { &mut below } else { &mut above }) = middle;
    }
    at(above, above)
}
