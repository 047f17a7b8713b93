//! L-BFGS: quasi-Newton steps from the last pairs of moves and gradient changes, with a line search.

mod line_search;

use line_search::{Line, Point, search};
use sparring_math::named::{NamedError, Range};
use std::collections::VecDeque;

/// Minimises a smooth function of all weights at once, which is evaluated again and again: a full batch, not steps on batches.
///
/// Direction `d = -H g`, H the inverse Hessian by the BFGS updates of the last `history` pairs (move s, change of the gradient y) with yᵀs > 1e-10 on yᵀs / yᵀy; the step along d
/// meets the strong Wolfe conditions with c₁ 1e-4 and c₂ 0.9. PyTorch's `LBFGS(line_search_fn="strong_wolfe")`.
///
/// Source: Liu and Nocedal 1989, Math. Programming 45; Nocedal and Wright 2006, chapters 3 and 7.
///
/// ```
/// use sparring_optim::{Lbfgs, LbfgsEnd};
/// // (x - 3)² + 10 (y + 1)².
/// let mut f = |x: &[f64], g: &mut [f64]| {
///     (g[0], g[1]) = (2.0 * (x[0] - 3.0), 20.0 * (x[1] + 1.0));
///     (x[0] - 3.0).powi(2) + 10.0 * (x[1] + 1.0).powi(2)
/// };
/// let mut x = [0.0, 0.0];
/// let found = Lbfgs::default().minimize(&mut x, &mut f)?;
/// assert!((x[0] - 3.0).abs() < 1e-6 && (x[1] + 1.0).abs() < 1e-6 && found.end == LbfgsEnd::Change);
/// # Ok::<(), sparring_optim::OptimError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lbfgs {
    /// Factor of the first trial step, above 0.
    pub lr: f64,
    /// Most iterations, at least 1.
    pub iterations: usize,
    /// Most evaluations of the function; a line search that has begun is finished.
    pub evaluations: usize,
    /// Pairs kept, at least 1.
    pub history: usize,
    /// The end is reached where no element of the gradient is larger, at least 0.
    pub gradient: f64,
    /// The end is reached where no weight, or not the function, changes by more, at least 0.
    pub change: f64,
}

/// PyTorch's values, but for the iterations: 20 there, of one call among many.
impl Default for Lbfgs {
    fn default() -> Self {
        Self { lr: 1.0, iterations: 100, evaluations: 125, history: 100, gradient: 1e-7, change: 1e-9 }
    }
}

/// Why a minimisation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LbfgsEnd {
    /// The gradient is small enough.
    Gradient,
    /// Weights or function change too little, or the direction leads nowhere down.
    Change,
    /// All iterations, or evaluations, are made.
    Limit,
    /// The function or its gradient is infinite or NaN; the weights are the last before.
    NonFinite,
}

/// What a minimisation did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minimum {
    /// The function at the weights found.
    pub value: f64,
    /// Iterations made.
    pub iterations: usize,
    /// Evaluations of the function.
    pub evaluations: usize,
    /// Why it ended.
    pub end: LbfgsEnd,
}

impl Lbfgs {
    /// Checks every setting.
    ///
    /// # Errors
    /// [`NamedError::Value`] names the first that is out of its range.
    pub fn validate(&self) -> Result<(), NamedError> {
        let above = Range::above(0.0);
        for (field, value, range) in [
            ("lr", self.lr, above),
            ("iterations", self.iterations as f64, Range::COUNT),
            ("evaluations", self.evaluations as f64, Range::COUNT),
            ("history", self.history as f64, Range::COUNT),
            ("gradient", self.gradient, Range::at_least(0.0)),
            ("change", self.change, Range::at_least(0.0)),
        ] {
            if !range.holds(value) {
                return Err(NamedError::value("lbfgs", field, value, range));
            }
        }
        Ok(())
    }

    /// Minimises `f` from `x` on, which ends at the best point found: `f(x, g)` returns the value at x and writes the gradient.
    ///
    /// # Errors
    /// As [`validate`](Self::validate).
    pub fn minimize(
        &self,
        x: &mut [f64],
        f: &mut dyn FnMut(&[f64], &mut [f64]) -> f64,
    ) -> Result<Minimum, NamedError> {
        self.validate()?;
        let mut g = vec![0.0; x.len()];
        let mut value = f(x, &mut g);
        let (mut pairs, mut scale) = (VecDeque::<Pair>::new(), 1.0);
        let (mut iterations, mut evaluations) = (0, 1);
        let end = loop {
            if !value.is_finite() || !g.iter().all(|g| g.is_finite()) {
                break LbfgsEnd::NonFinite;
            }
            if largest(&g) <= self.gradient {
                break LbfgsEnd::Gradient;
            }
            if iterations == self.iterations || evaluations >= self.evaluations {
                break LbfgsEnd::Limit;
            }
            let d = direction(&pairs, scale, &g);
            let derivative = dot(&g, &d);
            if derivative > -self.change {
                break LbfgsEnd::Change;
            }
            // The first direction has the length of the gradient, which says nothing.
            let first =
                if iterations == 0 { (1.0 / g.iter().map(|g| g.abs()).sum::<f64>()).min(1.0) } else { 1.0 };
            iterations += 1;
            let from = Point { t: 0.0, value, derivative, g };
            let mut line = Line { x, d: &d, f, evaluations: 0 };
            let to = search(&mut line, first * self.lr, &from, self.change);
            evaluations += line.evaluations;
            if !to.is_finite() {
                value = from.value;
                break LbfgsEnd::NonFinite;
            }
            let s: Vec<f64> = d.iter().map(|d| to.t * d).collect();
            x.iter_mut().zip(&s).for_each(|(x, s)| *x += s);
            let (moved, fell) = (largest(&s), (to.value - from.value).abs());
            let y: Vec<f64> = to.g.iter().zip(&from.g).map(|(new, old)| new - old).collect();
            let ys = dot(&y, &s);
            if ys > 1e-10 {
                if pairs.len() == self.history {
                    pairs.pop_front();
                }
                scale = ys / dot(&y, &y);
                pairs.push_back(Pair { s, y, ys });
            }
            (value, g) = (to.value, to.g);
            if largest(&g) > self.gradient && (moved <= self.change || fell < self.change) {
                break LbfgsEnd::Change;
            }
        };
        Ok(Minimum { value, iterations, evaluations, end })
    }
}

/// A move, the change of the gradient, and their dot product.
struct Pair {
    s: Vec<f64>,
    y: Vec<f64>,
    ys: f64,
}

/// -H g by the two-loop recursion.
fn direction(pairs: &VecDeque<Pair>, scale: f64, g: &[f64]) -> Vec<f64> {
    let mut d: Vec<f64> = g.iter().map(|g| -g).collect();
    let mut shares = Vec::with_capacity(pairs.len());
    for Pair { s, y, ys } in pairs.iter().rev() {
        let share = dot(s, &d) / ys;
        add(&mut d, -share, y);
        shares.push(share);
    }
    d.iter_mut().for_each(|d| *d *= scale);
    for (Pair { s, y, ys }, share) in pairs.iter().zip(shares.iter().rev()) {
        let back = dot(y, &d) / ys;
        add(&mut d, share - back, s);
    }
    d
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], factor: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(to, v)| *to += factor * v);
}

fn largest(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |most, x| f64::max(most, x.abs()))
}
