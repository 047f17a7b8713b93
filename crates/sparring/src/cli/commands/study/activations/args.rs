//! The flags of `sparring study activations`, and the plan that they make.

use super::super::super::attack::Choice;
use super::super::super::sweep::CellArgs;
use super::presets::Preset;
use crate::cli::options::{Budget, List, Named, Written, arch, count, twice};
use crate::cli::{Failure, Outcome};
use sparring::math::grammar::{Call, same};
use sparring::models::{Arch, HiddenActivations, ModelKind};
use sparring::train::AnyDefense;
use sparring_study::ActivationPlan;
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
#[command(after_long_help = HELP)]
pub(crate) struct Args {
    /// A ready-made study, of which the flags below change what they name.
    #[arg(long, value_enum, default_value_t = Preset::Quick)]
    preset: Preset,
    /// Activations of all hidden places, as in "relu, leaky_relu(slope=0.2), k_wta(fraction=0.2), tanh|relu" (`sparring list activations`; `a|b`: the first hidden layer, and those that follow); with relu among them the others are compared with it.
    #[arg(long, value_name = "NAME,..")]
    activations: Option<List<Written<HiddenActivations>>>,
    /// Trainings, as in "none, n-fgsm, pgd(steps=10)" (`sparring list defenses`), within the budget of --eps where they name none.
    #[arg(long, alias = "defences", value_name = "NAME,..")]
    defenses: Option<List<Written<AnyDefense>>>,
    /// Attacks on the first N test images, each on all that are right (`sparring list attacks`); AutoAttack's standard suite comes by itself.
    #[arg(long, value_name = "NAME,..")]
    attacks: Option<List<Choice>>,
    /// The budget of attacks and defences in L-inf, in pixels of [0, 1].
    #[arg(long)]
    eps: Option<Budget>,
    /// Nets of each activation and defence, trained with the seeds 1 to N.
    #[arg(long, value_name = "N", value_parser = count)]
    seeds: Option<usize>,
    /// The network, one with hidden activations.
    #[arg(long, value_parser = arch(ModelKind::Classifier))]
    arch: Option<Written<Arch>>,
    /// A folder with the set's files, or a name (`sparring list datasets`).
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,
    /// Passes over the training images, with every defence.
    #[arg(long, value_parser = count)]
    epochs: Option<usize>,
    /// Test images under the attacks, the first N.
    #[arg(long, value_parser = count)]
    n: Option<usize>,
    /// Test images under the suite, and for accuracy against the budget, the first N.
    #[arg(long, value_name = "N", value_parser = count)]
    n_suite: Option<usize>,
    /// The directory of the study, or of this shard of it. If it holds one that was begun, that goes on.
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    #[command(flatten)]
    pub(super) cells: CellArgs,
}

const HELP: &str = "\
Each net is trained by `sparring train classifier`, attacked by `sparring attack` (the attacks on N test images; the standard suite and accuracy against the budget by \
PGD-40 on the first of them), and measured by `sparring study net`; --dry-run prints these commands. Nets are compared with the ReLU net of the same seed and defence.

Files in DIR:

  cells/NAME/    one run directory a net, for `sparring attack` and the rest
  logs/          what the commands of the nets printed
  manifest.json  what became of each net; hashes of plan, program and data
  study.json     what was asked for
  results.json, results.csv
                 every net, the means, and what held: the same bytes in any
                 order, on any number of threads, jobs and shards
  times.csv      seconds of each net: no result, and not compared
  report.html    the page; of all that is on it only the seconds differ
                 between runs

Rows are saved as they finish. The first Ctrl-C or SIGTERM saves all trainings; the same command, or `sparring resume DIR`, goes on with them, also after a kill. On several \
machines: the same command with --shard 0/N to N-1/N, each with a directory of its own, then `sparring merge OUT DIR..`.

A net whose gradients are masked (PGD leaves far more right than AutoAttack on the same images, or a check of the evaluation says so) is marked, and never ranked.";

