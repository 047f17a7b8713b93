//! What is said of activations and robustness, held against a study's figures.

use super::correlation::rank_correlation;
use super::masking::MASKING_MARGIN;
use super::numbers::{AUTOATTACK, GAP};
use super::paired::{Paired, paired};
use super::study::{ActivationRow, ActivationStudy, pairs};
use super::verdicts::{ClaimVerdict, Statement};

/// Curvatures at which robustness is said to peak.
const PEAK: (f64, f64) = (4.0, 10.0);

fn points(v: f64) -> String {
    format!("{:+.1}", 100.0 * v)
}

/// A difference in words.
fn told(of: &Paired) -> String {
    match of.interval {
        Some((low, high)) => {
            format!("{} points (95 % {} to {}, {} pairs)", points(of.mean), points(low), points(high), of.n)
        }
        None => format!("{} points (a single pair, no interval)", points(of.mean)),
    }
}

impl ActivationStudy {
    /// Every statement that is tested, with its verdict.
    pub fn statements(&self) -> Vec<Statement> {
        let mut all = Vec::new();
        for defense in self.hardened() {
            all.push(self.smooth_beats_relu(defense));
        }
        all.extend(["sigmoid", "tanh", "k_wta"].map(|name| self.masks(name)));
        for defense in self.hardened() {
            all.push(self.low_curvature_is_good(defense));
            all.push(self.peaks_between(defense));
        }
        all
    }
    /// Whether a finished net of this activation has the property.
    fn is(&self, activation: &str, wanted: impl Fn(&super::figures::NetFigures) -> bool) -> bool {
        let own = self.rows.iter().filter(|row| row.activation == activation);
        own.filter_map(|row| row.result.as_ref()?.net.as_ref()).next().is_some_and(wanted)
    }
    fn smooth_beats_relu(&self, defense: &str) -> Statement {
        let mut statement = Statement {
            claim: format!("Smooth, unbounded activations beat ReLU under `{defense}` (AutoAttack)"),
            source: "Xie et al. 2020, arXiv:2006.14536",
            verdict: ClaimVerdict::NotTested,
            evidence: Vec::new(),
        };
        let relu = self.nets("relu", defense);
        let smooth: Vec<&String> = self
            .plan
            .activations
            .iter()
            .filter(|name| self.is(name, |net| net.smooth && !net.bounded))
            .collect();
        let mut by_seed = Vec::new();
        for base in &relu {
            let of_seed =
                |name: &&&String| self.nets(name, defense).into_iter().find(|row| row.seed == base.seed);
            let own: Vec<&ActivationRow> = smooth.iter().filter_map(|name| of_seed(&name)).collect();
            let values: Vec<f64> =
                own.iter().filter_map(|row| row.numbers.get(AUTOATTACK).copied()).collect();
            if let (Some(relu), false) = (base.numbers.get(AUTOATTACK), values.is_empty()) {
                by_seed.push((values.iter().sum::<f64>() / values.len() as f64, *relu));
            }
        }
        let Some(mean) = paired(&by_seed) else { return statement };
        statement.verdict = ClaimVerdict::above(0.0, mean.interval);
        statement.evidence.push(format!("mean of {} smooth ones − relu: {}", smooth.len(), told(&mean)));
        for name in smooth {
            let own = self.nets(name, defense);
            let masked = own.iter().any(|row| row.masked().is_some());
            let mask = if masked { ", masked" } else { "" };
            let found = paired(&pairs(&own, &relu, AUTOATTACK));
            statement.evidence.extend(found.map(|found| format!("{name} − relu: {}{mask}", told(&found))));
        }
        statement
    }
    fn masks(&self, name: &str) -> Statement {
        let mut statement = Statement {
            claim: format!("`{name}` masks gradients"),
            source: if name == "k_wta" {
                "Tramèr et al. 2020, arXiv:2002.08347"
            } else {
                "Carlini et al. 2019, arXiv:1902.06705"
            },
            verdict: ClaimVerdict::NotTested,
            evidence: Vec::new(),
        };
        // With parameters it is the same function: `k_wta(fraction=0.2)`.
        let named = |row: &&ActivationRow| row.activation.split('(').next() == Some(name);
        let own: Vec<&ActivationRow> =
            self.rows.iter().filter(named).filter(|row| row.result.is_some()).collect();
        if own.is_empty() {
            return statement;
        }
        let masked = own.iter().filter(|row| row.masked().is_some()).count();
        statement.verdict = match masked {
            0 => ClaimVerdict::DidNotHold,
            all if all == own.len() => ClaimVerdict::Held,
            _ => ClaimVerdict::Undecided,
        };
        statement.evidence.push(format!("{masked} of {} nets count as masked", own.len()));
        for defense in &self.plan.defenses {
            let gaps: Vec<f64> = own
                .iter()
                .filter(|row| row.defense == *defense)
                .filter_map(|row| row.numbers.get(GAP).copied())
                .collect();
            let gap = Paired::of_values(&gaps);
            statement.evidence.extend(gap.map(|gap| format!("`{defense}`: PGD − AutoAttack {}", told(&gap))));
        }
        statement.evidence.push(format!(
            "a gap above {:.0} points is a mask, or a check that says so",
            100.0 * MASKING_MARGIN
        ));
        statement
    }
    /// Curvature and accuracy under the suite of each activation, masked ones and unbounded curvatures left out.
    pub(super) fn curvatures(&self, defense: &str) -> Vec<(&str, f64, f64)> {
        let of = |name: &'_ String| -> Option<(f64, f64)> {
            let own = self.nets(name, defense);
            let curvature = own.first()?.result.as_ref()?.net.as_ref()?.curvature?;
            let group = self.group(name, defense).filter(|group| group.masked == 0)?;
            Some((curvature, group.means.get(AUTOATTACK)?.mean))
        };
        self.plan.activations.iter().filter_map(|name| of(name).map(|(c, a)| (name.as_str(), c, a))).collect()
    }
    fn low_curvature_is_good(&self, defense: &str) -> Statement {
        let found: Vec<(f64, f64)> = self.curvatures(defense).iter().map(|(_, c, a)| (*c, *a)).collect();
        let correlation = rank_correlation(&found);
        let evidence = correlation.map(|r| {
            let interval = match r.interval {
                Some((low, high)) => format!("95 % {low:.2} to {high:.2}"),
                None => "too few for an interval".into(),
            };
            format!("rank correlation of max |f''| and accuracy {:+.2} ({interval}, n = {})", r.rho, r.n)
        });
        Statement {
            claim: format!("The lower the curvature, the more robust, under `{defense}` (AutoAttack)"),
            source: "Singla et al. 2021, arXiv:2102.07861",
            verdict: match correlation {
                None => ClaimVerdict::NotTested,
                Some(r) => ClaimVerdict::above(0.0, r.interval.map(|(low, high)| (-high, -low))),
            },
            evidence: evidence.into_iter().collect(),
        }
    }
    fn peaks_between(&self, defense: &str) -> Statement {
        let (low, high) = PEAK;
        let mut statement = Statement {
            claim: format!(
                "Along softplus, robustness peaks at max |f''| of {low} to {high}, under `{defense}`"
            ),
            source: "arXiv:2603.23860",
            verdict: ClaimVerdict::NotTested,
            evidence: Vec::new(),
        };
        let axis: Vec<(&str, f64, f64)> =
            self.curvatures(defense).into_iter().filter(|(name, ..)| name.starts_with("softplus")).collect();
        let inside = |c: f64| (low..=high).contains(&c);
        let (within, beyond): (Vec<_>, Vec<_>) = axis.iter().copied().partition(|(_, c, _)| inside(*c));
        if within.is_empty()
            || beyond.iter().all(|(_, c, _)| *c < low)
            || beyond.iter().all(|(_, c, _)| *c > high)
        {
            return statement;
        }
        let all: Vec<String> =
            axis.iter().map(|(name, c, a)| format!("{name} (max |f''| {c}): {:.1} %", 100.0 * a)).collect();
        statement.evidence.push(all.join(", "));
        let best = |list: &[(&str, f64, f64)]| {
            list.iter().max_by(|a, b| a.2.total_cmp(&b.2)).map(|one| one.0.to_string())
        };
        let (Some(best_within), Some(best_beyond)) = (best(&within), best(&beyond)) else { return statement };
        let (own, other) = (self.nets(&best_within, defense), self.nets(&best_beyond, defense));
        let Some(found) = paired(&pairs(&own, &other, AUTOATTACK)) else { return statement };
        statement.verdict = ClaimVerdict::above(0.0, found.interval);
        statement
            .evidence
            .push(format!("{best_within} − {best_beyond}, the best of both sides: {}", told(&found)));
        statement
    }
}
