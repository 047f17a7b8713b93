//! The flags of `sparring attack`.

use super::cards::Beside;
use super::choice::Choice;
use super::purifier_args::PurifierArgs;
use super::target::Settings;
use crate::cli::io::{out, say};
use crate::cli::options::{
    Budget, List, MachineArgs, ModelArgs, ShorthandList, Shorthands, count, name, twice,
};
use crate::cli::{Failure, Outcome};
use sparring::attacks::{AnyAttack, AnyNorm, EvaluateOptions, KeepExamples, Threat};
use sparring::oracle::Bounds;
use sparring::seed::Key;
use sparring::tensor::Precision;
use sparring_study::Shard;
use std::path::{Path, PathBuf};

/// Flags that set a parameter of the attacks.
#[derive(Clone, Debug)]
pub(crate) struct AttackFlags;

impl ShorthandList for AttackFlags {
    type Of = AnyAttack;
    const FLAGS: &'static [(&'static str, &'static str)] =
        &[("steps", "steps"), ("step-size", "step_size"), ("restarts", "restarts"), ("loss", "loss")];
}

/// A ready-made list of attacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum SuiteName {
    /// FGSM and PGD-40: a first look.
    Quick,
    /// AutoAttack: APGD, APGD-T, FAB-T and Square, in its order and with its settings.
    Standard,
    /// Directed starts (ADI) and APGD-T towards the nearest classes (MALT): a quick look at gradients alone.
    Malt,
    /// AutoAttack's longer version: APGD on two losses, FAB, Square, APGD-T and FAB-T, with restarts.
    Plus,
    /// AutoAttack's version for randomised models: APGD on two losses, each gradient the mean of 20.
    Rand,
}

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) model: ModelArgs,
    /// A folder with the set's files, or a name. Default: the run's own data, mnist-10k for a
    /// bare weights file.
    #[arg(long, value_name = "NAME|DIR")]
    pub(crate) data: Option<String>,
    /// Attacks, separated by commas, each `name` or `name(key=value, ..)`, as in "fgsm, pgd(steps=50, restarts=10)" (see `sparring list
    /// attacks`, also for the presets of papers); each runs on all correctly classified images. `advgan=RUN` is the generator of a run of `sparring train advgan`, against this model or another. Default: fgsm,pgd, in l1 apgd, in l0 sigma-zero.
    #[arg(long, value_name = "NAME,..")]
    pub(super) attack: Vec<List<Choice>>,
    /// A ready-made suite instead, in which each attack is given only the images that those before it left right.
    #[arg(long, value_enum, conflicts_with = "attack")]
    pub(super) suite: Option<SuiteName>,
    /// Accuracy against the budget, and the smallest change for each image, by this attack: one run where it looks for the smallest change itself, bisection over the
    /// budgets where it does not. The budgets are those of --eps if there are several, else 20 up to it.
    #[arg(long, value_name = "NAME", conflicts_with = "surrogate")]
    pub(super) curve: Option<Choice>,
    /// Makes the checks of the evaluation that need runs of their own (is the gradient right, do more steps or restarts find more, ..), on 64 images at the largest budget;
    /// `--suite` always does.
    #[arg(long)]
    pub(super) diagnose: bool,
    /// The norm of the budget: linf (how far any pixel may move), l2 (the Euclidean length of the change), l1 (the sum of all changes) or l0 (how many numbers change).
    #[arg(long, default_value = "linf", value_parser = name::<AnyNorm>())]
    pub(super) norm: AnyNorm,
    /// The budget in that norm, in pixels of [0, 1]: 0.1, a fraction (8/255), or several (0.1,0.2,0.3: one table, one curve).
    /// Default: 0.3 in linf, 2 in l2, 10 in l1, 12 in l0.
    #[arg(long, value_name = "EPS,..")]
    eps: Vec<List<Budget>>,
    #[command(flatten)]
    pub(super) parameters: Shorthands<AttackFlags>,
    /// The first N test images. Default: 1000, or all if there are fewer.
    #[arg(long, value_parser = count)]
    pub(super) n: Option<usize>,
    /// Images a worker attacks at a time; the results do not depend on it.
    #[arg(long, default_value_t = EvaluateOptions::default().batch, value_parser = count)]
    pub(super) batch: usize,
    /// The arithmetic in which attacks look for their proposals: f32, or bf16 (split6) on a machine with AMX tiles, elsewhere f32. Every
    /// proposal is verified in f32 whatever this is.
    #[arg(long, default_value = "f32")]
    pub(super) proposal_precision: Precision,
    /// Another run or weights file with its description, which attacks climb in place of MODEL; MODEL judges what they find (a transfer attack). The queries shown are
    /// those of the surrogate.
    #[arg(long, value_name = "RUN")]
    pub(super) surrogate: Option<PathBuf>,
    /// A run of `sparring train autoencoder`, or its weights file, through which all images pass before MODEL: a defence, attacked through both by the whole gradient. Or one of `sparring train gan`: the nearest
    /// image of its generator, looked for anew for each image of each step, so give few images (Defense-GAN); --attack, --suite, --curve, --save, --per-sample and --out are not for it. Beside the attacks it is told what is left against who does not know of it (grey box), which says little, and against who does: PGD through it
    /// by the whole gradient, PGD with it as the identity on the way back (BPDA), Square.
    #[arg(long, value_name = "RUN")]
    pub(super) purifier: Option<PathBuf>,
    #[command(flatten)]
    pub(super) behind: PurifierArgs,
    /// Writes x_adv, labels and predictions (of the worst case of each image); must not exist yet.
    #[arg(long, value_name = "FILE.safetensors|npz")]
    pub(super) save: Option<PathBuf>,
    /// Writes the verdict of each image: label, prediction, which attack fooled it, its lowest margin, and with --curve the smallest change; must not exist yet.
    #[arg(long, value_name = "FILE.csv|jsonl")]
    pub(super) per_sample: Option<PathBuf>,
    /// Writes a page with the figures, the checks and a gallery; must not exist yet.
    #[arg(long, value_name = "FILE.html")]
    pub(super) report: Option<PathBuf>,
    /// The directory of a long evaluation, which is made in pieces and can be stopped at any time: the same command, or `sparring resume DIR`, goes on. It then holds results.json
    /// (the object of --json, without times), verdicts.csv (as --per-sample writes it), report.html (without the gallery of --report), times.csv, and manifest.json with every piece.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["save", "report", "per_sample"])]
    pub(crate) out: Option<PathBuf>,
    /// Do shard I of N, counted from 0: the pieces I, I+N, I+2N, .., in a directory of its own; `sparring merge OUT DIR..` puts all shards together, to the files that one
    /// process would have written.
    #[arg(long, value_name = "I/N", requires = "out")]
    pub(crate) shard: Option<Shard>,
    /// Images of a piece.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = count, requires = "out")]
    pub(crate) piece: usize,
    #[command(flatten)]
    pub(crate) machine: MachineArgs,
}