/// The texts of a list, none of them twice.
fn texts<T>(list: &List<Written<T>>, flag: &str) -> Outcome<Vec<String>> {
    let texts: Vec<String> = list.0.iter().map(|one| one.text.clone()).collect();
    once(texts, flag)
}

fn once(texts: Vec<String>, flag: &str) -> Outcome<Vec<String>> {
    match twice(&texts) {
        Some(text) => Err(Failure::Usage(format!("{flag}: {text} is named twice; name it once"))),
        None => Ok(texts),
    }
}

fn attack_text(choice: &Choice) -> String {
    match choice {
        Choice::Attack(attack) => attack.text.clone(),
        Choice::Preset(preset) => preset.info.name.into(),
        Choice::Generator(run) => format!("advgan={}", run.display()),
    }
}

/// A defence with this budget, where it has one and names none.
fn within(text: &str, eps: &str) -> Outcome<String> {
    let defense: AnyDefense = text.parse()?;
    let call = Call::parse(text).map_err(Failure::Usage)?;
    // What stands first without a key is the budget.
    let named = call.arguments.iter().any(|(key, _)| key.is_none_or(|key| same(key, "eps")));
    if defense.eps().is_none() || named {
        return Ok(text.to_string());
    }
    let given = call.arguments.iter().map(|(key, value)| format!(", {}={value}", key.unwrap_or_default()));
    Ok(format!("{}(eps={eps}{})", call.name, given.collect::<String>()))
}

impl Args {
    /// The preset with what the flags change.
    pub(super) fn plan(&self) -> Outcome<ActivationPlan> {
        let mut plan = self.preset.plan();
        if let Some(list) = &self.activations {
            plan.activations = texts(list, "--activations")?;
        }
        if let Some(list) = &self.defenses {
            plan.defenses = texts(list, "--defenses")?;
        }
        if let Some(List(list)) = &self.attacks {
            plan.attacks = once(list.iter().map(attack_text).collect(), "--attacks")?;
        }
        if let Some(eps) = self.eps {
            plan.eps = eps.0.to_string();
        }
        plan.seeds = self.seeds.map_or(plan.seeds, |n| n as u64);
        plan.epochs = self.epochs.unwrap_or(plan.epochs);
        if let Some(arch) = &self.arch {
            plan.arch.clone_from(&arch.text);
        }
        if let Some(data) = &self.data {
            plan.data.clone_from(data);
        }
        plan.trained =
            plan.defenses.iter().map(|text| within(text, &plan.eps)).collect::<Outcome<Vec<_>>>()?;
        // A preset's numbers of images are for its own data; those of flags are meant.
        let there = Named::find(&plan.data)?.set.test.len();
        plan.n = self.n.unwrap_or(plan.n.min(there));
        plan.n_suite = self.n_suite.unwrap_or(plan.n_suite.min(plan.n));
        for (flag, n) in [("--n", plan.n), ("--n-suite", plan.n_suite)] {
            if n > there {
                return Err(Failure::Usage(format!("{flag} {n}: {} has {there} test images", plan.data)));
            }
        }
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn defences_take_the_budget_of_the_study() {
        for (text, wanted) in [
            ("none", "none"),
            ("pgd", "pgd(eps=0.1)"),
            ("pgd(steps=10)", "pgd(eps=0.1, steps=10)"),
            ("pgd(eps=0.2)", "pgd(eps=0.2)"),
            ("pgd(0.2)", "pgd(0.2)"),
            ("pgd(EPS=0.2)", "pgd(EPS=0.2)"),
            ("PGD(Eps=0.2, steps=10)", "PGD(Eps=0.2, steps=10)"),
            ("n-fgsm()", "n-fgsm(eps=0.1)"),
        ] {
            assert_eq!(within(text, "0.1").unwrap(), wanted, "{text}");
        }
    }
}
