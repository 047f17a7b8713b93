//! Models around models: logits and gradients are what their definition says, and attacks run on them.

use crate::models::{Linear, Mlp, Points, all_logits, own_labels};
use sparring_attacks::{
    AttackError, Chunked, Ensemble, Expectation, FiniteDifference, Goal, Pgd, Quantized, Stop, Threat,
    perturb_chunked,
};
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};
use sparring_seed::Key;

/// The gradient of Σ_c c · z_c.
fn gradient<M: Differentiable>(model: &M, x: Batch<'_>) -> Vec<f32> {
    let mut grad = vec![f32::NAN; x.data().len()];
    let mut calls = 0;
    let classes = model.classes();
    let weights = &mut |z: &[f32], dz: &mut [f32]| {
        calls += 1;
        assert_eq!((z.len(), dz.len()), (x.len() * classes, x.len() * classes));
        dz.iter_mut().enumerate().for_each(|(i, d)| *d = (i % classes) as f32);
    };
    model.pullback(x, weights, &mut grad).unwrap();
    assert_eq!(calls, 1);
    grad
}

fn far(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn pieces_change_nothing() {
    let (model, p) = (Mlp::random(9, 7, 4, 1), Points::new(11, 9, 2));
    for examples in [1, 3, 11, usize::MAX] {
        let pieces = Chunked::new(&model, examples).unwrap();
        assert_eq!(all_logits(&pieces, &p.data, p.batch()), all_logits(&model, &p.data, p.batch()));
        assert_eq!(gradient(&pieces, p.batch()), gradient(&model, p.batch()));
        let none = Batch::new(&[], [1, 1, 9], &[]).unwrap();
        assert!(gradient(&pieces, none).is_empty());
        assert!(matches!(pieces.logits(p.batch(), &mut [0.0; 3]), Err(OracleError::Shape(_))));
    }
    assert!(matches!(Chunked::new(&model, 0), Err(AttackError::Parameter { parameter: "examples", .. })));
}

#[test]
fn an_ensemble_is_the_mean_of_its_members() {
    let members = [1, 2, 3].map(|seed| Linear::random(3, 6, Bounds::UNIT, seed));
    let p = Points::new(5, 6, 2);
    let all: Vec<_> = members
        .iter()
        .map(|m| (all_logits(m, &p.data, p.batch()).concat(), gradient(m, p.batch())))
        .collect();
    let mean = |of: &dyn Fn(usize) -> Vec<f32>| -> Vec<f32> {
        let rows = [of(0), of(1), of(2)];
        (0..rows[0].len()).map(|i| (rows[0][i] + rows[1][i] + rows[2][i]) / 3.0).collect()
    };
    let ensemble = Ensemble::new(members.iter().collect()).unwrap();
    assert!(far(&all_logits(&ensemble, &p.data, p.batch()).concat(), &mean(&|i| all[i].0.clone())) < 1e-5);
    assert!(far(&gradient(&ensemble, p.batch()), &mean(&|i| all[i].1.clone())) < 1e-5);
    assert!(matches!(Ensemble::<Linear>::new(vec![]), Err(AttackError::Length { .. })));
    let wide = Linear::random(3, 6, Bounds::new(-1.0, 1.0).unwrap(), 1);
    for other in [Linear::random(3, 7, Bounds::UNIT, 1), Linear::random(4, 6, Bounds::UNIT, 1), wide] {
        assert!(Ensemble::new(vec![&members[0], &other]).is_err());
    }
}

/// Logits with noise drawn for each query and example.
struct Noisy(Linear);

impl Noisy {
    fn noise(x: Batch<'_>, i: usize) -> f32 {
        Key::new(5).child(x.query()).rng(x.ids()[i]).normal() as f32
    }
}
impl Classifier for Noisy {
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
        for (i, z) in out.chunks_exact_mut(self.classes()).enumerate() {
            z[0] += Self::noise(x, i);
        }
        Ok(())
    }
}
impl Differentiable for Noisy {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        self.0.pullback(x, cotangent, grad)?;
        // The noise scales the gradient: its mean is that of the model without it.
        for (i, g) in grad.chunks_exact_mut(x.dim()).enumerate() {
            g.iter_mut().for_each(|g| *g *= 1.0 + Self::noise(x, i));
        }
        Ok(())
    }
}

