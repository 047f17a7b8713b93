//! `sparring predict RUN IMAGE.png ..`: what a classifier takes pictures for.

use crate::cli::io::json::json;
use crate::cli::io::say;
use crate::cli::options::{FitArgs, MachineArgs, ModelArgs, fitted};
use crate::cli::pages::weights::load_classifier;
use crate::cli::{Failure, Outcome};
use serde_json::Value;
use sparring::datasets::raster::{Fitted, SMALLEST_SIDE};
use sparring::models::ClassifierNet;
use sparring::oracle::{Batch, Classifier};
use std::path::{Path, PathBuf};

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// Pictures: PNGs of at most 16.7 million pixels, grey or in colours, light on dark or dark on light. One that cannot be read is named, and the exit status is 1; the others are told all the same.
    #[arg(required = true, value_name = "IMAGE.png")]
    images: Vec<PathBuf>,
    #[command(flatten)]
    fit: FitArgs,
    #[command(flatten)]
    machine: MachineArgs,
}

/// How many classes are named.
const TOP: usize = 3;
/// Pictures that pass the network at once.
const CHUNK: usize = 64;

pub(crate) fn run(args: &Args) -> Outcome {
    let (net, names) = (args.model.net()?, args.model.names.load()?);
    args.machine.start()?;
    let (model, known) = load_classifier(&args.model.path, net.as_ref(), &names)?;
    let input @ [channels, h, w] = model.spec().input;
    if h.min(w) < SMALLEST_SIDE {
        return Err(Failure::at(
            &args.model.path,
            format!(
                "takes {channels} x {h} x {w} numbers (channels, height, width), which are no picture; `sparring eval` judges it on its data"
            ),
        ));
    }
    let fit = args.fit.of(input, known.data.as_ref().map(|d| d.asked.as_str()));
    let (mut texts, mut objects, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for paths in args.images.chunks(CHUNK) {
        let read: Vec<Outcome<Fitted>> = paths.iter().map(|path| fitted(path, input, fit)).collect();
        let good: Vec<&Fitted> = read.iter().flatten().collect();
        let mut answers = match probabilities(&model, &good) {
            Ok(answers) => answers.into_iter(),
            // What was answered before is told all the same.
            Err(failure) => {
                failures.push(failure.to_string());
                break;
            }
        };
        for (path, read) in paths.iter().zip(&read) {
            match read {
                Ok(fitted) => {
                    let p = answers.next().expect("an answer for each picture");
                    let told = Prediction::of(path, fitted, &p, &known.classes);
                    texts.push(told.text());
                    objects.push(told.object());
                }
                Err(failure) => {
                    objects.push(json!({ "file": path, "error": failure.to_string() }));
                    failures.push(failure.to_string());
                }
            }
        }
    }
    if args.machine.json {
        say::json(&json!({ "model": args.model.path, "images": objects }));
    } else if !texts.is_empty() {
        say::result(&texts.join("\n"));
    }
    // The last one ends the command.
    let last = failures.pop();
    failures.iter().for_each(|failure| say::error(failure));
    last.map_or(Ok(()), |failure| Err(Failure::Failed(failure)))
}

/// Softmax of the logits of each picture.
fn probabilities(model: &ClassifierNet, fitted: &[&Fitted]) -> Outcome<Vec<Vec<f64>>> {
    if fitted.is_empty() {
        return Ok(Vec::new());
    }
    let x: Vec<f32> = fitted.iter().flat_map(|f| f.x.iter().copied()).collect();
    let ids: Vec<u64> = (0..fitted.len() as u64).collect();
    let mut logits = vec![0.0; fitted.len() * model.classes()];
    model.victim().logits(Batch::new(&x, model.spec().input, &ids)?, &mut logits)?;
    Ok(logits.chunks_exact(model.classes()).map(softmax).collect())
}

fn softmax(logits: &[f32]) -> Vec<f64> {
    let most = logits.iter().fold(f64::NEG_INFINITY, |m, &z| m.max(z.into()));
    let e: Vec<f64> = logits.iter().map(|&z| (f64::from(z) - most).exp()).collect();
    let sum: f64 = e.iter().sum();
    e.iter().map(|v| v / sum).collect()
}

/// What is told of a picture.
struct Prediction<'a> {
    path: &'a Path,
    /// Class, name and probability of the likeliest.
    top: Vec<(usize, String, f64)>,
    steps: &'a [String],
}

impl<'a> Prediction<'a> {
    fn of(path: &'a Path, fitted: &'a Fitted, p: &[f64], names: &[String]) -> Self {
        let mut order: Vec<usize> = (0..p.len()).collect();
        order.sort_by(|&a, &b| p[b].total_cmp(&p[a]).then(a.cmp(&b)));
        let name = |k: usize| names.get(k).cloned().unwrap_or_else(|| k.to_string());
        let top = order.into_iter().take(TOP).map(|k| (k, name(k), p[k])).collect();
        Self { path, top, steps: &fitted.steps }
    }
    fn text(&self) -> String {
        let said = |(_, name, p): &(usize, String, f64)| format!("{name} ({:.1} %)", 100.0 * p);
        let top: Vec<String> = self.top.iter().map(said).collect();
        let (first, others) = (&top[0], top[1..].join(", "));
        format!("{}: {first}, then {others}\n  {}", say::path(self.path), self.steps.join("; "))
    }
    fn object(&self) -> Value {
        let one = |(class, name, p): &(usize, String, f64)| json!({ "class": class, "name": name, "probability": p });
        let (class, name, p) = &self.top[0];
        json!({
            "file": self.path, "class": class, "name": name, "probability": p,
            "top": self.top.iter().map(one).collect::<Vec<_>>(), "steps": self.steps,
        })
    }
}
