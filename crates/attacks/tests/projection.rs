//! Projections and random points, for every norm: inside, idempotent, non-expansive, also after rounding.

use proptest::prelude::*;
use sparring_attacks::{AnyNorm, L2, Norm, Threat};
use sparring_oracle::Bounds;
use sparring_seed::{Key, Stream};

fn vectors() -> impl Strategy<Value = (Vec<f32>, Vec<f32>)> {
    (1usize..40)
        .prop_flat_map(|n| (prop::collection::vec(-3.0f32..3.0, n), prop::collection::vec(-3.0f32..3.0, n)))
}

fn distance(norm: AnyNorm, a: &[f32], b: &[f32]) -> f64 {
    let delta: Vec<f32> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    norm.get().size(&delta)
}

proptest! {
    #[test]
    fn onto_the_ball((a, b) in vectors(), eps in 0.0f32..2.0) {
        for &any in AnyNorm::ALL {
            let norm = any.get();
            let (mut pa, mut pb) = (a.clone(), b.clone());
            norm.project(&mut pa, eps);
            norm.project(&mut pb, eps);
            prop_assert!(norm.size(&pa) <= f64::from(eps), "{any}: {} > {eps}", norm.size(&pa));
            let mut twice = pa.clone();
            norm.project(&mut twice, eps);
            prop_assert_eq!(&twice, &pa);
            if norm.size(&a) <= f64::from(eps) {
                prop_assert_eq!(&a, &pa);
            }
            // All but that of L0, whose ball is no convex set, shrink Euclidean distances.
            if any == AnyNorm::L0 {
                continue;
            }
            let (before, after) = (distance(AnyNorm::L2, &a, &b), distance(AnyNorm::L2, &pa, &pb));
            prop_assert!(after <= before * (1.0 + 1e-6) + 1e-6 * f64::from(eps), "{any}: {after} > {before}");
        }
    }

    #[test]
    fn around_an_example((x, d) in vectors(), eps in 0.0f32..1.0, scale in prop::sample::select(vec![1.0f32, 255.0])) {
        let bounds = Bounds::new(0.0, scale).unwrap();
        let x: Vec<f32> = x.iter().map(|v| (v.abs() / 3.0 * scale).min(scale)).collect();
        for &norm in AnyNorm::ALL {
            let threat = Threat { norm, eps: eps * scale };
            let mut adv: Vec<f32> = x.iter().zip(&d).map(|(x, d)| x + d * scale).collect();
            threat.confine(&x, bounds, &mut adv);
            prop_assert!(threat.check(&x, bounds, &adv).is_ok(), "{threat}: {:?}", threat.check(&x, bounds, &adv));
            let none = Threat { norm, eps: 0.0 };
            none.confine(&x, bounds, &mut adv);
            prop_assert_eq!(&adv, &x);
        }
    }

    #[test]
    fn random_points_and_steepest_directions(seed in 0u64..1000, n in 1usize..30, eps in 0.0f32..2.0) {
        for &any in AnyNorm::ALL {
            let norm = any.get();
            let (mut point, mut unit) = (vec![0.0; n], vec![0.0; n]);
            norm.uniform(&mut Key::new(seed).rng(0), eps, &mut point);
            prop_assert!(norm.size(&point) <= f64::from(eps));
            // No unit vector does better than the steepest: Hölder with the point of the unit ball just drawn.
            let grad: Vec<f32> = { let mut s = Key::new(seed).rng(1); (0..n).map(|_| s.normal() as f32).collect() };
            norm.steepest(&grad, &mut unit);
            prop_assert!((norm.size(&unit) - 1.0).abs() < 1e-6);
            norm.uniform(&mut Key::new(seed).rng(2), 1.0, &mut point);
            let along = |v: &[f32]| v.iter().zip(&grad).map(|(v, g)| f64::from(v * g)).sum::<f64>();
            prop_assert!(along(&unit) >= along(&point) - 1e-6);
            prop_assert!((norm.dual(&grad) - along(&unit)).abs() <= 1e-5 * norm.dual(&grad), "{any}: {} {}", norm.dual(&grad), along(&unit));
            let with_nan = [&grad[..], &[f32::NAN]].concat();
            prop_assert!(norm.dual(&with_nan).is_nan() && norm.dual(&vec![0.0; n]) == 0.0);
        }
    }
}

