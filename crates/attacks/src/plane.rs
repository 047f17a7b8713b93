//! The nearest point of a plane within the box.

use crate::AnyNorm;
use sparring_oracle::Bounds;

/// Writes into `d` the smallest change, in this norm, that brings `t` onto the plane w · x = b and leaves it in the box, or as near to the plane as the box allows.
///
/// With room_i what the box leaves in the direction that helps, and λ such that the change just reaches:
/// L∞ |d_i| = min(λ, room_i); L2 |d_i| = min(λ |w_i|, room_i); L1 the elements of largest |w_i| go as far as they can, the last of them as far as it must.
/// Source: Croce and Hein 2020, arXiv:1907.02044, section 2.
pub(crate) fn onto_plane(
    norm: AnyNorm,
    t: &[f32],
    w: &[f32],
    b: f64,
    bounds: Bounds,
    d: &mut [f32],
    order: &mut Vec<(f64, usize)>,
) {
    let wide = |v: f32| f64::from(v);
    let beyond: f64 = w.iter().zip(t).map(|(&w, &t)| wide(w) * wide(t)).sum::<f64>() - b;
    // Along which each element is to move for the sum to come nearer to b.
    let way = |w: f32| if (w > 0.0) == (beyond >= 0.0) { -1.0_f32 } else { 1.0 };
    let room = |i: usize| {
        let wall = if way(w[i]) < 0.0 { bounds.lo() } else { bounds.hi() };
        (wide(wall) - wide(t[i])).abs()
    };
    let target = beyond.abs();
    // Each element with the λ at which it reaches its wall.
    order.clear();
    let wall_at = |i: usize| match norm {
        AnyNorm::Linf => room(i),
        AnyNorm::L1 => 1.0 / wide(w[i]).abs(),
        _ => room(i) / wide(w[i]).abs(),
    };
    order.extend((0..t.len()).filter(|&i| w[i] != 0.0).map(|i| (wall_at(i), i)));
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    d.fill(0.0);
    if norm == AnyNorm::L1 {
        let mut left = target;
        for &(_, i) in &*order {
            let size = wide(w[i]).abs();
            let by = room(i).min(left / size);
            d[i] = by as f32 * way(w[i]);
            left -= by * size;
            if left <= 0.0 {
                return;
            }
        }
        return;
    }
    // How fast the sum moves with λ: Σ |w_i| · speed_i over the elements that still move.
    let speed = |i: usize| if norm == AnyNorm::Linf { 1.0 } else { wide(w[i]).abs() };
    let mut rate: f64 = order.iter().map(|&(_, i)| wide(w[i]).abs() * speed(i)).sum();
    let (mut done, mut at) = (0.0, 0.0);
    let mut lambda = f64::INFINITY;
    for &(wall, i) in &*order {
        let next = done + rate * (wall - at);
        if next >= target {
            lambda = if rate > 0.0 { at + (target - done) / rate } else { at };
            break;
        }
        (done, at) = (next, wall);
        rate -= wide(w[i]).abs() * speed(i);
    }
    for &(_, i) in &*order {
        d[i] = (lambda * speed(i)).min(room(i)) as f32 * way(w[i]);
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
            let n = 1 + (rng.uniform_f64() * 9.0) as usize;
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
                let (mut d, mut order) = (vec![9.0; n], Vec::new());
                onto_plane(norm, &t, &w, b, Bounds::UNIT, &mut d, &mut order);
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
        let (mut d, mut order) = ([9.0; 2], Vec::new());
        for norm in [AnyNorm::Linf, AnyNorm::L2, AnyNorm::L1] {
            onto_plane(norm, &[0.5, 0.5], &[0.0, 0.0], 1.0, Bounds::UNIT, &mut d, &mut order);
            assert_eq!(d, [0.0; 2]);
        }
    }
}
