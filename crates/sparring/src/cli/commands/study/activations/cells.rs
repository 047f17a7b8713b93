//! The cells of a plan, known to be right.

use super::super::super::attack;
use super::super::super::sweep::{Followed, Line, Plan};
use crate::cli::options::Named;
use crate::cli::{Failure, Outcome};
use sparring_study::{ActivationPlan, Inputs, activation_result};
use std::path::Path;

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
