//! Parameters that a method treats apart.

use crate::ParamKind;
use sparring_math::grammar::{Call, same};
use sparring_math::named::{NamedError, Range, nearest};
use std::fmt;
use std::str::FromStr;

/// Parameters of some kinds, treated apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The kinds.
    pub kinds: Vec<ParamKind>,
    /// Factor of the learning rate, at least 0.
    pub lr: f64,
    /// Whether they are decayed.
    pub decay: Decay,
}

/// Whether weight decay holds for a group: the rule's own, and transformations that pull weights towards zero (L1, L2, decoupled decay).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decay {
    /// As rule and transformations say.
    Kept,
    /// None.
    None,
}

/// The words of the kinds, buffers apart.
const KINDS: [(&str, ParamKind); 4] = [
    ("weight", ParamKind::Weight),
    ("bias", ParamKind::Bias),
    ("norm", ParamKind::Norm),
    ("activation", ParamKind::Activation),
];
/// What the factor of a learning rate may be.
const FACTOR: Range = Range::at_least(0.0).in_f32();

impl Group {
    /// Biases and parameters of normalisations and of learnt activations, not decayed: what nobody asks for otherwise.
    pub fn undecayed() -> Self {
        let kinds = vec![ParamKind::Bias, ParamKind::Norm, ParamKind::Activation];
        Self { kinds, lr: 1.0, decay: Decay::None }
    }
    /// These groups, and behind them the [undecayed](Self::undecayed) kinds that none of them names.
    pub fn and_usual(groups: &[Self]) -> Vec<Self> {
        let mut usual = Self::undecayed();
        usual.kinds.retain(|kind| !groups.iter().any(|group| group.kinds.contains(kind)));
        let rest = (!usual.kinds.is_empty()).then_some(usual);
        groups.iter().cloned().chain(rest).collect()
    }
    /// Checks kinds and factor.
    ///
    /// # Errors
    /// [`NamedError::Value`] if there is no kind, one twice, or buffers, which are not trained; or if the factor is no finite number of at least 0.
    pub fn validate(&self) -> Result<(), NamedError> {
        let twice = (1..self.kinds.len()).any(|i| self.kinds[..i].contains(&self.kinds[i]));
        if self.kinds.is_empty() || twice || self.kinds.contains(&ParamKind::Buffer) {
            let must = "one or more kinds of trained parameters";
            return Err(NamedError::value("group", "kinds", format!("{:?}", self.kinds), must));
        }
        match FACTOR.holds(self.lr) {
            true => Ok(()),
            false => Err(NamedError::value("group", "lr", self.lr, FACTOR)),
        }
    }
    /// Whether such kinds are decayed where nobody says.
    fn usual_decay(kinds: &[ParamKind]) -> Decay {
        if kinds.contains(&ParamKind::Weight) { Decay::Kept } else { Decay::None }
    }
}

/// `activation(lr=0.1, decay=none)`: kinds (`bias|norm` for several), factor of the learning rate (1), decay (`kept` or `none`; without it kept where weights are among the kinds).
impl FromStr for Group {
    type Err = NamedError;
    fn from_str(text: &str) -> Result<Self, NamedError> {
        let call =
            Call::parse(text).map_err(|why| NamedError::Syntax { kind: "group", text: text.into(), why })?;
        let known = || KINDS.iter().map(|(word, _)| *word);
        let kind = |word: &str| {
            let found = KINDS.iter().find(|(own, _)| same(own, word)).map(|(_, kind)| *kind);
            found.ok_or_else(|| NamedError::Unknown {
                kind: "kind of parameters",
                asked: word.trim().into(),
                nearest: nearest(word, known()),
                known: known().collect(),
            })
        };
        let kinds = call.name.split('|').map(kind).collect::<Result<Vec<_>, _>>()?;
        let mut group = Self { lr: 1.0, decay: Self::usual_decay(&kinds), kinds };
        for (key, value) in call.arguments {
            match key {
                Some("lr") => {
                    let lr = value.parse().map_err(|_| NamedError::value("group", "lr", value, FACTOR))?;
                    group.lr = lr;
                }
                Some("decay") if value == "none" => group.decay = Decay::None,
                Some("decay") if value == "kept" => group.decay = Decay::Kept,
                Some("decay") => return Err(NamedError::value("group", "decay", value, "kept or none")),
                other => {
                    let (asked, known) = (other.unwrap_or(value).to_owned(), vec!["lr", "decay"]);
                    let nearest = nearest(&asked, known.iter().copied());
                    return Err(NamedError::NoParameter { thing: "group", asked, nearest, known });
                }
            }
        }
        group.validate()?;
        Ok(group)
    }
}

/// What it is read from.
impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word =
            |kind: &ParamKind| KINDS.iter().find(|(_, own)| own == kind).map_or("buffer", |(word, _)| word);
        let kinds = self.kinds.iter().map(word).collect::<Vec<_>>().join("|");
        let lr = (self.lr != 1.0).then(|| format!("lr={}", self.lr));
        let decay = (self.decay != Self::usual_decay(&self.kinds)).then(|| match self.decay {
            Decay::Kept => "decay=kept".to_string(),
            Decay::None => "decay=none".to_string(),
        });
        let given: Vec<String> = lr.into_iter().chain(decay).collect();
        if given.is_empty() { f.pad(&kinds) } else { f.pad(&format!("{kinds}({})", given.join(", "))) }
    }
}

/// As text.
impl serde::Serialize for Group {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> serde::Deserialize<'de> for Group {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_goes_both_ways_and_errors_say_why() {
        let group = |kinds: &[ParamKind], lr, decay| Group { kinds: kinds.to_vec(), lr, decay };
        for (text, want) in [
            ("activation(lr=0.1)", group(&[ParamKind::Activation], 0.1, Decay::None)),
            ("bias|norm(lr=2, decay=kept)", group(&[ParamKind::Bias, ParamKind::Norm], 2.0, Decay::Kept)),
            ("weight", group(&[ParamKind::Weight], 1.0, Decay::Kept)),
            ("weight|bias(decay=none)", group(&[ParamKind::Weight, ParamKind::Bias], 1.0, Decay::None)),
        ] {
            assert_eq!(text.parse::<Group>().as_ref(), Ok(&want));
            assert_eq!(want.to_string(), text);
            let written = serde_json::to_string(&want).unwrap();
            assert_eq!(serde_json::from_str::<Group>(&written).unwrap(), want);
        }
        assert_eq!("norm(lr=1, decay=none)".parse::<Group>().unwrap().to_string(), "norm");
        for (text, why) in [
            (
                "slopes",
                "no kind of parameters is called `slopes`; choose one of: weight, bias, norm, activation",
            ),
            ("bais", "did you mean `bias`?"),
            ("bias|bias", "one or more kinds"),
            ("bias(lr=-1)", "group.lr is -1, but must be a finite number, at least 0"),
            ("bias(lr=x)", "group.lr is x"),
            ("bias(decay=0.1)", "group.decay is 0.1, but must be kept or none"),
            ("bias(rate=1)", "group has no parameter `rate`"),
            ("bias(", "parenthesis"),
        ] {
            let told = text.parse::<Group>().unwrap_err().to_string();
            assert!(told.contains(why), "{told}");
        }
    }
}
