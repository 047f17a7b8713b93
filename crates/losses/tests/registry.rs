//! Every registered loss keeps the contract of the table.

use sparring_losses::{
    ALL, AnyClassLoss, AnyGanLoss, AnyGradientPenalty, AnySparsity, AnyTargetedLoss, AnyValueLoss,
    CrossEntropy, GanLoss, LossError, LossName, PenaltyPoint, RowLoss, Side, TargetKind,
};
use sparring_math::Real;
use sparring_math::named::Family;

#[test]
fn names_are_unique_and_parse() {
    assert_eq!(ALL.len(), LossName::ALL.len());
    for (i, info) in ALL.iter().enumerate() {
        assert!(ALL[..i].iter().all(|other| other.name != info.name));
        let name: LossName = info.name.parse().unwrap();
        assert_eq!((name.to_string().as_str(), name.info()), (info.name, info));
        assert!(!info.about.is_empty() && !info.formula.is_empty() && !info.source.is_empty());
        let families = [
            info.name.parse::<AnyClassLoss>().is_ok(),
            info.name.parse::<AnyTargetedLoss>().is_ok(),
            info.name.parse::<AnyValueLoss>().is_ok(),
            info.name.parse::<AnyGanLoss>().is_ok(),
            info.name.parse::<AnyGradientPenalty>().is_ok(),
            info.name.parse::<AnySparsity>().is_ok(),
        ];
        let kinds = match info.target {
            TargetKind::Class => 0,
            TargetKind::Aimed => 1,
            TargetKind::Values => 2,
            TargetKind::Side | TargetKind::Pair => 3,
            TargetKind::Gradient => 4,
            TargetKind::Code | TargetKind::MeanCode => 5,
        };
        assert_eq!(families, [0, 1, 2, 3, 4, 5].map(|k| k == kinds), "{info:?}");
        assert!(include_str!("../README.md").contains(&format!("| `{}` |", info.name)));
    }
    assert_eq!(
        ["ce", "Cross_Entropy", "Margin"].map(|n| n.parse::<AnyClassLoss>().unwrap().info().name),
        ["cross-entropy", "cross-entropy", "margin"]
    );
    assert_eq!(
        "mce".parse::<AnyClassLoss>().unwrap_err().to_string(),
        "no loss is called `mce` (did you mean `ce`?); choose one of: cross-entropy, log-odds, margin, dlr"
    );
}

/// A row of any length in both precisions: finite results, and f32 near f64.
fn both<L: RowLoss<f64> + RowLoss<f32>>(
    loss: &L,
    n: usize,
    t64: &<L as RowLoss<f64>>::Target,
    t32: &<L as RowLoss<f32>>::Target,
) {
    let z: Vec<f64> = (0..n).map(|i| f64::from((i as f32 * 2.7).sin() * 4.0)).collect();
    let z32: Vec<f32> = z.iter().map(|&x| x as f32).collect();
    let (mut a, mut b) = (vec![f64::NAN; n], vec![f32::NAN; n]);
    let (x, y) = (RowLoss::<f64>::eval(loss, &z, t64, &mut a), RowLoss::<f32>::eval(loss, &z32, t32, &mut b));
    assert!((x - f64::from(y)).abs() <= 1e-6 * x.abs().max(1.0), "{loss:?} n {n}: {x} {y}");
    // A ratio of two differences is as steep as its denominator is small.
    let size = |all: &[f64]| all.iter().fold(1.0_f64, |m, a| m.max(a.abs()));
    let off = 1e-6 * size(&a);
    assert!(a.iter().zip(&b).all(|(a, b)| (a - f64::from(*b)).abs() <= off), "{loss:?} n {n}: {a:?} {b:?}");
    RowLoss::<f64>::hvp(loss, &z, t64, &z, &mut a);
    RowLoss::<f32>::hvp(loss, &z32, t32, &z32, &mut b);
    let off = 4e-6 * size(&a);
    assert!(a.iter().zip(&b).all(|(a, b)| (a - f64::from(*b)).abs() <= off), "{loss:?} n {n}: {a:?} {b:?}");
}

/// Every loss of a GAN on single examples, as one.
#[derive(Clone, Copy, Debug)]
struct Sided(AnyGanLoss);

impl<E: Real> RowLoss<E> for Sided {
    type Target = Side;
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn eval(&self, z: &[E], side: &Side, dz: &mut [E]) -> E {
        self.0.sided().unwrap().eval(z, side, dz)
    }
    fn hvp(&self, z: &[E], side: &Side, v: &[E], out: &mut [E]) {
        self.0.sided().unwrap().hvp(z, side, v, out);
    }
}

