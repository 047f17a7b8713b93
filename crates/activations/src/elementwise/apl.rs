//! APL (adaptive piecewise linear unit): ReLU and some learnt hinges.
//!
//! value       f(x)   = max(0, x) + Σ a_s max(0, b_s − x), s = 1 .. S
//! derivative  f'(x)  = 1[x > 0] − Σ a_s 1[x < b_s]
//! second      f''(x) = 0
//! parameters  a_s, then b_s, S = `segments` of each; a_s starts at `slope`, b_s at even steps from −`range` to `range` (at 0 for S = 1):
//!             ∂f/∂a_s = max(0, b_s − x), ∂f/∂b_s = a_s 1[x < b_s], ∂f'/∂a_s = −1[x < b_s], ∂f'/∂b_s = 0
//! source      Agostinelli, Hoffman, Sadowski, Baldi 2014, arXiv:1412.6830
//! bounds      at slope 0 those of ReLU; the right side always has slope 1, the left −Σ a_s

use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::shapes::{formula::formula, hinges::Hinges, piecewise};
use crate::{About, Activation, Points, Smoothness, Trainable, Turns};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// Most hinges that a unit may have.
const MOST: usize = 8;

/// f(x) = max(0, x) + Σ aₛ max(0, bₛ − x), all aₛ and bₛ being learnt; this is how they start.
///
/// ```
/// use sparring_activations::{Activation, Apl};
///
/// let apl = Apl { segments: 2, slope: 0.5, range: 1.0 };
/// // Hinges at −1 and 1.
/// assert_eq!((apl.f(2.0f64), apl.f(0.0f64), apl.f(-2.0f64)), (2.0, 0.5, 2.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Apl {
    /// Number of hinges, from 1 to 8; 5 by default.
    pub segments: usize,
    /// Every aₛ at first, 0 by default: ReLU.
    pub slope: f64,
    /// The largest bₛ at first, 2 by default.
    pub range: f64,
}

impl Default for Apl {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Apl {
    /// The formula at the start, with room for K ≥ `segments` hinges; what is left over adds nothing.
    #[inline(always)]
    fn hinges<const K: usize>(&self) -> Hinges<f64, K> {
        let mut made = Hinges { slopes: [0.0; K], places: [0.0; K] };
        for s in 0..self.segments.min(K) {
            made.slopes[s] = self.slope;
            let along = 2.0 * s as f64 / (self.segments.max(2) - 1) as f64 - 1.0;
            made.places[s] = if self.segments == 1 { 0.0 } else { self.range * along };
        }
        made
    }
}

sparring_math::named! {
    Apl: "apl", [], "Agostinelli, Hoffman, Sadowski, Baldi 2014, arXiv:1412.6830";
    segments: Range::Whole { low: 1, high: MOST as u64 }, "number of hinges";
    slope: Range::from_to(-1e18, 1e18).in_f32(), "weight of each hinge at first; learnt";
    range: Range::from_to(0.0, 1e18).in_f32(), "the hinges are spread from minus this to this at first; learnt";
}

/// The learnt form with K hinges.
fn learnt<E: Real, const K: usize>(apl: &Apl) -> Box<dyn Trainable<E>> {
    let start = apl.hinges::<K>();
    Box::new(Hinges { slopes: start.slopes.map(E::of), places: start.places.map(E::of) })
}

impl Configured for Apl {
    const DEFAULT: Self = Apl { segments: 5, slope: 0.0, range: 2.0 };
    fn trainable<E: Real>(&self) -> Option<Box<dyn Trainable<E>>> {
        Some(match self.segments {
            ..=1 => learnt::<E, 1>(self),
            2 => learnt::<E, 2>(self),
            3 => learnt::<E, 3>(self),
            4 => learnt::<E, 4>(self),
            5 => learnt::<E, 5>(self),
            6 => learnt::<E, 6>(self),
            7 => learnt::<E, 7>(self),
            MOST.. => learnt::<E, MOST>(self),
        })
    }
}

/// Places where f may bend, in ascending order.
fn kinks<S: Real, const K: usize>(hinges: &Hinges<S, K>) -> Vec<f64> {
    let made = hinges.slopes.iter().zip(&hinges.places).filter(|(a, _)| **a != S::ZERO);
    let mut at: Vec<f64> = [0.0].into_iter().chain(made.map(|(_, b)| b.to_f64())).collect();
    at.sort_by(f64::total_cmp);
    at.dedup();
    at
}

impl<S: Real, const K: usize> Turns for Hinges<S, K> {
    fn extrema(&self, _: f64, _: f64) -> Points {
        Points::Borrowed(&[])
    }
    fn bends(&self, _: f64, _: f64) -> Points {
        Points::Owned(kinks(self))
    }
}

turns! { Apl: |a, _l, _u| extrema [], bends kinks(&a.hinges::<MOST>()) }

impl<E: Real> Activation<E> for Apl {
    fn about(&self) -> About {
        Activation::<E>::about(&self.hinges::<MOST>())
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        self.hinges::<MOST>().f(x)
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        self.hinges::<MOST>().df(x)
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        self.hinges::<MOST>().d2f(x)
    }

    // The hinges are made once for a slice.
    fn forward(&self, x: &[E], y: &mut [E]) {
        self.hinges::<MOST>().forward(x, y);
    }

    fn backward(&self, x: &[E], dy: &[E], dx: &mut [E]) {
        self.hinges::<MOST>().backward(x, dy, dx);
    }

    fn backward2(&self, x: &[E], dy: &[E], dx: &mut [E]) {
        self.hinges::<MOST>().backward2(x, dy, dx);
    }
}

formula! { [S: Real, const K: usize] Hinges<S, K>, Apl::NAME, |a| about(a), fused_slices }

/// Facts at the parameters of the formula.
fn about<S: Real, const K: usize>(hinges: &Hinges<S, K>) -> About {
    let (gain_forward, gain_backward) = gains(hinges);
    let facts = piecewise::linear(hinges, &kinks(hinges));
    About {
        name: Apl::NAME,
        formula: "max(0, x) + sum of a_s * max(0, b_s - x), every a_s and b_s learnt",
        source: Apl::PAPER,
        range: facts.range,
        lipschitz: Some(facts.lipschitz),
        curvature: Some(0.0),
        monotone: facts.monotone,
        smoothness: Smoothness::C0,
        gain_forward,
        gain_backward,
        elsewhere: "",
    }
}