/// The precision of proposals that this machine is fast in.
pub(crate) fn fast(asked: Precision) -> Precision {
    if asked.is_fast() {
        return asked;
    }
    say::note(&format!("--proposal-precision {asked}: no AMX tiles in use here, so attacks look in f32"));
    Precision::F32
}

impl Args {
    /// The files to write, each with its flag and the endings it may have.
    pub(super) fn files(&self) -> impl Iterator<Item = (&Path, &'static str, &'static [&'static str])> {
        let all: [(_, _, &'static [&'static str]); 3] = [
            (&self.save, "--save", &["safetensors", "npz"]),
            (&self.report, "--report", &["html"]),
            (&self.per_sample, "--per-sample", &["csv", "jsonl"]),
        ];
        all.into_iter().filter_map(|(path, flag, endings)| Some((path.as_deref()?, flag, endings)))
    }
    /// Refuses files that exist, have another format's ending, or are named twice.
    pub(super) fn files_are_free(&self) -> Outcome {
        let files: Vec<_> = self.files().collect();
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
    /// The networks beside the model.
    pub(super) fn beside(&self) -> Beside<'_> {
        Beside { surrogate: self.surrogate.as_deref(), purifier: self.purifier.as_deref() }
    }
    /// What attacks are run with.
    pub(super) fn settings(&self) -> Settings {
        let keep = self.save.is_some() || self.report.is_some();
        Settings {
            batch: self.batch,
            precision: fast(self.proposal_precision),
            course: self.course(),
            keep: if keep { KeepExamples::Adversarials } else { KeepExamples::Nothing },
            key: Key::new(self.machine.seed).named("attack"),
        }
    }
    /// The budgets, smallest first.
    pub(super) fn threats(&self) -> Outcome<Vec<Threat>> {
        let mut all: Vec<f32> = self.eps.iter().flat_map(|list| &list.0).map(|budget| budget.0).collect();
        if all.is_empty() {
            all.push(match self.norm {
                AnyNorm::L2 => 2.0,
                AnyNorm::L1 => 10.0,
                AnyNorm::L0 => 12.0,
                _ => 0.3,
            });
        }
        if let Some(eps) = twice(&all) {
            return Err(Failure::Usage(format!("--eps: {eps} is named twice; name it once")));
        }
        all.sort_by(f32::total_cmp);
        let threats: Vec<Threat> = all.into_iter().map(|eps| Threat { norm: self.norm, eps }).collect();
        if self.norm == AnyNorm::Linf {
            // Known without the network; in other norms its size tells.
            self.fit(&threats, 1)?;
        }
        if self.save.is_some() && threats.len() > 1 {
            let what = "--save keeps the images of one budget; name one --eps, or leave --save out";
            return Err(Failure::Usage(what.into()));
        }
        Ok(threats)
    }
    /// Refuses budgets beyond the box of a network with `dim` inputs.
    pub(super) fn fit(&self, threats: &[Threat], dim: usize) -> Outcome {
        let flag = if self.eps.is_empty() {
            "the default budget does not do here, name one with --eps"
        } else {
            "--eps"
        };
        let fits = threats.iter().try_for_each(|t| t.fits(Bounds::UNIT, dim));
        fits.map_err(|e| Failure::Usage(format!("{flag}: {e}")))
    }
}
