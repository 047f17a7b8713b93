//! Adversarial training on the command line: its flags, the images held out, and what they say in the end.

use crate::cli::io::say;
use crate::cli::options::{Named, above_zero, budget, count, multiple, share, whole};
use crate::cli::pages::decimal;
use crate::cli::{Failure, Outcome};
use serde_json::{Value, json};
use sparring::datasets::Split;
use sparring::models::Classifier;
use sparring::optim::Ema;
use sparring::seed::Key;
use sparring::train::{AnyDefense, DEFENSES, DefenseField, Robustness, TrainError, robustness};

/// Flags.
#[derive(Debug, clap::Args)]
pub(super) struct HardeningArgs {
    /// Adversarial training in L-inf: none, fgsm-rs (Wong et al. 2020), n-fgsm (de Jorge et al. 2022) or pgd (Madry et al. 2018).
    #[arg(long, alias = "defence", default_value = "none", value_parser = clap::builder::PossibleValuesParser::new(DEFENSES.iter().map(|d| clap::builder::PossibleValue::new(d.name).help(d.worth))))]
    defense: String,
    /// Budget of the defence, above 0, in units of the pixels (0 to 1). Default: 0.3.
    #[arg(long, value_parser = budget)]
    eps: Option<f32>,
    /// Number of steps of the defence's attack (pgd). Default: 7.
    #[arg(long, value_name = "N", value_parser = count)]
    attack_steps: Option<usize>,
    /// Length of a step of the defence's attack, above 0, in units of the pixels. Default: 1.25 eps for fgsm-rs, eps for n-fgsm, 2.5 eps / steps for pgd.
    #[arg(long, value_parser = above_zero)]
    attack_step_size: Option<f64>,
    /// Noise at the start of the defence's step, in multiples of eps (n-fgsm). Default: 2.
    #[arg(long, value_parser = multiple)]
    attack_noise: Option<f32>,
    /// Fraction of the training over which the defence's budget grows from 0 to eps (n-fgsm, pgd). Default: 0.5 for n-fgsm, 0.3 for pgd.
    #[arg(long, value_name = "FRACTION", value_parser = share)]
    eps_warm_up: Option<f64>,
    /// Keep an exponential average of the weights whose half-life is this fraction of the training; 0: the last
    /// weights. Default: 0; 0.05 with pgd.
    #[arg(long, value_name = "FRACTION", value_parser = share)]
    ema: Option<f64>,
    /// The last N training images are held out; with a defence they are attacked at the end. Default: 0; with a defence a
    /// twentieth of the images, at most 1000.
    #[arg(long, value_name = "N", value_parser = whole)]
    validation: Option<usize>,
}

/// The flag that sets this field of a defence.
fn flag_of(field: &str) -> &str {
    match field {
        "eps" => "--eps",
        "steps" => "--attack-steps",
        "step_size" => "--attack-step-size",
        "noise" => "--attack-noise",
        "warm_up" => "--eps-warm-up",
        other => other,
    }
}

