//! What is attacked: a classifier and test images, and where both come from.

use super::behind::Behind;
use super::cards::{Beside, Source};
use super::suite_attack::SuiteAttack;
use crate::cli::io::say;
use crate::cli::options::{ModelArgs, Named, Names};
use crate::cli::pages::weights::{Judged, load_classifier, load_judged};
use crate::cli::pages::weights_file::weights_file;
use crate::cli::{Failure, Outcome};
use sparring::attacks::{
    AnyNorm, AttackKind, BudgetCurve, Course, Diagnosis, EvaluateOptions, Finding, KeepExamples, Progress,
    Proposer, ProposerRole, Report, Threat, budget_curve, diagnostic_findings, evaluate_proposed,
    evaluate_with,
};
use sparring::datasets::{MiniBatch, Split};
use sparring::models::{ClassifierNet, purified};
use sparring::oracle::Batch;
use sparring::seed::Key;
use sparring::store::sha256_hex;
use sparring::tensor::Precision;
use std::ops::Range;
use std::path::Path;

/// A classifier, and the first test images of its data.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) model: ClassifierNet,
    /// The network that attacks climb in its place.
    surrogate: Option<ClassifierNet>,
    /// The autoencoder in front of it, and the model without that.
    pub(super) behind: Option<Behind>,
    pub(crate) data: Named,
    pub(crate) test: MiniBatch,
    pub(crate) source: Source,
}

/// What an attack is run with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// Images a worker attacks at a time, at most.
    pub(crate) batch: usize,
    /// The arithmetic of proposals.
    pub(crate) precision: Precision,
    pub(crate) course: Course,
    pub(crate) keep: KeepExamples,
    pub(crate) key: Key,
}

/// The network that attacks climb in place of the model.
fn climbed(path: &Path, model: &ClassifierNet, judge: &Path) -> Outcome<ClassifierNet> {
    let (surrogate, _) = load_classifier(path, None, &Names::Same)?;
    let takes = |net: &ClassifierNet| (net.spec().input, net.classes());
    if takes(&surrogate) != takes(model) {
        let [theirs, ours] = [&surrogate, model].map(takes);
        return Err(Failure::Usage(format!(
            "--surrogate {}: takes examples of {:?} and has {} classes, the model {:?} and {}",
            path.display(),
            theirs.0,
            theirs.1,
            ours.0,
            ours.1
        )));
    }
    let (climbed, judge) = (path.display(), judge.display());
    say::note(&format!("attacks climb {climbed}, whose queries are counted; {judge} judges what they find"));
    Ok(surrogate)
}

/// The model behind an autoencoder, and both apart.
fn behind(path: &Path, model: ClassifierNet, grey_box: bool) -> Outcome<(ClassifierNet, Behind)> {
    let Judged::Autoencoder(purifier) = load_judged(path, None, &Names::Same)?.0 else {
        return Err(Failure::Usage(format!(
            "--purifier {}: a classifier; it takes an autoencoder, which gives images back, or a GAN",
            path.display()
        )));
    };
    let both = purified(&purifier.net, &model)
        .map_err(|e| Failure::Usage(format!("--purifier {}: {e}", path.display())))?;
    say::note(&match grey_box {
        true => "grey box: attacks know nothing of the purifier; without --surrogate they go through it"
            .to_string(),
        false => "adaptive: attacks go through the purifier by the whole gradient".into(),
    });
    Ok((both, Behind { bare: model, purifier }))
}

/// As many test images as are asked for.
pub(super) fn enough(n: Option<usize>, data: &Named) -> Outcome {
    let (asked, there) = (&data.asked, data.set.test.len());
    match n.filter(|&n| n > there) {
        Some(n) => Err(Failure::Usage(format!("--n {n}: {asked} has {there} test images"))),
        None => Ok(()),
    }
}

impl Target {
    /// Reads the model, the first `n` test images of these data, or of the model's own, and the networks beside it.
    pub(crate) fn load(
        args: &ModelArgs,
        data: Option<&str>,
        n: Option<usize>,
        beside: Beside<'_>,
    ) -> Outcome<Self> {
        let (net, names) = (args.net()?, args.names.load()?);
        let (model, known) = load_classifier(&args.path, net.as_ref(), &names)?;
        let own = data.is_none() && known.data.is_some();
        let (data, _) = Named::for_model(data, known.data.as_ref(), &known.classes)?;
        let model = known.fitted(model, data.set.shape())?;
        let climbed = beside.surrogate.map(|path| climbed(path, &model, &args.path)).transpose()?;
        data.fits(model.spec().input, "this network")?;
        data.labels_fit(model.classes())?;
        enough(n, &data)?;
        let (model, behind) = match beside.purifier {
            Some(path) => {
                let (both, behind) = behind(path, model, beside.surrogate.is_some())?;
                (both, Some(behind))
            }
            None => (model, None),
        };
        let first = data.set.test.first(n.unwrap_or(1000).min(data.set.test.len()));
        let hash = |path: &Path| Outcome::Ok(sha256_hex(&std::fs::read(weights_file(path)?)?));
        let source = Source {
            model: args.path.clone(),
            model_flags: args.flags(),
            model_sha256: hash(&args.path)?,
            data: (!own).then(|| data.asked.clone()),
            data_digest: first.fingerprint(),
            surrogate: beside.surrogate.map(Path::to_path_buf),
            surrogate_sha256: beside.surrogate.map(hash).transpose()?,
            purifier: beside.purifier.map(Path::to_path_buf),
            purifier_sha256: beside.purifier.map(hash).transpose()?,
        };
        Ok(Self { model, surrogate: climbed, behind, test: first.all(), data, source })
    }

