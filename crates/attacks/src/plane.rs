//! The nearest point of a plane within the box.

use crate::AnyNorm;
use crate::norms::reductions::{LANES, dot};
use sparring_math::simd;
use sparring_oracle::Bounds;

/// What [`onto_plane`] works with, kept from call to call.
#[derive(Debug, Default)]
pub(crate) struct PlaneScratch {
    /// Of each element the λ at which it reaches its wall, and how fast it moves the sum until then.
    at: Vec<f64>,
    slope: Vec<f64>,
    /// In L1: its elements in the order in which they go.
    order: Vec<(f64, usize)>,
}

/// Writes into `d` the smallest change, in this norm, that brings `t` onto the plane w · x = b and leaves it in the box, or as near to the plane as the box allows.
///
/// With slack_i what the box leaves in the direction that helps, and λ such that the change just reaches:
/// L∞ |d_i| = min(λ, slack_i); L2 |d_i| = min(λ |w_i|, slack_i); L1 the elements of largest |w_i| go as far as they can, the last of them as far as it must.
/// Source: Croce and Hein 2020, arXiv:1907.02044, section 2.
pub(crate) fn onto_plane(
    norm: AnyNorm,
    t: &[f32],
    w: &[f32],
    b: f64,
    bounds: Bounds,
    d: &mut [f32],
    scratch: &mut PlaneScratch,
) {
    let beyond = dot(w, t) - b;
    let direction = Direction { t, w, up: beyond < 0.0, lo: bounds.lo(), hi: bounds.hi() };
    let target = beyond.abs();
    match norm {
        AnyNorm::L1 => one_by_one(&direction, target, d, &mut scratch.order),
        AnyNorm::Linf => simd::dispatch(Together::<true> { direction, target, d, scratch }),
        _ => simd::dispatch(Together::<false> { direction, target, d, scratch }),
    }
}

/// Along which each element is to move for the sum w · t to come nearer to what it is to be.
#[derive(Clone, Copy)]
struct Direction<'a> {
    t: &'a [f32],
    w: &'a [f32],
    /// Whether the sum is to rise.
    up: bool,
    lo: f32,
    hi: f32,
}

impl Direction<'_> {
    #[inline(always)]
    fn sign(&self, i: usize) -> f32 {
        if (self.w[i] > 0.0) == self.up { 1.0 } else { -1.0 }
    }
    /// What the box leaves that direction.
    #[inline(always)]
    fn slack(&self, i: usize) -> f64 {
        let wall = if self.sign(i) < 0.0 { self.lo } else { self.hi };
        (f64::from(wall) - f64::from(self.t[i])).abs()
    }
    #[inline(always)]
    fn weight(&self, i: usize) -> f64 {
        f64::from(self.w[i]).abs()
    }
}

/// In L1, whose elements go one after the other.
fn one_by_one(direction: &Direction<'_>, target: f64, d: &mut [f32], order: &mut Vec<(f64, usize)>) {
    order.clear();
    order.extend(
        (0..direction.t.len()).filter(|&i| direction.w[i] != 0.0).map(|i| (1.0 / direction.weight(i), i)),
    );
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    d.fill(0.0);
    let mut left = target;
    for &(_, i) in &*order {
        let by = direction.slack(i).min(left / direction.weight(i));
        d[i] = by as f32 * direction.sign(i);
        left -= by * direction.weight(i);
        if left <= 0.0 {
            return;
        }
    }
}

/// In L∞ and L2, whose elements go together until each is at its wall. λ by Michelot 1986, J. Optim. Theory Appl. 50: first as if there were no walls, then with those that
/// it has passed, until it passes no more.
struct Together<'a, const LINF: bool> {
    direction: Direction<'a>,
    target: f64,
    d: &'a mut [f32],
    scratch: &'a mut PlaneScratch,
}

impl<const LINF: bool> simd::Kernel for Together<'_, LINF> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { direction, target, d, scratch: PlaneScratch { at, slope, .. } } = self;
        let n = direction.t.len();
        let direction = Direction { t: &direction.t[..n], w: &direction.w[..n], ..direction };
        let speed = |i: usize| if LINF { 1.0 } else { direction.weight(i) };
        // An element without a weight stays where it is.
        at.clear();
        at.extend((0..n).map(|i| if direction.w[i] == 0.0 { 0.0 } else { direction.slack(i) / speed(i) }));
        slope.clear();
        slope.extend((0..n).map(|i| direction.weight(i) * speed(i)));
        let mut lambda = target / Passed::of(at, slope, f64::NEG_INFINITY).rate;
        let mut passed = 0.0;
        loop {
            let Passed { done, rate, number } = Passed::of(at, slope, lambda);
            if rate <= 0.0 {
                lambda = f64::INFINITY;
                break;
            }
            let next = (target - done) / rate;
            if number == passed || next <= lambda {
                lambda = lambda.max(next);
                break;
            }
            (lambda, passed) = (next, number);
        }
        for (i, d) in d[..n].iter_mut().enumerate() {
            let by = (lambda * speed(i)).min(direction.slack(i)) as f32 * direction.sign(i);
            *d = if direction.w[i] == 0.0 { 0.0 } else { by };
        }
    }
}

