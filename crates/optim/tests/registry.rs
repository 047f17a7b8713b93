//! Every registered rule keeps the contract.

use sparring_math::Real;
use sparring_optim::{ALL, AnyRule, MomentumKind, Needs, Rule, Sgd};

fn rules() -> Vec<AnyRule> {
    let sgd = Sgd { momentum: 0.9, weight_decay: 0.01, ..Sgd::default() };
    let mut rules = AnyRule::all();
    rules.push(sgd.into());
    rules.push(Sgd { kind: MomentumKind::Nesterov, ..sgd }.into());
    rules
}

#[test]
fn names_are_unique_and_parse() {
    for (i, info) in ALL.iter().enumerate() {
        assert!(ALL[..i].iter().all(|other| other.name != info.name));
        let rule: AnyRule = info.name.parse().unwrap();
        assert_eq!((rule.to_string().as_str(), rule.info()), (info.name, info));
        assert!(rule.validate().is_ok() && rule.default_lr() > 0.0);
        assert_eq!(rule.slots(), Rule::<f32>::slots(&rule));
        assert!(include_str!("../README.md").contains(&format!("| `{}`", info.name)));
    }
    let nesterov = Sgd { momentum: 0.9, kind: MomentumKind::Nesterov, ..Sgd::default() };
    for text in [
        "sgd(momentum=0.9, nesterov=true)",
        "SGD(nesterov=true, momentum=0.9,)",
        "sgd(0.9, nesterov=nesterov)",
    ] {
        assert_eq!(text.parse::<AnyRule>().unwrap(), nesterov.into(), "{text}");
    }
    for rule in rules() {
        assert_eq!(rule.to_string().parse::<AnyRule>().unwrap(), rule);
    }
    assert_eq!(AnyRule::from(nesterov).to_string(), "sgd(momentum=0.9, nesterov=true)");
    assert_eq!("adam(beta1=0.5)".parse::<AnyRule>().unwrap().to_string(), "adam(beta1=0.5)");
    for (text, why) in [
        ("sgd(momentum=2)", "sgd.momentum is 2, but must be a number, at least 0 and below 1"),
        ("sgd(nesterov=true)", "sgd.momentum is 0, but must be above 0 for Nesterov"),
        ("sgd(nesterov=yes)", "sgd.nesterov is yes, but must be true or false"),
        (
            "adam(beta=1)",
            "adam has no parameter `beta` (did you mean `beta1`?); it has: beta1, beta2, eps, weight_decay",
        ),
        ("adam(0.9", "parenthesis is missing; write `name` or `name(key=value, ..)`"),
    ] {
        let e = text.parse::<AnyRule>().unwrap_err().to_string();
        assert!(e.contains(why), "{text}: {e}");
    }
    let e = "adma".parse::<AnyRule>().unwrap_err().to_string();
    assert!(
        e.starts_with("no rule is called `adma` (did you mean `adam`?); choose one of: sgd, adam, adamw, "),
        "{e}"
    );
}

#[test]
fn the_default_rate_of_sgd_knows_momentum_and_dampening() {
    for (momentum, dampening, want) in [
        (0.0, 0.0, 0.1),
        (0.9, 0.0, 0.01),
        (0.9, 0.5, 0.02),
        (0.9, 0.99, 0.1),
        (0.9, 1.0, 0.1),
        (0.0, 0.5, 0.1),
    ] {
        let got = AnyRule::from(Sgd { momentum, dampening, ..Sgd::default() }).default_lr();
        assert!((got - want).abs() < 1e-12, "{momentum} {dampening}: {got}");
    }
}

/// Fifty steps on 67 weights, cut into pieces of the given length.
fn run<E: Real>(rule: &AnyRule, piece: usize) -> Vec<E> {
    const N: usize = 67;
    let mut w: Vec<E> = (0..N).map(|i| E::of((i as f64 * 0.7).sin())).collect();
    let mut state = vec![vec![E::ZERO; N]; rule.slots()];
    for t in 1..=50 {
        let g: Vec<E> = (0..N).map(|i| E::of(((i * 13 + t) as f64).cos() * 1e-2)).collect();
        for start in (0..N).step_by(piece) {
            let range = start..N.min(start + piece);
            let mut slots: Vec<&mut [E]> = state.iter_mut().map(|s| &mut s[range.clone()]).collect();
            rule.update(t as u64, E::of(1e-2), &mut w[range.clone()], &g[range.clone()], &mut slots);
        }
    }
    w
}