impl HardeningArgs {
    /// The defence; a flag that it does not have is a mistake.
    pub(super) fn defense(&self) -> Outcome<AnyDefense> {
        let (eps, name) = (self.eps.unwrap_or(0.3), self.defense.as_str());
        let usual = |name: &str| AnyDefense::named(name, eps);
        let elsewhere = |flag, has: &dyn Fn(AnyDefense) -> bool| {
            let having = DEFENSES.iter().map(|d| d.name).filter(|&name| usual(name).is_some_and(has));
            let having = having.collect::<Vec<_>>().join(" or ");
            Failure::Usage(format!("{flag} belongs to --defense {having}, not to --defense {name}"))
        };
        let unknown = || Failure::Usage(format!("--defense {name}: no defence is called that"));
        let mut defense = usual(name).ok_or_else(unknown)?;
        if self.eps.is_some() && defense.eps().is_none() {
            return Err(elsewhere("--eps", &|d| d.eps().is_some()));
        }
        // The steps first: they set the usual length of one.
        let given = [
            ("steps", self.attack_steps.map(DefenseField::Steps)),
            ("step_size", self.attack_step_size.map(|s| DefenseField::StepSize(s as f32))),
            ("noise", self.attack_noise.map(DefenseField::Noise)),
            ("warm_up", self.eps_warm_up.map(DefenseField::WarmUp)),
        ];
        for (field, value) in given {
            let Some(value) = value else { continue };
            let with = defense.with(value);
            defense = with.ok_or_else(|| elsewhere(flag_of(field), &|d| d.with(value).is_some()))?;
        }
        defense.validate().map_err(|e| match e {
            TrainError::Recipe { field, value, must } => {
                Failure::Usage(format!("{} is {value}, but must be {must}", flag_of(field)))
            }
            e => Failure::Usage(e.to_string()),
        })?;
        Ok(defense)
    }
    /// The average of the weights: the one asked for, else the usual one.
    pub(super) fn ema(&self, usual: Option<Ema>) -> Outcome<Option<Ema>> {
        let ema = self.ema.map_or(usual, |half_life| (half_life != 0.0).then_some(Ema { half_life }));
        ema.as_ref().map_or(Ok(()), Ema::validate).map_err(|e| Failure::Usage(format!("--{e}")))?;
        Ok(ema)
    }
    /// Takes the validation images off the end of the training images.
    pub(super) fn hold_out(&self, data: &mut Named) -> Outcome<Split> {
        let all = data.set.train.clone();
        let usual = if self.defense == "none" { 0 } else { (all.len() / 20).min(1000) };
        let n = self.validation.unwrap_or(usual);
        if n >= all.len() {
            let (asked, len) = (&data.asked, all.len());
            let what = format!(
                "--validation {n}: {asked} has {len} training images, and some must be left to train on"
            );
            return Err(Failure::Usage(what));
        }
        let kept = all.len() - n;
        data.set.train = all.range(0..kept);
        Ok(all.range(kept..all.len()))
    }
}

/// What the defence was worth on the validation images; `None` without either.
pub(super) fn judge(
    model: &Classifier,
    validation: &Split,
    defense: &AnyDefense,
    seed: u64,
) -> Outcome<Option<Robustness>> {
    let Some(eps) = defense.eps().filter(|_| !validation.is_empty()) else { return Ok(None) };
    say::note(&format!("attacking {} validation images ..", validation.len()));
    Ok(Some(robustness(model, validation, eps, Key::new(seed).named("validation"))?))
}

/// The line of the results.
pub(super) fn in_words(r: &Robustness) -> String {
    format!(
        "robust accuracy {:.1} % of {} validation images (L-inf {}: FGSM {:.1} %, PGD-{} {:.1} %; clean {:.1} %); they come from the training set, test images are usually harder",
        100.0 * r.robust,
        r.n,
        r.eps,
        100.0 * r.fgsm,
        Robustness::STEPS,
        100.0 * r.pgd,
        100.0 * r.clean
    )
}

/// For machines.
pub(super) fn object(r: &Robustness) -> Value {
    json!({
        "n": r.n, "eps": decimal(r.eps), "clean": r.clean, "fgsm": r.fgsm, "pgd": r.pgd,
        "pgd_steps": Robustness::STEPS,
    })
}

/// What is said of a net that withstands the step it was trained on and little else.
pub(super) fn warning(r: &Robustness, defense: &AnyDefense) -> Option<String> {
    let way = match defense {
        defenses::Pgd { .. } => "train with more --attack-steps or a smaller --eps",
        _ => "its FGSM figure is no robustness: train with --defense pgd, or look at other seeds",
    };
    // The field keeps the strong word for nets that lose most of it.
    let what = if r.pgd < 0.5 * r.fgsm { "catastrophic overfitting" } else { "overfitting to a single step" };
    r.is_overfitted_to_one_step().then(|| {
        format!(
            "{what}: {:.1} % under FGSM but {:.1} % under PGD-{} at eps {}; {way}",
            100.0 * r.fgsm,
            100.0 * r.pgd,
            Robustness::STEPS,
            r.eps
        )
    })
}
