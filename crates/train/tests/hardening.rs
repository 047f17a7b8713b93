//! Defences and averages: what they train on, what is kept, what is said of it.

use sparring_datasets::{Mnist, Split};
use sparring_math::named::Family;
use sparring_models::{ClassifierNet, FgsmRs, Mlp};
use sparring_nn::{Graph, layers};
use sparring_optim::Ema;
use sparring_seed::Key;
use sparring_train::{
    AnyDefense, Current, DEFENSES, Epoch, Flow, Observer, Recipe, Robustness, StepMetrics, TrainError,
    accuracy, defenses, fit, fit_with, robustness,
};

fn digits(n: usize) -> Split {
    Mnist::embedded().train.first(n)
}

fn weights(net: &ClassifierNet) -> Vec<f32> {
    let mut all = Vec::new();
    net.net.params.iter().for_each(|p| all.extend_from_slice(p.value.as_slice()));
    all
}

fn mlp(dropout: bool) -> Graph {
    let mut spec = Mlp { hidden: vec![12], ..Mlp::default() }.spec();
    if dropout {
        spec.push(layers::dropout(0.0));
    }
    spec
}

/// Ends the training after some steps; what it saw at the end of the last epoch.
struct Until(u64, Vec<f32>);
impl Observer<ClassifierNet> for Until {
    fn step(&mut self, s: &StepMetrics, _: &mut dyn Current<ClassifierNet>) -> Result<Flow, TrainError> {
        Ok(if s.step == self.0 { Flow::Stop } else { Flow::Continue })
    }
    fn epoch(&mut self, _: &Epoch, net: &ClassifierNet) -> Result<Flow, TrainError> {
        self.1 = weights(net);
        Ok(Flow::Continue)
    }
}

/// The weights kept are m ← d·m + (1 − d)·w over the weights w of every step of the same training without an average.
#[test]
fn the_average_is_that_of_the_weights_of_all_steps() {
    let data = digits(200);
    for dropout in [false, true] {
        let train = |ema: Option<Ema>, steps| {
            let mut net = ClassifierNet::new(mlp(dropout), Key::new(5)).unwrap();
            let average = ema.map(Into::into);
            let recipe = Recipe { epochs: 2, batch: 50, lr: 0.01, average, ..Recipe::default() };
            let mut until = Until(steps, Vec::new());
            fit_with(&mut net, &data, &recipe, &mut until).unwrap();
            (weights(&net), until.1)
        };
        let ema = Ema { half_life: 0.25 };
        let decay = ema.decay(8);
        assert!((decay - 0.5_f64.sqrt()).abs() < 1e-12);
        let mut want: Vec<f64> = weights(&ClassifierNet::new(mlp(dropout), Key::new(5)).unwrap())
            .iter()
            .map(|&w| f64::from(w))
            .collect();
        for step in 1..=8 {
            let (w, _) = train(None, step);
            want.iter_mut().zip(w).for_each(|(m, w)| *m = decay * *m + (1.0 - decay) * f64::from(w));
            // Ended early or not, the average is what is left.
            let (got, _) = train(Some(ema), step);
            let far = want.iter().zip(got).map(|(a, b)| (a - f64::from(b)).abs()).fold(0.0, f64::max);
            assert!(far < 1e-6, "dropout {dropout}, step {step}: {far}");
        }
        let (kept, seen) = train(Some(ema), 99);
        assert_eq!(kept, seen, "observers see what is kept");
    }
}

/// Keeps the loss of each step.
#[derive(Default)]
struct Losses(Vec<f64>);
impl Observer<ClassifierNet> for Losses {
    fn step(&mut self, s: &StepMetrics, _: &mut dyn Current<ClassifierNet>) -> Result<Flow, TrainError> {
        self.0.push(s.loss);
        Ok(Flow::Continue)
    }
}

