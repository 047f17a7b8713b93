//! Gradient transformations on the command line: `--transform "l2(weight=1e-4)"`, and a flag for each kind of clipping; flags, help and checks come
//! from the table. They act in the order in which they are written.

use super::name;
use sparring::math::grammar::Call;
use sparring::math::named::{Entry, Family};
use sparring::optim::AnyTransform;

/// Transformations with a flag of their own, which sets their one parameter.
const FLAGS: [&str; 3] = ["clip-norm", "clip-value", "clip-layer"];
const TRANSFORM: &str = "transform";

/// The chain of transformations that was given.
#[derive(Clone, Debug)]
pub(crate) struct TransformArgs {
    pub(crate) chain: Vec<AnyTransform>,
}

fn entry(flag: &str) -> &'static Entry<AnyTransform> {
    AnyTransform::TABLE.find(flag).expect("a flag of a transformation that there is")
}

fn read(flag: &str, text: &str) -> Result<AnyTransform, String> {
    entry(flag).read(&Call { name: flag, arguments: vec![(None, text)] }).map_err(|e| e.to_string())
}

impl clap::Args for TransformArgs {
    fn augment_args(mut command: clap::Command) -> clap::Command {
        for flag in FLAGS {
            let about = entry(flag).parameters[0].about;
            let help = format!("As --transform \"{flag}(VALUE)\": {about}. Default: no limit");
            let arg = clap::Arg::new(flag).long(flag).value_name("VALUE").help(help);
            command = command.arg(arg.value_parser(move |text: &str| read(flag, text)));
        }
        let help = "What is done to the gradients before the optimizer, as in \"l2(weight=1e-4)\"; again for more, which act in the order written. Default: nothing";
        let arg = clap::Arg::new(TRANSFORM).long(TRANSFORM).value_name("TRANSFORM").help(help);
        command.arg(arg.action(clap::ArgAction::Append).value_parser(name::<AnyTransform>()))
    }
    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for TransformArgs {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
        let given = FLAGS.into_iter().chain([TRANSFORM]).flat_map(|flag| {
            let places = matches.indices_of(flag).into_iter().flatten();
            places.zip(matches.get_many::<AnyTransform>(flag).into_iter().flatten().copied())
        });
        let mut chain: Vec<_> = given.collect();
        chain.sort_by_key(|(place, _)| *place);
        Ok(Self { chain: chain.into_iter().map(|(_, transform)| transform).collect() })
    }
    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(words: &[&str]) -> Result<Vec<String>, String> {
        let command =
            <TransformArgs as clap::Args>::augment_args(clap::Command::new("x").no_binary_name(true));
        let matches = command.try_get_matches_from(words).map_err(|e| e.to_string())?;
        let args = <TransformArgs as clap::FromArgMatches>::from_arg_matches(&matches).unwrap();
        Ok(args.chain.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_order_is_that_of_the_command_line() {
        assert_eq!(chain(&[]), Ok(Vec::new()));
        let words =
            ["--transform", "l2(weight=0.1)", "--clip-norm", "0.5", "--transform", "l1", "--clip-value=2"];
        let want = ["l2(weight=0.1)", "clip-norm(max=0.5)", "l1", "clip-value(limit=2)"];
        assert_eq!(chain(&words).unwrap(), want);
        for (words, why) in [
            (["--clip-norm", "0"], "clip-norm.max is 0, but must be a finite number above 0"),
            (["--clip-layer", "x"], "clip-layer.max is x"),
            (["--transform", "clip-norm(2, 3)"], "clip-norm has no parameter `3`"),
            (["--transform", "l3"], "no transformation is called `l3`"),
        ] {
            let told = chain(&words).unwrap_err();
            assert!(told.contains(why), "{told}");
        }
    }
}
