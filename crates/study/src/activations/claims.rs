//! What is said of activations and robustness, held against a study's figures.

use super::correlation::rank_correlation;
use super::masking::MASKING_MARGIN;
use super::numbers::{AUTOATTACK, GAP};
use super::paired::Paired;
use super::study::{ActivationRow, ActivationStudy, compared, compared_means, mean};
use super::verdicts::{ClaimVerdict, Statement};
use sparring_math::grammar::same;
use std::cmp::Ordering;

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
        all.extend(["sigmoid", "tanh", "k_wta"].into_iter().flat_map(|name| self.masks(name)));
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
        let by_seed = relu.iter().map(|base| {
            let of_seed = |name: &&String| self.nets(name, defense).into_iter().find(|r| r.seed == base.seed);
            (smooth.iter().filter_map(of_seed).collect(), vec![*base])
        });
        let Some(mean) = compared_means(&self.plan, by_seed, AUTOATTACK) else { return statement };
        statement.verdict = ClaimVerdict::above(0.0, mean.interval);
        statement.evidence.push(format!("mean of {} smooth ones − relu: {}", smooth.len(), told(&mean)));
        for name in smooth {
            let own = self.nets(name, defense);
            let masked = own.iter().any(|row| row.masked().is_some());
            let mask = if masked { ", masked" } else { "" };
            let found = compared(&self.plan, &own, &relu, AUTOATTACK);
            statement.evidence.extend(found.map(|found| format!("{name} − relu: {}{mask}", told(&found))));
        }
        statement
    }
    /// Of each activation of this name, whatever its parameters, and each defence; one statement that is not tested where the study has none.
    fn masks(&self, name: &str) -> Vec<Statement> {
        let source = match name {
            "k_wta" => "Tramèr et al. 2020, arXiv:2002.08347",
            _ => "Carlini et al. 2019, arXiv:1902.06705",
        };
        // With parameters it is the same function: `k_wta(fraction=0.2)`.
        let named = |text: &&String| same(text.split('(').next().unwrap_or_default(), name);
        let own: Vec<&String> = self.plan.activations.iter().filter(named).collect();
        if own.is_empty() {
            let claim = format!("`{name}` masks gradients");
            return vec![Statement { claim, source, verdict: ClaimVerdict::NotTested, evidence: Vec::new() }];
        }
        let under = |activation: &String| {
            self.plan.defenses.iter().map(|defense| self.masks_under(activation, defense, source)).collect()
        };
        own.into_iter().flat_map(|activation: &String| -> Vec<Statement> { under(activation) }).collect()
    }
    fn masks_under(&self, activation: &str, defense: &str, source: &'static str) -> Statement {
        let mut statement = Statement {
            claim: format!("`{activation}` masks gradients under `{defense}`"),
            source,
            verdict: ClaimVerdict::NotTested,
            evidence: Vec::new(),
        };
        let own = self.nets(activation, defense);
        let Some(gap) = mean(&self.plan, &own, GAP) else { return statement };
        let left: Vec<f64> =
            own.iter().filter_map(|row| row.result.as_ref()?.net.as_ref()?.suite.pgd()).collect();
        let left = left.iter().sum::<f64>() / left.len().max(1) as f64;
        let raised = own.iter().filter(|row| row.check_raised().is_some()).count();
        let margin = 100.0 * MASKING_MARGIN;
        if left <= MASKING_MARGIN {
            let why = format!(
                "PGD itself leaves {:.1} % right, so there is nothing to mask (a mask is more than {margin:.0} points)",
                100.0 * left
            );
            statement.evidence.push(why);
        } else {
            let by_gap = ClaimVerdict::above(MASKING_MARGIN, gap.interval);
            statement.verdict = match raised {
                0 => by_gap,
                all if all == own.len() => ClaimVerdict::Held,
                // Some nets show what the others do not.
                _ if by_gap == ClaimVerdict::DidNotHold => ClaimVerdict::Undecided,
                _ => by_gap,
            };
            statement.evidence.push(format!("PGD − AutoAttack {}; above {margin:.0} is a mask", told(&gap)));
        }
        let masked = own.iter().filter(|row| row.masked().is_some()).count();
        statement.evidence.push(format!("{masked} of {} nets count as masked", own.len()));
        for row in &own {
            let check = row.check_raised().map(|why| format!("seed {}: {why}", row.seed));
            statement.evidence.extend(check);
        }
        statement
    }
    /// Curvature and accuracy under the suite of each activation. Left out are masked ones, those whose f' jumps (a kink has no second derivative that a largest one could be told of, and is no
    /// curvature of 0) and those whose curvature is unbounded or not known.
    pub(super) fn curvatures(&self, defense: &str) -> Vec<(&str, f64, f64)> {
        let of = |name: &'_ String| -> Option<(f64, f64)> {
            let own = self.nets(name, defense);
            let net = own.first()?.result.as_ref()?.net.as_ref()?;
            let curvature = net.curvature.filter(|_| net.smooth)?;
            let group = self.group(name, defense).filter(|group| group.masked == 0)?;
            Some((curvature, group.means.get(AUTOATTACK)?.mean))
        };
        self.plan.activations.iter().filter_map(|name| of(name).map(|(c, a)| (name.as_str(), c, a))).collect()
    }
    fn low_curvature_is_good(&self, defense: &str) -> Statement {
        let found: Vec<(f64, f64)> = self.curvatures(defense).iter().map(|(_, c, a)| (*c, *a)).collect();
        let correlation = rank_correlation(&found);
        let evidence = correlation.map(|r| {
            let (rho, told) = (r.rho, r.certainty());
            format!("rank correlation of max |f''| and accuracy {rho:+.2} ({told}, n = {})", r.n)
        });
        let kinked: Vec<&str> = self.kinked(defense).collect();
        let left_out = (!kinked.is_empty())
            .then(|| format!("{} left out, whose f' jumps: {}", kinked.len(), kinked.join(", ")));
        Statement {
            claim: format!("The lower the curvature, the more robust, under `{defense}` (AutoAttack)"),
            source: "Singla et al. 2021, arXiv:2102.07861",
            verdict: match correlation {
                None => ClaimVerdict::NotTested,
                Some(r) => match r.sign() {
                    Some(Ordering::Less) => ClaimVerdict::Held,
                    Some(_) => ClaimVerdict::DidNotHold,
                    None => ClaimVerdict::Undecided,
                },
            },
            evidence: evidence.into_iter().chain(left_out).collect(),
        }
    }
    /// The activations with finished nets under a defence whose f' jumps.
    fn kinked(&self, defense: &str) -> impl Iterator<Item = &str> {
        let jumps = move |name: &&String| {
            let own = self.nets(name, defense);
            own.iter().any(|row| {
                row.result.as_ref().and_then(|result| result.net.as_ref()).is_some_and(|net| !net.smooth)
            })
        };
        self.plan.activations.iter().filter(jumps).map(String::as_str)
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
        statement.evidence.push(format!("the best inside is {best_within}, outside {best_beyond}"));
        // The means of both sides: the best of each, tested on the figures that it was chosen by, would find differences in noise.
        let seeds = 1..=self.plan.seeds;
        let of_seed = |list: &[(&str, f64, f64)], seed: u64| -> Vec<&ActivationRow> {
            let nets = list.iter().flat_map(|(name, ..)| self.nets(name, defense));
            nets.filter(|row| row.seed == seed).collect()
        };
        let both = seeds.map(|seed| (of_seed(&within, seed), of_seed(&beyond, seed)));
        // A seed has to have all nets of both sides, or its mean is one of other functions.
        let whole = both.filter(|(own, other)| own.len() == within.len() && other.len() == beyond.len());
        let Some(found) = compared_means(&self.plan, whole, AUTOATTACK) else { return statement };
        statement.verdict = ClaimVerdict::above(0.0, found.interval);
        let text =
            format!("mean of {} inside − mean of {} outside: {}", within.len(), beyond.len(), told(&found));
        statement.evidence.insert(0, text);
        statement
    }
}
