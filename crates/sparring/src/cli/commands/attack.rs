//! `sparring attack MODEL`.

mod choice;
mod show;
mod suite;

use crate::cli::io::json::json;
use crate::cli::io::{out, progress::AttackBar, say};
use crate::cli::options::{
    ActivationFlag, AskedNet, Budget, List, MachineArgs, Named, NamingArgs, Shorthands, Written, arch, count,
    name, twice,
};
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
use choice::Choice;
pub(crate) use show::row;
use sparring::attacks::{
    AnyNorm, EvaluateOptions, KeepExamples, Progress, Proposer, Report, Threat, evaluate_proposed,
    evaluate_with,
};
use sparring::datasets::MiniBatch;
use sparring::models::{Arch, ClassifierNet, ModelKind};
use sparring::oracle::{Batch, Bounds};
use sparring::seed::Key;
use sparring::store::{TensorValues, try_write, write_new, write_new_tensors};
use sparring::tensor::{Array, Precision};
use std::path::{Path, PathBuf};
use suite::AttackFlags;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A run directory or a weights file (.safetensors, .npz).
    model: PathBuf,
    /// A folder with the set's files, or a name. Default: the run's own data, mnist-10k for a
    /// bare weights file.
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,
    /// Attacks, separated by commas, each `name` or `name(key=value, ..)`, as in "fgsm, pgd(steps=50, restarts=10)" (see `sparring list
    /// attacks`, also for the presets of papers); each runs on all correctly classified images.
    #[arg(long, value_name = "NAME,..", default_value = "fgsm,pgd")]
    attack: Vec<List<Choice>>,
    /// The norm of the budget: linf (how far any pixel may move) or l2 (the Euclidean length of the change).
    #[arg(long, default_value = "linf", value_parser = name::<AnyNorm>())]
    norm: AnyNorm,
    /// The budget in that norm, in pixels of [0, 1]: 0.1, a fraction (8/255), or several (0.1,0.2,0.3: one table, one curve).
    /// Default: 0.3 in linf, 2 in l2.
    #[arg(long, value_name = "EPS,..")]
    eps: Vec<List<Budget>>,
    #[command(flatten)]
    parameters: Shorthands<AttackFlags>,
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
    /// The architecture of a weights file that does not name its own (from PyTorch, say), `madry(norm=batch)` with parameters.
    #[arg(long, value_parser = arch(ModelKind::Classifier))]
    arch: Option<Written<Arch>>,
    /// The network of a weights file that does not name its own, from a TOML file: torch.nn's names and arguments (README of sparring-store).
    #[arg(long, value_name = "FILE.toml", conflicts_with = "arch")]
    spec: Option<PathBuf>,
    #[command(flatten)]
    activation: Shorthands<ActivationFlag>,
    #[command(flatten)]
    names: NamingArgs,
    /// Writes x_adv, labels and predictions (of the worst case of each image); must not exist yet.
    #[arg(long, value_name = "FILE.safetensors|npz")]
    save: Option<PathBuf>,
    /// Writes a page with the figures and a gallery; must not exist yet.
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    #[command(flatten)]
    machine: MachineArgs,
}

impl Args {
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
    /// The budgets, smallest first.
    fn threats(&self) -> Outcome<Vec<Threat>> {
        let mut all: Vec<f32> = self.eps.iter().flat_map(|list| &list.0).map(|budget| budget.0).collect();
        if all.is_empty() {
            all.push(if self.norm == AnyNorm::L2 { 2.0 } else { 0.3 });
        }
        if let Some(eps) = twice(&all) {
            return Err(Failure::Usage(format!("--eps: {eps} is named twice; name it once")));
        }
        all.sort_by(f32::total_cmp);
        let threats: Vec<Threat> = all.into_iter().map(|eps| Threat { norm: self.norm, eps }).collect();
        if self.norm == AnyNorm::Linf {
            // Known without the network; in other norms its size tells.
            fit(&threats, Bounds::UNIT, 1)?;
        }
        if self.save.is_some() && threats.len() > 1 {
            let what = "--save keeps the images of one budget; name one --eps, or leave --save out";
            return Err(Failure::Usage(what.into()));
        }
        Ok(threats)
    }
    /// `--spec`, or `--arch` with its activation: without either the network is what its file says it is.
    fn net(&self) -> Outcome<Option<AskedNet>> {
        let arch = self.arch.as_slice();
        self.activation.all_belong("--arch", &arch.iter().collect::<Vec<_>>())?;
        if let Some(path) = &self.spec {
            return AskedNet::read(path).map(Some);
        }
        arch.first().map(|arch| self.activation.applied(arch).map(AskedNet::Named)).transpose()
    }
}

/// Refuses budgets beyond the box of a network with `dim` inputs.
fn fit(threats: &[Threat], bounds: Bounds, dim: usize) -> Outcome {
    threats.iter().try_for_each(|t| t.fits(bounds, dim)).map_err(|e| Failure::Usage(format!("--eps: {e}")))
}