#[test]
fn n_fgsm_trains_on_harder_examples_as_the_budget_grows() {
    let data = digits(256);
    // A learning rate that moves nothing: the losses differ by the examples alone.
    let losses = |defense: AnyDefense| {
        let mut net = ClassifierNet::new(FgsmRs::default().spec(), Key::new(2)).unwrap();
        fit(&mut net, &data, &Recipe { epochs: 2, batch: 64, lr: 2e-3, ..Recipe::default() }).unwrap();
        let mut seen = Losses::default();
        let still = Recipe { epochs: 1, batch: 64, lr: 1e-12, defense, ..Recipe::default() };
        fit_with(&mut net, &data, &still, &mut seen).unwrap();
        seen.0
    };
    let clean = losses(AnyDefense::default());
    let grown = losses(defenses::NFgsm { eps: 0.1, noise: 2.0, step_size: 0.1, warm_up: 0.0 }.into());
    let ramp = losses(defenses::NFgsm { eps: 0.1, noise: 2.0, step_size: 0.1, warm_up: 1.0 }.into());
    let quiet = losses(defenses::NFgsm { eps: 0.1, noise: 0.0, step_size: 1e-9, warm_up: 0.0 }.into());
    assert!((ramp[3] - grown[3]).abs() < 1e-5, "the whole budget at the last step: {ramp:?} {grown:?}");
    for i in 0..4 {
        assert!(grown[i] > clean[i] + 0.05, "{grown:?} {clean:?}");
        assert!(ramp[i] > clean[i] && (i == 3 || ramp[i] < grown[i]), "{clean:?} {ramp:?} {grown:?}");
        assert!((quiet[i] - clean[i]).abs() < 1e-5, "neither noise nor step: {quiet:?} {clean:?}");
    }
}

