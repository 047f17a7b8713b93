//! Gradient checks in random directions: ⟨w, J v⟩ by central differences against ⟨Jᵀ w, v⟩ by the tape, in `f64`.

#[cfg(test)]
mod cubic;
mod directions;
#[cfg(test)]
mod table;

use crate::{Tape, Var, ops};
use directions::Directions;
use sparring_tensor::{Array, reduce};
use std::fmt;

/// How a check is done.
#[derive(Clone, Copy, Debug)]
pub struct Checking {
    /// Random directions tried.
    pub directions: usize,
    /// Step of the central difference, relative to the scale of a direction (entries in [−1, 1]).
    pub step: f64,
    /// Largest relative error accepted.
    pub tolerance: f64,
    /// Seed of the directions.
    pub seed: u64,
}

impl Default for Checking {
    fn default() -> Self {
        Self { directions: 3, step: 1e-5, tolerance: 1e-6, seed: 1 }
    }
}

/// A gradient that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckError {
    /// Which direction.
    pub direction: usize,
    /// ⟨w, J v⟩ by central differences.
    pub numeric: f64,
    /// ⟨Jᵀ w, v⟩ by the tape.
    pub tape: f64,
    /// |difference| / max(1, |numeric|, |tape|).
    pub error: f64,
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "gradient check, direction {}: central difference {:.10e}, tape {:.10e}, error {:.2e}",
            self.direction, self.numeric, self.tape, self.error
        )
    }
}
impl std::error::Error for CheckError {}

/// A function of some variables, built on the tape it is given.
pub trait Function: for<'t> Fn(&'t Tape<f64>, &[Var<'t, f64>]) -> Var<'t, f64> {}
impl<F: for<'t> Fn(&'t Tape<f64>, &[Var<'t, f64>]) -> Var<'t, f64>> Function for F {}

/// Checks the gradient of `f` with respect to all inputs; gives the largest relative error.
///
/// # Errors
/// [`CheckError`] for the first direction whose error exceeds the tolerance.
pub fn gradcheck(f: impl Function, inputs: &[Array<f64>], how: Checking) -> Result<f64, CheckError> {
    let mut random = Directions::new(how.seed);
    let mut worst = 0.0f64;
    for direction in 0..how.directions {
        let v: Vec<_> = inputs.iter().map(|x| random.like(x)).collect();
        let at = |s: f64| {
            let tape = Tape::new();
            let moved = |(x, v): (&Array<f64>, &Array<f64>)| {
                let mut x = x.clone();
                x.as_mut_slice().iter_mut().zip(v.as_slice()).for_each(|(x, v)| *x += s * v);
                x
            };
            let xs: Vec<_> = inputs.iter().zip(&v).map(moved).map(|x| tape.leaf(x)).collect();
            f(&tape, &xs).value()
        };
        let (plus, minus) = (at(how.step), at(-how.step));
        let w = random.like(&plus);
        let numeric = (reduce::dot(&w, &plus) - reduce::dot(&w, &minus)) / (2.0 * how.step);
        let tape = Tape::new();
        let xs: Vec<_> = inputs.iter().map(|x| tape.leaf(x.clone())).collect();
        let grads = tape.backward(f(&tape, &xs), w);
        let term = |(x, v): (&Var<'_, f64>, &Array<f64>)| grads.get(*x).map_or(0.0, |g| reduce::dot(g, v));
        let analytic: f64 = xs.iter().zip(&v).map(term).sum();
        let error = (numeric - analytic).abs() / numeric.abs().max(analytic.abs()).max(1.0);
        if error.is_nan() || error > how.tolerance {
            return Err(CheckError { direction, numeric, tape: analytic, error });
        }
        worst = worst.max(error);
    }
    Ok(worst)
}

/// Checks the gradient of the gradient: `gradcheck` of x ↦ ∇ₓ⟨u, f(x)⟩ for a fixed random u.
///
/// # Errors
/// [`CheckError`] for the first direction whose error exceeds the tolerance.
pub fn gradgradcheck(f: impl Function, inputs: &[Array<f64>], how: Checking) -> Result<f64, CheckError> {
    let u = {
        let tape = Tape::new();
        let xs: Vec<_> = inputs.iter().map(|x| tape.leaf(x.clone())).collect();
        Directions::new(how.seed + 1).like(&f(&tape, &xs).value())
    };
    gradcheck(
        |tape, xs| {
            let y = f(tape, xs);
            let flat: Vec<_> = tape
                .grad_with(y, tape.constant(u.clone()), xs)
                .into_iter()
                .map(|g| ops::reshape(g, [g.shape().numel()]))
                .collect();
            ops::concat(&flat, 0)
        },
        inputs,
        how,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_gradient_is_caught() {
        let x = Array::from_slice([2], &[0.3, -0.7]);
        // A detached factor hides half of the derivative of x².
        let wrong = gradcheck(|_, x| x[0] * x[0].detach(), std::slice::from_ref(&x), Checking::default());
        assert!(wrong.is_err());
        let right = gradcheck(|_, x| x[0] * x[0], std::slice::from_ref(&x), Checking::default());
        assert!(right.unwrap() < 1e-8);
        let second = gradgradcheck(|_, x| x[0] * (x[0] * x[0]).detach(), &[x], Checking::default());
        assert!(second.is_err());
    }
}
