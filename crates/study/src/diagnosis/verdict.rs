//! What a person can act on.

use super::layer::LayerDiagnosis;
use super::row::DiagnosisRow;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The kinds of verdicts, each with the threshold from which it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum VerdictKind {
    /// A layer has NaNs or infinities among its outputs or weights: any at all.
    NotFinite,
    /// At least 20 % of an activation's units (channels) are active on no example: of healthy nets up to 14 % were seen.
    DeadUnits,
    /// At least 20 % of an activation's units (channels) are not dead but have |f'| < 1e-6 on every example.
    FrozenUnits,
    /// At least half of the numbers of an activation with limits on both sides have |f'| below a hundredth of the largest derivative.
    Saturated,
    /// ‖∂L/∂y‖ at the first layer with weights is at most 1e-3 of that at the last: vanishing gradients.
    VanishingGradients,
    /// The same quotient is at least 1e3.
    ExplodingGradients,
    /// The effective rank of an activation's outputs is at most 1.5, where it could be 16 or more: the examples differ in one direction alone.
    RankCollapse,
    /// The last step of an epoch moved a weight by at least a tenth of its length (about 1e-3 is healthy).
    LargeUpdates,
}

impl VerdictKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::NotFinite,
        Self::DeadUnits,
        Self::FrozenUnits,
        Self::Saturated,
        Self::VanishingGradients,
        Self::ExplodingGradients,
        Self::RankCollapse,
        Self::LargeUpdates,
    ];
    /// The word in files and flags: `dead_units`.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotFinite => "not_finite",
            Self::DeadUnits => "dead_units",
            Self::FrozenUnits => "frozen_units",
            Self::Saturated => "saturated",
            Self::VanishingGradients => "vanishing_gradients",
            Self::ExplodingGradients => "exploding_gradients",
            Self::RankCollapse => "rank_collapse",
            Self::LargeUpdates => "large_updates",
        }
    }
    /// From where on it is given: see the kinds.
    pub fn threshold(self) -> f64 {
        match self {
            Self::NotFinite => 1.0,
            Self::DeadUnits | Self::FrozenUnits => 0.2,
            Self::LargeUpdates => 0.1,
            Self::Saturated => 0.5,
            Self::VanishingGradients => 1e-3,
            Self::ExplodingGradients => 1e3,
            Self::RankCollapse => 1.5,
        }
    }
}

impl FromStr for VerdictKind {
    type Err = String;
    /// Hyphens are taken for underscores.
    fn from_str(text: &str) -> Result<Self, String> {
        let word = text.trim().replace('-', "_");
        Self::ALL.into_iter().find(|kind| kind.word() == word).ok_or_else(|| {
            let all: Vec<_> = Self::ALL.iter().map(|kind| kind.word()).collect();
            format!("`{text}` is no verdict; there are {}", all.join(", "))
        })
    }
}

/// Something that is wrong with a network, and what may help.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// What it is.
    pub verdict: VerdictKind,
    /// The node that it is about; of gradients over the depth the first.
    pub layer: String,
    /// The figure that is beyond the threshold.
    pub value: f64,
    /// The threshold.
    pub threshold: f64,
    /// The epoch since which it has been so without a break, of a run that was watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_epoch: Option<usize>,
    /// In words: the fact; then what may help.
    pub text: String,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What is wrong with these layers, found on so many examples: in the order of the layers, what is about the depth last. `rows` are those of a training that was watched, in order; `lr` is its learning
/// rate, for the words.
pub fn verdicts(
    layers: &[LayerDiagnosis],
    examples: usize,
    rows: &[DiagnosisRow],
    lr: Option<f64>,
) -> Vec<Verdict> {
    let lower =
        lr.map_or("lower the learning rate".to_string(), |lr| format!("lower the learning rate from {lr}"));
    let of = |now: Found<'_>| {
        let has = |row: &&DiagnosisRow| {
            found(&row.layers).iter().any(|f| f.kind == now.kind && f.layer.name == now.layer.name)
        };
        let since = rows.iter().rev().take_while(has).last().map(|row| row.epoch);
        now.said(examples, &lower, since)
    };
    found(layers).into_iter().map(of).collect()
}

struct Found<'a> {
    kind: VerdictKind,
    layer: &'a LayerDiagnosis,
    value: f64,
}

