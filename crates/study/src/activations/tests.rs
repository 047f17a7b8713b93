//! A study of made-up figures, whose means, places, masks and verdicts are known.

use super::*;
use crate::{AttackFigure, Attacked, CellResult, CellState, Grid, Inputs, Manifest, Program, Shard};

fn plan(activations: &[&str]) -> ActivationPlan {
    let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    ActivationPlan {
        activations: owned(activations),
        defenses: owned(&["none", "pgd"]),
        trained: owned(&["none", "pgd(eps=0.1)"]),
        seeds: 3,
        arch: "mlp".into(),
        data: "mnist-10k".into(),
        epochs: 1,
        attacks: owned(&["pgd"]),
        eps: "0.1".into(),
        n: 10_000,
        n_suite: 10_000,
    }
}

/// Accuracy under AutoAttack, under PGD on the same images, curvature, smoothness.
type Net = (f64, f64, Option<f64>, bool);

fn result((accuracy, pgd, curvature, smooth): Net, n: usize) -> CellResult {
    let attack = AttackFigure { attack: "pgd".into(), norm: "linf".into(), eps: 0.1, accuracy: Some(pgd) };
    let attacked = Attacked { n, clean: Some(0.9), attacks: vec![attack], worst: vec![(0.1, Some(pgd))] };
    let suite = SuiteFigures { n, clean: 1.0, accuracy, curve: vec![(0.0, 1.0), (0.05, pgd), (0.1, pgd)] };
    let gradients = vec![
        LayerGradient { layer: "0.weight".into(), start: 1.0, end: 3.0 },
        LayerGradient { layer: "2.weight".into(), start: 4.0, end: 4.0 },
    ];
    let doubts = Vec::new();
    let net =
        NetFigures { curvature, smooth, bounded: false, noise: None, dead: 0.25, gradients, suite, doubts };
    CellResult { attacked: Some(attacked), net: Some(net), ..CellResult::default() }
}

/// The study whose net of activation, defence and seed (each from 0) `of` gives; `None` is open.
fn study(plan: &ActivationPlan, of: impl Fn(usize, usize, usize) -> Option<Net>) -> ActivationStudy {
    let names: Vec<String> =
        Grid::parse(&plan.grid()).unwrap().cells().into_iter().map(|cell| cell.name).collect();
    let program = Program { version: "0".into(), sha256: "0".into(), isa: "avx2".into() };
    let inputs = Inputs::new(plan.text(), program, Default::default());
    let mut manifest = Manifest::begin(ActivationPlan::KIND, Shard::WHOLE, &names, inputs);
    for row in &mut manifest.rows {
        let (activation, defense, seed) = plan.place(row.index);
        if let Some(net) = of(activation, defense, seed as usize - 1) {
            row.state = CellState::Done { result: serde_json::to_value(result(net, plan.n_suite)).unwrap() };
        }
    }
    ActivationStudy::of(&manifest).unwrap()
}

fn verdict(study: &ActivationStudy, words: &str) -> ClaimVerdict {
    let all = study.statements();
    all.iter().find(|s| s.claim.contains(words)).unwrap_or_else(|| panic!("no statement `{words}`")).verdict
}

/// Seeds shift all nets alike; silu stands 10, 10 and 13 points above relu.
fn silu_first(a: usize, d: usize, s: usize) -> Option<Net> {
    let base = [0.5, 0.6, 0.7][s];
    Some(match (a, d) {
        (_, 0) => (0.0, 0.0, Some(a as f64), a > 0),
        (0, _) => (base, base + 0.02, Some(0.0), false),
        (1, _) => (base + [0.1, 0.1, 0.13][s], base + 0.14, Some(0.5), true),
        _ => (base - 0.3, base + 0.2, Some(0.8), true),
    })
}