fn sided() -> impl Iterator<Item = Sided> {
    AnyGanLoss::TABLE
        .at_defaults()
        .into_iter()
        .filter(|loss| GanLoss::<f32>::sided(loss).is_some())
        .map(Sided)
}

#[test]
fn f32_follows_f64_at_every_length() {
    for n in (2..40).chain([100, 784]) {
        let t: Vec<f64> = (0..n).map(|i| (i % 3) as f64 / 2.0).collect();
        let t32: Vec<f32> = t.iter().map(|&x| x as f32).collect();
        AnyClassLoss::ALL.iter().for_each(|loss| both(loss, n, &(n / 2), &(n / 2)));
        AnyValueLoss::ALL.iter().for_each(|loss| both(loss, n, &t, &t32));
        for side in [Side::Real, Side::Fake, Side::Generator] {
            sided().for_each(|loss| both(&loss, n, &side, &side));
        }
        AnyGradientPenalty::TABLE.at_defaults().iter().for_each(|loss| both(loss, n, &(), &()));
    }
}

#[test]
fn a_nan_anywhere_gives_nan() {
    for n in [2, 9, 33] {
        for at in 0..n {
            let mut z = vec![0.5f32; n];
            z[at] = f32::NAN;
            let mut dz = vec![0f32; n];
            for loss in AnyClassLoss::ALL {
                assert!(loss.eval(&z, &0, &mut dz).is_nan() && dz.iter().any(|d| d.is_nan()));
            }
            for loss in AnyValueLoss::ALL {
                assert!(loss.eval(&z, &vec![0.5; n], &mut dz).is_nan() && dz[at].is_nan());
            }
            for loss in sided() {
                for side in [Side::Real, Side::Fake, Side::Generator] {
                    assert!(loss.eval(&z, &side, &mut dz).is_nan() && dz[at].is_nan(), "{loss:?} {side:?}");
                }
            }
            let (zeros, mut other) = (vec![0f32; n], vec![0f32; n]);
            for loss in AnyGanLoss::TABLE.at_defaults() {
                assert!(loss.critic(&z, &zeros, [&mut dz, &mut other]).is_nan() && dz[at].is_nan(), "{loss}");
                assert!(loss.generator(&zeros, &z, &mut dz).is_nan() && dz[at].is_nan(), "{loss}");
            }
            for loss in AnyGradientPenalty::TABLE.at_defaults() {
                assert!(loss.eval(&z, &(), &mut dz).is_nan() && dz[at].is_nan(), "{loss}");
            }
            for loss in AnySparsity::TABLE.at_defaults() {
                assert!(loss.eval(&z, &(), &mut dz).is_nan() && dz[at].is_nan(), "{loss}");
            }
        }
    }
}

#[test]
fn losses_of_gans_at_balance_and_far_from_it() {
    let ln2 = 2f64.ln();
    // Loss, logit of both examples at balance, critic's loss there, generator's.
    for (name, c, critic, generator) in [
        ("minimax", 0.0, 2.0 * ln2, -ln2),
        ("non-saturating", 0.0, 2.0 * ln2, ln2),
        ("lsgan", 0.5, 0.25, 0.125),
        ("wasserstein", 3.0, 0.0, -3.0),
        ("hinge", 0.0, 2.0, 0.0),
        ("relativistic", 3.0, ln2, ln2),
    ] {
        let loss: AnyGanLoss = name.parse().unwrap();
        let [mut d_real, mut d_fake] = [[f64::NAN]; 2];
        assert!((loss.critic(&[c], &[c], [&mut d_real, &mut d_fake]) - critic).abs() < 1e-14, "{name}");
        assert!((loss.generator(&[c], &[c], &mut d_fake) - generator).abs() < 1e-14, "{name}");
        let both = GanLoss::<f64>::sided(&loss).is_none();
        assert_eq!(both, loss.info().target == TargetKind::Pair);
        for (real, fake) in [(1e4, -1e4), (-1e4, 1e4), (1e4, 1e4), (-1e4, -1e4)] {
            let [mut d_real, mut d_fake] = [[f32::NAN]; 2];
            let value = loss.critic(&[real], &[fake], [&mut d_real, &mut d_fake]);
            let value = [value, loss.generator(&[real], &[fake], &mut [0.0]), d_real[0], d_fake[0]];
            assert!(value.iter().all(|v| v.is_finite()), "{name} {real} {fake}: {value:?}");
        }
    }
    assert_eq!(AnyGanLoss::TABLE.entries.len(), 6);
}