#[test]
fn every_defence_brings_a_recipe() {
    let all = AnyDefense::TABLE.at_defaults();
    assert!(all.iter().map(AnyDefense::name).eq(DEFENSES.iter().map(|d| d.name)));
    let usual = [
        AnyDefense::default(),
        defenses::FgsmRsTraining::new(0.3).into(),
        defenses::NFgsm::new(0.3).into(),
        defenses::ForwAbs::new(0.3).into(),
        defenses::GradAlign::new(0.3).into(),
        defenses::FreeTraining::new(0.3).into(),
        defenses::PgdTraining::new(0.3).into(),
        defenses::MixedTraining::default().into(),
        defenses::TradesTraining::default().into(),
        defenses::MartTraining::default().into(),
    ];
    assert_eq!(all, usual);
    let free = |replays| Recipe::hardened(defenses::FreeTraining { replays, ..Default::default() }).epochs;
    assert_eq!([1, 3, 8].map(free), [20, 7, 3], "as many passes over the data, in epochs of several");
    for defense in all {
        let recipe = Recipe::hardened(defense);
        recipe.validate().unwrap();
        assert_eq!(recipe.defense, defense);
        let text = serde_json::to_string(&recipe).unwrap();
        assert_eq!(serde_json::from_str::<Recipe>(&text).unwrap(), recipe, "{text}");
    }
    // A recipe written before there were averages, and one that names its defence.
    let old: Recipe = serde_json::from_str(
        r#"{"epochs":3,"defense":{"method":"pgd","eps":0.3,"steps":7,"step_size":0.1,"warm_up":0.3}}"#,
    )
    .unwrap();
    assert_eq!((old.epochs, old.average, old.defense.eps()), (3, None, Some(0.3)));
    let named: Recipe =
        serde_json::from_str(r#"{"defense":"pgd(step_size=0.1)","rule":"sgd(momentum=0.9)"}"#).unwrap();
    assert_eq!(named.defense, old.defense);
    // The fields of each, as files have them.
    for (defense, json) in [
        (AnyDefense::default(), r#"{"method":"none"}"#),
        (
            defenses::FgsmRsTraining { eps: 0.5, step_size: 0.25, warm_up: 0.0 }.into(),
            r#"{"method":"fgsm-rs","eps":0.5,"step_size":0.25}"#,
        ),
        (
            defenses::NFgsm { eps: 0.5, noise: 2.0, step_size: 0.5, warm_up: 0.5 }.into(),
            r#"{"method":"n-fgsm","eps":0.5,"noise":2.0,"step_size":0.5,"warm_up":0.5}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&defense).unwrap(), json);
        assert_eq!(serde_json::from_str::<AnyDefense>(json).unwrap(), defense);
    }
}

#[test]
fn defences_are_written_by_the_grammar() {
    for (text, defense) in [
        ("fgsm-rs(eps=0.2)", AnyDefense::from(defenses::FgsmRsTraining::new(0.2))),
        ("n-fgsm(eps=0.1, noise=1)", defenses::NFgsm { noise: 1.0, ..defenses::NFgsm::new(0.1) }.into()),
        (
            "pgd(eps=0.2, steps=10)",
            defenses::PgdTraining {
                steps: 10,
                step_size: 2.5 * 0.2 / 10.0,
                ..defenses::PgdTraining::new(0.2)
            }
            .into(),
        ),
        (
            "mixed(lambda=0.25, attack=pgd(steps=3, stop=never))",
            defenses::MixedTraining {
                lambda: 0.25,
                attack: sparring_attacks::Pgd {
                    steps: 3,
                    stop: sparring_attacks::Stop::Never,
                    ..Default::default()
                }
                .into(),
                ..Default::default()
            }
            .into(),
        ),
        (
            "pgd(step_size=0.1)",
            defenses::PgdTraining { step_size: 0.1, ..defenses::PgdTraining::new(0.3) }.into(),
        ),
    ] {
        assert_eq!(text.parse::<AnyDefense>().unwrap(), defense, "{text}");
        assert_eq!(defense.to_string(), text);
    }
    for (text, step) in
        [("pgd(eps=2, norm=l2)", 7.5 * 2.0 / 7.0), ("trades(eps=2, norm=l2)", 7.5 * 2.0 / 10.0)]
    {
        let defense: AnyDefense = text.parse().unwrap();
        let step_size = defense.settings_as_text().into_iter().find(|s| s.0 == "step_size").unwrap().1;
        assert!((step_size.parse::<f32>().unwrap() - step).abs() < 1e-6, "{text}: {step_size}");
        assert_eq!(
            (defense.to_string(), defense.plan(1.0).examples.threat().copied()),
            (text.into(), defense.threat())
        );
        assert_eq!(defense.threat(), sparring_attacks::Threat::l2(2.0).ok());
    }
    assert_eq!("PGD(eps=8/255)".parse::<AnyDefense>().unwrap().eps(), Some(8.0 / 255.0));
    let known = DEFENSES.iter().map(|d| d.name).collect::<Vec<_>>().join(", ");
    let no = format!("no defence is called `fgsm` (did you mean `n-fgsm`?); choose one of: {known}");
    for (text, why) in [
        ("fgsm", &*no),
        (
            "fgsm-rs(steps=3)",
            "fgsm-rs has no parameter `steps` (did you mean `step_size`?); it has: eps, step_size, warm_up",
        ),
        (
            "trades(norm=linf, eps=2)",
            "trades.eps is 2, but must be above 0 and at most 1 in linf (norm=l2 takes more)",
        ),
        ("pgd(norm=l1)", "pgd.norm is l1, but must be linf or l2"),
        ("pgd(eps=8)", "pgd.eps is 8, but must be above 0 and at most 1 in linf (norm=l2 takes more)"),
        ("none(eps=0.1)", "none has no parameter `eps`; it has none"),
    ] {
        assert_eq!(text.parse::<AnyDefense>().unwrap_err().to_string(), why);
    }
}

#[test]
fn robustness_is_what_two_attacks_leave() {
    let mut net = ClassifierNet::new(mlp(false), Key::new(5)).unwrap();
    fit(&mut net, &digits(2000), &Recipe { epochs: 2, ..Recipe::default() }).unwrap();
    let part = Mnist::embedded().train.range(9_800..10_000);
    let threat = sparring_attacks::Threat::linf(0.05).unwrap();
    let r = robustness(&net, &part, &threat, Key::new(1)).unwrap();
    assert_eq!((r.n, r.eps, r.clean), (200, 0.05, accuracy(&net, &part).unwrap()));
    assert!(r.robust <= r.fgsm.min(r.pgd) && r.fgsm < r.clean && r.pgd <= r.fgsm + 0.01, "{r:?}");
    assert!(robustness(&net, &part.first(0), &threat, Key::new(1)).is_err());
    let of = |fgsm, pgd| Robustness {
        n: 500,
        eps: 0.3,
        norm: sparring_attacks::AnyNorm::Linf,
        clean: 0.98,
        fgsm,
        pgd,
        robust: pgd,
    };
    assert!(of(0.9, 0.1).is_overfitted_to_one_step() && !of(0.92, 0.88).is_overfitted_to_one_step());
}
