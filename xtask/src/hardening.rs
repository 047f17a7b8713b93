//! `cargo xtask hardening`: what each defence is worth with its default recipe, seed by seed, on test images that chose nothing.

use crate::machine;
use crate::median::median;
use crate::printed::last_json;
use crate::run_program::{output_of, root, sparring_release, text};
use flags::Flags;
use serde_json::Value;
use sparring_math::grammar::pieces;
use std::path::Path;

const USAGE: &str = "\
cargo xtask hardening [--defenses NAME,..] [--data NAME,..] [--seeds K,..] [--arch NAME] [--n N] [--steps N] [--restarts N] [--train FLAGS] [--json]

Trains the net by `sparring train classifier --defense NAME` with nothing but the defaults, for every data set and seed, and attacks the first N test
images by FGSM and PGD. One table a data set: PGD by seed, median, lowest and highest; under the last the machine.

  --defenses   default: all of them; with parameters, too: 'pgd(steps=10),n-fgsm'
  --data       names or folders as for `sparring --data`; default: mnist-10k. The whole set: --data mnist, with SPARRING_DATA set
  --seeds      default: 1,2,3,4,5
  --arch       default: fgsm-rs
  --n          test images; default: 1000
  --steps      of PGD, default: 50
  --restarts   of PGD, default: 10
  --train      flags of every training beside the defence, as in '--label-smoothing 0.1 --augment shift'
  --json       one JSON object a trained net instead of tables";

/// Every defence, the dearest first.
const ALL: &str = "trades,mart,pgd,mixed,grad-align,free,forw-abs,n-fgsm,fgsm-rs";

struct Plan {
    defenses: Vec<String>,
    data: Vec<String>,
    seeds: Vec<String>,
    arch: String,
    n: usize,
    steps: usize,
    restarts: usize,
    train: Vec<String>,
    json: bool,
}

/// One trained and attacked net.
#[derive(Clone, Debug)]
struct Outcome {
    seed: String,
    clean: f64,
    fgsm: f64,
    pgd: f64,
    /// On validation images, as the training itself reports it.
    validation: f64,
    seconds: f64,
}

/// Trains, attacks, prints.
///
/// # Errors
/// If a flag is wrong, or the command does not build, train or attack.
pub fn run(args: &[String]) -> Result<(), String> {
    if args.iter().any(|a| a == "--help" || a == "-h") {
        println!("{USAGE}");
        return Ok(());
    }
    let plan = read(args)?;
    let command = sparring_release()?;
    let folder = tempfile::tempdir().map_err(|e| format!("no temporary folder: {e}"))?;
    for data in &plan.data {
        let mut rows = Vec::new();
        for defense in &plan.defenses {
            let mut outcomes = Vec::new();
            for seed in &plan.seeds {
                eprintln!("{data}: {defense}, seed {seed} ..");
                let run = folder.path().join(format!("{data}-{defense}-{seed}").replace(['/', '\\'], "-"));
                let outcome = measure(&command, &plan, data, defense, seed, &run)?;
                if plan.json {
                    println!("{}", object(data, defense, &outcome));
                }
                outcomes.push(outcome);
            }
            rows.push((defense.as_str(), outcomes));
        }
        if !plan.json {
            println!("{}", table(data, &plan, &rows));
        }
    }
    if !plan.json {
        println!("{}", machine::sentence(&format!("cargo xtask hardening {}", args.join(" "))));
    }
    Ok(())
}

fn read(args: &[String]) -> Result<Plan, String> {
    let list = |text: &str| text.split(',').map(String::from).collect::<Vec<_>>();
    let mut plan = Plan {
        defenses: list(ALL),
        data: list("mnist-10k"),
        seeds: list("1,2,3,4,5"),
        arch: "fgsm-rs".into(),
        n: 1000,
        steps: 50,
        restarts: 10,
        train: Vec::new(),
        json: false,
    };
    let mut flags = Flags::new(args);
    while let Some(flag) = flags.next_flag()? {
        match flag {
            "--defenses" => {
                plan.defenses = pieces(flags.value()?).into_iter().map(|d| d.trim().into()).collect()
            }
            "--data" => plan.data = flags.list()?.collect(),
            "--seeds" => plan.seeds = flags.list()?.collect(),
            "--arch" => plan.arch = flags.value()?.into(),
            "--n" => plan.n = flags.count()?,
            "--steps" => plan.steps = flags.count()?,
            "--restarts" => plan.restarts = flags.count()?,
            "--train" => plan.train = flags.value()?.split_whitespace().map(String::from).collect(),
            "--json" => plan.json = true,
            _ => return Err(flags.unknown(USAGE)),
        }
    }
    Ok(plan)
}

