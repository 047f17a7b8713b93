//! Flags that set one parameter of a thing that another flag names: `--attack pgd --steps 50` is `--attack "pgd(steps=50)"`. Flag, help and
//! checks come from the table of the family.

use super::Written;
use crate::cli::{Failure, Outcome};
use sparring::math::grammar::Call;
use sparring::math::named::{Entry, Family, NamedError, Range};
use std::marker::PhantomData;

/// The flags for a family, in the order in which they are applied.
pub(crate) trait ShorthandList: Clone + Send + Sync + 'static {
    /// What has the parameters.
    type Of: Family;
    /// Flag, without dashes, and parameter.
    const FLAGS: &'static [(&'static str, &'static str)];
}

/// A flag that was given.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    flag: &'static str,
    parameter: &'static str,
    value: String,
}

/// The flags of a list that were given.
#[derive(Clone, Debug)]
pub(crate) struct Shorthands<L> {
    given: Vec<Given>,
    of: PhantomData<L>,
}

/// The members that have a parameter.
fn having<L: ShorthandList>(parameter: &str) -> Vec<&'static Entry<L::Of>> {
    L::Of::TABLE.having(parameter).collect()
}

/// Their names, in words.
fn names<T>(entries: &[&Entry<T>], and: &str) -> String {
    entries.iter().map(|e| e.name).collect::<Vec<_>>().join(and)
}

/// What the parameter is, and its defaults.
fn help<L: ShorthandList>(parameter: &str) -> String {
    let entries = having::<L>(parameter);
    let abouts: Vec<&str> = entries.iter().filter_map(|e| e.parameter(parameter)).map(|p| p.about).collect();
    let usual = |about: &&str| abouts.iter().filter(|other| *other == about).count();
    let about = abouts.iter().copied().rev().max_by_key(|a| usual(a)).unwrap_or_default();
    let default = |e: &&Entry<L::Of>| {
        let own = e.defaults().into_iter().find(|(p, _)| p.name == parameter);
        own.map_or(String::new(), |(_, text)| text)
    };
    let defaults: Vec<String> = entries.iter().map(default).collect();
    let mut kinds: Vec<(&str, Vec<&Entry<L::Of>>)> = Vec::new();
    for (entry, text) in entries.iter().zip(&defaults) {
        match kinds.iter_mut().find(|(kind, _)| kind == text) {
            Some((_, members)) => members.push(entry),
            None => kinds.push((text, vec![entry])),
        }
    }
    let default = match &kinds[..] {
        [(only, _)] => (*only).to_owned(),
        _ => {
            let told = kinds.iter().map(|(text, members)| format!("{text} ({})", names(members, ", ")));
            told.collect::<Vec<_>>().join(", ")
        }
    };
    let words = match entries.first().and_then(|e| e.parameter(parameter)).map(|p| p.range) {
        Some(range @ Range::Words(_)) => format!(": {range}"),
        _ => String::new(),
    };
    let mut letters = about.chars();
    let about: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    format!("{about}{words} ({}). Default: {default}", names(&entries, ", "))
}

/// Refuses a value that none of the members with the parameter can have.
fn check<L: ShorthandList>(parameter: &'static str, text: &str) -> Result<String, String> {
    let mut refusal = None;
    for entry in having::<L>(parameter) {
        let call = Call { name: entry.name, arguments: vec![(Some(parameter), text)] };
        match entry.read(&call) {
            Err(e) if e.parameter() == Some(parameter) => {
                refusal.get_or_insert(match e {
                    NamedError::Value { must, .. } => format!("must be {must}"),
                    NamedError::Inner { why, .. } => why,
                    e => e.to_string(),
                });
            }
            // What other parameters say to it is seen when all are known.
            _ => return Ok(text.to_owned()),
        }
    }
    Err(refusal.unwrap_or_default())
}

