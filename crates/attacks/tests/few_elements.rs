//! Attacks in L0 on models in which it is known which elements matter.

use crate::models::{Linear, own_labels};
use sparring_attacks::{AnyAttack, Attack, Goal, Jsma, OnePixel, Threat};
use sparring_oracle::{Batch, Bounds, Classifier, OracleError};
use sparring_seed::Key;

/// Pictures of two channels, 6 × 5: class 1 where the second channel of one pixel is bright and its first is dark; all others are worth little.
struct Planted;
const AT: usize = 17;
impl Classifier for Planted {
    fn shape(&self) -> [usize; 3] {
        [2, 6, 5]
    }
    fn classes(&self) -> usize {
        2
    }
    fn bounds(&self) -> Bounds {
        Bounds::UNIT
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        for (i, z) in out.chunks_exact_mut(2).enumerate() {
            let x = x.row(i);
            let rest: f32 = x.iter().sum();
            z[1] = 4.0 * (x[30 + AT] - x[AT]) - 2.5 + 0.001 * rest;
            z[0] = 0.0;
        }
        Ok(())
    }
}

#[test]
fn one_pixel_finds_the_one_that_matters() {
    let data = [0.5; 60];
    let x = Batch::new(&data, [2, 6, 5], &[3]).unwrap();
    let mut out = data;
    let attack = OnePixel { population: 100, generations: 30, ..OnePixel::default() };
    // Two elements are one pixel of two channels; one is none.
    for (eps, found) in [(2.0, true), (1.0, false), (3.9, true)] {
        let threat = Threat::l0(eps).unwrap();
        attack.perturb(&Planted, x, Goal::Untargeted(&[0]), &threat, Key::new(1), &mut out).unwrap();
        assert_eq!(own_labels(&Planted, x.with_data(&out).unwrap())[0] == 1, found, "eps {eps}");
        let changed: Vec<usize> = (0..60).filter(|&i| out[i] != data[i]).collect();
        assert_eq!(changed, if found { vec![AT, 30 + AT] } else { vec![] });
    }
    // A pixel for the budget of five does as well, and the parameter keeps it to one.
    let one = OnePixel { pixels: 1, ..attack };
    one.perturb(&Planted, x, Goal::Untargeted(&[0]), &Threat::l0(10.0).unwrap(), Key::new(1), &mut out)
        .unwrap();
    assert_eq!((0..60).filter(|&i| out[i] != data[i]).collect::<Vec<_>>(), [AT, 30 + AT]);
    let refused = "one-pixel(population=100000)".parse::<AnyAttack>().unwrap_err().to_string();
    assert!(refused.contains("at most 100000 / pixels"), "{refused}");
}

/// z₀ = 0, z₁ = w·x − b.
fn linear(w: &[f32], b: f32) -> Linear {
    Linear { w: vec![vec![0.0; w.len()], w.to_vec()], b: vec![0.0, -b], bounds: Bounds::UNIT }
}

#[test]
fn saliency_takes_the_best_pairs_of_a_linear_model() {
    // Of the other class the logit must fall where that of the target rises: z₀ = −w·x.
    let w = [0.3, -0.9, 0.1, 0.8, 0.05, 0.5, -0.2, 0.6];
    let mut model = linear(&w, 1.0);
    model.w[0] = w.iter().map(|w| -w).collect();
    let (data, ids) = ([0.0; 8], [0]);
    let x = Batch::new(&data, [1, 1, 8], &ids).unwrap();
    let changed = |jsma: Jsma, eps: f32| {
        let mut out = data;
        jsma.perturb(&model, x, Goal::Targeted(&[1]), &Threat::l0(eps).unwrap(), Key::new(1), &mut out)
            .unwrap();
        (0..8).filter(|&i| out[i] != 0.0).map(|i| (i, out[i])).collect::<Vec<_>>()
    };
    let all = Jsma { gamma: 1.0, ..Jsma::default() };
    // 2 · 1.4 > 1: the best pair is enough; less is nothing, pairs are two.
    assert_eq!(changed(all, 8.0), [(3, 1.0), (7, 1.0)]);
    assert_eq!(changed(all, 1.0), []);
    // γ of eight elements: two, or none.
    assert_eq!(changed(Jsma { gamma: 0.25, ..all }, 8.0).len(), 2);
    assert_eq!(changed(Jsma::default(), 8.0), []);
    // In small steps, the same two as often as needed: 2 · 1.4 · 0.4 > 1.
    assert_eq!(changed(Jsma { theta: 0.2, ..all }, 8.0), [(3, 0.4), (7, 0.4)]);
    // Downwards nothing can go from 0.
    assert_eq!(changed(Jsma { theta: -1.0, ..all }, 8.0), []);
    // A step that changes nothing ends.
    assert_eq!(changed(Jsma { theta: 0.0, ..all }, 8.0), []);
    // The next best pair follows.
    model.b[1] = -3.0;
    let mut out = data;
    all.perturb(&model, x, Goal::Untargeted(&[0]), &Threat::l0(5.0).unwrap(), Key::new(1), &mut out).unwrap();
    assert_eq!((0..8).filter(|&i| out[i] != 0.0).collect::<Vec<_>>(), [0, 3, 5, 7]);
    assert_eq!(own_labels(&model, x.with_data(&out).unwrap()), [1]);
}