fn measure(
    command: &Path,
    plan: &Plan,
    data: &str,
    defense: &str,
    seed: &str,
    run: &Path,
) -> Result<Outcome, String> {
    let (command, run) = (text(command)?, text(run)?);
    let last = |args: &[&str]| last_json(&output_of(command, args, &root())?);
    let train =
        ["train", "classifier", "--arch", &plan.arch, "--defense", defense, "--data", data, "--seed", seed];
    let more: Vec<&str> = plan.train.iter().map(String::as_str).collect();
    let trained = last(&[&train[..], &more, &["--out", run, "--json"]].concat())?;
    let [n, steps, restarts] = [plan.n, plan.steps, plan.restarts].map(|v| v.to_string());
    let attack = [
        "attack",
        run,
        "--attack",
        "fgsm,pgd",
        "--steps",
        &steps,
        "--restarts",
        &restarts,
        "--n",
        &n,
        "--json",
    ];
    let attacked = last(&attack)?;
    let number = |v: &Value, what: &str| v.as_f64().ok_or_else(|| format!("{what} is {v}, not a number"));
    Ok(Outcome {
        seed: seed.into(),
        clean: number(&attacked["clean"], "clean")?,
        fgsm: number(&attacked["attacks"][0]["accuracy"], "FGSM's accuracy")?,
        pgd: number(&attacked["attacks"][1]["accuracy"], "PGD's accuracy")?,
        validation: number(&trained["robust_accuracy"], "robust_accuracy")?,
        seconds: number(&trained["seconds"], "seconds")?,
    })
}

fn object(data: &str, defense: &str, o: &Outcome) -> Value {
    serde_json::json!({
        "data": data, "defense": defense, "seed": o.seed, "clean": o.clean, "fgsm": o.fgsm, "pgd": o.pgd,
        "validation_robust_accuracy": o.validation, "seconds": o.seconds,
    })
}

/// A Markdown table of one data set.
fn table(data: &str, plan: &Plan, rows: &[(&str, Vec<Outcome>)]) -> String {
    let percent = |v: f64| format!("{:.1}", 100.0 * v);
    let mut text = format!(
        "{data}, {} net, accuracy in % on the first {} test images, PGD-{} with {} restarts{}\n\n",
        plan.arch,
        plan.n,
        plan.steps,
        plan.restarts,
        if plan.train.is_empty() {
            String::new()
        } else {
            format!(", trained with {}", plan.train.join(" "))
        }
    );
    let seeds: Vec<String> = plan.seeds.iter().map(|s| format!("seed {s}")).collect();
    text += &format!(
        "| defence | {} | PGD median | lowest to highest | FGSM | clean | validation | seconds |\n",
        seeds.join(" | ")
    );
    text += &format!("|---|{}\n", "---|".repeat(seeds.len() + 6));
    for (defense, outcomes) in rows {
        let of = |f: fn(&Outcome) -> f64| median(&outcomes.iter().map(f).collect::<Vec<_>>());
        let pgd: Vec<f64> = outcomes.iter().map(|o| o.pgd).collect();
        let (low, high) = pgd.iter().fold((f64::MAX, f64::MIN), |(l, h), &v| (l.min(v), h.max(v)));
        text += &format!(
            "| {defense} | {} | **{}** | {} to {} | {} | {} | {} | {:.1} |\n",
            pgd.iter().map(|&v| percent(v)).collect::<Vec<_>>().join(" | "),
            percent(median(&pgd)),
            percent(low),
            percent(high),
            percent(of(|o| o.fgsm)),
            percent(of(|o| o.clean)),
            percent(of(|o| o.validation)),
            of(|o| o.seconds),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_a_defence() {
        let plan = read(&["--seeds".into(), "4,5".into(), "--restarts=3".into()]).unwrap();
        let outcome = |seed: &str, pgd| Outcome {
            seed: seed.into(),
            clean: 0.98,
            fgsm: 0.9,
            pgd,
            validation: 0.8,
            seconds: 2.0,
        };
        let text = table("mnist-10k", &plan, &[("pgd", vec![outcome("4", 0.86), outcome("5", 0.88)])]);
        assert!(text.contains("PGD-50 with 3 restarts"), "{text}");
        assert!(
            text.contains("| pgd | 86.0 | 88.0 | **87.0** | 86.0 to 88.0 | 90.0 | 98.0 | 80.0 | 2.0 |"),
            "{text}"
        );
        assert_eq!(
            text.lines().nth(2).unwrap().matches('|').count(),
            text.lines().nth(3).unwrap().matches('|').count()
        );
    }

    #[test]
    fn a_wrong_flag_is_named() {
        let e = read(&["--sets".into()]).err().unwrap();
        assert!(e.contains("--sets") && e.contains("--data"), "{e}");
    }
}
