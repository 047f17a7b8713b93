//! Spline: a learnt continuous piecewise-linear function with bounded slopes.
//!
//! value       f(x)   = b + the integral of the slope from the knot next to 0 to x; the slope between two knots is clamp(s_j, low, high)
//! derivative  f'(x)  = the slope; at a knot that of its left side
//! second      f''(x) = 0
//! parameters  `knots` + 1 slopes s_j, then the bias b; evenly spaced knots from −`range` to `range`. It starts as a leaky ReLU of `slope` (for an even
//!             number of knots, with the kink spread over the middle segment). ∂f/∂s_j is how much of segment j lies between x and the
//!             knot next to 0, negative on its left; 0 where s_j is outside [low, high] (at an end, where it starts, it is not, other than in
//!             PyTorch's clamp). ∂f/∂b = 1
//! source      Bohra, Campos, Gupta, Aziznejad, Unser 2020, IEEE Open J. Signal Process. 1; with bounded slopes: Ducotterd et al. 2024, JMLR 25
//! bounds      max(|low|, |high|)-Lipschitz whatever is learnt: at most 1 by default

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::shapes::knots::{Knots, Table};
use crate::shapes::knots_pass::{Pass, Wanted};
use crate::shapes::piecewise;
use crate::{About, Activation, Sharing, Smoothness, Trainable};
use sparring_math::Real;
use sparring_math::named::{Named, NamedError, Range};

/// The start of a learnt linear spline: x for x > 0, `slope`·x elsewhere, with both slopes in [`low`, `high`].
///
/// ```
/// use sparring_activations::{Activation, AnyActivation};
///
/// let spline: AnyActivation = "spline(knots=9, range=2, slope=0.1)".parse().unwrap();
/// assert_eq!((spline.f(3.0f64), spline.f(-3.0f64)), (3.0, -0.30000000000000004));
/// // Ten slopes and a bias.
/// assert_eq!(spline.trainable::<f32>().unwrap().count(), 11);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spline {
    /// Number of knots, 17 by default.
    pub knots: usize,
    /// The last knot, 4 by default.
    pub range: f64,
    /// Slope on the left at first, 0 by default.
    pub slope: f64,
    /// The smallest slope, −1 by default.
    pub low: f64,
    /// The largest slope, 1 by default.
    pub high: f64,
}

impl Default for Spline {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What `low` and `high` may be.
const BOUND: Range = Range::from_to(-1e18, 1e18).in_f32();

sparring_math::named! {
    Spline: "spline", ["linear_spline"], "Bohra et al. 2020, IEEE Open J. Signal Process. 1; Ducotterd et al. 2024, JMLR 25";
    knots: Range::Whole { low: 2, high: 4096 }, "number of knots";
    range: Range::from_to(1e-6, 1e18).in_f32(), "the knots are spread from minus this to this";
    slope: BOUND, "slope on the left at first; learnt";
    low: BOUND, "the smallest slope";
    high: BOUND, "the largest slope";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            if self.low <= self.high {
                return Ok(());
            }
            Err(NamedError::value(Self::NAME, "low", self.low, format!("at most high, which is {}", self.high)))
        }
    }
}

impl Configured for Spline {
    const DEFAULT: Self = Spline { knots: 17, range: 4.0, slope: 0.0, low: -1.0, high: 1.0 };
    fn trainable<E: Real>(&self) -> Option<Box<dyn Trainable<E>>> {
        Some(Box::new(LearntSpline::new(self)))
    }
}

impl Spline {
    /// Slopes on the left and on the right at the start.
    #[inline(always)]
    fn slopes(&self) -> [f64; 2] {
        [self.slope, 1.0].map(|s| s.max(self.low).min(self.high))
    }

    /// Half of the distance of two knots where the kink lies between them, 0 where it is on one.
    #[inline(always)]
    fn half(&self) -> f64 {
        if self.knots.is_multiple_of(2) { self.range / (self.knots - 1) as f64 } else { 0.0 }
    }

    fn kinks(&self) -> Vec<f64> {
        let half = self.half();
        if half == 0.0 { vec![0.0] } else { vec![-half, half] }
    }
}

turns! { Spline: |a, _l, _u| extrema a.kinks(), bends a.kinks() }

impl<E: Real> Activation<E> for Spline {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        let facts = piecewise::linear(self, &self.kinks());
        let [left, right] = self.slopes();
        About {
            name: Self::NAME,
            formula: "piecewise linear through evenly spaced knots, slopes learnt and kept in [low, high]",
            source: Self::PAPER,
            range: facts.range,
            lipschitz: Some(facts.lipschitz),
            curvature: Some(0.0),
            monotone: facts.monotone,
            smoothness: if left == right { Smoothness::Smooth } else { Smoothness::C0 },
            gain_forward,
            gain_backward,
            elsewhere: "",
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        let ([left, right], half) = (self.slopes().map(E::of), E::of(self.half()));
        let outer = if x > E::ZERO { right } else { left };
        // 0 · ∞ would be NaN.
        let far = if outer == E::ZERO { x.smaller(E::MAX).larger(-E::MAX) } else { x };
        let middle = (x + half) * (E::of(0.5) * (left + right)) - half * left;
        if x.abs() < half { middle } else { outer * far }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let ([left, right], half) = (self.slopes().map(E::of), E::of(self.half()));
        let inner = if x > -half { E::of(0.5) * (left + right) } else { left };
        let slope = if x > half { right } else { inner };
        if x.is_nan() { x } else { slope }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        if x.is_nan() { x } else { E::ZERO }
    }

