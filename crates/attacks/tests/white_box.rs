//! What gradients are taken, where, and how many: averages, momentum, looking ahead, losses by name.

use crate::models::{Linear, Mlp, Points, all_logits, own_labels};
use sparring_attacks::{
    AnyAttack, Attack, Counting, Goal, MiFgsm, NiFgsm, Pgd, Start, StepSize, Stop, Threat, Titled,
    perturb_chunked, predicted, suites,
};
use sparring_losses::AnyClassLoss;
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};
use sparring_seed::Key;

/// A linear model whose gradients are noisy, by query and example.
struct Shaky(Linear);

impl Shaky {
    fn noise(query: u64, id: u64, dim: usize) -> Vec<f32> {
        let mut rng = Key::new(77).child(query).rng(id);
        (0..dim).map(|_| 4.0 * rng.normal() as f32).collect()
    }
}
impl Classifier for Shaky {
    fn shape(&self) -> [usize; 3] {
        self.0.shape()
    }
    fn classes(&self) -> usize {
        self.0.classes()
    }
    fn bounds(&self) -> Bounds {
        self.0.bounds()
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.0.logits(x, out)
    }
}
impl Differentiable for Shaky {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        self.0.pullback(x, cotangent, grad)?;
        for (g, &id) in grad.chunks_exact_mut(x.dim()).zip(x.ids()) {
            g.iter_mut().zip(Self::noise(x.query(), id, x.dim())).for_each(|(g, n)| *g += n);
        }
        Ok(())
    }
}

#[test]
fn a_step_follows_the_mean_of_so_many_queries() {
    let wide = Bounds::new(-10.0, 10.0).unwrap();
    let model = Shaky(Linear::random(2, 20, wide, 1));
    let p = Points::new(30, 20, 2);
    let (x, y) = (p.batch(), own_labels(&model, p.batch()));
    let (threat, key) = (Threat::linf(0.05).unwrap(), Key::new(1));
    let one = Pgd {
        steps: 1,
        step_size: StepSize::Relative(1.0),
        start: Start::Clean,
        loss: AnyClassLoss::Margin,
        stop: Stop::Never,
        eot: 5,
        ..Pgd::default()
    };
    let mut out = vec![0.0; p.data.len()];
    one.perturb(&model, x, Goal::Untargeted(&y), &threat, key, &mut out).unwrap();
    let mut flipped = 0;
    for i in 0..30 {
        for k in 0..20 {
            let margin = f64::from(model.0.w[1 - y[i]][k] - model.0.w[y[i]][k]);
            let noise = |query| f64::from(Shaky::noise(query, p.ids[i], 20)[k]);
            let sum = 5.0 * margin + (0..5).map(noise).sum::<f64>();
            let moved = f64::from(out[i * 20 + k] - p.data[i * 20 + k]);
            assert!(sum.abs() < 1e-3 || (moved - 0.05 * sum.signum()).abs() < 1e-6, "{i} {k}: {moved} {sum}");
            flipped += usize::from(sum.signum() != (margin + noise(0)).signum());
        }
    }
    assert!(flipped > 50, "one query would have done: {flipped}");
    // As many queries as said, counted by step: however the batch is cut.
    let many = Pgd { steps: 6, restarts: 2, ..one };
    let counting = Counting::new(&model);
    many.perturb(&counting, x, Goal::Untargeted(&y), &threat, key, &mut out).unwrap();
    assert_eq!(counting.counts().backwards, 30 * 6 * 2 * 5);
    let mut cut = vec![0.0; p.data.len()];
    perturb_chunked(&many, &model, x, Goal::Untargeted(&y), &threat, key, &mut cut, 7).unwrap();
    assert_eq!(out, cut);
}