#[test]
fn a_step_has_the_bits_of_its_parts() {
    let odd = [0.0, -0.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e-40, -3.0];
    for &any in AnyNorm::ALL {
        let norm = any.get();
        for (seed, n) in [1, 2, 15, 16, 17, 33, 784].into_iter().enumerate() {
            for (eps, step_size) in [(0.3f32, 0.01), (0.0, 0.5), (0.1, 0.7)] {
                let mut s = Key::new(seed as u64).rng(0);
                let x: Vec<f32> = (0..n).map(|_| s.uniform()).collect();
                let mut grad: Vec<f32> = (0..n).map(|_| s.normal() as f32).collect();
                for round in 0..odd.len() + 2 {
                    if let Some(&g) = odd.get(round) {
                        grad[(round * 5) % n] = g;
                    }
                    let mut adv: Vec<f32> = x.iter().map(|x| x + s.uniform_in(-0.4, 0.4)).collect();
                    let (mut want, mut direction) = (adv.clone(), vec![0.0; n]);
                    norm.steepest(&grad, &mut direction);
                    want.iter_mut().zip(&direction).for_each(|(a, d)| *a += step_size * d);
                    Threat { norm: any, eps }.confine(&x, Bounds::UNIT, &mut want);
                    norm.step(&x, &grad, step_size, eps, Bounds::UNIT, &mut adv);
                    let bits = |v: &[f32]| v.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
                    assert_eq!(bits(&adv), bits(&want), "{any}, {n} numbers, eps {eps}");
                }
            }
        }
    }
}

#[test]
fn the_rule_rejects_what_is_beyond() {
    let (x, b) = ([0.5_f32; 4], Bounds::UNIT);
    let linf = Threat::linf(0.1).unwrap();
    assert!(linf.check(&x, b, &[0.6, 0.4, 0.5, 0.5]).is_ok());
    for bad in [[0.6001, 0.5, 0.5, 0.5], [0.5, f32::NAN, 0.5, 0.5], [0.5, 0.5, f32::INFINITY, 0.5]] {
        assert!(linf.check(&x, b, &bad).is_err());
    }
    assert!(Threat::linf(0.7).unwrap().check(&x, b, &[1.01, 0.5, 0.5, 0.5]).is_err());
    assert!(Threat::l2(0.2).unwrap().check(&x, b, &[0.6, 0.6, 0.6, 0.6]).is_ok());
    assert!(Threat::l2(0.2).unwrap().check(&x, b, &[0.6, 0.6, 0.6, 0.601]).is_err());
    for eps in [f32::NAN, -0.1, f32::INFINITY] {
        assert!(Threat::linf(eps).is_err() && Threat::l2(eps).is_err());
    }
}

/// The Euclidean norm of somebody else, who leaves `step` as it comes.
#[derive(Debug)]
struct Outside;
impl Norm for Outside {
    fn name(&self) -> &'static str {
        "outside"
    }
    fn size(&self, delta: &[f32]) -> f64 {
        L2.size(delta)
    }
    fn project(&self, delta: &mut [f32], eps: f32) {
        L2.project(delta, eps);
    }
    fn steepest(&self, grad: &[f32], out: &mut [f32]) {
        L2.steepest(grad, out);
    }
    fn dual(&self, grad: &[f32]) -> f64 {
        L2.dual(grad)
    }
    fn uniform(&self, rng: &mut Stream, eps: f32, out: &mut [f32]) {
        L2.uniform(rng, eps, out);
    }
    fn diagonal(&self, dim: usize) -> f64 {
        L2.diagonal(dim)
    }
}

#[test]
fn a_norm_without_its_own_step_takes_the_one_of_the_formula() {
    // Step, ball, box, in this order, in f64: x + (a + t g/|g| - x) min(1, eps/|a + t g/|g| - x|), cut to the box.
    let (x, grad, adv) = ([0.9f32, 0.1, 0.5], [4.0f32, -3.0, 12.0], [0.95f32, 0.2, 0.4]);
    let mut cut = 0;
    for (step_size, eps) in [(0.05f32, 10.0f32), (0.5, 0.3), (0.26, 0.2), (1.3, 0.9)] {
        let moved =
            |i: usize| f64::from(adv[i]) + f64::from(step_size) * f64::from(grad[i]) / 13.0 - f64::from(x[i]);
        let length = (0..3).map(|i| moved(i).powi(2)).sum::<f64>().sqrt();
        let shrink = (f64::from(eps) / length).min(1.0);
        let mut got = adv;
        Outside.step(&x, &grad, step_size, eps, Bounds::UNIT, &mut got);
        for i in 0..3 {
            let free = f64::from(x[i]) + shrink * moved(i);
            cut += usize::from(!(0.0..=1.0).contains(&free));
            assert!(
                (f64::from(got[i]) - free.clamp(0.0, 1.0)).abs() < 1e-6,
                "step {step_size}, eps {eps}: {got:?}"
            );
        }
        let mut own = adv;
        L2.step(&x, &grad, step_size, eps, Bounds::UNIT, &mut own);
        assert_eq!(got, own, "the norm's own step has the bits of the default");
    }
    assert!(cut >= 3, "the box has work to do");
}

#[test]
#[should_panic(expected = "step: one gradient element a number")]
fn a_step_wants_one_gradient_element_a_number() {
    Outside.step(&[0.5; 3], &[1.0; 2], 0.1, 0.1, Bounds::UNIT, &mut [0.5; 3]);
}