    fused_slices!();
}

/// The learnt form. Not `Copy`, so that it is known to be no [`Parametric`](crate::Parametric): its number of parameters is not that of a type.
#[derive(Debug)]
struct LearntSpline<E> {
    start: Spline,
    knots: Knots<E>,
    params: Vec<E>,
    table: Table<E>,
}

impl<E: Real> LearntSpline<E> {
    fn new(start: &Spline) -> Self {
        let [left, right] = start.slopes();
        let (k, middle) = (start.knots, start.knots / 2);
        let step = 2.0 * start.range / (k - 1) as f64;
        let knots = Knots { count: k, step: E::of(step), low: E::of(start.low), high: E::of(start.high) };
        let mut params = vec![E::of(left); k + 2];
        params[middle + 1..=k].fill(E::of(right));
        if k.is_multiple_of(2) {
            params[middle] = E::of(0.5 * (left + right));
        }
        // The value at the knot next to 0.
        params[k + 1] = E::of(-left * start.half());
        let table = knots.table(&params);
        Self { start: *start, knots, params, table }
    }

    /// Runs a pass after looking at the lengths.
    #[track_caller]
    fn pass(&self, s: Sharing, wanted: Wanted, [p, v, x, dy]: [&[E]; 4], [out, second, dp]: [&mut [E]; 3]) {
        let summed = matches!(wanted, Wanted::Gradients | Wanted::SlopeGrad);
        let fits = p.len() == s.groups * self.count()
            && (wanted != Wanted::Along || v.len() == p.len() && second.len() == x.len())
            && (wanted == Wanted::Value || dy.len() == x.len())
            && (!summed || dp.len() == p.len())
            && out.len() == x.len()
            && s.divides(x.len());
        crate::learnt::demand(self.name(), fits, p, s, x);
        Pass { knots: self.knots, wanted, sharing: s, p, v, x, dy, out, second, dp }.go();
    }
}

impl<E: Real> Activation<E> for LearntSpline<E> {
    fn name(&self) -> &'static str {
        Spline::NAME
    }
    fn about(&self) -> About {
        Activation::<E>::about(&self.start)
    }
    fn f(&self, x: E) -> E {
        self.table.f(&self.knots, x)
    }
    fn df(&self, x: E) -> E {
        self.table.df(&self.knots, x)
    }
    fn d2f(&self, x: E) -> E {
        Activation::<E>::d2f(&self.start, x)
    }
}

impl<E: Real> Trainable<E> for LearntSpline<E> {
    fn count(&self) -> usize {
        self.knots.params()
    }
    fn params(&self) -> Vec<E> {
        self.params.clone()
    }
    fn lipschitz_with(&self, p: &[E]) -> Option<f64> {
        (p.len() == self.count()).then(|| self.knots.steepest(p)).filter(|c| c.is_finite())
    }
    #[track_caller]
    fn forward_with(&self, p: &[E], s: Sharing, x: &[E], y: &mut [E]) {
        self.pass(s, Wanted::Value, [p, &[], x, &[]], [y, &mut [], &mut []]);
    }
    #[track_caller]
    fn input_grad_with(&self, p: &[E], s: Sharing, x: &[E], dy: &[E], dx: &mut [E]) {
        self.pass(s, Wanted::InputGrad, [p, &[], x, dy], [dx, &mut [], &mut []]);
    }
    #[track_caller]
    fn backward_with(&self, p: &[E], s: Sharing, x: &[E], dy: &[E], dx: &mut [E], dp: &mut [E]) {
        self.pass(s, Wanted::Gradients, [p, &[], x, dy], [dx, &mut [], dp]);
    }
    #[track_caller]
    fn input_grad_backward(&self, p: &[E], s: Sharing, x: &[E], w: &[E], dx: &mut [E], dp: &mut [E]) {
        self.pass(s, Wanted::SlopeGrad, [p, &[], x, w], [dx, &mut [], dp]);
    }
    #[track_caller]
    fn param_grad_backward(
        &self,
        p: &[E],
        s: Sharing,
        x: &[E],
        dy: &[E],
        v: &[E],
        dx: &mut [E],
        ddy: &mut [E],
        dp: &mut [E],
    ) {
        assert_eq!(dp.len(), p.len(), "{}: {} sums for {} parameters", self.name(), dp.len(), p.len());
        // f is linear in the free parameters: `dp` gets nothing.
        self.pass(s, Wanted::Along, [p, v, x, dy], [dx, ddy, &mut []]);
    }
}