#[test]
fn any_cut_gives_the_same_bits() {
    let elementwise = |rule: &AnyRule| Rule::<f32>::needs(rule) == Needs::Nothing;
    for rule in rules().into_iter().filter(elementwise) {
        let (whole32, whole64) = (run::<f32>(&rule, 67), run::<f64>(&rule, 67));
        for piece in [1, 2, 3, 7, 8, 16, 31, 66] {
            assert_eq!(whole32, run::<f32>(&rule, piece), "{rule} in pieces of {piece}");
            assert_eq!(whole64, run::<f64>(&rule, piece), "{rule} in pieces of {piece}");
        }
        let off = whole32.iter().zip(&whole64).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max);
        assert!(off < 1e-4, "{rule}: f32 strays by {off}");
    }
}

#[test]
fn every_rule_goes_downhill() {
    let mut lost = Vec::new();
    for rule in rules() {
        let mut w = [4.0f64, -3.0];
        let mut state = vec![[0.0; 2]; rule.slots()];
        // Rules whose steps shrink by themselves begin with long ones.
        let lr = match rule.info().name {
            "adadelta" | "adagrad" => 1.0,
            // A vector is for its AdamW, at a tenth of the rate.
            "muon" => 0.1,
            _ => 1e-2,
        };
        for t in 1..=4000 {
            let g = [w[0], 10.0 * w[1]];
            let mut slots: Vec<&mut [f64]> = state.iter_mut().map(|s| &mut s[..]).collect();
            // Down to 0, for steps that do not depend on the size of the gradient; all together they are 20 long.
            rule.update(t, lr * (1.0 - t as f64 / 4001.0), &mut w, &g, &mut slots);
        }
        if !w.iter().all(|w| w.abs() < 1e-3) {
            lost.push((rule, w));
        }
    }
    assert!(lost.is_empty(), "{lost:?}");
}

#[cfg(feature = "serde")]
#[test]
fn configurations_go_both_ways() {
    use sparring_optim::{Adam, AnySchedule, SCHEDULES};
    for rule in rules() {
        let text = serde_json::to_string(&rule).unwrap();
        assert_eq!(serde_json::from_str::<AnyRule>(&text).unwrap(), rule, "{text}");
    }
    let rule: AnyRule = serde_json::from_str(r#"{"adam":{"beta1":0.5}}"#).unwrap();
    assert_eq!(rule, Adam::gan().into());
    assert!(serde_json::from_str::<AnyRule>(r#"{"adam":{"beta":0.5}}"#).is_err());
    assert_eq!(serde_json::from_str::<AnyRule>(r#""adam(beta1=0.5)""#).unwrap(), Adam::gan().into());
    let e = serde_json::from_str::<AnyRule>(r#""adam(beta1=5)""#).unwrap_err().to_string();
    assert!(e.contains("adam.beta1 is 5"), "{e}");
    let cycle: AnySchedule =
        serde_json::from_str(r#"{"piecewise":{"points":[[0,0],[0.3,1],[1,0]]}}"#).unwrap();
    assert_eq!(cycle, serde_json::from_str(r#""one-cycle(top=0.3)""#).unwrap());
    assert_eq!(
        serde_json::to_string(&AnyRule::default()).unwrap(),
        r#"{"adam":{"beta1":0.9,"beta2":0.999,"eps":1e-8,"weight_decay":0.0}}"#
    );
    assert_eq!(serde_json::to_string(&AnySchedule::default()).unwrap(), r#"{"constant":{}}"#);
    for info in SCHEDULES {
        let schedule: AnySchedule = info.name.parse().unwrap();
        let text = serde_json::to_string(&schedule).unwrap();
        assert_eq!(serde_json::from_str::<AnySchedule>(&text).unwrap(), schedule, "{text}");
    }
}
