//! From flags to a plan, and from a plan to cells that are known to be right.

use super::super::super::attack::{self, Choice};
use super::super::super::sweep::{Followed, Line, Plan};
use super::Args;
use crate::cli::options::{List, Named, Written, twice};
use crate::cli::{Failure, Outcome};
use sparring::math::grammar::Call;
use sparring::math::named::Family;
use sparring::train::AnyDefense;
use sparring_study::{ActivationPlan, Inputs, activation_result};
use std::path::Path;

/// The texts of a list, none of them twice.
fn texts<T: Family>(list: &List<Written<T>>, flag: &str) -> Outcome<Vec<String>> {
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
    }
}

/// A defence with this budget, where it has one and names none.
fn within(text: &str, eps: &str) -> Outcome<String> {
    let defense: AnyDefense = text.parse()?;
    let call = Call::parse(text).map_err(Failure::Usage)?;
    // What stands first without a key is the budget.
    let named = call.arguments.iter().any(|(key, _)| key.is_none_or(|key| key == "eps"));
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

/// The cells of a plan: refused, unless every one of their commands would begin its work.
pub(super) fn cells(
    asked: &ActivationPlan,
    definition: &clap::Command,
    parse: &mut dyn FnMut(&[String]) -> Result<Line, clap::Error>,
) -> Outcome<Plan> {
    let mut plan = Plan::of(Path::new("the grid of the study"), asked.grid(), definition, parse)?;
    let set = Named::find(&asked.data)?;
    let followed = |name, command, flags| Followed { name, command, flags, data: None };
    let follow = vec![
        followed("attack", &["attack"][..], asked.attack_flags()),
        followed("suite", &["attack"][..], asked.suite_flags()),
        followed("net", &["study", "net"][..], asked.net_flags()),
    ];
    for one in &follow[..2] {
        let words = [vec!["attack".to_string(), "RUN".into()], one.flags.clone()].concat();
        match parse(&words) {
            Ok(Line::Attack(args)) => attack::check(&args, &set)?,
            Ok(Line::Train(_)) => unreachable!("the words begin with attack"),
            Err(e) => return Err(Failure::Usage(e.to_string().trim_start_matches("error: ").trim().into())),
        }
    }
    let Inputs { program, data, .. } = plan.inputs;
    // What was asked for, not the grid that it becomes, is what shards have in common.
    plan.inputs = Inputs::new(asked.text(), program, data);
    (plan.follow, plan.combine) = (follow, activation_result);
    (plan.kind, plan.file) = (ActivationPlan::KIND, "study.json");
    Ok(plan)
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
            ("n-fgsm()", "n-fgsm(eps=0.1)"),
        ] {
            assert_eq!(within(text, "0.1").unwrap(), wanted, "{text}");
        }
    }
}
