//! Accuracy against the budget from one run, held to the closed form of a linear model.

use crate::models::{Linear, Mlp, Points, all_logits, own_labels};
use sparring_attacks::{
    AnyAttack, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Bim, BudgetCurve, EvaluateOptions, Goal,
    Pgd, Settings, Stop, Threat, budget_curve, evaluate,
};
use sparring_oracle::{Batch, Bounds, Differentiable};
use sparring_seed::Key;

/// The projection onto the boundary of a linear model of two classes: the smallest change in L-inf, by its closed form.
struct Exact;

/// |z_0 − z_1| / |w_0 − w_1|_1, and the signs of the way there from class 0.
fn distance(z: &[f32], way: &[f32]) -> f64 {
    f64::from(z[0] - z[1]).abs() / way.iter().map(|w| f64::from(*w).abs()).sum::<f64>()
}

impl<M: Differentiable> Attack<M> for Exact {
    fn about(&self) -> &'static AttackInfo {
        const INFO: AttackInfo =
            AttackInfo { name: "exact", kind: AttackKind::MinimumNorm, norms: &[AnyNorm::Linf], ..Pgd::INFO };
        &INFO
    }
    fn settings(&self) -> Settings {
        Settings::new(1, 1)
    }
    fn perturb(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        _: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        let y = goal.classes();
        let mut z = vec![0.0; x.len() * 2];
        model.pullback(
            x,
            &mut |logits, dz| {
                z.copy_from_slice(logits);
                dz.chunks_exact_mut(2).zip(y).for_each(|(dz, &y)| (dz[y], dz[1 - y]) = (-1.0, 1.0));
            },
            out,
        )?;
        for (i, way) in out.chunks_exact_mut(x.dim()).enumerate() {
            let size = distance(&z[2 * i..2 * i + 2], way) * (1.0 + 1e-4) + 1e-6;
            let far = size > f64::from(threat.eps);
            for (o, x) in way.iter_mut().zip(x.row(i)) {
                *o = if far { *x } else { x + size as f32 * o.signum() };
            }
        }
        Ok(())
    }
}

const BUDGETS: [f32; 6] = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6];

fn model() -> (Linear, Points, Vec<usize>) {
    let model = Linear::random(2, 20, Bounds::new(-10.0, 10.0).unwrap(), 1);
    let p = Points::new(101, 20, 2);
    let mut y = own_labels(&model, p.batch());
    y[7] = 1 - y[7];
    (model, p, y)
}

fn curve<A>(attack: &A, batch: usize, threads: usize) -> BudgetCurve
where
    A: for<'m> Attack<sparring_attacks::Counting<&'m Linear>> + Sync,
{
    let (model, p, y) = model();
    let options = EvaluateOptions { batch, ..EvaluateOptions::default() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let of = || {
        budget_curve(&model, p.batch(), &y, attack, AnyNorm::Linf, &BUDGETS, Key::new(1), &options, &|_| ())
            .unwrap()
    };
    BudgetCurve { seconds: 0.0, ..pool.install(of) }
}

/// Of each example the distance to the boundary, 0 where it is wrong.
fn truth() -> Vec<f64> {
    let (model, p, y) = model();
    let way: Vec<f32> = model.w[0].iter().zip(&model.w[1]).map(|(a, b)| a - b).collect();
    let z = all_logits(&model, &p.data, p.batch());
    let of = |(z, &y): (&Vec<f32>, &usize)| if z[y] < z[1 - y] { 0.0 } else { distance(z, &way) };
    z.iter().zip(&y).map(of).collect()
}

#[test]
fn one_run_of_a_minimum_norm_attack_gives_the_whole_curve() {
    let (c, mut truth) = (curve(&Exact, 56, 2), truth());
    for (size, truth) in c.sizes.iter().zip(&truth) {
        assert!((size.unwrap() - truth).abs() < 1e-3 * truth + 1e-5, "{size:?} {truth}");
    }
    let eps: Vec<f32> = c.points.iter().map(|p| p.eps).collect();
    assert_eq!((eps[0], &eps[1..]), (0.0, &BUDGETS[..]));
    for point in &c.points {
        let stands = truth.iter().filter(|t| **t > f64::from(point.eps)).count();
        assert_eq!((point.accuracy * 101.0).round() as usize, stands, "{point:?}");
    }
    truth.sort_by(f64::total_cmp);
    assert!((c.median_size.unwrap() - truth[50]).abs() < 1e-3, "{:?}", c.median_size);
    // One gradient an example that is right.
    assert_eq!((c.attack.as_str(), c.card.backwards, c.card.n, c.card.eps), ("exact", 100, 101, 1.6));
}

#[test]
fn an_attack_with_a_fixed_budget_is_bisected() {
    let bim = Bim { stop: Stop::Never, ..Bim::default() };
    let (exact, bisected) = (curve(&Exact, 56, 2), curve(&bim, 56, 2));
    assert_eq!(exact.points, bisected.points);
    // Of six budgets at most three are asked.
    assert!(bisected.card.backwards <= 3 * 10 * 100, "{}", bisected.card.backwards);
    // What a run at each budget says by itself.
    let (model, p, y) = model();
    for point in &bisected.points[1..] {
        let threat = Threat::linf(point.eps).unwrap();
        let r = evaluate(&model, p.batch(), &y, &[AnyAttack::from(bim)], &threat, Key::new(1)).unwrap();
        assert_eq!(r.robust_accuracy, point.accuracy, "{threat}");
    }
}

#[test]
fn neither_threads_nor_batches_change_a_curve() {
    let (exact, pgd) = (curve(&Exact, 1, 1), curve(&Pgd::default(), 1, 1));
    for (batch, threads) in [(1000, 1), (7, 2), (32, 5)] {
        assert_eq!(
            (curve(&Exact, batch, threads), curve(&Pgd::default(), batch, threads)),
            (exact.clone(), pgd.clone())
        );
    }
}

#[test]
fn the_edges_of_a_curve() {
    let model = Mlp::random(12, 16, 3, 5);
    let p = Points::new(4, 12, 6);
    let y = own_labels(&model, p.batch());
    let of = |x: Batch<'_>, y: &[usize], budgets: &[f32]| {
        let options = EvaluateOptions::default();
        budget_curve(&model, x, y, &Pgd::default(), AnyNorm::Linf, budgets, Key::new(1), &options, &|_| ())
    };
    let none = of(p.batch(), &y, &[0.0]).unwrap();
    assert_eq!((none.points.len(), none.points[0].accuracy, none.median_size), (1, 1.0, None));
    let wrong: Vec<usize> = y.iter().map(|y| (y + 1) % 3).collect();
    let all = of(p.batch(), &wrong, &[0.1, 0.2]).unwrap();
    assert_eq!((all.sizes, all.median_size), (vec![Some(0.0); 4], Some(0.0)));
    assert!(matches!(of(p.batch().slice(0..0), &[], &[0.1]), Err(AttackError::Empty)));
    assert!(matches!(of(p.batch(), &y, &[0.2, 0.1]), Err(AttackError::Budgets)));
    assert!(matches!(of(p.batch(), &y, &[0.2, 3.0]), Err(AttackError::BeyondBox { .. })));
}