pub(crate) fn run(args: &Args) -> Outcome {
    let (threats, net) = (args.threats()?, args.net()?);
    let suites = threats.iter().map(|t| args.suite(t.eps)).collect::<Outcome<Vec<_>>>()?;
    if let (Some(path), true) = (&args.save, args.save == args.report) {
        let shown = path.display();
        return Err(Failure::Usage(format!(
            "--save and --report: both name {shown}; give each its own file"
        )));
    }
    for (path, flag, ending) in
        [(&args.save, "--save", &["safetensors", "npz"][..]), (&args.report, "--report", &["html"])]
    {
        let Some(path) = path else { continue };
        out::ending(path, flag, ending)?;
        out::free(path, flag)?;
    }
    let about = args.model.metadata();
    if about.is_ok_and(|m| !m.is_file() && !m.is_dir()) {
        return Err(Failure::at(&args.model, "not a file; name a run directory or a weights file"));
    }
    let names = args.names.load()?;
    args.machine.start()?;
    let (model, own_data) = pages::weights::load_classifier(&args.model, net.as_ref(), &names)?;
    let data = match (&args.data, &own_data) {
        (Some(asked), _) => Named::find(asked)?,
        (None, Some(own)) => Named::of_run(own)?,
        (None, None) => Named::find("mnist-10k")?,
    };
    data.fits(model.spec().input, "this network")?;
    let asked = &data.asked;
    if let Some(n) = args.n.filter(|&n| n > data.set.test.len()) {
        return Err(Failure::Usage(format!("--n {n}: {asked} has {} test images", data.set.test.len())));
    }
    let test = data.set.test.first(args.n.unwrap_or(1000).min(data.set.test.len())).all();
    fit(&threats, Bounds::UNIT, test.shape.iter().product())?;
    // Tried before the work whose results they are to hold.
    if let Some(path) = &args.save {
        try_write(path, 4 * test.x.len() as u64 + 16 * test.len() as u64 + (64 << 10))?;
    }
    if let Some(path) = &args.report {
        try_write(path, 1 << 20)?;
    }
    let precision = args.precision();
    let bar = AttackBar::new("attacking", threats.len() * suites[0].len(), test.len());
    let mut reports = Vec::new();
    for (k, (threat, suite)) in threats.iter().zip(&suites).enumerate() {
        let show = |p: Progress<'_>| bar.show(Progress { index: p.index + k * suite.len(), ..p });
        reports.push(evaluate(args, &model, &test, suite, threat, precision, &show)?);
    }
    bar.finish();
    // The figures are told whatever becomes of the files.
    let saved = args.save.as_deref().map_or(Ok(()), |path| save(path, &test, &reports[0]));
    let page: Outcome = args.report.as_deref().map_or(Ok(()), |path| {
        let page = pages::attack::page(&args.model, &data, &model, &test, &reports)?;
        write_new(path, page.to_html().as_bytes())?;
        say::note(&format!("page in {}", path.display()));
        Ok(())
    });
    if args.machine.json {
        say::json(&show::object(&reports, precision));
    } else {
        say::result(&show::text(&reports));
    }
    if let (Err(_), Err(second)) = (&saved, &page) {
        say::error(&second.to_string());
    }
    saved.and(page)
}

/// One budget.
fn evaluate(
    args: &Args,
    model: &ClassifierNet,
    test: &MiniBatch,
    suite: &[sparring::attacks::Titled],
    threat: &Threat,
    precision: Precision,
    show: &(dyn Fn(Progress<'_>) + Sync),
) -> Outcome<Report> {
    let x = Batch::new(&test.x, test.shape, &test.ids)?;
    let keep = if args.save.is_some() || args.report.is_some() {
        KeepExamples::Adversarials
    } else {
        KeepExamples::Nothing
    };
    // Smaller chunks where the network's layers are large; no figure depends on it.
    let most = model.cost().most_examples() / rayon::current_num_threads();
    let options = EvaluateOptions { batch: args.batch.min(most.max(1)), keep };
    let (victim, key) = (model.victim(), Key::new(args.machine.seed).named("attack"));
    Ok(if precision == Precision::F32 {
        evaluate_with(&victim, x, &test.labels, suite, threat, key, &options, show)?
    } else {
        let (name, stand_in) = (precision.to_string(), model.victim().in_precision(precision));
        let proposer = Proposer { model: &stand_in, name: &name };
        evaluate_proposed(&victim, proposer, x, &test.labels, suite, threat, key, &options, show)?
    })
}

/// The worst case of each image, with the cards of the attacks.
fn save(path: &Path, test: &MiniBatch, report: &Report) -> Outcome {
    let Some(adv) = &report.adversarials else { return Ok(()) };
    let [c, h, w] = test.shape;
    let whole = |v: &[usize]| TensorValues::labels(v.iter().map(|&l| l as i64));
    let tensors = [
        ("labels", whole(&test.labels)),
        ("predictions", whole(&adv.predictions)),
        ("x_adv", Array::from_slice([test.len(), c, h, w], &adv.x_adv).into()),
    ];
    let cards: Vec<_> = report.attacks.iter().map(|a| &a.card).collect();
    write_new_tensors(path, "adversarials", &tensors, json!({ "cards": cards }))?;
    say::note(&format!("adversarial images in {}", path.display()));
    Ok(())
}
