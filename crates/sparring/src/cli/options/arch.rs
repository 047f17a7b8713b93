//! Architectures on the command line, and the flags that set their activations.

use super::Written;
use super::shorthand::ShorthandList;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use sparring::math::named::Family as _;
use sparring::models::{Arch, ModelKind};
use std::ffi::OsStr;

/// The parser of `--arch` for one family.
#[derive(Clone)]
pub(crate) struct ArchParser(ModelKind);

/// Reads an architecture of this family; help and completions name those.
pub(crate) fn arch(family: ModelKind) -> ArchParser {
    ArchParser(family)
}

impl TypedValueParser for ArchParser {
    type Value = Written<Arch>;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        let family = self.0;
        let read =
            move |text: String| Arch::of_family(&text, family).and_then(|_| text.parse::<Self::Value>());
        StringValueParser::new().try_map(read).parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let own = Arch::TABLE.entries.iter().zip(sparring::models::ALL).filter(|(_, i)| i.family == self.0);
        Some(Box::new(own.map(|(entry, _)| PossibleValue::new(entry.name).help(entry.signature()))))
    }
}

/// `--activation` beside `--arch`.
#[derive(Clone, Debug)]
pub(crate) struct ActivationFlag;

impl ShorthandList for ActivationFlag {
    type Of = Arch;
    const FLAGS: &'static [(&'static str, &'static str)] = &[("activation", "activation")];
}

/// The activations of a GAN's networks.
#[derive(Clone, Debug)]
pub(crate) struct GanActivationFlags;

impl ShorthandList for GanActivationFlags {
    type Of = Arch;
    const FLAGS: &'static [(&'static str, &'static str)] = &[
        ("activation", "activation"),
        ("discriminator-activation", "discriminator_activation"),
        ("generator-output", "generator_output"),
        ("discriminator-output", "discriminator_output"),
    ];
}