/// Three steps in f64 by the formulas of the papers.
#[test]
fn momentum_sums_gradients_and_looks_ahead() {
    let model = Mlp::random(12, 16, 3, 5);
    let p = Points::new(20, 12, 6);
    let (x, y) = (p.batch(), own_labels(&model, p.batch()));
    let gradient = |at: &[f64], i: usize| {
        let at: Vec<f32> = at.iter().map(|v| *v as f32).collect();
        let mut grad = vec![0.0; 12];
        let margin = &mut |z: &[f32], dz: &mut [f32]| {
            let mut others = z.to_vec();
            others[y[i]] = f32::NEG_INFINITY;
            (dz[predicted(&others)], dz[y[i]]) = (1.0, -1.0);
        };
        model.pullback(Batch::new(&at, x.shape(), &[1]).unwrap(), margin, &mut grad).unwrap();
        grad.into_iter().map(f64::from).collect::<Vec<_>>()
    };
    let (loss, step_size, steps, threat) =
        (AnyClassLoss::Margin, StepSize::Absolute(0.05), 3, Threat::linf(0.3).unwrap());
    let mi = MiFgsm { steps, step_size, decay: 0.8, loss, stop: Stop::Never };
    let ni = NiFgsm { steps, step_size, decay: 0.8, loss };
    let run = |attack: &AnyAttack| {
        let mut out = vec![0.0; p.data.len()];
        attack.perturb(&model, x, Goal::Untargeted(&y), &threat, Key::new(1), &mut out).unwrap();
        out
    };
    let (got_mi, got_ni) = (run(&mi.into()), run(&ni.into()));
    for (ahead, got) in [(0.0, &got_mi), (1.0, &got_ni)] {
        let (mut near, mut all) = (0, 0);
        for i in 0..20 {
            let clean: Vec<f64> = x.row(i).iter().map(|v| f64::from(*v)).collect();
            let (mut at, mut g) = (clean.clone(), vec![0.0; 12]);
            for _ in 0..steps {
                let look: Vec<f64> = at.iter().zip(&g).map(|(a, g)| a + ahead * 0.05 * 0.8 * g).collect();
                let grad = gradient(&look, i);
                let mean = grad.iter().map(|g| g.abs()).sum::<f64>() / 12.0;
                for k in 0..12 {
                    g[k] = 0.8 * g[k] + grad[k] / mean;
                    at[k] =
                        (at[k] + 0.05 * g[k].signum()).clamp(clean[k] - 0.3, clean[k] + 0.3).clamp(0.0, 1.0);
                }
            }
            for k in 0..12 {
                all += 1;
                near += usize::from((f64::from(got[i * 12 + k]) - at[k]).abs() < 1e-5);
            }
        }
        assert!(near >= all - 1, "{near} of {all}");
    }
    assert_ne!(got_mi, got_ni);
}

#[test]
fn every_loss_is_had_by_its_name() {
    let model = Mlp::random(12, 16, 4, 7);
    let p = Points::new(60, 12, 8);
    let y = own_labels(&model, p.batch());
    let to: Vec<usize> = y.iter().map(|y| (y + 1) % 4).collect();
    for loss in AnyClassLoss::NAMES {
        let attack: AnyAttack = format!("pgd(loss={loss}, start=clean)").parse().unwrap();
        for goal in [Goal::Untargeted(&y), Goal::Targeted(&to)] {
            let mut out = vec![0.0; p.data.len()];
            attack
                .perturb(&model, p.batch(), goal, &Threat::linf(0.3).unwrap(), Key::new(1), &mut out)
                .unwrap();
            let z = all_logits(&model, &out, p.batch());
            let reached = (0..60).filter(|&i| goal.reached(i, &z[i])).count();
            assert!(reached > 10, "{loss}: {reached} of 60");
        }
    }
}

/// What the quick white-box suite leaves, AutoAttack's gradients leave too, on a net that hides none.
#[test]
fn directed_starts_and_near_targets_find_what_autoattack_finds() {
    let model = Mlp::random(12, 24, 6, 9);
    let p = Points::new(150, 12, 10);
    let y = own_labels(&model, p.batch());
    let (mut all, mut standing) = (0, 0);
    for eps in [0.15, 0.25, 0.4] {
        let threat = Threat::linf(eps).unwrap();
        let left = |attacks: Vec<Titled>| {
            let mut left = [true; 150];
            for attack in attacks {
                let mut out = vec![0.0; p.data.len()];
                attack
                    .perturb(&model, p.batch(), Goal::Untargeted(&y), &threat, Key::new(1), &mut out)
                    .unwrap();
                let after = own_labels(&model, Batch::new(&out, p.shape, &p.ids).unwrap());
                (0..150).for_each(|i| left[i] &= after[i] == y[i]);
            }
            left.iter().filter(|l| **l).count()
        };
        let quick = suites::malt(threat.norm);
        let (adi, quick) = (left(quick[..1].to_vec()), left(quick));
        let whole = left(suites::standard(threat.norm)[..3].to_vec());
        assert!(quick.abs_diff(whole) <= 1 && adi <= whole + 3, "{threat}: {adi}, {quick} and {whole} left");
        (all, standing) = (all + 150, standing + whole);
    }
    assert!((20..all - 20).contains(&standing), "{standing} of {all} left");
}