/// The elements whose walls a λ has passed.
struct Passed {
    /// What they have moved the sum.
    done: f64,
    /// How fast the others move it.
    rate: f64,
    number: f64,
}

impl Passed {
    #[inline(always)]
    fn of(at: &[f64], slope: &[f64], lambda: f64) -> Self {
        let (mut done, mut rate, mut number) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        let (ats, slopes) = (at.chunks_exact(LANES), slope.chunks_exact(LANES));
        let rest = ats.remainder().iter().zip(slopes.remainder());
        for (at, slope) in ats.zip(slopes) {
            for l in 0..LANES {
                let passed = at[l] <= lambda;
                done[l] += if passed { slope[l] * at[l] } else { 0.0 };
                rate[l] += if passed { 0.0 } else { slope[l] };
                number[l] += if passed { 1.0 } else { 0.0 };
            }
        }
        for (at, slope) in rest {
            if *at <= lambda {
                (done[0], number[0]) = (done[0] + slope * at, number[0] + 1.0);
            } else {
                rate[0] += slope;
            }
        }
        let [done, rate, number] = [done, rate, number].map(|lanes| lanes.into_iter().sum());
        Self { done, rate, number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_seed::Key;

    fn size(norm: AnyNorm, d: &[f32]) -> f64 {
        norm.get().size(d)
    }

    #[test]
    fn reaches_the_plane_and_no_other_way_is_shorter() {
        for case in 0..200_u64 {
            let mut rng = Key::new(case).rng(0);
            let n = 1 + (rng.uniform_f64() * if case < 150 { 9.0 } else { 40.0 }) as usize;
            let t: Vec<f32> = (0..n).map(|_| rng.uniform_f64() as f32).collect();
            let mut w: Vec<f32> = (0..n).map(|_| rng.normal() as f32).collect();
            if n > 2 {
                w[0] = 0.0;
            }
            let b = rng.normal();
            let value = |x: &[f32]| w.iter().zip(x).map(|(w, x)| f64::from(w * x)).sum::<f64>();
            let (least, most) = w
                .iter()
                .fold((0.0, 0.0), |(l, m), &w| (l + f64::from(w.min(0.0)), m + f64::from(w.max(0.0))));
            for norm in [AnyNorm::Linf, AnyNorm::L2, AnyNorm::L1] {
                let (mut d, mut scratch) = (vec![9.0; n], PlaneScratch::default());
                onto_plane(norm, &t, &w, b, Bounds::UNIT, &mut d, &mut scratch);
                let moved: Vec<f32> = t.iter().zip(&d).map(|(t, d)| t + d).collect();
                assert!(moved.iter().all(|m| (-1e-6..=1.0 + 1e-6).contains(m)), "{norm} {case}");
                let want = b.clamp(least, most);
                assert!((value(&moved) - want).abs() < 1e-5, "{norm} {case}: {} {want}", value(&moved));
                // Random points of the box on the plane's far side, or on it, are no nearer.
                for other in 0..200_u64 {
                    let mut rng = Key::new(case).child(other).rng(1);
                    let mut y: Vec<f32> =
                        moved.iter().map(|m| (m + 0.1 * rng.normal() as f32).clamp(0.0, 1.0)).collect();
                    let (from, to) = (value(&t) - want, value(&y) - want);
                    if from * to > 0.0 {
                        continue;
                    }
                    // Back to the plane along the way.
                    let share = if (from - to).abs() > 0.0 { (from / (from - to)) as f32 } else { 0.0 };
                    y.iter_mut().zip(&t).for_each(|(y, t)| *y = (*y - t) * share);
                    assert!(
                        size(norm, &y) >= size(norm, &d) - 1e-4,
                        "{norm} {case}: {} {}",
                        size(norm, &y),
                        size(norm, &d)
                    );
                }
            }
        }
    }

    #[test]
    fn a_plane_without_a_direction_moves_nothing() {
        let (mut d, mut scratch) = ([9.0; 2], PlaneScratch::default());
        for norm in [AnyNorm::Linf, AnyNorm::L2, AnyNorm::L1] {
            onto_plane(norm, &[0.5, 0.5], &[0.0, 0.0], 1.0, Bounds::UNIT, &mut d, &mut scratch);
            assert_eq!(d, [0.0; 2]);
        }
    }
}
