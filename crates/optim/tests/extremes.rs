//! Numbers at the ends of f32: gradients whose squares overflow or vanish, parameters out of range.

use sparring_optim::{Adam, AdamW, AnyRule, Rule, Sgd};

/// The formulas of the papers in f64, where no square overflows: weights after each step, from 1.
fn plain(rule: &Adam, lr: f64, gradients: &[f64]) -> Vec<f64> {
    let (mut w, mut m, mut v) = (1.0, 0.0, 0.0);
    let step = |(t, g): (usize, &f64)| {
        m = rule.beta1 * m + (1.0 - rule.beta1) * g;
        v = rule.beta2 * v + (1.0 - rule.beta2) * g * g;
        let corrected = |moment: f64, beta: f64| moment / (1.0 - beta.powi(t as i32 + 1));
        w -= lr * corrected(m, rule.beta1) / (corrected(v, rule.beta2).sqrt() + rule.eps);
        w
    };
    gradients.iter().enumerate().map(step).collect()
}

/// The same by the rule in f32, the weight being one of many so that whole vectors are worked on.
fn steps(rule: AnyRule, lr: f32, gradients: &[f64]) -> Vec<f64> {
    const MANY: usize = 67;
    let (mut w, mut state) = (vec![1f32; MANY], vec![vec![0f32; MANY]; rule.slots()]);
    let step = |(t, g): (usize, &f64)| {
        // One weight has the extreme gradient, its neighbours have usual ones.
        let g: Vec<f32> =
            (0..MANY).map(|i| if i == 40 { *g as f32 } else { 0.01 * (i as f32 - 30.0) }).collect();
        let mut slots: Vec<&mut [f32]> = state.iter_mut().map(|s| &mut s[..]).collect();
        rule.update(t as u64 + 1, lr, &mut w, &g, &mut slots);
        assert!(w.iter().all(|w| w.is_finite()), "{rule:?}: {w:?}");
        f64::from(w[40])
    };
    gradients.iter().enumerate().map(step).collect()
}

#[test]
fn large_gradients_step_as_in_pytorch() {
    // torch.optim.Adam and AdamW(weight_decay=0), f32, lr 1e-3, gradients 2e19, 1, 1.
    let torch = [0.9990, 0.9983, 0.9978];
    let still = AdamW { weight_decay: 0.0, ..AdamW::default() };
    for rule in [AnyRule::Adam(Adam::default()), still.into()] {
        for large in [2e19, 1e25, -1e30, 3.4e38] {
            let got = steps(rule, 1e-3, &[large, 1.0, 1.0]);
            for (got, torch) in got.iter().zip(torch) {
                let want = if large < 0.0 { 2.0 - torch } else { torch };
                assert!((got - want).abs() < 6e-5, "{rule}, {large}: {got} instead of {want}");
            }
        }
    }
    // The default decay of AdamW takes 1e-5 a step.
    let got = steps(AdamW::default().into(), 1e-3, &[2e19, 1.0, 1.0]);
    assert!(got.iter().zip(torch).all(|(got, torch)| (got - torch).abs() < 9e-5), "{got:?}");
}

#[test]
fn no_rule_loses_a_weight_to_a_gradient_that_is_finite() {
    for rule in AnyRule::all() {
        for size in (-45..=38).map(|n| 10f64.powi(n)) {
            let signs = [1.0, 0.3, -0.7, 1e-4, 0.0, 1.0, -1.0, 1e-9, 0.5];
            // Checks inside that all weights stay finite. A rule without a root of squares may go as far as the gradient says.
            let got = steps(rule, 1e-3, &signs.map(|s| s * size));
            let normalised = !matches!(rule, AnyRule::Sgd(_) | AnyRule::Asgd(_) | AnyRule::RAdam(_));
            assert!(!normalised || got.iter().all(|w| (w - 1.0).abs() < 0.2), "{rule}, {size}: {got:?}");
        }
    }
}

#[test]
fn no_state_is_ever_subnormal() {
    for rule in AnyRule::all() {
        let (mut w, mut state) = ([0.5f32; 4], vec![[0f32; 4]; rule.slots()]);
        for t in 1..=3000 {
            let g = if t == 1 { [1.0, -1e-30, f32::MIN_POSITIVE / 8.0, 1e-17] } else { [0.0; 4] };
            let mut slots: Vec<&mut [f32]> = state.iter_mut().map(|s| &mut s[..]).collect();
            rule.update(t, 1e-3, &mut w, &g, &mut slots);
            // The gradient of the first step itself may be kept as it is.
            let fine = |x: &f32| *x == 0.0 || x.is_normal() || t == 1;
            assert!(state.iter().flatten().all(fine), "{rule}, step {t}: {state:?}");
        }
        assert!(w.iter().all(|w| w.is_finite()), "{rule}: {w:?}");
    }
}