#[test]
fn means_places_and_pairs_are_those_of_the_figures() {
    let plan = plan(&["relu", "silu", "tanh"]);
    let found = study(&plan, silu_first);
    let group = |activation, defense| found.group(activation, defense).unwrap();
    let silu = group("silu", "pgd");
    assert_eq!((silu.n, silu.masked, silu.place, group("relu", "pgd").place), (3, 0, Some(1), Some(2)));
    // 0.6, 0.7, 0.83: mean 0.71, s = 0.115326, t(2) = 4.3027.
    let mean = silu.means["autoattack"];
    assert!((mean.mean - 0.71).abs() < 1e-12);
    assert!((mean.interval.unwrap().1 - (0.71 + 4.3027 * 0.115_325_6 / 3f64.sqrt())).abs() < 1e-6);
    // Differences 0.1, 0.1, 0.13: mean 0.11, s = 0.0173205, so ±0.0430267; unpaired it would be ±0.29.
    let against = silu.against_relu["autoattack"];
    let (low, high) = against.interval.unwrap();
    assert!((against.mean - 0.11).abs() < 1e-12);
    assert!((low - (0.11 - 0.043_027)).abs() < 1e-5 && (high - (0.11 + 0.043_027)).abs() < 1e-5);
    assert!(group("relu", "pgd").against_relu.is_empty());
    // PGD leaves 50 points more of tanh than AutoAttack: it is masked, and has no place.
    let tanh = group("tanh", "pgd");
    assert_eq!((tanh.masked, tanh.place), (3, None));
    assert_eq!(verdict(&found, "`tanh` masks gradients under `pgd`"), ClaimVerdict::Held);
    // Without a defence all stand at 0, and share the first place.
    assert!(["relu", "silu", "tanh"].iter().all(|a| group(a, "none").place == Some(1)));
    // 1 to 0.52 and then 0.52: (0.76 + 0.52) / 2 of seed 1.
    let relu = found.nets("relu", "pgd")[0];
    assert!((relu.numbers["curve_mean"] - 0.64).abs() < 1e-12);
    assert_eq!(relu.gradient_ratios(), [Some(0.25), Some(0.75)]);
}

#[test]
fn verdicts_follow_the_intervals() {
    let plan = plan(&["relu", "silu"]);
    assert_eq!(verdict(&study(&plan, silu_first), "Smooth"), ClaimVerdict::Held);
    let swapped = |a, d, s| silu_first(1 - a, d, s).map(|(acc, pgd, ..)| (acc, pgd, Some(a as f64), a == 1));
    assert_eq!(verdict(&study(&plan, swapped), "Smooth"), ClaimVerdict::DidNotHold);
    let mixed = |a, d, s| {
        silu_first(if s == 0 { 1 - a } else { a }, d, s)
            .map(|(acc, pgd, ..)| (acc, pgd, Some(a as f64), a == 1))
    };
    assert_eq!(verdict(&study(&plan, mixed), "Smooth"), ClaimVerdict::Undecided);
    let only_clean = |a, d, s| (d == 0).then(|| silu_first(a, d, s)).flatten();
    assert_eq!(verdict(&study(&plan, only_clean), "Smooth"), ClaimVerdict::NotTested);
    assert_eq!(verdict(&study(&plan, silu_first), "k_wta"), ClaimVerdict::NotTested);
}

/// Whatever the seeds agree on, the images are a sample: of 50, four more right are no difference.
#[test]
fn few_images_say_little_however_the_seeds_agree() {
    let mut plan = plan(&["relu", "tanh"]);
    let equal =
        |a: usize, _, _| Some(if a == 0 { (0.5, 0.5, Some(0.0), false) } else { (0.42, 0.42, None, false) });
    let interval = |n: usize, plan: &mut ActivationPlan| {
        (plan.n, plan.n_suite) = (n, n);
        let found = study(plan, equal);
        let against = found.group("tanh", "pgd").unwrap().against_relu["autoattack"];
        assert!((against.mean + 0.08).abs() < 1e-12);
        against.interval.unwrap()
    };
    // Agresti and Caffo: 26/52 and 22/52, √(0.25/52 + 0.244083/52) = 0.097478; over seeds alone the width is 0.
    let (low, high) = interval(50, &mut plan);
    assert!((high - (1.959_964 * 0.097_478 - 0.08)).abs() < 1e-5 && low < -0.08, "{low} {high}");
    let (_, high) = interval(10_000, &mut plan);
    assert!(high < 0.0, "{high}");
    // The same of a mean: nobody right of 50 is not nobody at all.
    (plan.n, plan.n_suite) = (50, 50);
    let none = study(&plan, |_, _, _| Some((0.0, 0.0, None, false)));
    assert!(none.group("relu", "pgd").unwrap().means["autoattack"].interval.unwrap().1 > 0.03);
    // And the verdicts follow: silu's 11 points of seeds that agree to 4.
    let mut plan = ActivationPlan { activations: vec!["relu".into(), "silu".into()], ..plan };
    assert_eq!(verdict(&study(&plan, silu_first), "Smooth"), ClaimVerdict::Undecided);
    plan.n_suite = 10_000;
    assert_eq!(verdict(&study(&plan, silu_first), "Smooth"), ClaimVerdict::Held);
}

