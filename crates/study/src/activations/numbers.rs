//! The figures of a net that are compared, by name.

use crate::CellResult;
use std::collections::BTreeMap;

/// Fraction right without attack.
pub(super) const CLEAN: &str = "clean";
/// Fraction right under Gaussian noise.
pub(super) const NOISE: &str = "noise";
/// Fraction right under the standard suite.
pub(super) const AUTOATTACK: &str = "autoattack";
/// Mean accuracy over the budgets up to the largest.
pub(super) const CURVE_MEAN: &str = "curve_mean";
/// Fraction of hidden units that are dead.
pub(super) const DEAD: &str = "dead";
/// By how much PGD leaves more right than the suite.
pub(super) const GAP: &str = "gap";

/// What is compared of one net; attacks under their own names.
pub(super) fn numbers(result: &CellResult) -> BTreeMap<String, f64> {
    let mut all = BTreeMap::new();
    let mut put = |name: &str, value: Option<f64>| {
        all.extend(value.filter(|v| v.is_finite()).map(|v| (name.to_string(), v)));
    };
    if let Some(attacked) = &result.attacked {
        put(CLEAN, attacked.clean);
        attacked.attacks.iter().for_each(|a| put(&a.attack, a.accuracy));
    }
    if let Some(net) = &result.net {
        put(NOISE, net.noise);
        put(AUTOATTACK, Some(net.suite.accuracy));
        put(CURVE_MEAN, net.suite.curve_mean());
        put(DEAD, Some(net.dead));
        put(GAP, net.gap());
    }
    all
}

/// What the figure can be: all are shares, but the gap, which is a difference of two.
pub(super) fn range(name: &str) -> (f64, f64) {
    (if name == GAP { -1.0 } else { 0.0 }, 1.0)
}

/// What a column is called.
pub(super) fn heading(name: &str) -> String {
    match name {
        AUTOATTACK => "AutoAttack".into(),
        CURVE_MEAN => "mean over eps".into(),
        DEAD => "dead units".into(),
        GAP => "PGD − AutoAttack".into(),
        "fgsm" | "pgd" | "apgd" => name.to_uppercase(),
        other => other.into(),
    }
}