#[test]
fn a_small_eps_is_not_eaten() {
    // torch.optim.Adam(eps=1e-16), f32, lr 1e-3, three gradients of 1e-16: half a step each.
    let rule = Adam { eps: 1e-16, ..Adam::default() };
    let got = steps(rule.into(), 1e-3, &[1e-16; 3]);
    assert!((got[2] - (1.0 - 1.5e-3)).abs() < 1e-6, "{got:?}");
    for rule in [AnyRule::Adam(Adam { eps: 9e-21, ..rule }), AdamW { eps: 0.0, ..AdamW::default() }.into()] {
        let e = rule.validate().unwrap_err().to_string();
        assert!(e.contains("eps") && e.contains("at least 1e-20"), "{e}");
    }
}

#[test]
fn every_size_of_gradient_follows_the_formula() {
    for eps in [1e-8, 1e-16, 1e-20, 1e-3] {
        let rule = Adam { eps, ..Adam::default() };
        for size in (-34..=38).map(|n| 10f64.powi(n)) {
            let signs = [1.0, 0.3, -0.7, 1e-4, 0.0, 1.0, 2.0, -1.0, 1e-9, 0.5];
            let gradients: Vec<f64> = signs.map(|s| s * size).to_vec();
            let (got, want) = (steps(rule.into(), 1e-3, &gradients), plain(&rule, 1e-3, &gradients));
            for (got, want) in got.iter().zip(&want) {
                assert!((got - want).abs() < 3e-6, "eps {eps}, {size}: {got} instead of {want}");
            }
        }
    }
}

#[test]
fn a_penalty_in_the_gradient_may_be_large() {
    let rule = Adam { weight_decay: 3e38, ..Adam::default() };
    let got = steps(rule.into(), 1e-3, &[0.0; 3]);
    assert!((got[0] - 0.999).abs() < 1e-6 && (got[2] - 0.997).abs() < 1e-5, "{got:?}");
}

#[test]
fn any_cut_gives_the_same_bits_at_extremes() {
    for rule in [
        Adam::default(),
        Adam { eps: 1e-18, ..Adam::default() },
        Adam { weight_decay: 0.1, ..Adam::default() },
    ] {
        let g: Vec<f32> = (0..64)
            .map(|i| 10f32.powi(i - 30) * if i % 3 == 0 { -1.0 } else { 1.0 })
            .map(|g| g.min(1e38))
            .collect();
        let run = |piece: usize| {
            let (mut w, mut m, mut r) = (vec![0.5f32; 64], vec![0f32; 64], vec![0f32; 64]);
            for t in 1..=5u64 {
                let g: Vec<f32> = g.iter().map(|g| g / t as f32).collect();
                for at in (0..64).step_by(piece) {
                    let at = at..64.min(at + piece);
                    rule.update(
                        t,
                        1e-2,
                        &mut w[at.clone()],
                        &g[at.clone()],
                        &mut [&mut m[at.clone()], &mut r[at]],
                    );
                }
            }
            [w, m, r].map(|x| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>())
        };
        for piece in [1, 3, 8, 17] {
            assert_eq!(run(64), run(piece), "{rule:?} in pieces of {piece}");
        }
    }
}

#[test]
fn parameters_out_of_the_range_of_f32_are_refused() {
    // What is accepted steps from 1 to a finite weight.
    let extremes = [
        1e39,
        1e300,
        -1e39,
        f64::INFINITY,
        f64::NAN,
        0.99999999,
        1.0 - 1e-16,
        3e38,
        1e-46,
        1e-300,
        1e-20,
        0.5,
        0.0,
    ];
    let (mut taken, mut refused) = (0, 0);
    for x in extremes {
        let adam = Adam::default();
        let adamw = AdamW::default();
        let rules: [AnyRule; 11] = [
            Adam { beta1: x, ..adam }.into(),
            Adam { beta2: x, ..adam }.into(),
            Adam { eps: x, ..adam }.into(),
            Adam { weight_decay: x, ..adam }.into(),
            AdamW { beta1: x, ..adamw }.into(),
            AdamW { beta2: x, ..adamw }.into(),
            AdamW { eps: x, ..adamw }.into(),
            AdamW { weight_decay: x, ..adamw }.into(),
            Sgd { momentum: x, ..Sgd::default() }.into(),
            Sgd { dampening: x, ..Sgd::default() }.into(),
            Sgd { weight_decay: x, ..Sgd::default() }.into(),
        ];
        for rule in rules {
            if rule.validate().is_ok() {
                taken += 1;
                steps(rule, 1e-3, &[1.0]);
                steps(rule, 1e-3, &[0.0]);
            } else {
                refused += 1;
            }
        }
    }
    assert!(taken > 30 && refused > 50, "{taken} taken, {refused} refused");
}