    /// Refuses a generator for other examples.
    pub(super) fn admits(&self, attack: &SuiteAttack) -> Outcome {
        match attack {
            SuiteAttack::Learnt(one) if one.attack.shape() != self.test.shape => {
                let shown = |[c, h, w]: [usize; 3]| format!("{c} x {h} x {w}");
                Err(Failure::Usage(format!(
                    "--attack {}: its generator takes examples of {} (channels, height, width), the model {}; name one that was trained on such examples",
                    attack.ran().call,
                    shown(one.attack.shape()),
                    shown(self.test.shape)
                )))
            }
            _ => Ok(()),
        }
    }

    /// All images.
    pub(crate) fn all(&self) -> Range<usize> {
        0..self.test.len()
    }

    /// The images as a part of their set.
    pub(super) fn split(&self) -> Split {
        self.data.set.test.first(self.test.len())
    }

    fn x(&self, which: &Range<usize>) -> Outcome<Batch<'_>> {
        Ok(Batch::new(&self.test.x, self.test.shape, &self.test.ids)?.slice(which.clone()))
    }

    /// Smaller chunks where the network's layers are large, or there are fewer images than threads would take; no figure depends on it.
    fn options(&self, n: usize, how: &Settings) -> EvaluateOptions {
        let threads = rayon::current_num_threads();
        let most = (self.model.cost().most_examples() / threads).min(n.div_ceil(threads)).max(1);
        EvaluateOptions { batch: how.batch.min(most), keep: how.keep, course: how.course }
    }

    /// One budget, on these images. A surrogate is climbed in f32.
    pub(crate) fn evaluate(
        &self,
        which: &Range<usize>,
        suite: &[SuiteAttack],
        threat: &Threat,
        how: &Settings,
        show: &(dyn Fn(Progress<'_>) + Sync),
    ) -> Outcome<Report> {
        let (x, y, options) =
            (self.x(which)?, &self.test.labels[which.clone()], self.options(which.len(), how));
        let victim = self.model.victim();
        let stand_in = match &self.surrogate {
            Some(other) => other.victim(),
            None if how.precision == Precision::F32 => {
                return Ok(evaluate_with(&victim, x, y, suite, threat, how.key, &options, show)?);
            }
            None => self.model.victim().in_precision(how.precision),
        };
        let (name, role) = match &self.source.surrogate {
            Some(path) => (path.display().to_string(), ProposerRole::Surrogate),
            None => (how.precision.to_string(), ProposerRole::Approximation),
        };
        let proposer = Proposer { model: &stand_in, name: &name, role };
        Ok(evaluate_proposed(&victim, proposer, x, y, suite, threat, how.key, &options, show)?)
    }

    /// The checks that need runs of their own, for a report of all images; the attack that they doubt is the first of the suite that takes many steps.
    pub(crate) fn doubts(
        &self,
        report: &Report,
        suite: &[SuiteAttack],
        how: &Settings,
    ) -> Outcome<Vec<Finding>> {
        let steps = |one: &SuiteAttack| match one {
            SuiteAttack::Listed(one) => (one.info.kind == AttackKind::FixedBudget
                && one.attack.settings_as_text().iter().any(|(name, _)| *name == "steps"))
            .then_some(one.attack),
            SuiteAttack::Learnt(_) => None,
        };
        let usual = Diagnosis::default();
        let attack = suite.iter().find_map(steps).unwrap_or(usual.attack);
        let diagnosis = Diagnosis { attack, batch: self.options(self.test.len(), how).batch, ..usual };
        let (x, y) = (self.x(&self.all())?, &self.test.labels);
        Ok(diagnostic_findings(&self.model.victim(), x, y, report, how.key, &diagnosis)?)
    }

    /// Accuracy against the budget, on these images.
    pub(crate) fn curve(
        &self,
        which: &Range<usize>,
        attack: &SuiteAttack,
        norm: AnyNorm,
        budgets: &[f32],
        how: &Settings,
        show: &(dyn Fn(Progress<'_>) + Sync),
    ) -> Outcome<BudgetCurve> {
        let (x, y, options) =
            (self.x(which)?, &self.test.labels[which.clone()], self.options(which.len(), how));
        Ok(budget_curve(&self.model.victim(), x, y, attack, norm, budgets, how.key, &options, show)?)
    }
}
