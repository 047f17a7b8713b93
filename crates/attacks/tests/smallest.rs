//! One request for both kinds of attack: the smallest change, found by bisection or by the attack itself.

use crate::models::{Linear, Points, all_logits, own_labels};
use sparring_attacks::{AnyNorm, AttackError, Bim, Goal, Request, Stop, smallest};
use sparring_oracle::{Batch, Bounds};
use sparring_seed::Key;

const BUDGETS: [f32; 9] = [0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6];

fn request<'a>(y: &'a [usize], budgets: &'a [f32]) -> Request<'a> {
    Request { goal: Goal::Untargeted(y), norm: AnyNorm::Linf, budgets, key: Key::new(1) }
}

/// The distance of each point to the boundary of a linear model of two classes, without a box: |z_0 - z_1| / |w_0 - w_1|_1.
fn truth(model: &Linear, p: &Points) -> Vec<f64> {
    let dual: f64 = model.w[0].iter().zip(&model.w[1]).map(|(a, b)| f64::from(a - b).abs()).sum();
    all_logits(model, &p.data, p.batch()).iter().map(|z| f64::from(z[0] - z[1]).abs() / dual).collect()
}

#[test]
fn bisection_finds_the_smallest_budget_that_does() {
    let model = Linear::random(2, 20, Bounds::new(-10.0, 10.0).unwrap(), 1);
    let p = Points::new(50, 20, 2);
    let y = own_labels(&model, p.batch());
    let mut out = vec![f32::NAN; p.data.len()];
    let attack = Bim { stop: Stop::Never, ..Bim::default() };
    let sizes = smallest(&attack, &model, p.batch(), &request(&y, &BUDGETS), &mut out).unwrap();
    let mut seen = [0; BUDGETS.len()];
    for ((size, truth), (x, out)) in
        sizes.iter().zip(truth(&model, &p)).zip(p.data.chunks(20).zip(out.chunks(20)))
    {
        let size = size.unwrap();
        let at = BUDGETS.iter().position(|&b| f64::from(b) >= truth).unwrap();
        seen[at] += 1;
        assert!(
            size >= truth * 0.999 && size <= f64::from(BUDGETS[at]) + 1e-6,
            "{truth}: {size}, {}",
            BUDGETS[at]
        );
        let change = x.iter().zip(out).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max);
        assert!(change <= size + 1e-6, "{change} {size}");
    }
    assert!(seen.iter().filter(|&&n| n > 0).count() > 3, "{seen:?}");
    // One budget is the ordinary question.
    let one = smallest(&attack, &model, p.batch(), &request(&y, &[0.1]), &mut out).unwrap();
    for (size, truth) in one.iter().zip(truth(&model, &p)) {
        assert_eq!(size.is_some(), truth <= 0.1, "{truth}");
    }
}

#[test]
fn what_is_wrong_already_costs_nothing() {
    let model = Linear::random(3, 12, Bounds::UNIT, 1);
    let p = Points::new(6, 12, 2);
    let y: Vec<usize> = own_labels(&model, p.batch()).iter().map(|y| (y + 1) % 3).collect();
    let mut out = vec![f32::NAN; p.data.len()];
    let sizes = smallest(&Bim::default(), &model, p.batch(), &request(&y, &[0.5]), &mut out).unwrap();
    assert_eq!((sizes, &out), (vec![Some(0.0); 6], &p.data));
    let none = Batch::new(&[], [1, 1, 12], &[]).unwrap();
    assert!(smallest(&Bim::default(), &model, none, &request(&[], &[0.5]), &mut []).unwrap().is_empty());
}

#[test]
fn budgets_that_do_not_rise_are_refused() {
    let model = Linear::random(3, 12, Bounds::UNIT, 1);
    let p = Points::new(2, 12, 2);
    for budgets in [&[][..], &[0.2, 0.1], &[0.1, 0.1], &[f32::NAN, 1.0]] {
        let mut out = p.data.clone();
        let told = smallest(&Bim::default(), &model, p.batch(), &request(&[0, 1], budgets), &mut out);
        assert!(matches!(told, Err(AttackError::Budgets | AttackError::Eps(_))), "{budgets:?}: {told:?}");
    }
}