fn found(layers: &[LayerDiagnosis]) -> Vec<Found<'_>> {
    use VerdictKind as Kind;
    let mut all = Vec::new();
    for (i, layer) in layers.iter().enumerate() {
        let mut check = |kind: Kind, value: f64, is: bool| {
            if is {
                all.push(Found { kind, layer, value });
            }
        };
        let weight = layer.weight.as_ref().map_or(0, |w| w.not_finite);
        let wrong = (layer.output.nan + layer.output.inf + weight) as f64;
        check(Kind::NotFinite, wrong, wrong > 0.0);
        if let Some(of) = &layer.activation {
            check(Kind::DeadUnits, of.dead, of.dead >= Kind::DeadUnits.threshold());
            let frozen = of.frozen - of.dead;
            check(Kind::FrozenUnits, frozen, frozen >= Kind::FrozenUnits.threshold());
            // The last layer's numbers are meant to reach the ends of its range: pixels that are black or white, say.
            let is_output = i + 1 == layers.len();
            let saturated = of.bounded && !is_output && of.saturated >= Kind::Saturated.threshold();
            check(Kind::Saturated, of.saturated, saturated);
            if let Some(rank) = layer.output.effective_rank.filter(|_| layer.output.most_rank >= 16) {
                check(Kind::RankCollapse, rank, rank <= Kind::RankCollapse.threshold());
            }
        }
        if let Some(ratio) = layer.weight.as_ref().and_then(|w| w.update_ratio) {
            check(Kind::LargeUpdates, ratio, ratio >= Kind::LargeUpdates.threshold());
        }
    }
    let weighted: Vec<_> = layers.iter().filter(|l| l.weight.is_some()).collect();
    if let [first, .., end] = weighted[..]
        && end.gradient_l2 > 0.0
    {
        let ratio = first.gradient_l2 / end.gradient_l2;
        let mut check = |kind, is: bool| {
            if is {
                all.push(Found { kind, layer: first, value: ratio });
            }
        };
        check(Kind::VanishingGradients, ratio <= Kind::VanishingGradients.threshold());
        check(Kind::ExplodingGradients, ratio >= Kind::ExplodingGradients.threshold());
    }
    all
}

impl Found<'_> {
    /// In words: the fact, since when it has been so, and what may help.
    fn said(&self, examples: usize, lower: &str, since_epoch: Option<usize>) -> Verdict {
        use VerdictKind as Kind;
        let (title, value) = (self.layer.title(), self.value);
        let percent =
            if value >= 0.1 { format!("{:.0} %", 100.0 * value) } else { format!("{:.1} %", 100.0 * value) };
        let n = grouped(examples);
        let units = if self.layer.shape.len() == 3 { "channels" } else { "units" };
        let (fact, help) = match self.kind {
            Kind::NotFinite => {
                (format!("{value} of its outputs and weights are NaN or infinite"), format!("{lower}, or clip the gradient"))
            }
            Kind::DeadUnits => (format!("{percent} of {units} never active on {n} examples"), format!("{lower}, or take leaky_relu(0.1), or he init")),
            Kind::FrozenUnits => (format!("{percent} of {units} have a derivative below 1e-6 on all {n} examples"), format!("{lower}, or normalise before the layer")),
            Kind::Saturated => (format!("{percent} of its numbers are where the derivative is below 1 % of the largest"), format!("take smaller first weights, normalise before the layer, or {lower}")),
            Kind::VanishingGradients => (format!("its gradient is {value:.1e} of that of the last layer, vanishing gradients"), "take relu or another unbounded activation with he init, normalisation, or residual connections".into()),
            Kind::ExplodingGradients => (format!("its gradient is {value:.1e} times that of the last layer, exploding gradients"), "clip the gradient, take smaller first weights, or normalisation".into()),
            Kind::RankCollapse => (format!("effective rank {value:.2} of {}, all examples look alike but in one direction",
                self.layer.output.most_rank
            ), "take he or orthogonal init, normalisation, or fewer layers".into()),
            Kind::LargeUpdates => {
                (format!("the last step moved its weight by {percent} of its length (about 0.1 % is healthy)"), lower.into())
            }
        };
        let since = since_epoch.map_or(String::new(), |epoch| format!(", since epoch {epoch}"));
        let text = format!("layer {title}: {fact}{since}; {help}");
        let (verdict, layer) = (self.kind, self.layer.name.clone());
        Verdict { verdict, layer, value, threshold: self.kind.threshold(), since_epoch, text }
    }
}

/// Thousands set apart.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let from_end = |i: usize| digits.len() - i;
    let cut = |(i, d): (usize, char)| match i > 0 && from_end(i).is_multiple_of(3) {
        true => format!(",{d}"),
        false => d.to_string(),
    };
    digits.chars().enumerate().map(cut).collect()
}
