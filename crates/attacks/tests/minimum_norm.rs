//! On linear models the smallest change is known in every norm: minimum-norm attacks must come near to it.

use crate::models::{Linear, Mlp, Points, all_attacks, all_logits, own_labels};
use sparring_attacks::{AnyAttack, AnyNorm, Attack, AttackKind, Goal, L2, Norm, Request, Threat, smallest};
use sparring_oracle::{Bounds, Classifier};
use sparring_seed::Key;

/// The size of the smallest change of `x` in the box that raises w · x by `gap`; infinite where the box has none.
fn smallest_rise(norm: AnyNorm, x: &[f32], w: &[f64], gap: f64, bounds: Bounds) -> f64 {
    let room = |i: usize| f64::from(if w[i] > 0.0 { bounds.hi() - x[i] } else { x[i] - bounds.lo() });
    let mut order: Vec<usize> = (0..x.len()).collect();
    match norm {
        // The elements that bring most for their price, one after another.
        AnyNorm::L1 | AnyNorm::L0 => {
            let gain = |i: usize| w[i].abs() * if norm == AnyNorm::L0 { room(i) } else { 1.0 };
            order.sort_by(|&a, &b| gain(b).total_cmp(&gain(a)));
            let (mut left, mut size) = (gap, 0.0);
            for i in order {
                let by = room(i).min(left / w[i].abs());
                size += if norm == AnyNorm::L0 { 1.0 } else { by };
                left -= by * w[i].abs();
                if left <= 1e-12 {
                    return size;
                }
            }
            f64::INFINITY
        }
        // Each element as far as λ and its wall let it; λ by halves.
        _ => {
            let change = |lambda: f64| -> Vec<f64> {
                let speed = |i: usize| if norm == AnyNorm::Linf { 1.0 } else { w[i].abs() };
                (0..x.len()).map(|i| room(i).min(lambda * speed(i))).collect()
            };
            let rise = |lambda: f64| change(lambda).iter().zip(w).map(|(d, w)| d * w.abs()).sum::<f64>();
            let (mut low, mut high) = (0.0, 1e6);
            if rise(high) < gap {
                return f64::INFINITY;
            }
            for _ in 0..200 {
                let middle = (low + high) / 2.0;
                (low, high) = if rise(middle) < gap { (middle, high) } else { (low, middle) };
            }
            let change: Vec<f32> = change(high).iter().map(|d| *d as f32).collect();
            norm.get().size(&change)
        }
    }
}

fn truths(model: &Linear, p: &Points, y: &[usize], norm: AnyNorm) -> Vec<f64> {
    let logits = all_logits(model, &p.data, p.batch());
    let of = |i: usize| {
        let to = |c: usize| {
            let w: Vec<f64> = model.w[c].iter().zip(&model.w[y[i]]).map(|(a, b)| f64::from(a - b)).collect();
            smallest_rise(norm, p.batch().row(i), &w, f64::from(logits[i][y[i]] - logits[i][c]), model.bounds)
        };
        (0..model.classes()).filter(|&c| c != y[i]).map(to).fold(f64::INFINITY, f64::min)
    };
    (0..y.len()).map(of).collect()
}

/// How many times the smallest change the attack needs: in the median example, and all examples together.
fn excess(attack: &str, norm: AnyNorm, bounds: Bounds) -> [f64; 2] {
    let model = Linear::random(3, 20, bounds, 1);
    let p = Points::new(40, 20, 2);
    let y = own_labels(&model, p.batch());
    let attack: AnyAttack = attack.parse().unwrap();
    assert_eq!(attack.info().kind, AttackKind::MinimumNorm, "{attack}");
    let eps = norm.get().largest(bounds, 20) as f32;
    let request = Request { goal: Goal::Untargeted(&y), norm, budgets: &[eps], key: Key::new(3) };
    let mut out = vec![f32::NAN; p.data.len()];
    let sizes = smallest(&attack, &model, p.batch(), &request, &mut out).unwrap();
    let (mut ratios, mut found, mut least) = (Vec::new(), 0.0, 0.0);
    for (i, truth) in truths(&model, &p, &y, norm).into_iter().enumerate() {
        let Some(size) = sizes[i] else {
            ratios.push(if truth.is_finite() { f64::INFINITY } else { 1.0 });
            continue;
        };
        assert!(
            size >= truth * (1.0 - 1e-4),
            "{attack} {norm}, example {i}: {size} below the least, {truth}"
        );
        ratios.push(size / truth);
        (found, least) = (found + size, least + truth);
    }
    assert!(ratios.len() > 30);
    ratios.sort_by(f64::total_cmp);
    [ratios[ratios.len() / 2], found / least]
}

