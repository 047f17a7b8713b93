//! `sparring attack MODEL`.

mod args;
mod cards;
mod choice;
mod outcomes;
mod per_sample;
mod show;
mod suite;
mod target;

use crate::cli::io::json::json;
use crate::cli::io::{out, progress::AttackBar, say};
use crate::cli::options::Named;
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
pub(crate) use args::{Args, fast};
pub(crate) use cards::{Card, Ran};
pub(crate) use outcomes::Outcomes;
pub(crate) use show::row;
use sparring::attacks::Progress;
use sparring::datasets::MiniBatch;
use sparring::store::{TensorValues, try_write, write_new, write_new_tensors};
use sparring::tensor::Array;
use std::path::Path;
pub(crate) use target::{Settings, Target};

pub(crate) fn run(args: &Args) -> Outcome {
    let threats = args.threats()?;
    let suites = threats.iter().map(|t| args.suite(t.eps)).collect::<Outcome<Vec<_>>>()?;
    let curve = args.curve(&threats)?;
    files_are_free(args)?;
    // Refused before threads are started.
    args.model.net().map(drop)?;
    args.machine.start()?;
    let target = Target::load(&args.model, args.data.as_deref(), args.n, args.surrogate.as_deref())?;
    args.fit(&threats, target.test.shape.iter().product())?;
    // Tried before the work whose results they are to hold.
    for (path, flag, _) in args.files() {
        let images = if flag == "--save" { 4 * target.test.x.len() as u64 } else { 1 << 20 };
        try_write(path, images + 256 * target.test.len() as u64 + (64 << 10))?;
    }
    let how = args.settings();
    let attacks = threats.len() * suites[0].len() + usize::from(curve.is_some());
    let bar = AttackBar::new("attacking", attacks, target.test.len());
    let show = |from: usize| {
        let bar = &bar;
        move |p: Progress<'_>| bar.show(Progress { index: p.index + from, ..p })
    };
    let mut done = Outcomes { reports: Vec::new(), curve: None, cards: Vec::new() };
    for (k, (threat, suite)) in threats.iter().zip(&suites).enumerate() {
        let mut report = target.evaluate(suite, threat, &how, &show(k * suite.len()))?;
        if k + 1 == threats.len() && (args.diagnose || args.suite.is_some()) {
            target.diagnose(&mut report, suite, &how)?;
        }
        done.cards.extend(cards::of_report(&report, suite, &target.source));
        done.reports.push(report);
    }
    let mut failures = Vec::new();
    if let Some((attack, budgets)) = &curve {
        match target.curve(attack, args.norm, budgets, &how, &show(attacks - 1)) {
            Ok(curve) => {
                done.cards.push(cards::of_curve(&curve, attack, budgets, &target.source));
                done.curve = Some(curve);
            }
            Err(failure) => failures.push(failure),
        }
    }
    bar.finish();
    // The figures are told whatever becomes of the files; the last failure ends the command.
    failures.extend(written(args, &target, &done));
    if args.machine.json {
        say::json(&show::object(&done, how.precision));
    } else {
        say::result(&show::text(&done));
    }
    let last = failures.pop();
    failures.iter().for_each(|failure| say::error(&failure.to_string()));
    last.map_or(Ok(()), Err)
}

/// Refuses files that exist, have another format's ending, or are named twice.
fn files_are_free(args: &Args) -> Outcome {
    let files: Vec<_> = args.files().collect();
    for (k, (path, flag, endings)) in files.iter().enumerate() {
        if let Some((_, other, _)) = files[..k].iter().find(|(other, ..)| other == path) {
            let shown = path.display();
            let what = format!("{other} and {flag}: both name {shown}; give each its own file");
            return Err(Failure::Usage(what));
        }
        out::ending(path, flag, endings)?;
        out::free(path, flag)?;
    }
    Ok(())
}

/// Writes the files that were asked for; what could not be written.
fn written(args: &Args, target: &Target, done: &Outcomes) -> Vec<Failure> {
    let save = |path: &Path| save(path, &target.test, done);
    let page = |path: &Path| {
        let page = pages::attack::page(&args.model.path, target, done)?;
        write_new(path, page.to_html().as_bytes())?;
        say::note(&format!("page in {}", path.display()));
        Ok(())
    };
    let verdicts = |path: &Path| {
        let csv = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
        write_new(path, per_sample::text(&target.test, done, csv).as_bytes())?;
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
