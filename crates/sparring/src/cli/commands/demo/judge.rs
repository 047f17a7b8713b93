//! Both attacks at every budget, and a few images to look at.

use crate::cli::Outcome;
use crate::cli::io::progress::AttackBar;
use crate::cli::options::Named;
use sparring::attacks::{
    AnyAttack, AttackResult, EvaluateOptions, Fgsm, Finding, KeepExamples, Pgd, Threat, evaluate_with,
};
use sparring::datasets::MiniBatch;
use sparring::models::ClassifierNet;
use sparring::oracle::Batch;
use sparring::seed::Key;

/// Budgets of the table.
const TABLE: [f32; 3] = [0.1, 0.2, 0.3];
/// Further budgets of the curve.
const BETWEEN: [f32; 2] = [0.15, 0.35];
/// Images of the gallery.
const SHOWN: usize = 8;

/// What was measured on one net.
pub(crate) struct Judged {
    /// Fraction right without attack.
    pub(crate) clean: f64,
    results: Vec<AttackResult>,
    /// What `evaluate` found suspicious.
    pub(crate) findings: Vec<Finding>,
    /// The first test images.
    pub(crate) shown: MiniBatch,
    /// The same under PGD at the largest budget of the table.
    pub(crate) shown_adversarial: Vec<f32>,
}

impl Judged {
    /// Every attack at every budget, by attack and then budget.
    pub(crate) fn results(&self) -> impl Iterator<Item = &AttackResult> {
        self.results.iter()
    }
    /// The budgets of the table alone.
    pub(crate) fn table(&self) -> impl Iterator<Item = &AttackResult> {
        self.results.iter().filter(|a| TABLE.contains(&a.eps))
    }
    /// One attack's accuracy by budget, from 0 on.
    pub(crate) fn curve(&self, attack: &str) -> Vec<(f64, f64)> {
        let mut points = vec![(0.0, self.clean)];
        let of = self.results.iter().filter(|a| a.attack == attack);
        points.extend(of.map(|a| (crate::cli::pages::decimal(a.eps), a.accuracy)));
        points
    }
    /// The accuracy under one attack at one budget of the table.
    pub(crate) fn at(&self, attack: &str, eps: f32) -> f64 {
        self.results.iter().find(|a| a.attack == attack && a.eps == eps).map_or(f64::NAN, |a| a.accuracy)
    }
    /// The largest budget of the table.
    pub(crate) fn full(&self) -> f32 {
        TABLE[TABLE.len() - 1]
    }
}

/// FGSM and PGD-40 on the first `n` test images at every budget.
pub(super) fn judge(name: &str, model: &ClassifierNet, data: &Named, n: usize, key: Key) -> Outcome<Judged> {
    let test = data.set.test.first(n).all();
    let x = Batch::new(&test.x, test.shape, &test.ids)?;
    let victim = model.victim();
    let mut budgets = [TABLE.as_slice(), &BETWEEN].concat();
    budgets.sort_by(f32::total_cmp);
    let suite: Vec<AnyAttack> = vec![Fgsm::default().into(), Pgd::default().into()];
    let bar = AttackBar::new(format!("attacking {name}"), suite.len() * budgets.len(), n);
    let (mut results, mut findings, mut clean): (Vec<AttackResult>, Vec<Finding>, f64) =
        (Vec::new(), Vec::new(), 0.0);
    for (b, &eps) in budgets.iter().enumerate() {
        let threat = Threat::linf(eps)?;
        let show = |p: sparring::attacks::Progress<'_>| {
            bar.show(sparring::attacks::Progress { index: p.index + b * suite.len(), ..p });
        };
        let report = evaluate_with(
            &victim,
            x,
            &test.labels,
            &suite,
            &threat,
            key,
            &EvaluateOptions::default(),
            &show,
        )?;
        clean = report.clean;
        results.extend(report.attacks);
        for finding in report.findings.into_iter().filter(|f| f.raised) {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    results.sort_by(|a, b| a.attack.cmp(&b.attack).then(a.eps.total_cmp(&b.eps)));
    bar.finish();
    let shown = data.set.test.first(SHOWN.min(n)).all();
    let keep = EvaluateOptions { keep: KeepExamples::Adversarials, ..EvaluateOptions::default() };
    let x = Batch::new(&shown.x, shown.shape, &shown.ids)?;
    let full = Threat::linf(TABLE[TABLE.len() - 1])?;
    let pgd = [AnyAttack::from(Pgd::default())];
    let seen = evaluate_with(&victim, x, &shown.labels, &pgd, &full, key, &keep, &|_| ())?;
    let shown_adversarial = seen.adversarials.map(|a| a.x_adv).unwrap_or_else(|| shown.x.clone());
    Ok(Judged { clean, results, findings, shown, shown_adversarial })
}