impl<L: ShorthandList> clap::Args for Shorthands<L> {
    fn augment_args(mut command: clap::Command) -> clap::Command {
        for &(flag, parameter) in L::FLAGS {
            let words = having::<L>(parameter).iter().find_map(|e| e.parameter(parameter)).map(|p| p.range);
            let value = match words {
                Some(Range::Whole { .. }) => "N",
                Some(Range::Words(_)) => "NAME",
                _ => "VALUE",
            };
            let arg = clap::Arg::new(flag).long(flag).value_name(value).help(help::<L>(parameter));
            command = command.arg(arg.value_parser(move |text: &str| check::<L>(parameter, text)));
        }
        command
    }
    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl<L: ShorthandList> clap::FromArgMatches for Shorthands<L> {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
        let value = |flag: &str| matches.get_one::<String>(flag).cloned();
        let given = L::FLAGS
            .iter()
            .filter_map(|&(flag, parameter)| value(flag).map(|value| Given { flag, parameter, value }));
        Ok(Self { given: given.collect(), of: PhantomData })
    }
    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<L: ShorthandList> Shorthands<L> {
    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.given.is_empty()
    }
    /// The flags as words of a command line.
    pub(crate) fn words(&self) -> Vec<String> {
        self.given.iter().flat_map(|g| [format!("--{}", g.flag), g.value.clone()]).collect()
    }
    /// The thing with the arguments of the flags, where it has such parameters.
    pub(crate) fn applied(&self, thing: &Written<L::Of>) -> Outcome<L::Of> {
        let table = L::Of::TABLE;
        let usage = |e: NamedError| Failure::Usage(e.to_string());
        let mut call = table.call(&thing.text).map_err(usage)?;
        let entry = table.find(call.name).map_err(usage)?;
        let own: Vec<&Given> = self.given.iter().filter(|g| entry.parameter(g.parameter).is_some()).collect();
        call.arguments.extend(own.iter().map(|g| (Some(g.parameter), g.value.as_str())));
        entry.read(&call).map_err(|e| {
            let flag = own.iter().find(|g| Some(g.parameter) == e.parameter());
            Failure::Usage(flag.map_or(e.to_string(), |g| format!("--{} {}: {e}", g.flag, g.value)))
        })
    }
    /// Refuses a flag that none of these things has; `flag` names them.
    pub(crate) fn all_belong(&self, flag: &str, things: &[&Written<L::Of>]) -> Outcome {
        let has = |thing: &&Written<L::Of>, parameter: &str| {
            let call = L::Of::TABLE.call(&thing.text).ok();
            call.and_then(|c| L::Of::TABLE.find(c.name).ok())
                .is_some_and(|e| e.parameter(parameter).is_some())
        };
        match self.given.iter().find(|g| !things.iter().any(|thing| has(thing, g.parameter))) {
            None => Ok(()),
            Some(g) => {
                let having = having::<L>(g.parameter);
                let of = if having.len() > 1 { "one of " } else { "" };
                let having = names(&having, ", ");
                let given: Vec<&str> = things.iter().map(|thing| thing.text.as_str()).collect();
                let not =
                    if given.is_empty() { String::new() } else { format!(", not to {}", given.join(", ")) };
                let name = g.flag;
                Err(Failure::Usage(format!("--{name} belongs to {flag} ({of}{having}){not}; leave it out")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring::attacks::{AnyAttack, Pgd};

    #[derive(Clone, Debug)]
    struct StepsAndLength;
    impl ShorthandList for StepsAndLength {
        type Of = AnyAttack;
        const FLAGS: &'static [(&'static str, &'static str)] = &[("steps", "steps"), ("length", "step_size")];
    }

    fn given(words: &[&str]) -> Result<Shorthands<StepsAndLength>, String> {
        let command = <Shorthands<StepsAndLength> as clap::Args>::augment_args(
            clap::Command::new("x").no_binary_name(true),
        );
        let matches = command.try_get_matches_from(words).map_err(|e| e.to_string())?;
        Ok(<Shorthands<StepsAndLength> as clap::FromArgMatches>::from_arg_matches(&matches).unwrap())
    }

    fn thing(text: &str) -> Written<AnyAttack> {
        text.parse().unwrap()
    }

    #[test]
    fn flags_are_arguments_of_what_has_them() {
        let flags = given(&["--steps", "7", "--length", "2/255"]).unwrap();
        let step_size = sparring::attacks::StepSize::Absolute(2.0 / 255.0);
        let want = Pgd { steps: 7, restarts: 3, step_size, ..Pgd::default() };
        assert_eq!(flags.applied(&thing("pgd(restarts=3)")).unwrap(), want.into());
        assert_eq!(flags.applied(&thing("fgsm")).unwrap().to_string(), "fgsm");
        assert_eq!(flags.applied(&thing("ffgsm")).unwrap().to_string(), "ffgsm(step_size=0.007843138)");
        let twice = flags.applied(&thing("pgd(steps=3)")).unwrap_err().to_string();
        assert_eq!(twice, "--steps 7: pgd.steps is given twice");
        assert!(flags.all_belong("--attack", &[&thing("fgsm"), &thing("pgd")]).is_ok());
        let none = flags.all_belong("--attack", &[&thing("fgsm")]).unwrap_err().to_string();
        assert!(
            none.starts_with("--steps belongs to --attack (one of ")
                && none.contains("bim, pgd, ")
                && none.contains("apgd, apgd-t, "),
            "{none}"
        );
        assert!(none.ends_with("), not to fgsm; leave it out"), "{none}");
    }

    #[test]
    fn values_are_refused_by_the_flag() {
        let told = given(&["--steps", "0"]).unwrap_err();
        assert!(told.contains("'0'") && told.contains("--steps") && told.contains("1 or above"), "{told}");
        let told = given(&["--length", "1e-300"]).unwrap_err();
        assert!(told.contains("must be a finite number above 0"), "{told}");
    }

    #[test]
    fn help_comes_from_the_table() {
        let told = help::<StepsAndLength>("steps");
        assert!(told.starts_with("Gradient steps") && told.contains("bim, pgd, "), "{told}");
        assert!(told.contains("10 (bim") && told.contains("40 (pgd"), "{told}");
        let told = help::<StepsAndLength>("step_size");
        assert!(told.contains("ffgsm, bim, pgd, ") && told.contains("4 eps / steps"), "{told}");
        assert!(told.contains("1.25*eps (ffgsm), auto (bim, pgd), "), "{told}");
        let told = help::<StepsAndLength>("loss");
        assert!(told.contains(": cross-entropy, log-odds, margin or dlr (noise, "), "{told}");
    }
}
