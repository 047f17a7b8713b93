//! L1: the sum of the changes of all elements.
//!
//! size      Σ |δᵢ|
//! confine   the nearest point of ball ∩ box: δᵢ = sign(dᵢ) · min(max(|dᵢ| − λ, 0), roomᵢ) with the least λ ≥ 0 that fits, roomᵢ what the box leaves on that side
//! steepest  ±1 in the element whose gradient is largest, 0 elsewhere
//! uniform   ε · s e / (Σ e + e₀), e exponential, s signs (Devroye 1986, chapter XI)
//! source    Croce and Hein 2021, arXiv:2103.01208 (why ball and box must be met together)

use super::Norm;
use super::reductions::absolutes;
use sparring_math::named::Named;
use sparring_oracle::Bounds;
use sparring_seed::Stream;

/// The L1 norm, Σ |δᵢ|.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct L1;

/// Taken off the radius when projecting: more than the rounding of the changes to `f32`, so that the projected vector measures at most eps.
const ROUNDING: f64 = 1e-7;

fn length(v: &[f32]) -> f64 {
    absolutes(v)
}

sparring_math::named! { L1: "l1", [], "Croce and Hein 2021, arXiv:2103.01208"; }

/// How much is taken off each of these sizes, none of which may pass its `room`, so that together they measure at most `eps`: the λ of
/// Σ min(max(sᵢ − λ, 0), roomᵢ) = eps, or 0 if they fit as they are. The sum falls with λ, in pieces that are straight between the points
/// sᵢ − roomᵢ, where an element leaves its wall, and sᵢ, where it is gone.
fn shrink(sizes: &[(f64, f64)], eps: f64) -> f64 {
    let mut sum: f64 = sizes.iter().map(|&(s, room)| s.min(room)).sum();
    if sum <= eps {
        return 0.0;
    }
    // Elements between their two points now, and the points above 0 in order.
    let mut moving = sizes.iter().filter(|&&(s, room)| s > 0.0 && room > 0.0 && s <= room).count();
    let mut points: Vec<(f64, bool)> = Vec::with_capacity(2 * sizes.len());
    for &(s, room) in sizes {
        if s > 0.0 && room > 0.0 {
            points.push((s, false));
            if s > room {
                points.push((s - room, true));
            }
        }
    }
    points.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut at = 0.0;
    for (point, begins) in points {
        let next = sum - moving as f64 * (point - at);
        if next <= eps {
            return at + (sum - eps) / moving as f64;
        }
        (sum, at) = (next, point);
        if begins {
            moving += 1;
        } else {
            moving -= 1;
        }
    }
    at
}

/// Takes `by(d)` off the size of each number that is not 0 and cuts it to its room.
fn cut(delta: &mut [f32], lambda: f64, room: impl Fn(usize, f32) -> f64) {
    for (i, d) in delta.iter_mut().enumerate() {
        let size = (f64::from(*d).abs() - lambda).max(0.0).min(room(i, *d));
        *d = if size > 0.0 {
            (size as f32).copysign(*d)
        } else if d.is_nan() {
            *d
        } else {
            0.0
        };
    }
}

impl Norm for L1 {
    fn name(&self) -> &'static str {
        <Self as Named>::NAME
    }
    fn size(&self, delta: &[f32]) -> f64 {
        length(delta)
    }
    fn project(&self, delta: &mut [f32], eps: f32) {
        let (whole, eps) = (length(delta), f64::from(eps));
        if whole <= eps || whole.is_nan() {
            return;
        }
        let sizes: Vec<_> = delta.iter().map(|d| (f64::from(*d).abs(), f64::INFINITY)).collect();
        let lambda = shrink(&sizes, eps * (1.0 - ROUNDING));
        cut(delta, lambda, |_, _| f64::INFINITY);
    }
    fn confine(&self, x: &[f32], eps: f32, bounds: Bounds, adv: &mut [f32]) {
        let room = |i: usize, d: f32| {
            let wall = if d > 0.0 { bounds.hi() } else { bounds.lo() };
            (f64::from(wall) - f64::from(x[i])).abs()
        };
        for (a, &x) in adv.iter_mut().zip(x) {
            *a -= x;
        }
        if adv.iter().all(|d| d.is_finite()) {
            let sizes: Vec<_> =
                adv.iter().enumerate().map(|(i, &d)| (f64::from(d).abs(), room(i, d))).collect();
            let lambda = shrink(&sizes, f64::from(eps) * (1.0 - ROUNDING));
            cut(adv, lambda, room);
        }
        for (a, &x) in adv.iter_mut().zip(x) {
            *a = bounds.clip(x + *a);
        }
    }
    fn steepest(&self, grad: &[f32], out: &mut [f32]) {
        assert_eq!(grad.len(), out.len(), "steepest: one direction a gradient element");
        out.fill(0.0);
        if grad.iter().all(|g| g.is_finite())
            && let Some(at) =
                (0..grad.len()).reduce(|best, i| if grad[i].abs() > grad[best].abs() { i } else { best })
            && grad[at] != 0.0
        {
            out[at] = 1.0_f32.copysign(grad[at]);
        }
    }
    fn dual(&self, grad: &[f32]) -> f64 {
        super::Linf.size(grad)
    }
    fn uniform(&self, rng: &mut Stream, eps: f32, out: &mut [f32]) {
        let exponential = |rng: &mut Stream| -rng.uniform_f64().max(f64::MIN_POSITIVE).ln();
        let mut sum = exponential(rng);
        for o in out.iter_mut() {
            let size = exponential(rng);
            sum += size;
            *o = if rng.uniform_f64() < 0.5 { -size as f32 } else { size as f32 };
        }
        let scale = f64::from(eps) / sum;
        for o in out.iter_mut() {
            *o = (f64::from(*o) * scale) as f32;
        }
        self.project(out, eps);
    }
    fn diagonal(&self, dim: usize) -> f64 {
        dim as f64
    }
}

