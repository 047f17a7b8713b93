//! `sparring attack MODEL`.

use crate::cli::io::{progress::AttackBar, run_dir, say};
use crate::cli::options::{MachineArgs, Named, NamingArgs, above_zero, budget, classifier, count};
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
use serde_json::{Value, json};
use sparring::activations::AnyActivation;
use sparring::attacks::{
    AnyAttack, AnyNorm, AttackResult, EvaluateOptions, Keep, Progress, Proposer, Report, StepSize, Threat,
    evaluate_proposed, evaluate_with,
};
use sparring::datasets::MiniBatch;
use sparring::models::Arch;
use sparring::oracle::Batch;
use sparring::seed::Key;
use sparring::store::{Values, try_write, write_new, write_new_tensors};
use sparring::tensor::{Array, Precision};
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A run directory or a weights file (.safetensors).
    model: PathBuf,
    /// A folder with the set's files, or a name. Default: the run's own data, mnist-10k for a
    /// bare weights file.
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,
    /// Attacks, separated by commas (see `sparring list attacks`); each runs on all correctly classified images.
    #[arg(long, value_delimiter = ',', default_value = "fgsm,pgd")]
    attack: Vec<AnyAttack>,
    /// The norm of the budget: linf or l2.
    #[arg(long, default_value = "linf")]
    norm: AnyNorm,
    /// The budget, in units of a pixel of [0, 1]. Default: 0.3 in linf, 2 in l2.
    #[arg(long, value_parser = budget)]
    eps: Option<f32>,
    /// Steps of bim and pgd. Default: the attack's own (pgd 40).
    #[arg(long, value_parser = count)]
    steps: Option<usize>,
    /// Step size of ffgsm, bim and pgd. Default: the attack's own (pgd eps/30).
    #[arg(long, value_parser = above_zero)]
    step_size: Option<f64>,
    /// Restarts of pgd. Default: 1.
    #[arg(long, value_parser = count)]
    restarts: Option<usize>,
    /// The first N test images. Default: 1000, or all if there are fewer.
    #[arg(long, value_parser = count)]
    n: Option<usize>,
    /// Images a worker attacks at a time; the results do not depend on it.
    #[arg(long, default_value_t = EvaluateOptions::default().batch, value_parser = count)]
    batch: usize,
    /// The arithmetic in which attacks look for their proposals: f32, or bf16 (split6) on a machine with AMX tiles, elsewhere f32. Every
    /// proposal is verified in f32 whatever this is.
    #[arg(long, default_value = "f32")]
    proposal_precision: Precision,
    /// The architecture of a weights file that does not name its own (from PyTorch, say): a classifier.
    #[arg(long, value_parser = classifier)]
    arch: Option<Arch>,
    /// The activation of that architecture.
    #[arg(long, default_value = "relu")]
    activation: AnyActivation,
    #[command(flatten)]
    names: NamingArgs,
    /// Writes x_adv, labels and predictions (of the worst case of each image); must not exist yet.
    #[arg(long, value_name = "FILE.safetensors")]
    save: Option<PathBuf>,
    /// Writes a page with the figures and a gallery; must not exist yet.
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    #[command(flatten)]
    machine: MachineArgs,
}

impl Args {
    /// The attacks with the flags applied; a flag that fits none of them is a mistake.
    fn suite(&self) -> Outcome<Vec<AnyAttack>> {
        let (mut steps, mut size, mut restarts) = (false, false, false);
        let absolute = self.step_size.map(|s| StepSize::Absolute(s as f32));
        let mut suite = self.attack.clone();
        for attack in &mut suite {
            match attack {
                AnyAttack::Pgd(a) => {
                    a.steps = self.steps.unwrap_or(a.steps);
                    a.step_size = absolute.unwrap_or(a.step_size);
                    a.restarts = self.restarts.unwrap_or(a.restarts);
                    (steps, size, restarts) = (true, true, true);
                }
                AnyAttack::Bim(a) => {
                    a.steps = self.steps.unwrap_or(a.steps);
                    a.step_size = absolute.unwrap_or(a.step_size);
                    (steps, size) = (true, true);
                }
                AnyAttack::Ffgsm(a) => {
                    a.step_size = absolute.unwrap_or(a.step_size);
                    size = true;
                }
                _ => {}
            }
        }
        let names = suite.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        for (given, used, flag) in [
            (self.steps.is_some(), steps, "--steps"),
            (self.step_size.is_some(), size, "--step-size"),
            (self.restarts.is_some(), restarts, "--restarts"),
        ] {
            if given && !used {
                return Err(Failure::Usage(format!(
                    "{flag}: none of the attacks ({names}) has it; leave it out"
                )));
            }
        }
        Ok(suite)
    }
    /// The precision of proposals that this machine is fast in.
    fn precision(&self) -> Precision {
        if self.proposal_precision.is_fast() {
            return self.proposal_precision;
        }
        say::note(&format!(
            "--proposal-precision {}: no AMX tiles in use here, so attacks look in f32",
            self.proposal_precision
        ));
        Precision::F32
    }
    fn threat(&self) -> Outcome<Threat> {
        let eps = self.eps.unwrap_or(match self.norm {
            AnyNorm::L2 => 2.0,
            _ => 0.3,
        });
        if self.norm == AnyNorm::Linf && eps > 1.0 {
            return Err(Failure::Usage(format!(
                "--eps {eps}: pixels lie in [0, 1], so an L-inf budget is at most 1 (8/255 is 0.031)"
            )));
        }
        let threat = Threat { norm: self.norm, eps };
        threat.validate().map_err(|e| Failure::Usage(format!("--eps: {e}")))?;
        Ok(threat)
    }
}

