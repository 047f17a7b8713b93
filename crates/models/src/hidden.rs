//! The activations of an architecture's hidden places.

use sparring_activations::rows::KWta;
use sparring_activations::{AnyActivation, Relu};
use sparring_math::named::{NamedError, Range};
use sparring_nn::AnyLayer;
use sparring_nn::layers::{self, WinnersTakeAll};
use std::fmt;
use std::str::FromStr;

/// What may stand behind a hidden layer: an activation of each number, or k-WTA over all numbers of an example.
///
/// ```
/// use sparring_models::HiddenActivation;
/// assert_eq!("k_wta(0.2)".parse::<HiddenActivation>()?.to_string(), "k_wta(fraction=0.2)");
/// # Ok::<(), sparring_math::named::NamedError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum HiddenActivation {
    /// Of each number by itself.
    Elementwise(AnyActivation),
    /// The largest numbers of an example.
    KWta(KWta),
}

sparring_math::family! { HiddenActivation: "activation", beside Elementwise(AnyActivation); KWta }

impl HiddenActivation {
    /// As a layer.
    pub(crate) fn layer(&self) -> AnyLayer {
        match self {
            Self::Elementwise(function) => layers::activation(function),
            Self::KWta(winners) => WinnersTakeAll::from(*winners).into(),
        }
    }
}

/// The activation after each hidden layer, from the input on; the last one stands for all that follow. Written `silu`, or `relu|silu` for
/// several. ReLU by default.
///
/// ```
/// use sparring_models::HiddenActivations;
/// let hidden: HiddenActivations = "tanh|leaky_relu(slope=0.2)".parse()?;
/// assert_eq!(hidden.at(0).to_string(), "tanh");
/// assert_eq!(hidden.at(7).to_string(), "leaky_relu(slope=0.2)");
/// # Ok::<(), sparring_math::named::NamedError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct HiddenActivations {
    first: HiddenActivation,
    more: Vec<HiddenActivation>,
}

/// Stands between two activations.
const BETWEEN: char = '|';

impl HiddenActivations {
    /// What a text must be.
    pub(crate) const RANGE: Range = Range::Told("an activation, or several with `|` between them");

    /// These, from the input on.
    pub fn new(first: HiddenActivation, mut more: Vec<HiddenActivation>) -> Self {
        // Equal ones at the end are one, so that what is equal compares as equal.
        while more.last().is_some_and(|last| *last == more.len().checked_sub(2).map_or(first, |i| more[i])) {
            more.pop();
        }
        Self { first, more }
    }
    /// The activation of the place `i`, from 0.
    pub fn at(&self, i: usize) -> HiddenActivation {
        match i.min(self.more.len()) {
            0 => self.first,
            i => self.more[i - 1],
        }
    }
    /// Refuses more activations than `places`.
    pub(crate) fn fit(&self, thing: &'static str, places: usize) -> Result<(), NamedError> {
        if self.more.len() < places.max(1) {
            return Ok(());
        }
        let must = format!("at most {places} activations, one a hidden place");
        Err(NamedError::value(thing, "activation", self, must))
    }
}

impl From<AnyActivation> for HiddenActivations {
    fn from(everywhere: AnyActivation) -> Self {
        Self::new(everywhere.into(), Vec::new())
    }
}

impl Default for HiddenActivations {
    fn default() -> Self {
        AnyActivation::Relu(Relu).into()
    }
}

impl FromStr for HiddenActivations {
    type Err = NamedError;
    fn from_str(text: &str) -> Result<Self, NamedError> {
        let (first, more) =
            text.split_once(BETWEEN).map_or((text, None), |(first, more)| (first, Some(more)));
        let more = more.into_iter().flat_map(|more| more.split(BETWEEN)).map(str::parse);
        Ok(Self::new(first.parse()?, more.collect::<Result<_, _>>()?))
    }
}

impl fmt::Display for HiddenActivations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        self.more.iter().try_for_each(|activation| write!(f, "{BETWEEN}{activation}"))
    }
}

sparring_math::value_by_text!(HiddenActivation, HiddenActivations);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_round_trip_and_equal_ends_are_one() {
        for text in ["relu", "relu|silu", "tanh|leaky_relu(slope=0.2)|tanh", "k_wta|relu"] {
            assert_eq!(text.parse::<HiddenActivations>().unwrap().to_string(), text);
        }
        let once: HiddenActivations = "relu|silu|silu | silu".parse().unwrap();
        assert_eq!((once.to_string().as_str(), once.at(5).name()), ("relu|silu", "silu"));
        let winners: HiddenActivations = "KWTA(0.25)|relu".parse().unwrap();
        assert_eq!(
            (winners.to_string().as_str(), winners.at(0).name()),
            ("k_wta(fraction=0.25)|relu", "k_wta")
        );
        assert_eq!("relu|relu".parse(), Ok(HiddenActivations::default()));
        assert!(
            "relu|".parse::<HiddenActivations>().is_err() && "rellu".parse::<HiddenActivations>().is_err()
        );
        let refused = "softmax".parse::<HiddenActivations>().unwrap_err().to_string();
        assert!(refused.contains("no activation") && refused.ends_with("k_wta"), "{refused}");
        let nearest = "k_wtaa".parse::<HiddenActivation>().unwrap_err().to_string();
        assert!(nearest.contains("did you mean `k_wta`?"), "{nearest}");
        assert!(once.fit("x", 2).is_ok() && once.fit("x", 1).unwrap_err().to_string().contains("at most 1"));
    }
}
