//! When a figure is a mask and no robustness.

use super::figures::NetFigures;

/// How much more PGD may leave right than AutoAttack does on the same images, before the gradients that PGD follows count as masked.
pub const MASKING_MARGIN: f64 = 0.1;

/// Checks of an evaluation that say, when raised, that gradients do not lead where they should. Those not here say that an attack was too short
/// (`pgd_not_converged`), or are raised by two images in a thousand (`black_box_stronger`): for these the margin stands.
pub const MASKING_CHECKS: [&str; 7] = [
    "zero_gradient",
    "nan_gradient",
    "tiny_gradient",
    "gradient_mismatch",
    "one_step_stronger",
    "noise_stronger",
    "survives_huge_eps",
];

impl NetFigures {
    /// By how much PGD leaves more images right than AutoAttack.
    pub fn gap(&self) -> Option<f64> {
        Some(self.suite.pgd()? - self.suite.accuracy)
    }
    /// Why its gradients count as masked; `None` if nothing says so.
    pub fn masked(&self) -> Option<String> {
        if let Some(gap) = self.gap().filter(|&gap| gap > MASKING_MARGIN) {
            return Some(format!(
                "PGD leaves {:.1} points more than AutoAttack on the same {} images (more than {:.0} is a mask)",
                100.0 * gap,
                self.suite.n,
                100.0 * MASKING_MARGIN
            ));
        }
        self.check_raised()
    }
    /// The first check that was raised and says that gradients are masked, and what it saw.
    pub(super) fn check_raised(&self) -> Option<String> {
        let raised = |doubt: &&super::figures::Doubt| MASKING_CHECKS.contains(&doubt.check.as_str());
        self.doubts.iter().find(raised).map(|doubt| format!("{}: {}", doubt.check, doubt.why))
    }
}
