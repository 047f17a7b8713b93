//! What casts doubt on a figure: one row for each check, raised or not.

/// Makes [`FindingId`] with its table.
macro_rules! checks {
    ($($(#[$doc:meta])* $Id:ident $name:literal $question:literal $source:literal;)*) => {
        /// A check. Every report holds one row for each, in this order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[non_exhaustive]
        pub enum FindingId {
            $($(#[$doc])* #[cfg_attr(feature = "serde", serde(rename = $name))] $Id,)*
        }

        impl FindingId {
            /// All checks.
            pub const ALL: &[Self] = &[$(Self::$Id),*];
            /// The name in reports and files.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Id => $name),* }
            }
            /// What is asked; yes is a doubt.
            pub const fn question(self) -> &'static str {
                match self { $(Self::$Id => $question),* }
            }
            /// Who says that this is to be asked.
            pub const fn source(self) -> &'static str {
                match self { $(Self::$Id => $source),* }
            }
        }
    };
}

checks! {
    /// Two passes of the same examples differ.
    RandomOutput "random_output" "do two passes of the same examples differ?" "AutoAttack, flags_doc.md";
    /// The model returns a softmax, not logits.
    Probabilities "probabilities" "are the outputs probabilities instead of logits?" "AutoAttack, flags_doc.md";
    /// Gradients that are zero in every element: an attack walks blind.
    ZeroGradient "zero_gradient" "are gradients exactly zero?" "AutoAttack, flags_doc.md";
    /// NaN or infinity in gradients or proposals.
    NanGradient "nan_gradient" "are gradients or proposals not finite?" "Carlini et al. 2019, arXiv:1902.06705, section 4";
    /// Gradients that say next to nothing: a saturated model, or logits on a scale that `f32` loses.
    TinyGradient "tiny_gradient" "are gradients too small to show a way?" "Carlini et al. 2019, arXiv:1902.06705, section 4";
    /// The gradient is not the derivative of the outputs.
    GradientMismatch "gradient_mismatch" "does the gradient differ from finite differences?" "Athalye et al. 2018, arXiv:1802.00420, section 3";
    /// More steps find more.
    PgdNotConverged "pgd_not_converged" "do more steps, or cheaper steps, find more?" "Carlini et al. 2019, arXiv:1902.06705, section 4";
    /// More restarts find more.
    RestartsNotConverged "restarts_not_converged" "do more restarts find more?" "Carlini et al. 2019, arXiv:1902.06705, section 4";
    /// A larger budget leaves more examples right.
    NotMonotone "not_monotone" "does accuracy rise with eps?" "Carlini et al. 2019, arXiv:1902.06705, section 4";
    /// Examples stay right where any input is allowed.
    SurvivesHugeEps "survives_huge_eps" "are examples left right where any input is allowed?" "Athalye et al. 2018, arXiv:1802.00420, section 3";
    /// An attack on logits alone fools the model where attacks by gradients do not.
    BlackBoxStronger "black_box_stronger" "does a black box find what gradients left?" "AutoAttack, flags_doc.md; Carlini et al. 2019";
    /// One step fools more than many.
    OneStepStronger "one_step_stronger" "does one step find more than many?" "Athalye et al. 2018, arXiv:1802.00420, section 3";
    /// Random noise fools the model where attacks by gradients do not.
    NoiseStronger "noise_stronger" "does random noise find what gradients left?" "Athalye et al. 2018, arXiv:1802.00420, section 3";
    /// The difference of logits ratio, which an attack climbs, is not defined here.
    DlrUndefined "dlr_undefined" "does an attack climb a DLR loss that is not defined?" "AutoAttack, flags_doc.md";
    /// Inputs that are not in [0, 1], or that the model expects on another scale.
    Units "units" "are inputs in other units than pixels of [0, 1]?" "reference libraries' most reported mistake";
    /// What the model says to an example depends on its company.
    BatchDependent "batch_dependent" "does a prediction depend on the rest of the batch?" "Carlini et al. 2019, arXiv:1902.06705, section 5";
}

impl std::fmt::Display for FindingId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// The outcome of one check.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Finding {
    /// The check.
    pub id: FindingId,
    /// Whether it casts doubt on the figures.
    pub raised: bool,
    /// The number that was compared with the threshold; `None` where the check was not made.
    pub value: Option<f64>,
    /// What was seen, and the threshold; or why nothing was.
    pub why: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.id, self.why)
    }
}

