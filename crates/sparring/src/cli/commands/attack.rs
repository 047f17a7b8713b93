//! `sparring attack MODEL`.

mod args;
mod behind;
mod cards;
mod choice;
mod outcomes;
mod per_sample;
mod pieces;
mod projected;
mod purifier_args;
mod show;
mod suite;
mod suite_attack;
mod target;
mod work;

use crate::cli::io::json::json;
use crate::cli::io::{progress::AttackBar, say};
use crate::cli::options::Named;
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
pub(crate) use args::{Args, fast};
pub(crate) use cards::{Beside, Card, Ran, Source};
pub(crate) use choice::Choice;
pub(crate) use outcomes::Outcomes;
pub(crate) use pieces::{EVALUATION, go_on, write_merged};
pub(crate) use show::row;
use sparring::attacks::Progress;
use sparring::datasets::MiniBatch;
use sparring::store::{TensorValues, try_write, write_new, write_new_tensors};
use sparring::tensor::Array;
use std::path::Path;
pub(crate) use suite_attack::SuiteAttack;
pub(crate) use target::{Settings, Target};
use work::Work;

pub(crate) fn run(args: &Args) -> Outcome {
    if let Some(path) = args.purifier.as_deref().filter(|_| projected::is_gan(args)) {
        return projected::run(args, path);
    }
    args.behind.no_search()?;
    let work = Work::prepare(args)?;
    match &args.out {
        Some(directory) => pieces::run(args, &work, directory),
        None => at_once(args, &work),
    }
}

/// All images in one go.
fn at_once(args: &Args, work: &Work) -> Outcome {
    let target = &work.target;
    // Tried before the work whose results they are to hold.
    for (path, flag, _) in args.files() {
        let images = if flag == "--save" { 4 * target.test.x.len() as u64 } else { 1 << 20 };
        try_write(path, images + 256 * target.test.len() as u64 + (64 << 10))?;
    }
    let bar = AttackBar::new("attacking", work.passes(), target.test.len());
    let show = |p: Progress<'_>| bar.show(p);
    let mut reports = work.reports(&target.all(), &show)?;
    if let Some(last) = reports.last_mut().filter(|_| work.checks) {
        let rows = work.doubts(last)?;
        last.add_findings(rows);
    }
    let mut failures = Vec::new();
    let curve = work.curve(&target.all(), &show).unwrap_or_else(|failure| {
        failures.push(failure);
        None
    });
    bar.finish();
    let mut done = work.named_attacks().outcomes(&target.source, reports, curve);
    if let (Some(behind), Some(threat)) = (&target.behind, work.threats.last()) {
        done.purifier =
            behind.scores((args.behind.settings(), args.machine.seed), &target.split(), threat)?;
    }
    // The figures are told whatever becomes of the files; the last failure ends the command.
    failures.extend(written(args, target, &done));
    show::tell(&done, work.how.precision, args.machine.json);
    let last = failures.pop();
    failures.iter().for_each(|failure| say::error(&failure.to_string()));
    last.map_or(Ok(()), Err)
}

/// Writes the files that were asked for; what could not be written.
fn written(args: &Args, target: &Target, done: &Outcomes) -> Vec<Failure> {
    let save = |path: &Path| save(path, &target.test, done);
    let page = |path: &Path| {
        let (model, data) = (&args.model.path, &target.data.asked);
        let page =
            pages::attack::page(&target.source, data, pages::attack::trained_for(model), Some(target), done)?;
        write_new(path, page.to_html().as_bytes())?;
        say::note(&format!("page in {}", path.display()));
        Ok(())
    };
    let verdicts = |path: &Path| {
        let csv = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
        write_new(path, per_sample::text(&target.test.ids, &target.test.labels, done, csv).as_bytes())?;
        say::note(&format!("verdicts in {}", path.display()));
        Ok(())
    };
    let all = [
        args.save.as_deref().map(save),
        args.report.as_deref().map(page),
        args.per_sample.as_deref().map(verdicts),
    ];
    all.into_iter().flatten().filter_map(Outcome::err).collect()
}

/// Refuses what an attack on a network for these data would refuse before it begins.
pub(crate) fn check(args: &Args, data: &Named) -> Outcome {
    let threats = args.threats()?;
    threats.iter().try_for_each(|threat| args.suite(threat.eps).map(drop))?;
    args.curve(&threats)?;
    target::enough(args.n, data)?;
    args.fit(&threats, data.set.shape().iter().product())
}

/// The worst case of each image, with the cards of the attacks.
fn save(path: &Path, test: &MiniBatch, done: &Outcomes) -> Outcome {
    let Some(adv) = &done.reports[0].adversarials else { return Ok(()) };
    let [c, h, w] = test.shape;
    let whole = |v: &[usize]| TensorValues::labels(v.iter().map(|&l| l as i64));
    let tensors = [
        ("labels", whole(&test.labels)),
        ("predictions", whole(&adv.predictions)),
        ("x_adv", Array::from_slice([test.len(), c, h, w], &adv.x_adv).into()),
    ];
    write_new_tensors(path, "adversarials", &tensors, json!({ "cards": done.cards }))?;
    say::note(&format!("adversarial images in {}", path.display()));
    Ok(())
}
