//! `cargo xtask gans`: what a GAN training is worth, seed by seed, by the figures that `sparring train gan` prints.

use crate::machine;
use crate::printed::last_json;
use crate::run_program::{output_of, root, sparring_release, text};
use flags::Flags;
use serde_json::Value;

const USAGE: &str = "\
cargo xtask gans [--data NAME,..] [--seeds K,..] [--train FLAGS] [--figures KEY,..] [--json]

Trains by `sparring train gan --data NAME --seed K` with nothing but the defaults, or FLAGS, and prints the figures of its last line: a row a seed, and
their means.

  --data     names as for `sparring --data`; default: ring-8,grid-25
  --seeds    default: 1,2,3,4,5,6,7,8,9,10
  --train    flags of every training, as in '--arch \"toy-gan(pack=2)\" --epochs 20', split at blanks
  --figures  keys of the JSON; default: modes,high_quality,reverse_kl,seconds
  --json     one JSON object a training instead of tables";

struct Plan {
    data: Vec<String>,
    seeds: Vec<String>,
    train: Vec<String>,
    figures: Vec<String>,
    json: bool,
}

fn read(args: &[String]) -> Result<Plan, String> {
    let list = |text: &str| text.split(',').map(String::from).collect::<Vec<_>>();
    let mut plan = Plan {
        data: list("ring-8,grid-25"),
        seeds: list("1,2,3,4,5,6,7,8,9,10"),
        train: Vec::new(),
        figures: list("modes,high_quality,reverse_kl,seconds"),
        json: false,
    };
    let mut flags = Flags::new(args);
    while let Some(flag) = flags.next_flag()? {
        match flag {
            "--data" => plan.data = flags.list()?.collect(),
            "--seeds" => plan.seeds = flags.list()?.collect(),
            "--train" => plan.train = flags.value()?.split_whitespace().map(String::from).collect(),
            "--figures" => plan.figures = flags.list()?.collect(),
            "--json" => plan.json = true,
            _ => return Err(flags.unknown(USAGE)),
        }
    }
    Ok(plan)
}

/// Trains and prints.
///
/// # Errors
/// If a flag is wrong, or the command does not build or train, or does not print a figure.
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
        for seed in &plan.seeds {
            eprintln!("{data}, seed {seed} ..");
            let run = folder.path().join(format!("{data}-{seed}").replace(['/', '\\'], "-"));
            let fixed = ["train", "gan", "--data", data, "--seed", seed, "--out", text(&run)?, "--json"];
            let more: Vec<&str> = plan.train.iter().map(String::as_str).collect();
            let found = last_json(&output_of(text(&command)?, &[&fixed[..], &more].concat(), &root())?)?;
            if plan.json {
                println!("{found}");
                continue;
            }
            let figure = |key: &String| {
                found[key]
                    .as_f64()
                    .ok_or_else(|| format!("{data}, seed {seed}: {key} is {}, not a number", found[key]))
            };
            let figures = plan.figures.iter().map(figure).collect::<Result<Vec<f64>, _>>()?;
            rows.push((seed.as_str(), figures, alarms(&found)));
        }
        if !plan.json {
            println!("{}", table(data, &plan.figures, &rows));
        }
    }
    if !plan.json {
        println!("{}", machine::sentence(&format!("cargo xtask gans {}", args.join(" "))));
    }
    Ok(())
}

fn alarms(found: &Value) -> usize {
    found["alarms"].as_array().map_or(0, Vec::len)
}

fn table(data: &str, figures: &[String], rows: &[(&str, Vec<f64>, usize)]) -> String {
    let mut text = format!(
        "## {data}\n\n| seed | {} | alarms |\n|---|{}---|\n",
        figures.join(" | "),
        "---|".repeat(figures.len())
    );
    let line = |name: &str, values: &[f64], alarms: usize| {
        let values: Vec<String> = values.iter().map(|v| format!("{v:.4}")).collect();
        format!("| {name} | {} | {alarms} |\n", values.join(" | "))
    };
    for (seed, values, alarms) in rows {
        text += &line(seed, values, *alarms);
    }
    let n = rows.len().max(1) as f64;
    let means: Vec<f64> =
        (0..figures.len()).map(|i| rows.iter().map(|(_, v, _)| v[i]).sum::<f64>() / n).collect();
    text + &line("**mean**", &means, rows.iter().map(|(.., alarms)| alarms).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_ends_in_the_means() {
        let rows = [("1", vec![8.0, 0.5], 0), ("2", vec![7.0, 1.0], 2)];
        let text = table("ring-8", &["modes".into(), "high_quality".into()], &rows);
        assert!(
            text.contains("| 2 | 7.0000 | 1.0000 | 2 |")
                && text.ends_with("| **mean** | 7.5000 | 0.7500 | 2 |\n"),
            "{text}"
        );
        let plan = read(&["--seeds".into(), "3,4".into()]).unwrap();
        assert_eq!((plan.seeds.len(), plan.data.len()), (2, 2));
        assert!(read(&["--sead".into()]).is_err());
    }
}