/// How the reason of a check that was not made begins.
const NOT_EXAMINED: &str = "not examined: ";

impl Finding {
    /// A check that was not made.
    pub(in crate::evaluation) fn not_examined(id: FindingId, reason: &str) -> Self {
        Self { id, raised: false, value: None, why: format!("{NOT_EXAMINED}{reason}") }
    }
    /// Every check, none of them made.
    pub(in crate::evaluation) fn none_examined() -> Vec<Self> {
        FindingId::ALL.iter().map(|&id| Self::not_examined(id, "it needs a diagnosis")).collect()
    }
    /// Takes in another outcome of the same check. A doubt is never taken back; of two outcomes that agree the larger value stands, and both reasons of two doubts.
    fn add(&mut self, other: Self) {
        match (self.raised, other.raised) {
            (true, true) if self.why != other.why => {
                if other.value > self.value {
                    self.value = other.value;
                }
                self.why = format!("{}; {}", self.why, other.why);
            }
            (true, _) => (),
            (false, false) if other.value.is_none() && self.value.is_some() => (),
            (false, false) if other.value.is_some() && other.value < self.value => (),
            (false, _) => *self = other,
        }
    }
}

/// An outcome with its number.
pub(in crate::evaluation) fn seen(id: FindingId, raised: bool, value: f64, why: String) -> Finding {
    Finding { id, raised, value: value.is_finite().then_some(value), why }
}

/// The share of zero gradients, or of tied logits, that is worth a doubt.
pub(super) const ZERO_SHARE: f64 = 0.01;

/// A share in percent, with two digits behind the point where it is small.
pub(in crate::evaluation) fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.01 {
        format!("{:.2} %", 100.0 * share)
    } else {
        format!("{:.1} %", 100.0 * share)
    }
}

/// More than this share of the examples, and two at least, is no accident; of attacks that see logits only AutoAttack's 0.2 % holds.
pub(in crate::evaluation) const WHITE: f64 = 0.005;
/// As [`WHITE`], of attacks on logits.
pub(in crate::evaluation) const BLACK: f64 = 0.002;

/// More than this share of `n`, and two at least?
pub(in crate::evaluation) fn many(examples: usize, share: f64, n: usize) -> bool {
    examples >= 2 && examples as f64 > share * n as f64
}

/// Takes the outcomes into the rows of a report, which holds one for each check.
pub(in crate::evaluation) fn add(rows: &mut [Finding], found: impl IntoIterator<Item = Finding>) {
    for one in found {
        if let Some(row) = rows.iter_mut().find(|row| row.id == one.id) {
            row.add(one);
        }
    }
}

/// The rows of several reports as one: a doubt in one of them is a doubt, and names the `eps` of the report where only some of them have it.
///
/// ```
/// # use sparring_attacks::{Finding, FindingId, merged_findings};
/// let row = |raised, value| vec![Finding { id: FindingId::Units, raised, value: Some(value), why: format!("{value}") }];
/// let one = merged_findings([(0.1, &row(false, 1.0)[..]), (0.3, &row(true, 255.0)[..])]);
/// assert_eq!((one.len(), one[0].raised, one[0].why.as_str()), (1, true, "eps 0.3: 255"));
/// ```
pub fn merged_findings<'a>(reports: impl IntoIterator<Item = (f32, &'a [Finding])>) -> Vec<Finding> {
    let reports: Vec<_> = reports.into_iter().collect();
    let Some((_, first)) = reports.first() else { return Vec::new() };
    let one = |id: FindingId| {
        let of = |(eps, rows): &(f32, &'a [Finding])| Some((*eps, rows.iter().find(|row| row.id == id)?));
        let rows: Vec<(f32, &Finding)> = reports.iter().filter_map(of).collect();
        let same = rows.iter().all(|(_, row)| *row == rows[0].1);
        let told = |&(eps, row): &(f32, &Finding)| Finding {
            why: if same || !row.raised { row.why.clone() } else { format!("eps {eps}: {}", row.why) },
            ..row.clone()
        };
        let mut told = rows.iter().map(told);
        let first = told.next().expect("at least one report");
        told.fold(first, |mut all, more| {
            all.add(more);
            all
        })
    };
    first.iter().map(|row| one(row.id)).collect()
}
