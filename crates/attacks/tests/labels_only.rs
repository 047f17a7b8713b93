//! Attacks that see labels alone: on linear models the smallest change is known in closed form.

use crate::models::{Linear, Mlp, Points, all_logits, own_labels};
use sparring_attacks::{AnyNorm, Attack, BoundaryAttack, Goal, HopSkipJump, Threat, predicted};
use sparring_oracle::{Batch, Bounds, Classifier, OracleError};
use sparring_seed::Key;

const DIM: usize = 20;

/// How many times larger than the distance to the boundary the change of each example is.
fn ratios<A: Attack<Linear>>(attack: &A, norm: AnyNorm) -> Vec<f64> {
    let bounds = Bounds::new(-3.0, 3.0).unwrap();
    let model = Linear::random(2, DIM, bounds, 1);
    let p = Points::new(12, DIM, 2);
    let y = own_labels(&model, p.batch());
    let w: Vec<f64> = model.w[0].iter().zip(&model.w[1]).map(|(a, b)| f64::from(a - b)).collect();
    let dual = match norm {
        AnyNorm::Linf => w.iter().map(|w| w.abs()).sum::<f64>(),
        _ => w.iter().map(|w| w * w).sum::<f64>().sqrt(),
    };
    let threat = Threat { norm, eps: norm.get().largest(bounds, DIM) as f32 };
    let mut out = vec![f32::NAN; p.data.len()];
    attack.perturb(&model, p.batch(), Goal::Untargeted(&y), &threat, Key::new(3), &mut out).unwrap();
    let after = own_labels(&model, Batch::new(&out, model.shape(), &p.ids).unwrap());
    assert!(after.iter().zip(&y).all(|(a, y)| a != y), "every walk ends beyond the boundary");
    let before = all_logits(&model, &p.data, p.batch());
    let change = |i: usize| -> Vec<f32> { (i * DIM..(i + 1) * DIM).map(|j| out[j] - p.data[j]).collect() };
    (0..12)
        .map(|i| norm.get().size(&change(i)) * dual / f64::from((before[i][0] - before[i][1]).abs()))
        .collect()
}

#[test]
fn with_their_own_queries_they_come_close_to_the_plane() {
    // Measured: to 1.00003 (boundary), 1.0025 (hop-skip-jump, L2), 1.0017 (L-inf).
    for (ratios, most) in [
        (ratios(&BoundaryAttack::default(), AnyNorm::L2), 1.001),
        (ratios(&HopSkipJump::default(), AnyNorm::L2), 1.01),
        (ratios(&HopSkipJump::default(), AnyNorm::Linf), 1.01),
    ] {
        assert!(ratios.iter().all(|&r| (0.9999..most).contains(&r)), "{ratios:?}");
    }
}

/// Says which class wins, and nothing else.
struct OnlyLabels(Mlp);
impl Classifier for OnlyLabels {
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
        self.0.logits(x, out)?;
        for z in out.chunks_exact_mut(self.0.classes()) {
            let winner = predicted(z);
            z.fill(0.0);
            z[winner] = 1.0;
        }
        Ok(())
    }
}

fn short() -> (BoundaryAttack, HopSkipJump) {
    (
        BoundaryAttack { steps: 300, ..Default::default() },
        HopSkipJump { steps: 3, initial: 30, ..Default::default() },
    )
}

fn run<M, A: Attack<M>>(attack: &A, model: &M, x: Batch<'_>, goal: Goal<'_>) -> Vec<f32> {
    let mut out = vec![f32::NAN; x.data().len()];
    attack.perturb(model, x, goal, &Threat::l2(2.0).unwrap(), Key::new(4), &mut out).unwrap();
    out
}

#[test]
fn logits_tell_them_nothing_that_labels_do_not() {
    let (model, labels) = (Mlp::random(12, 16, 3, 5), OnlyLabels(Mlp::random(12, 16, 3, 5)));
    let p = Points::new(20, 12, 6);
    let y = own_labels(&model, p.batch());
    let (boundary, hop) = short();
    let goal = Goal::Untargeted(&y);
    let found = run(&boundary, &labels, p.batch(), goal);
    assert_eq!(run(&boundary, &model, p.batch(), goal), found);
    assert!(found != p.data);
    assert_eq!(run(&hop, &model, p.batch(), goal), run(&hop, &labels, p.batch(), goal));
}

#[test]
fn without_a_start_the_example_is_the_answer() {
    // One class wins everywhere.
    let mut model = Linear::random(3, 12, Bounds::UNIT, 1);
    model.b = vec![1e3, 0.0, 0.0];
    let p = Points::new(5, 12, 2);
    let (boundary, hop) = short();
    for goal in [Goal::Untargeted(&[0; 5]), Goal::Targeted(&[2; 5])] {
        assert_eq!(run(&boundary, &model, p.batch(), goal), p.data);
        assert_eq!(run(&hop, &model, p.batch(), goal), p.data);
    }
}

#[test]
fn a_given_start_leads_to_its_class() {
    let model = Mlp::random(12, 16, 4, 7);
    let p = Points::new(40, 12, 8);
    let y = own_labels(&model, p.batch());
    // Each begins at an example of the class after its own, if there is one.
    let to: Vec<usize> = y.iter().map(|y| (y + 1) % 4).collect();
    let start: Vec<f32> = (0..40)
        .flat_map(|i| {
            let from = (0..40).find(|&j| y[j] == to[i]).unwrap_or(i);
            p.batch().row(from).to_vec()
        })
        .collect();
    let (boundary, hop) = (BoundaryAttack { steps: 1500, ..short().0 }, short().1);
    let (goal, threat, key) = (Goal::Targeted(&to), Threat::l2(3.0).unwrap(), Key::new(9));
    let [mut by_walk, mut by_hops] = [(); 2].map(|()| vec![f32::NAN; p.data.len()]);
    boundary.perturb_from(&model, p.batch(), &start, goal, &threat, key, &mut by_walk).unwrap();
    hop.perturb_from(&model, p.batch(), &start, goal, &threat, key, &mut by_hops).unwrap();
    for out in [by_walk, by_hops] {
        let after = own_labels(&model, Batch::new(&out, p.shape, &p.ids).unwrap());
        let size =
            |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt();
        let mut sizes = [0.0; 2];
        for i in 0..40 {
            let row = i * 12..(i + 1) * 12;
            let (x, from, adv) = (&p.data[row.clone()], &start[row.clone()], &out[row]);
            assert_eq!(after[i] == to[i], x != from, "example {i}");
            sizes[0] += size(x, adv);
            sizes[1] += size(x, from);
        }
        assert!(sizes[0] < 0.3 * sizes[1], "{sizes:?}");
    }
    assert!(hop.perturb_from(&model, p.batch(), &start[1..], goal, &threat, key, &mut [0.0; 480]).is_err());
}
