//! Adversarial training on the command line: its flags, the images held out, and what they say in the end.

use crate::cli::io::say;
use crate::cli::options::{ShorthandList, Shorthands, Written, name, share, written};
use crate::cli::pages::decimal;
use crate::cli::{Failure, Outcome};
use serde_json::{Value, json};
use sparring::datasets::Split;
use sparring::models::ClassifierNet;
use sparring::optim::{AnyAverage, Ema};
use sparring::seed::Key;
use sparring::train::{AnyDefense, AnyDisplacement, Robustness, robustness};

/// Flags.
#[derive(Debug, clap::Args)]
pub(super) struct HardeningArgs {
    /// Adversarial training, in L-inf unless "pgd(norm=l2, eps=1.5)" or the like says L2, as in "pgd(eps=0.2, steps=10)"; what each is worth: `sparring list defenses`.
    #[arg(long, alias = "defence", default_value = "none", value_parser = written::<AnyDefense>())]
    defense: Written<AnyDefense>,
    #[command(flatten)]
    parameters: Shorthands<DefenseFlags>,
    /// Keep an exponential average of the weights whose half-life is this fraction of the training; 0: the last
    /// weights. Default: 0; that of the defence (`sparring list defenses`).
    #[arg(long, value_name = "FRACTION", value_parser = share)]
    ema: Option<f64>,
    /// Keep another average of the weights, "swa(start=0.75)" or "ema(half_life=0.05)" with parameters; statistics of batch normalisations are found anew for it. Default: as --ema.
    #[arg(long, value_name = "AVERAGE", conflicts_with = "ema", value_parser = name::<AnyAverage>())]
    average: Option<AnyAverage>,
    /// The gradient of each step is taken at displaced weights, "awp(gamma=0.005)" or "sam(rho=0.05)" with parameters (`sparring list
    /// defenses`). Default: at the weights.
    #[arg(long, visible_aliases = ["awp", "sam"], value_name = "DISPLACEMENT", value_parser = name::<AnyDisplacement>())]
    pub(super) displace: Option<AnyDisplacement>,
    /// The share of each label that goes to all classes alike. Default: 0; that of the defence (`sparring list defenses`).
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub(super) label_smoothing: Option<f64>,
}

/// Flags that set a parameter of the defence.
#[derive(Clone, Debug)]
struct DefenseFlags;

impl ShorthandList for DefenseFlags {
    type Of = AnyDefense;
    const FLAGS: &'static [(&'static str, &'static str)] = &[
        ("eps", "eps"),
        ("attack-steps", "steps"),
        ("attack-step-size", "step_size"),
        ("attack-noise", "noise"),
        ("eps-warm-up", "warm_up"),
    ];
}

impl HardeningArgs {
    /// The defence; a flag that it does not have is a mistake.
    pub(super) fn defense(&self) -> Outcome<AnyDefense> {
        self.parameters.all_belong("--defense", &[&self.defense])?;
        self.parameters.applied(&self.defense)
    }
    /// The average of the weights: the one asked for, else the usual one.
    pub(super) fn average(&self, usual: Option<AnyAverage>) -> Outcome<Option<AnyAverage>> {
        let Some(half_life) = self.ema else { return Ok(self.average.or(usual)) };
        let ema = (half_life != 0.0).then_some(Ema { half_life });
        ema.as_ref().map_or(Ok(()), Ema::validate).map_err(|e| Failure::Usage(format!("--{e}")))?;
        Ok(ema.map(Into::into))
    }
}

/// Validation images that are held out with a defence, of so many training images.
pub(super) fn usual_validation(defense: &AnyDefense, all: usize) -> usize {
    if defense.eps().is_none() { 0 } else { (all / 20).min(1000) }
}

/// What the defence was worth on the validation images; `None` without either.
pub(super) fn judge(
    model: &ClassifierNet,
    validation: &Split,
    defense: &AnyDefense,
    seed: u64,
) -> Outcome<Option<Robustness>> {
    let Some(threat) = defense.threat().filter(|_| !validation.is_empty()) else { return Ok(None) };
    say::note(&format!("attacking {} validation images ..", validation.len()));
    Ok(Some(robustness(model, validation, &threat, Key::new(seed).named("validation"))?))
}

/// The line of the results.
pub(super) fn in_words(r: &Robustness) -> String {
    format!(
        "robust accuracy {:.1} % of {} validation images ({} {}: FGSM {:.1} %, PGD-{} {:.1} %; clean {:.1} %); they come from the training set, test images are usually harder",
        100.0 * r.robust,
        r.n,
        r.norm.name(),
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
        "n": r.n, "norm": r.norm.name(), "eps": decimal(r.eps), "clean": r.clean, "fgsm": r.fgsm, "pgd": r.pgd,
        "pgd_steps": Robustness::STEPS,
    })
}

/// What is said of a net that withstands the step it was trained on and little else.
pub(super) fn warning(r: &Robustness, defense: &AnyDefense) -> Option<String> {
    let several = defense.settings_as_text().iter().any(|(name, _)| *name == "steps");
    let way = if several {
        "train with more --attack-steps or a smaller --eps"
    } else {
        "its FGSM figure is no robustness: train with --defense pgd, or look at other seeds"
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
