//! `sparring diagnose MODEL`.

mod words;

use crate::cli::io::{json, out, say};
use crate::cli::options::{List, MachineArgs, ModelArgs, Named, count};
use crate::cli::pages::again;
use crate::cli::pages::weights::{Judged, load_judged};
use crate::cli::{Failure, Outcome};
use sparring::seed::Key;
use sparring::store::{read_config, write_new};
use sparring_report::html::{Page, Section};
use sparring_study::{
    Diagnosed, DiagnosisLoss, DiagnosisRow, DiagnosisSettings, TrainingFacts, VerdictKind, diagnose_network,
    diagnosis_blocks, few_examples,
};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// A folder with the set's files, or a name. Default: the run's own data, mnist-10k for a bare weights file.
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,
    /// The first N test examples. Default: all.
    #[arg(long, value_name = "N", value_parser = count)]
    n: Option<usize>,
    /// Verdicts that make the exit code 1, or `any`: not_finite, dead_units, frozen_units, saturated, vanishing_gradients, exploding_gradients, rank_collapse, large_updates.
    #[arg(long, value_name = "VERDICT,..")]
    fail_on: Option<List<FailOn>>,
    /// Also a page with charts, in this new file.
    #[arg(long, value_name = "PAGE.html")]
    out: Option<PathBuf>,
    #[command(flatten)]
    machine: MachineArgs,
}

/// What makes the command fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FailOn(Option<VerdictKind>);

impl FromStr for FailOn {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim() == "any" { Ok(Self(None)) } else { text.parse().map(|kind| Self(Some(kind))) }
    }
}

/// What is known of the training of a run; nothing of bare weights.
fn training(path: &Path) -> Outcome<TrainingFacts> {
    if !path.is_dir() {
        return Ok(TrainingFacts::default());
    }
    let config = read_config(path)?.unwrap_or_default();
    Ok(TrainingFacts { rows: DiagnosisRow::read(path)?, lr: config["recipe"]["lr"].as_f64() })
}

pub(crate) fn run(args: &Args) -> Outcome {
    let (net, names) = (args.model.net()?, args.model.names.load()?);
    if let Some(page) = &args.out {
        out::new_page(page, "--out")?;
    }
    args.machine.start()?;
    let (model, known) = load_judged(&args.model.path, net.as_ref(), &names)?;
    let (data, _) = Named::for_model(args.data.as_deref(), known.data.as_ref(), &known.classes)?;
    let model = match model {
        Judged::Classifier(model) => Judged::Classifier(known.fitted(model, data.set.shape())?),
        other => other,
    };
    let (network, loss) = match &model {
        Judged::Classifier(model) => (model.network(), DiagnosisLoss::CrossEntropy),
        Judged::Autoencoder(model) => (model.network(), DiagnosisLoss::Reconstruction),
    };
    data.fits(network.graph().input, "this network")?;
    if let Judged::Classifier(model) = &model {
        data.labels_fit(model.classes())?;
    }
    let (asked, test) = (&data.asked, &data.set.test);
    if let Some(n) = args.n.filter(|&n| n > test.len()) {
        return Err(Failure::Usage(format!("--n {n}: {asked} has {} test examples", test.len())));
    }
    let examples = test.first(args.n.unwrap_or(test.len()));
    let training = training(&args.model.path)?;
    let (settings, key) = (DiagnosisSettings::default(), Key::new(args.machine.seed).named("diagnose"));
    let told = |what: &str| say::note(&format!("{what} .."));
    let found = diagnose_network(network, &examples, loss, &settings, &training, key, &told)?;
    let where_from = format!("{} test examples of {asked}", examples.len());
    if let Some(path) = &args.out {
        let mut section = Section::new("Inside the network");
        section.blocks = diagnosis_blocks(&found);
        section.blocks.insert(0, words::bounds_block(&found));
        section.blocks.push(again::block());
        let page = Page {
            title: format!("Diagnosis of {}", args.model.path.display()),
            subtitle: format!("By `sparring diagnose`, on {where_from}"),
            sections: vec![section],
            footer: String::new(),
        };
        write_new(path, page.to_html().as_bytes())?;
        say::note(&format!("page in {}", path.display()));
    }
    if args.machine.json {
        let mut object = json::value(&found);
        object["few_examples"] = few_examples(found.examples).into();
        object["data"] = asked.as_str().into();
        say::json(&object);
    } else {
        let few = few_examples(found.examples).map_or(String::new(), |few| format!("\n{few}"));
        say::result(&format!("{where_from}{few}\n\n{}", words::text(&found)));
    }
    let fails = |kind: VerdictKind| {
        let wanted = args.fail_on.iter().flat_map(|list| &list.0);
        wanted.map(|of| of.0).any(|of| of.is_none_or(|of| of == kind))
    };
    let there = |kind: &VerdictKind| fails(*kind) && found.verdicts.iter().any(|v| v.verdict == *kind);
    let failed: Vec<&str> = VerdictKind::ALL.into_iter().filter(there).map(VerdictKind::word).collect();
    match failed.is_empty() {
        true => Ok(()),
        false => Err(Failure::Failed(format!("--fail-on: there are verdicts of {}", failed.join(", ")))),
    }
}