#[cfg(test)]
mod tests {
    use super::{L1, Norm, shrink};
    use sparring_oracle::Bounds;
    use sparring_seed::Key;

    #[test]
    fn directions_and_sizes() {
        let mut out = [9.0; 3];
        L1.steepest(&[3.0, -4.0, 0.0], &mut out);
        assert_eq!(out, [0.0, -1.0, 0.0]);
        for dead in [[0.0; 3], [f32::NAN, 1.0, 0.0], [f32::INFINITY, 0.0, 0.0]] {
            L1.steepest(&dead, &mut out);
            assert_eq!(out, [0.0; 3]);
        }
        assert_eq!(L1.size(&[3.0, -4.0]), 7.0);
    }

    #[test]
    fn projection_takes_the_same_off_every_element() {
        let mut delta = [3.0, -1.0, 0.25, 0.0];
        L1.project(&mut delta, 2.0);
        assert!(delta.iter().zip([2.0, 0.0, 0.0, 0.0]).all(|(a, b)| (a - b).abs() < 1e-6), "{delta:?}");
        let mut inside = [0.5, -0.5];
        L1.project(&mut inside, 1.0);
        assert_eq!(inside, [0.5, -0.5]);
    }

    /// Of all points of ball and box none is nearer: checked against a search over λ by halves.
    #[test]
    fn ball_and_box_are_met_together() {
        for case in 0..300_u64 {
            let mut rng = Key::new(case).rng(0);
            let n = 1 + (rng.uniform_f64() * 12.0) as usize;
            let x: Vec<f32> =
                (0..n).map(|_| (rng.uniform_f64() * 1.4 - 0.2).clamp(0.0, 1.0) as f32).collect();
            let d: Vec<f32> = (0..n).map(|_| (rng.normal() * 2.0) as f32).collect();
            let eps = (rng.uniform_f64() * 3.0) as f32;
            let mut adv: Vec<f32> = x.iter().zip(&d).map(|(x, d)| x + d).collect();
            let d: Vec<f32> = adv.iter().zip(&x).map(|(a, x)| a - x).collect();
            L1.confine(&x, eps, Bounds::UNIT, &mut adv);
            let at = |lambda: f64| -> Vec<f64> {
                let cut = |(d, x): (&f32, &f32)| {
                    let room = if *d > 0.0 { 1.0 - f64::from(*x) } else { f64::from(*x) };
                    (f64::from(*d).abs() - lambda).max(0.0).min(room) * f64::from(d.signum())
                };
                d.iter().zip(&x).map(cut).collect()
            };
            let size = |v: &[f64]| v.iter().map(|d| d.abs()).sum::<f64>();
            let (mut low, mut high) = (0.0, 20.0);
            if size(&at(0.0)) <= f64::from(eps) {
                high = 0.0;
            }
            for _ in 0..200 {
                let middle = 0.5 * (low + high);
                if size(&at(middle)) > f64::from(eps) { low = middle } else { high = middle }
            }
            for ((a, x), want) in adv.iter().zip(&x).zip(at(high)) {
                assert!((f64::from(a - x) - want).abs() < 2e-6, "case {case}: {adv:?} {x} {want}");
            }
        }
    }

    #[test]
    fn nothing_to_take_off_and_nothing_left() {
        assert_eq!(shrink(&[(1.0, 2.0)], 1.0), 0.0);
        assert_eq!(shrink(&[(1.0, 2.0), (2.0, 0.5)], 0.0), 2.0);
        assert_eq!(shrink(&[(0.0, 1.0)], 0.0), 0.0);
    }

    #[test]
    fn uniform_points_lie_inside_and_near_the_rim() {
        // In d dimensions a uniform point lies within r·eps with probability r^d.
        let (d, n) = (5_usize, 4000_u64);
        let median = 0.5_f64.powf(1.0 / d as f64);
        let mut v = vec![0.0; d];
        let inside = (0..n)
            .filter(|&i| {
                L1.uniform(&mut Key::new(4).rng(i), 2.0, &mut v);
                assert!(L1.size(&v) <= 2.0);
                L1.size(&v) < 2.0 * median
            })
            .count();
        assert!((1850..2150).contains(&inside), "{inside}");
    }
}
