//! Nets that are ill in a known way, and one that is not.

use sparring_datasets::{Mnist, Split};
use sparring_models::{ClassifierNet, Mlp};
use sparring_seed::Key;
use sparring_study::{
    DiagnosisLoss, DiagnosisRow, DiagnosisSettings, NetworkDiagnosis, TrainingFacts, VerdictKind,
    diagnose_network, verdicts,
};
use sparring_train::{Recipe, fit};

fn settings() -> DiagnosisSettings {
    DiagnosisSettings { power_steps: 20, ascent_steps: 3, segment_points: 64, ..DiagnosisSettings::default() }
}

fn diagnosed(model: &ClassifierNet, data: &Split) -> NetworkDiagnosis {
    let facts = TrainingFacts { lr: Some(0.5), ..TrainingFacts::default() };
    diagnose_network(&model.net, data, DiagnosisLoss::CrossEntropy, &settings(), &facts, Key::new(1), &|_| ())
        .unwrap()
}

fn mlp(hidden: &[usize], activation: &str) -> ClassifierNet {
    let usual = Mlp::with(activation.parse().unwrap());
    ClassifierNet::new(Mlp { hidden: hidden.to_vec(), ..usual }.spec(), Key::new(1)).unwrap()
}

fn kinds(of: &NetworkDiagnosis) -> Vec<VerdictKind> {
    of.verdicts.iter().map(|v| v.verdict).collect()
}

#[test]
fn six_sigmoids_vanish() {
    let data = Mnist::embedded().test.first(200);
    let of = diagnosed(&mlp(&[200; 6], "sigmoid"), &data);
    let verdict = of.verdicts.iter().find(|v| v.verdict == VerdictKind::VanishingGradients).unwrap();
    assert!(
        verdict.value < 1e-3 && verdict.layer == "1" && verdict.text.contains("vanishing gradients"),
        "{verdict}"
    );
    let of = diagnosed(&mlp(&[200; 6], "relu"), &data);
    assert!(!kinds(&of).contains(&VerdictKind::VanishingGradients), "{:?}", of.verdicts);
}

#[test]
fn too_large_steps_kill_units_and_usual_ones_do_not() {
    let (train, test) = (Mnist::embedded().train.first(1024), Mnist::embedded().test.first(300));
    let trained = |lr| {
        let mut model = mlp(&[64, 64], "relu");
        let recipe = Recipe { epochs: 3, batch: 64, lr, ..Recipe::default() };
        fit(&mut model, &train, &recipe).unwrap();
        diagnosed(&model, &test)
    };
    let ill = trained(0.1);
    let dead = ill.verdicts.iter().find(|v| v.verdict == VerdictKind::DeadUnits).expect("dead units");
    assert!(dead.text.contains("never active on 300 examples; lower the learning rate from 0.5"), "{dead}");
    assert!(dead.value >= dead.threshold);
    let well = trained(1e-3);
    assert_eq!(kinds(&well), [], "{:?}", well.verdicts);
    // The same layers with numbers set beyond each threshold.
    let mut layers = well.layers.clone();
    layers[0].output.nan = 1;
    layers[0].weight.as_mut().unwrap().update_ratio = Some(0.2);
    let of = layers[1].activation.as_mut().unwrap();
    (of.dead, of.frozen, of.bounded, of.saturated) = (0.05, 0.26, true, 0.5);
    layers[1].output.effective_rank = Some(1.4);
    layers[0].gradient_l2 = 2e3 * layers.last().unwrap().gradient_l2;
    let found: Vec<_> = verdicts(&layers, 300, &[], None).iter().map(|v| v.verdict).collect();
    use VerdictKind as Kind;
    let all = [
        Kind::NotFinite,
        Kind::LargeUpdates,
        Kind::FrozenUnits,
        Kind::Saturated,
        Kind::RankCollapse,
        Kind::ExplodingGradients,
    ];
    assert_eq!(found, all);
    // The output's numbers may lie at the ends of its range.
    let output = verdicts(&layers[..2], 300, &[], None);
    assert!(output.iter().all(|v| v.verdict != Kind::Saturated) && !output.is_empty());
    // Since when is said behind the fact, whatever the layer's name holds.
    layers[1].name = "a; b".into();
    let row = |epoch| DiagnosisRow { epoch, examples: 300, layers: layers.clone() };
    let told = verdicts(&layers, 300, &[row(4), row(5)], Some(0.5));
    let frozen = told.iter().find(|v| v.verdict == Kind::FrozenUnits).unwrap();
    assert_eq!(frozen.since_epoch, Some(4));
    assert!(
        frozen.text.starts_with("layer a; b")
            && frozen.text.contains(" on all 300 examples, since epoch 4; lower the learning rate from 0.5"),
        "{frozen}"
    );
}

#[test]
fn words_of_verdicts_are_read_back() {
    for kind in VerdictKind::ALL {
        assert_eq!(kind.word().parse(), Ok(kind));
        assert_eq!(kind.word().replace('_', "-").parse(), Ok(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
    }
    let text = "dead".parse::<VerdictKind>().unwrap_err();
    assert!(text.contains("dead_units, frozen_units"), "{text}");
}