#[test]
fn masks_are_told_defence_by_defence() {
    let plan = plan(&["relu", "tanh", "K-WTA(fraction=0.2)"]);
    // Under pgd: 20 points of gap of tanh, 4 of k-WTA, of which nothing is left without a defence.
    let nets = |a: usize, d: usize, s: usize| {
        let shift = 0.01 * s as f64;
        Some(match (a, d) {
            (0 | 2, 0) => (0.0, 0.04, None, false),
            (1, 0) => (0.0, 0.12 - shift, None, true),
            (1, _) => (0.4, 0.6 + shift, None, true),
            _ => (0.4 + shift, 0.44 + shift, None, false),
        })
    };
    let mut found = study(&plan, nets);
    let of = |found: &ActivationStudy, words: &str| verdict(found, &format!("{words}`"));
    assert_eq!(of(&found, "`tanh` masks gradients under `pgd"), ClaimVerdict::Held);
    assert_eq!(of(&found, "`K-WTA(fraction=0.2)` masks gradients under `pgd"), ClaimVerdict::DidNotHold);
    // PGD leaves 4 %: there is nothing to mask. 11 points of gap, with half an interval of 2.5, leave it open.
    assert_eq!(of(&found, "`K-WTA(fraction=0.2)` masks gradients under `none"), ClaimVerdict::NotTested);
    assert_eq!(of(&found, "`tanh` masks gradients under `none"), ClaimVerdict::Undecided);
    assert_eq!(verdict(&found, "`sigmoid` masks gradients"), ClaimVerdict::NotTested);
    // A check on one seed leaves it open, on all it is a mask; the evidence names it.
    let own = |row: &&mut ActivationRow| row.activation.starts_with("K-WTA") && row.defense == "pgd";
    for (seeds, wanted) in [(1, ClaimVerdict::Undecided), (3, ClaimVerdict::Held)] {
        for row in found.rows.iter_mut().filter(own).take(seeds) {
            let net = row.result.as_mut().unwrap().net.as_mut().unwrap();
            net.doubts = vec![Doubt { check: "zero_gradient".into(), why: "of 3 images".into() }];
        }
        assert_eq!(of(&found, "`K-WTA(fraction=0.2)` masks gradients under `pgd"), wanted);
        let all = found.statements();
        let own = all.iter().find(|s| s.claim.starts_with("`K-WTA") && s.claim.ends_with("`pgd`")).unwrap();
        let told = own.evidence.join("; ");
        assert!(told.contains(&format!("{seeds} of 3 nets count as masked")), "{told}");
        assert!(told.contains("seed 1: zero_gradient: of 3 images"), "{told}");
    }
}

/// A kink is unbounded curvature: that ReLU, of f'' = 0 elsewhere, is the most robust says nothing for low curvature.
#[test]
fn kinks_are_no_curvature_of_zero() {
    let plan = plan(&["relu", "leaky_relu", "a", "b", "c", "d", "e"]);
    let nets = |a: usize, _, s: usize| {
        let accuracy = if a < 2 { 0.9 } else { 0.5 + 0.05 * a as f64 } + 0.001 * s as f64;
        Some((accuracy, accuracy, Some(if a < 2 { 0.0 } else { a as f64 }), a >= 2))
    };
    let found = study(&plan, nets);
    assert_eq!(found.curvatures("pgd").len(), 5);
    // Robustness rises with the curvature of all that have one: p = 2/120.
    assert_eq!(verdict(&found, "lower the curvature"), ClaimVerdict::DidNotHold);
    let all = found.statements();
    let own = all.iter().find(|s| s.claim.contains("lower the curvature")).unwrap();
    assert!(own.evidence.concat().contains("2 left out, whose f' jumps: relu, leaky_relu"), "{own:?}");
}

