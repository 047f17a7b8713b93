//! `sparring demo`: from pixels to a report.

mod fighter;
mod judge;
mod plan;

use super::attack::row;
use super::train::{Test, Watch};
use crate::cli::io::json::json;
use crate::cli::io::{out, say, signal};
use crate::cli::options::{MachineArgs, Named, count};
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
pub(crate) use fighter::Fighter;
use serde_json::Value;
use sparring::models::ClassifierNet;
use sparring::seed::Key;
use sparring::store::RunDir;
use sparring::train::{Recipe, accuracy, fit_with};
use std::path::PathBuf;
use std::time::Instant;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder with MNIST-like files, or a name. The recipe was chosen for `mnist-10k`, which is built in.
    #[arg(long, default_value = "mnist-10k", value_name = "NAME|DIR")]
    data: String,
    /// How many test images are attacked, from the first on.
    #[arg(short, long, default_value_t = 1000, value_parser = count)]
    n: usize,
    #[command(flatten)]
    machine: MachineArgs,
    /// The run directory, new or empty. Default: runs/demo-K.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

fn raise(name: &'static str, recipe: Recipe, data: &Named, run: &RunDir, args: &Args) -> Outcome<Fighter> {
    let seed = args.machine.seed;
    let mut model = ClassifierNet::new(plan::spec(), Key::new(seed).named("init"))?;
    let own = run.inside(name)?;
    own.write_json(
        "config.json",
        &json!({
            "command": "demo", "repeat": pages::again::command(), "data": data.asked, "data_from_run": data.way_from(own.path()), "data_digest": data.set.fingerprint(), "recipe": recipe, "spec": model.spec(),
        }),
    )?;
    let label = match recipe.defense.eps() {
        None => name.to_string(),
        Some(_) => format!("{name}, {}", recipe.defense.name()),
    };
    let steps = data.set.train.len().div_ceil(recipe.batch).saturating_mul(recipe.epochs);
    let mut watch = Watch::new(label, steps, &own, |m: &ClassifierNet| {
        Test::Accuracy(accuracy(m, &data.set.test).unwrap_or(f64::NAN))
    });
    fit_with(&mut model, &data.set.train, &recipe, &mut watch)?;
    let rows = watch.finish();
    signal::check()?;
    pages::weights::save_classifier(&own.file("model.safetensors"), &model, &data.set.class_names)?;
    own.keep();
    run.keep();
    signal::kept(format!("what was trained so far is in {}", run.path().display()));
    let judged = judge::judge(name, &model, data, args.n, Key::new(seed).named("attack"))?;
    let fighter = Fighter { name, model, recipe, rows, judged };
    pages::demo::single(&fighter, data)?.save(own.file("report.html"))?;
    Ok(fighter)
}

pub(crate) fn run(args: &Args) -> Outcome {
    let start = Instant::now();
    args.machine.start()?;
    let data = Named::find(&args.data)?;
    data.fits(plan::spec().input, "the demo's net")?;
    if args.n > data.set.test.len() {
        return Err(Failure::Usage(format!(
            "{} has {} test images, {} were to be attacked; name fewer with --n",
            args.data,
            data.set.test.len(),
            args.n
        )));
    }
    let run = out::run_dir(args.out.as_deref(), "demo")?;
    let seed = args.machine.seed;
    let fighters = [
        raise("standard", plan::standard(seed), &data, &run, args)?,
        raise("hardened", plan::hardened(seed), &data, &run, args)?,
    ];
    let report = run.file("report.html");
    pages::demo::page(&fighters, &data, args.n)?.save(&report)?;
    let seconds = start.elapsed().as_secs_f64();
    if args.machine.json {
        let models: Vec<Value> = fighters
            .iter()
            .map(|f| {
                json!({
                    "name": f.name, "n": args.n, "clean": f.judged.clean,
                    "attacks": f.judged.results().map(row).collect::<Vec<_>>(),
                })
            })
            .collect();
        say::json(&json!({ "models": models, "seconds": seconds, "report": report }));
    } else {
        say::result(&table(&fighters, args.n));
        say::result(&format!("{seconds:.1} s; the page: {}", report.display()));
    }
    Ok(())
}

/// The compact table at the end.
fn table(fighters: &[Fighter], n: usize) -> String {
    let mut text = format!("accuracy on {n} test images, L-inf\n{:<10} {:>8}", "", "clean");
    let shown: Vec<_> = fighters[0].judged.table().collect();
    for a in &shown {
        text.push_str(&format!(" {:>9}", format!("{} {}", a.attack, a.eps)));
    }
    for f in fighters {
        text.push_str(&format!("\n{:<10} {:>6.1} %", f.name, 100.0 * f.judged.clean));
        for a in f.judged.table() {
            text.push_str(&format!(" {:>7.1} %", 100.0 * a.accuracy));
        }
    }
    text
}