/// One attack as machines read it.
pub(crate) fn row(a: &AttackResult) -> Value {
    json!({
        "attack": a.attack, "norm": a.norm, "eps": pages::decimal(a.eps), "steps": a.steps, "restarts": a.restarts,
        "accuracy": a.accuracy, "forwards": a.forwards, "backwards": a.backwards, "seconds": a.seconds,
    })
}

pub(crate) fn run(args: &Args) -> Outcome {
    let (suite, threat) = (args.suite()?, args.threat()?);
    for (path, flag, ending) in [(&args.save, "--save", "safetensors"), (&args.report, "--report", "html")] {
        let Some(path) = path else { continue };
        run_dir::ending(path, flag, ending)?;
        run_dir::free(path, flag)?;
    }
    let names = args.names.load()?;
    args.machine.start()?;
    let (model, own_data) =
        pages::weights::load_classifier(&args.model, args.arch, &args.activation, &names)?;
    let data = match (&args.data, &own_data) {
        (Some(asked), _) => Named::find(asked)?,
        (None, Some(own)) => Named::of_run(own)?,
        (None, None) => Named::find("mnist-10k")?,
    };
    let asked = &data.asked;
    if let Some(n) = args.n.filter(|&n| n > data.set.test.len()) {
        return Err(Failure::Usage(format!("--n {n}: {asked} has {} test images", data.set.test.len())));
    }
    let test = data.set.test.first(args.n.unwrap_or(1000).min(data.set.test.len())).all();
    let x = Batch::new(&test.x, test.shape, &test.ids)?;
    let keep = if args.save.is_some() || args.report.is_some() { Keep::Adversarials } else { Keep::Nothing };
    // Tried before the work whose results they are to hold.
    if let Some(path) = &args.save {
        try_write(path, 4 * test.x.len() as u64 + 16 * test.len() as u64 + (64 << 10))?;
    }
    if let Some(path) = &args.report {
        try_write(path, 1 << 20)?;
    }
    // Smaller chunks where the network's layers are large; no figure depends on it.
    let most = model.cost().most_examples() / rayon::current_num_threads();
    let options = EvaluateOptions { batch: args.batch.min(most.max(1)), keep };
    let bar = AttackBar::new("attacking", suite.len(), test.len());
    let key = Key::new(args.machine.seed).named("attack");
    let (victim, precision) = (model.victim(), args.precision());
    let show = |p: Progress<'_>| bar.show(p);
    let report = if precision == Precision::F32 {
        evaluate_with(&victim, x, &test.labels, &suite, &threat, key, &options, &show)?
    } else {
        let (name, stand_in) = (precision.to_string(), model.victim().in_precision(precision));
        let proposer = Proposer { model: &stand_in, name: &name };
        evaluate_proposed(&victim, proposer, x, &test.labels, &suite, &threat, key, &options, &show)?
    };
    bar.finish();
    // The figures are told whatever becomes of the files.
    let saved = save(args, &test, &report);
    let page = args.report.as_deref().map_or(Ok(()), |path| {
        let page = pages::attack::page(&args.model, &data, &model, &test, &report)?;
        write_new(path, page.to_html().as_bytes())?;
        say::note(&format!("page in {}", path.display()));
        Ok(())
    });
    if args.machine.json {
        say::json(&object(&report, precision));
    } else {
        say::result(&report.to_string());
    }
    if let (Err(_), Err(second)) = (&saved, &page) {
        say::error(&second.to_string());
    }
    saved.and(page)
}

/// The worst case of each image.
fn save(args: &Args, test: &MiniBatch, report: &Report) -> Outcome {
    if let (Some(path), Some(adv)) = (&args.save, &report.adversarials) {
        let [c, h, w] = test.shape;
        let whole = |v: &[usize]| Values::labels(v.iter().map(|&l| l as i64));
        let tensors = [
            ("labels", whole(&test.labels)),
            ("predictions", whole(&adv.predictions)),
            ("x_adv", Array::from_slice([test.len(), c, h, w], &adv.x_adv).into()),
        ];
        let cards: Vec<_> = report.attacks.iter().map(|a| &a.card).collect();
        write_new_tensors(path, "adversarials", &tensors, json!({ "cards": cards }))?;
        say::note(&format!("adversarial images in {}", path.display()));
    }
    Ok(())
}

fn object(report: &Report, precision: Precision) -> Value {
    json!({
        "n": report.n, "clean": report.clean, "attacks": report.attacks.iter().map(row).collect::<Vec<_>>(),
        "robust_accuracy": report.robust_accuracy, "proposal_precision": precision.to_string(),
        "findings": report.findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "cards": report.attacks.iter().map(|a| &a.card).collect::<Vec<_>>(),
    })
}