#[test]
fn smoothing_is_that_of_the_real_side_alone() {
    for name in ["minimax", "non-saturating", "lsgan"] {
        let usual: AnyGanLoss = name.parse().unwrap();
        let smooth: AnyGanLoss = format!("{name}(smooth=0.9)").parse().unwrap();
        assert_eq!(smooth.to_string(), format!("{name}(smooth=0.9)"));
        let value = |loss: &AnyGanLoss, side, c: f64| loss.sided().unwrap().eval(&[c], &side, &mut [0.0]);
        for c in [-2.0, 0.3, 1.0, 5.0] {
            for side in [Side::Fake, Side::Generator] {
                assert_eq!(value(&usual, side, c), value(&smooth, side, c));
            }
        }
        // The critic that is surer than 0.9 pays for it.
        let surer = if name == "lsgan" { 1.0 } else { 5.0 };
        let at_label = if name == "lsgan" { 0.9 } else { 9f64.ln() };
        assert!(value(&smooth, Side::Real, surer) > value(&smooth, Side::Real, at_label));
        assert!(value(&smooth, Side::Real, at_label - 0.5) > value(&smooth, Side::Real, at_label));
        assert!(value(&usual, Side::Real, surer) < value(&usual, Side::Real, at_label));
    }
    let told = "hinge(smooth=0.9)".parse::<AnyGanLoss>().unwrap_err().to_string();
    assert!(told.starts_with("hinge has no parameter `smooth`"), "{told}");
    let told = "lsgan(smooth=1.1)".parse::<AnyGanLoss>().unwrap_err().to_string();
    assert!(told.contains("above 0 and at most 1"), "{told}");
}

#[test]
fn penalties_say_where_they_are_taken() {
    let point = |text: &str| text.parse::<AnyGradientPenalty>().unwrap().point();
    assert_eq!(
        ["wgan-gp(lambda=1)", "r1", "r2(gamma=2)"].map(point),
        [PenaltyPoint::Between, PenaltyPoint::Real, PenaltyPoint::Fake]
    );
    assert_eq!("kl(rho=0.1)".parse::<AnySparsity>().unwrap().info().target, TargetKind::MeanCode);
    assert_eq!("l1".parse::<AnySparsity>().unwrap().info().target, TargetKind::Code);
}

#[test]
fn targets_are_checked_before_use() {
    let e = AnyClassLoss::Margin.check_targets(&[0], 1).unwrap_err();
    assert_eq!(e, LossError::TooFewClasses { loss: "margin", classes: 1, needed: 2 });
    let e = AnyClassLoss::LogOdds.check_targets(&[0], 1).unwrap_err();
    assert_eq!(e, LossError::TooFewClasses { loss: "log-odds", classes: 1, needed: 2 });
    assert!(AnyClassLoss::CrossEntropy.check_targets(&[0], 1).is_ok());
    let e = AnyClassLoss::Margin.check_targets(&[1, 0, 2], 2).unwrap_err();
    assert_eq!(e, LossError::ClassOutOfRange { row: 2, class: 2, classes: 2 });
    assert_eq!(RowLoss::<f32>::name(&CrossEntropy), "cross-entropy");
}

#[cfg(feature = "serde")]
#[test]
fn configurations_hold_names() {
    use sparring_losses::{Mse, RowReduction};
    assert_eq!(serde_json::to_string(&AnyClassLoss::CrossEntropy).unwrap(), "\"cross-entropy\"");
    assert_eq!(serde_json::from_str::<AnyGanLoss>("\"minimax\"").unwrap(), "minimax".parse().unwrap());
    let smooth: AnyGanLoss = serde_json::from_str("\"lsgan(smooth=0.9)\"").unwrap();
    assert_eq!(serde_json::to_string(&smooth).unwrap(), "\"lsgan(smooth=0.9)\"");
    let e = serde_json::from_str::<AnyValueLoss>("\"l2\"").unwrap_err().to_string();
    assert!(e.contains("choose one of: mse, bce-with-logits"), "{e}");
    let sum = Mse { reduction: RowReduction::Sum };
    assert_eq!(serde_json::to_string(&sum).unwrap(), r#"{"reduction":"sum"}"#);
    assert_eq!(serde_json::from_str::<Mse>("{}").unwrap(), Mse::default());
    assert!(serde_json::from_str::<Mse>(r#"{"mean":true}"#).is_err());
}