#[test]
fn the_smallest_change_of_a_linear_model_is_found() {
    use AnyNorm::{L0, L1, L2, Linf};
    let wide = Bounds::new(-10.0, 10.0).unwrap();
    for (attack, norm, bounds, median, all) in [
        ("deepfool", L2, wide, 1.03, 1.03),
        ("deepfool", Linf, wide, 1.03, 1.03),
        ("ddn", L2, wide, 1.03, 1.05),
        ("ddn", L2, Bounds::UNIT, 1.03, 1.05),
        ("fmn", L2, wide, 1.001, 1.001),
        ("fmn", Linf, wide, 1.001, 1.001),
        ("fmn", L1, wide, 1.001, 1.1),
        ("fmn", L2, Bounds::UNIT, 1.01, 1.01),
        ("fmn", Linf, Bounds::UNIT, 1.001, 1.01),
        ("fmn", L1, Bounds::UNIT, 1.01, 1.1),
        ("fmn", L0, Bounds::UNIT, 1.0, 1.05),
        // One of the two sums counts the examples that need 0.01, from which steps of 0.01 lead away.
        ("cw", L2, Bounds::UNIT, 1.01, 1.01),
        // The threshold ends at 1/256, which is 5 % of these changes.
        ("cw-linf", Linf, Bounds::UNIT, 1.06, 1.06),
        // The shrinkage by β makes a change that is between L1 and L2: the sparser, the larger β.
        ("ead", L1, wide, 1.4, 1.6),
        ("ead(rule=l1)", L1, Bounds::UNIT, 1.2, 1.4),
        ("ead(rule=l1, beta=0.1)", L1, wide, 1.02, 1.1),
        ("sigma-zero", L0, Bounds::UNIT, 1.0, 1.0),
        ("pdpgd", L2, wide, 1.03, 1.03),
        ("pdpgd", L2, Bounds::UNIT, 1.03, 1.03),
        ("pdpgd", Linf, Bounds::UNIT, 1.02, 1.02),
        ("pdpgd", L1, Bounds::UNIT, 1.06, 1.15),
        ("pdpgd", L0, Bounds::UNIT, 1.0, 1.3),
        ("fab", L2, Bounds::UNIT, 1.01, 1.01),
        ("fab", Linf, Bounds::UNIT, 1.01, 1.01),
        ("fab", L1, Bounds::UNIT, 1.01, 1.01),
        ("fab-t", L2, Bounds::UNIT, 1.01, 1.01),
        ("fab-t", Linf, wide, 1.01, 1.01),
        ("fab-t", L1, Bounds::UNIT, 1.01, 1.01),
    ] {
        let [got_median, got_all] = excess(attack, norm, bounds);
        assert!(
            got_median <= median && got_all <= all,
            "{attack} {norm} {bounds:?}: {got_median} of the least, {got_all} over all"
        );
    }
}

/// A model with a curve in it: an attack of each norm finds something wherever a far larger budget does, and its answer is in the box, within the budget, and reaches its goal.
#[test]
fn answers_reach_their_goal_within_the_budget_or_are_the_example() {
    let model = Mlp::random(12, 16, 4, 1);
    let p = Points::new(30, 12, 2);
    let y = own_labels(&model, p.batch());
    let to: Vec<usize> = y.iter().map(|y| (y + 1) % 4).collect();
    for attack in all_attacks().into_iter().filter(|a| a.info().kind == AttackKind::MinimumNorm) {
        for &norm in attack.info().norms {
            for goal in [Goal::Untargeted(&y), Goal::Targeted(&to)] {
                let largest = norm.get().largest(Bounds::UNIT, 12) as f32;
                let [some, all] = [0.05 * largest, largest].map(|eps| {
                    let threat = Threat { norm, eps };
                    let mut out = vec![f32::NAN; p.data.len()];
                    attack.perturb(&model, p.batch(), goal, &threat, Key::new(3), &mut out).unwrap();
                    let z = all_logits(&model, &out, p.batch());
                    let moved = |i: &usize| out[i * 12..(i + 1) * 12] != p.data[i * 12..(i + 1) * 12];
                    let found: Vec<usize> = (0..30).filter(moved).collect();
                    for &i in &found {
                        let point = &out[i * 12..(i + 1) * 12];
                        assert!(goal.reached(i, &z[i]), "{attack} {norm} {goal:?} {i}");
                        assert_eq!(
                            threat.check(p.batch().row(i), Bounds::UNIT, point),
                            Ok(()),
                            "{attack} {norm} {i}"
                        );
                    }
                    found
                });
                assert!(some.iter().all(|i| all.contains(i)), "{attack} {norm}");
                assert!(all.len() >= 12, "{attack} {norm} {goal:?}: {} of 30", all.len());
            }
        }
    }
}

#[test]
fn an_early_leaver_answers_sooner_and_no_nearer() {
    let model = Mlp::random(12, 16, 4, 1);
    let p = Points::new(30, 12, 2);
    let y = own_labels(&model, p.batch());
    for name in ["fab", "fab-t"] {
        let size = |stop: &str| {
            let attack: AnyAttack = format!("{name}(stop={stop})").parse().unwrap();
            let (threat, mut out) = (Threat::l2(1.0).unwrap(), vec![f32::NAN; p.data.len()]);
            attack.perturb(&model, p.batch(), Goal::Untargeted(&y), &threat, Key::new(3), &mut out).unwrap();
            let change = |i: usize| (0..12).map(|k| out[i * 12 + k] - p.data[i * 12 + k]).collect::<Vec<_>>();
            (0..30).map(|i| L2.size(&change(i))).collect::<Vec<_>>()
        };
        let (first, least) = (size("when_fooled"), size("never"));
        assert!(first.iter().zip(&least).all(|(f, l)| (*f > 0.0) == (*l > 0.0) && l <= f), "{name}");
        assert!(least.iter().sum::<f64>() < 0.95 * first.iter().sum::<f64>(), "{name}");
    }
}
