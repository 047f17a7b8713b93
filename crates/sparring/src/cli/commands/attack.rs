//! `sparring attack MODEL`.

mod args;
mod choice;
mod show;
mod suite;

use crate::cli::io::json::json;
use crate::cli::io::{out, progress::AttackBar, say};
use crate::cli::options::Named;
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
pub(crate) use args::Args;
pub(crate) use show::row;
use sparring::attacks::{
    EvaluateOptions, KeepExamples, Progress, Proposer, Report, Threat, evaluate_proposed, evaluate_with,
};
use sparring::datasets::MiniBatch;
use sparring::models::ClassifierNet;
use sparring::oracle::Batch;
use sparring::seed::Key;
use sparring::store::{TensorValues, try_write, write_new, write_new_tensors};
use sparring::tensor::{Array, Precision};
use std::path::Path;

pub(crate) fn run(args: &Args) -> Outcome {
    let (threats, net) = (args.threats()?, args.model.net()?);
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
    let names = args.model.names.load()?;
    args.machine.start()?;
    let (model, known) = pages::weights::load_classifier(&args.model.path, net.as_ref(), &names)?;
    let (data, _) = Named::for_model(args.data.as_deref(), known.data.as_ref(), &known.classes)?;
    let model = known.fitted(model, data.set.shape())?;
    data.fits(model.spec().input, "this network")?;
    data.labels_fit(model.classes())?;
    enough(args, &data)?;
    let test = data.set.test.first(args.n.unwrap_or(1000).min(data.set.test.len())).all();
    args.fit(&threats, test.shape.iter().product())?;
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
        let page = pages::attack::page(&args.model.path, &data, &model, &test, &reports)?;
        write_new(path, page.to_html().as_bytes())?;
        say::note(&format!("page in {}", path.display()));
        Ok(())
    });
    if args.machine.json {
        say::json(&show::object(&reports, args.course(), precision));
    } else {
        say::result(&show::text(&reports, args.course()));
    }
    if let (Err(_), Err(second)) = (&saved, &page) {
        say::error(&second.to_string());
    }
    saved.and(page)
}

/// As many test images as are asked for.
fn enough(args: &Args, data: &Named) -> Outcome {
    let (asked, there) = (&data.asked, data.set.test.len());
    match args.n.filter(|&n| n > there) {
        Some(n) => Err(Failure::Usage(format!("--n {n}: {asked} has {there} test images"))),
        None => Ok(()),
    }
}

/// Refuses what an attack on a network for these data would refuse before it begins.
pub(crate) fn check(args: &Args, data: &Named) -> Outcome {
    let threats = args.threats()?;
    threats.iter().try_for_each(|threat| args.suite(threat.eps).map(drop))?;
    enough(args, data)?;
    args.fit(&threats, data.set.shape().iter().product())
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
    let options = EvaluateOptions { batch: args.batch.min(most.max(1)), keep, course: args.course() };
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
