//! What flags of `sparring train gan` choose between.

use sparring::losses::AnyGradientPenalty;
use sparring::math::named::NamedError;
use sparring::train::GanSteps;

/// What the flags that are not given stand at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Preset {
    /// Networks, loss and length chosen for the data.
    Usual,
    /// The articles' networks and training, alarms and all.
    Article,
}

/// The turn of the generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Turn {
    /// A step of each in turn.
    Alternating,
    /// Two steps of the generator for one of the discriminator.
    TwiceGenerator,
    /// Both from the networks as they were.
    Simultaneous,
}

impl From<Turn> for GanSteps {
    fn from(turn: Turn) -> Self {
        match turn {
            Turn::Alternating => Self::Alternating,
            Turn::TwiceGenerator => Self::TwiceGenerator,
            Turn::Simultaneous => Self::Simultaneous,
        }
    }
}

/// A penalty, or the word that leaves the recipe's out.
#[derive(Clone, Copy, Debug)]
pub(super) enum Penalty {
    None,
    One(AnyGradientPenalty),
}

pub(super) fn penalty(text: &str) -> Result<Penalty, String> {
    if text == "none" {
        return Ok(Penalty::None);
    }
    text.parse().map(Penalty::One).map_err(|e: NamedError| e.to_string())
}