#[test]
fn curvature_is_held_against_accuracy() {
    let betas = [
        "softplus(beta=1)",
        "softplus(beta=4)",
        "softplus(beta=16)",
        "softplus(beta=40)",
        "softplus(beta=100)",
    ];
    let plan = plan(&[&["relu"], &betas[..]].concat());
    let curvature = [0.0, 0.25, 1.0, 4.0, 10.0, 25.0];
    // It falls strictly along the axis.
    let falling = |a: usize, _, s: usize| {
        let accuracy = 0.8 - 0.05 * a as f64 + 0.001 * s as f64;
        Some((accuracy, accuracy, Some(curvature[a]), a > 0))
    };
    let found = study(&plan, falling);
    assert_eq!(verdict(&found, "lower the curvature"), ClaimVerdict::Held);
    assert_eq!(verdict(&found, "peaks at"), ClaimVerdict::DidNotHold);
    let peaked = |a: usize, _, s: usize| {
        let accuracy = if a == 4 { 0.9 } else { 0.5 + 0.01 * a as f64 } + 0.001 * (s * a) as f64;
        Some((accuracy, accuracy, Some(curvature[a]), a > 0))
    };
    let found = study(&plan, peaked);
    assert_eq!(verdict(&found, "peaks at"), ClaimVerdict::Held);
    assert_ne!(verdict(&found, "lower the curvature"), ClaimVerdict::Held);
    // The best one is inside, and so is the worst: the mean of both sides, 0.5 and 0.53, is what counts.
    let all_worse = |a: usize, d: usize, s: usize| {
        let (accuracy, _, c, smooth) = peaked(a, d, s)?;
        let accuracy = if a == 3 { 0.1 } else { accuracy };
        Some((accuracy, accuracy, c, smooth))
    };
    assert_eq!(verdict(&study(&plan, all_worse), "peaks at"), ClaimVerdict::DidNotHold);
}

#[test]
fn tables_hold_every_net_and_the_page_marks_the_masked() {
    let plan = plan(&["relu", "silu", "tanh"]);
    let open = |a, d, s| (a != 1 || s != 2).then(|| silu_first(a, d, s)).flatten();
    let found = study(&plan, open);
    let json = found.json();
    let rows = json["rows"].as_array().unwrap();
    assert_eq!(
        (rows.len(), rows[0]["activation"].as_str(), rows[17]["seed"].as_u64()),
        (18, Some("relu"), Some(3))
    );
    let masked = |row: &serde_json::Value| row["masked"].is_string();
    assert_eq!(rows.iter().filter(|row| masked(row)).count(), 3);
    assert!(
        rows.iter()
            .filter(|row| masked(row))
            .all(|row| row["activation"] == "tanh" && row["defense"] == "pgd")
    );
    assert_eq!(rows.iter().filter(|row| row["state"] == "open").count(), 2);
    assert_eq!(rows[0]["attacks"].as_array().unwrap().last().unwrap()["attack"], "autoattack");
    // Three seeds at 0 and images that are a sample: an interval that would begin below 0.
    let mut cut = 0;
    for group in json["groups"].as_array().unwrap() {
        for (name, of) in group["means"].as_object().unwrap() {
            let Some([low, high]) =
                of["interval"].as_array().map(|ends| [0, 1].map(|i| ends[i].as_f64().unwrap()))
            else {
                continue;
            };
            let least = if name == "gap" { -1.0 } else { 0.0 };
            assert!(low >= least && low <= high && high <= 1.0, "{name}: {low} to {high}");
            cut += usize::from(low == 0.0 && high > 0.0);
        }
    }
    assert!(cut > 0);
    let csv = found.csv();
    assert_eq!(csv.lines().count(), 19);
    let columns = csv.lines().next().unwrap().split(',').count();
    assert!(csv.lines().nth(1).unwrap().split(',').count() == columns && columns == 16, "{columns}: {csv}");
    let page = found.page(&|_| (Some(1.5), None)).to_html();
    assert!(page.contains("masked") && page.contains("1.5\u{a0}s") && page.contains("2 nets are open"));
    // What others are compared with is missing for a seed: two pairs are left.
    assert_eq!(found.group("silu", "pgd").unwrap().against_relu["autoattack"].n, 2);
}
