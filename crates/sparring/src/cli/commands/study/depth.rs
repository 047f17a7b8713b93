//! `sparring study depth`.

use crate::cli::io::json::{json, value};
use crate::cli::io::progress::Progress;
use crate::cli::io::table::table;
use crate::cli::io::{out, say, signal};
use crate::cli::options::{DataArgs, List, MachineArgs, above_zero, count, whole};
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
use sparring::activations::AnyActivation;
use sparring::nn::AnyInitScheme;
use sparring_study::{
    DepthStudy, NormalizedBy, StudyError, depth_findings, depth_page, depth_study, depth_table,
};
use std::path::PathBuf;
use std::str::FromStr;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// Hidden layers.
    #[arg(long, default_value_t = DepthStudy::default().depth, value_parser = count)]
    depth: usize,
    /// Units of each hidden layer.
    #[arg(long, default_value_t = DepthStudy::default().width, value_parser = count)]
    width: usize,
    /// Activations, `tanh, leaky_relu(slope=0.2)` with parameters (see `sparring list activations`).
    #[arg(long, default_value = "sigmoid,tanh,relu,leaky_relu,selu,silu", value_name = "A,B,..")]
    activations: List<AnyActivation>,
    /// Initialisations, `he(mode=fan_out)` with parameters: torch, glorot, he, orthogonal, lsuv, edge_of_chaos, gaussian.
    #[arg(long, default_value = "torch,he,orthogonal,lsuv,edge_of_chaos", value_name = "A,B,..")]
    inits: List<AnyInitScheme>,
    /// What stands before each activation: none, batch_norm, layer_norm.
    #[arg(long, default_value = "none", value_name = "A,B,..")]
    normalize: List<NormalizedBy>,
    /// Limits of the Euclidean norm of all gradients, `none,1`: each network is trained with each.
    #[arg(long, default_value = "none", value_name = "A,B,..")]
    clip_norm: List<Limit>,
    /// Training images that signal and gradient are measured on.
    #[arg(long, default_value_t = DepthStudy::default().examples, value_parser = count)]
    examples: usize,
    /// Training steps of plain SGD; 0 to measure the start alone.
    #[arg(long, default_value_t = DepthStudy::default().steps, value_parser = whole)]
    steps: usize,
    /// Training examples a step.
    #[arg(long, default_value_t = DepthStudy::default().batch, value_parser = count)]
    batch: usize,
    /// Learning rate, above 0.
    #[arg(long, default_value_t = DepthStudy::default().lr, value_parser = above_zero)]
    lr: f64,
    #[command(flatten)]
    machine: MachineArgs,
    /// The page, new, ending in .html.
    #[arg(long, value_name = "PAGE.html")]
    out: Option<PathBuf>,
}

/// A limit, or none.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Limit(Option<f64>);

impl FromStr for Limit {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("none") {
            return Ok(Self(None));
        }
        above_zero(text).map(|limit| Self(Some(limit))).map_err(|e| format!("`{text}`: {e}, or none"))
    }
}

impl Args {
    fn study(&self) -> DepthStudy {
        DepthStudy {
            depth: self.depth,
            width: self.width,
            activations: self.activations.0.clone(),
            inits: self.inits.0.clone(),
            normalizations: self.normalize.0.clone(),
            clip_norms: self.clip_norm.0.iter().map(|limit| limit.0).collect(),
            examples: self.examples,
            steps: self.steps,
            batch: self.batch,
            lr: self.lr,
            seed: self.machine.seed,
        }
    }
}

pub(crate) fn run(args: &Args) -> Outcome {
    let study = args.study();
    study.validate().map_err(|e| Failure::Usage(e.to_string()))?;
    if let Some(page) = &args.out {
        out::new_page(page, "--out")?;
    }
    args.machine.start()?;
    let data = args.data.load()?;
    data.labels_fit(data.set.classes)?;
    let cells = study.cells().len();
    let progress = Progress::new("networks", cells as u64);
    let mut done = 0;
    let rows = depth_study(&study, &data.set, |row| {
        done += 1;
        progress.at(done, &format!("{}, {}", row.activation, row.init));
        signal::check().map_err(|e| StudyError::Depth(e.to_string()))
    });
    progress.finish();
    signal::check()?;
    let rows = rows?;
    if let Some(page) = &args.out {
        depth_page(&study, &rows, &data.asked, pages::again::block()).save(page)?;
    }
    let findings = depth_findings(&rows);
    if args.machine.json {
        say::json(&json!({ "rows": value(&rows), "findings": findings, "report": args.out }));
        return Ok(());
    }
    let (headers, lines) = depth_table(&rows);
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    say::result(&table(&headers, &lines));
    findings.iter().for_each(|finding| say::result(finding));
    if let Some(page) = &args.out {
        say::result(&format!("page: {}", say::path(page)));
    }
    Ok(())
}