#[test]
fn expectation_averages_the_noise_away_and_draws_anew_for_each_query() {
    let plain = Linear::random(3, 6, Bounds::UNIT, 1);
    let (model, p) = (Noisy(Linear::random(3, 6, Bounds::UNIT, 1)), Points::new(20, 6, 2));
    let error = |samples: usize, query: u64| {
        let mean = Expectation::new(&model, samples).unwrap();
        let x = p.batch().with_query(query);
        let mut z = vec![0.0; 60];
        mean.logits(x, &mut z).unwrap();
        let off: Vec<f32> =
            z.iter().zip(all_logits(&plain, &p.data, p.batch()).concat()).map(|(a, b)| a - b).collect();
        (off, far(&gradient(&mean, x), &gradient(&plain, x)))
    };
    let size = |off: &[f32]| (off.iter().map(|o| o * o).sum::<f32>() / 20.0).sqrt();
    let (one, thousand) = (error(1, 0), error(1000, 0));
    assert!(size(&one.0) > 0.5 && size(&thousand.0) < 0.06, "{} {}", size(&one.0), size(&thousand.0));
    assert!(thousand.1 < 0.25 * one.1);
    assert_ne!(error(10, 0).0, error(10, 1).0);
    assert_eq!(error(10, 1).0, error(10, 1).0);
    assert!(Expectation::new(&model, 0).is_err());
}

#[test]
fn quantised_inputs_have_the_gradient_of_where_they_land() {
    let (model, p) = (Mlp::random(9, 7, 4, 1), Points::new(11, 9, 2));
    let four = Quantized::new(&model, 4).unwrap();
    let rounded: Vec<f32> = p.data.iter().map(|v| (v * 3.0).round() / 3.0).collect();
    let at = Batch::new(&rounded, p.shape, &p.ids).unwrap();
    assert!(
        far(&all_logits(&four, &p.data, p.batch()).concat(), &all_logits(&model, &rounded, at).concat())
            < 1e-5
    );
    assert!(far(&gradient(&four, p.batch()), &gradient(&model, at)) < 1e-5);
    assert_eq!(gradient(&four, at), gradient(&four, p.batch()));
    for levels in [0, 1, u32::MAX] {
        assert!(Quantized::new(&model, levels).is_err());
    }
}

/// Logits only.
struct Blind<'a>(&'a Mlp);
impl Classifier for Blind<'_> {
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

#[test]
fn finite_differences_are_the_gradient_and_open_white_box_attacks() {
    let (model, p) = (Mlp::random(9, 7, 4, 1), Points::new(30, 9, 2));
    let blind = FiniteDifference::new(Blind(&model), 1e-3).unwrap();
    let exact = gradient(&model, p.batch());
    let largest = exact.iter().fold(0.0_f32, |m, g| m.max(g.abs()));
    assert!(far(&gradient(&blind, p.batch()), &exact) < 5e-3 * largest);
    // At the border of the box.
    let corners: Vec<f32> = p.data.iter().map(|v| v.round()).collect();
    let at = Batch::new(&corners, p.shape, &p.ids).unwrap();
    assert!(far(&gradient(&blind, at), &gradient(&model, at)) < 1e-2 * largest);
    let y = own_labels(&model, p.batch());
    let threat = Threat::linf(0.1).unwrap();
    let fooled =
        |z: Vec<Vec<f32>>| z.iter().zip(&y).filter(|(z, y)| sparring_attacks::predicted(z) != **y).count();
    let attack = Pgd { stop: Stop::Never, ..Pgd::default() };
    let mut out = [p.data.clone(), p.data.clone()];
    let (goal, key) = (Goal::Untargeted(&y), Key::new(3));
    perturb_chunked(&attack, &model, p.batch(), goal, &threat, key, &mut out[0], 8).unwrap();
    perturb_chunked(&attack, &blind, p.batch(), goal, &threat, key, &mut out[1], 8).unwrap();
    let [white, differences] = out.map(|out| fooled(all_logits(&model, &out, p.batch())));
    assert!(white > 5 && white.abs_diff(differences) <= 1, "{white} {differences}");
    for step in [0.0, f32::NAN, 0.6] {
        assert!(FiniteDifference::new(Blind(&model), step).is_err());
    }
}

/// A model that writes down what it is asked.
struct Asked(Linear, std::sync::Mutex<Vec<u64>>);
impl Classifier for Asked {
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
        self.1.lock().unwrap().push(x.query());
        self.0.logits(x, out)
    }
}

#[test]
fn the_judge_of_an_expectation_asks_for_draws_of_its_own() {
    let (model, p) = (Asked(Linear::random(3, 6, Bounds::UNIT, 1), Default::default()), Points::new(4, 6, 2));
    for samples in [1, 2, 5, 64] {
        let mean = Expectation::new(&model, samples).unwrap();
        let of = |query: u64| {
            model.1.lock().unwrap().clear();
            mean.logits(p.batch().with_query(query), &mut [0.0; 12]).unwrap();
            model.1.lock().unwrap().clone()
        };
        let (first, second, judge) = (of(0), of(1), of(1 << 63));
        assert_eq!(first.len(), samples);
        assert!(
            first.iter().chain(&second).all(|q| !judge.contains(q))
                && first.iter().all(|q| !second.contains(q))
        );
    }
}
