//! Every registered loss keeps the contract of the table.

use sparring_losses::{
    ALL, AnyClassLoss, AnyGanLoss, AnyTargetedLoss, AnyValueLoss, CrossEntropy, LossError, LossName, RowLoss,
    Side, TargetKind,
};

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
        ];
        let kinds = [TargetKind::Class, TargetKind::Aimed, TargetKind::Values, TargetKind::Side];
        assert_eq!(families, kinds.map(|k| k == info.target), "{info:?}");
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

#[test]
fn f32_follows_f64_at_every_length() {
    for n in (2..40).chain([100, 784]) {
        let t: Vec<f64> = (0..n).map(|i| (i % 3) as f64 / 2.0).collect();
        let t32: Vec<f32> = t.iter().map(|&x| x as f32).collect();
        AnyClassLoss::ALL.iter().for_each(|loss| both(loss, n, &(n / 2), &(n / 2)));
        AnyValueLoss::ALL.iter().for_each(|loss| both(loss, n, &t, &t32));
        for side in [Side::Real, Side::Fake, Side::Generator] {
            AnyGanLoss::ALL.iter().for_each(|loss| both(loss, n, &side, &side));
        }
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
            for loss in AnyGanLoss::ALL {
                assert!(loss.eval(&z, &Side::Fake, &mut dz).is_nan() && dz[at].is_nan());
            }
        }
    }
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
    assert_eq!(serde_json::from_str::<AnyGanLoss>("\"minimax\"").unwrap(), AnyGanLoss::Minimax);
    let e = serde_json::from_str::<AnyValueLoss>("\"l2\"").unwrap_err().to_string();
    assert!(e.contains("choose one of: mse, bce-with-logits"), "{e}");
    let sum = Mse { reduction: RowReduction::Sum };
    assert_eq!(serde_json::to_string(&sum).unwrap(), r#"{"reduction":"sum"}"#);
    assert_eq!(serde_json::from_str::<Mse>("{}").unwrap(), Mse::default());
    assert!(serde_json::from_str::<Mse>(r#"{"mean":true}"#).is_err());
}
