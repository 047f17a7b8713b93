//! Validation on the command line: examples held out, the figure that decides, when a training ends, which weights it keeps.

use crate::cli::options::{Budget, Named, count, name, share, whole};
use crate::cli::{Failure, Outcome};
use sparring::attacks::{AnyAttack, AnyNorm, Threat};
use sparring::optim::AnySchedule;
use sparring::train::{AnyDefense, Kept, Monitor, Selection, ValidationAttack};

/// Flags.
#[derive(Debug, clap::Args)]
pub(super) struct ValidationArgs {
    /// Training images held out, of each class its share, drawn by --seed; the model is judged on them after each epoch. A count, or a
    /// fraction such as 1/12. Default: 0; with a defence a twentieth of the images, at most 1000; a twelfth where --early-stop,
    /// --keep-best, --monitor, --validate-attack or a plateau need them.
    #[arg(long, value_name = "COUNT|FRACTION", value_parser = Part::read)]
    validation: Option<Part>,
    /// End the training once the monitored figure has not improved for so many epochs; the weights of the best epoch are kept.
    #[arg(long, value_name = "EPOCHS", value_parser = count)]
    early_stop: Option<usize>,
    /// The figure that --early-stop, --keep-best and a plateau look at: train_loss, validation_loss, validation_accuracy or
    /// validation_robust_accuracy. Default: validation_loss, without validation images train_loss.
    #[arg(long, value_name = "FIGURE")]
    monitor: Option<Monitor>,
    /// Keep the weights of the epoch with the best monitored figure, in best.safetensors while the training runs.
    #[arg(long)]
    pub(super) keep_best: bool,
    /// Keep the weights of each of the last N epochs, in epoch-001.safetensors and so on.
    #[arg(long, value_name = "N", value_parser = count)]
    pub(super) keep_last: Option<usize>,
}

/// Some of the images.
#[derive(Clone, Copy, Debug)]
enum Part {
    Count(usize),
    Share(f64),
}

impl Part {
    fn read(text: &str) -> Result<Self, String> {
        if text.contains(['.', '/', 'e']) {
            let share = share(text).ok().filter(|&share| share < 1.0);
            share
                .map(Self::Share)
                .ok_or_else(|| "must be a whole number, or a fraction from 0 to below 1".into())
        } else {
            whole(text).map(Self::Count).map_err(|e| format!("{e}, or a fraction such as 1/12"))
        }
    }
    fn of(self, n: usize) -> usize {
        match self {
            Self::Count(count) => count,
            Self::Share(share) => (share * n as f64).round() as usize,
        }
    }
}

impl ValidationArgs {
    /// What the figures decide.
    pub(super) fn selection(&self) -> Selection {
        let kept = if self.keep_best { Kept::Best } else { Kept::Last };
        Selection { monitor: self.monitor, early_stop: self.early_stop.map(|n| n as u64), kept }
    }
    /// A monitored figure that only a classifier has, one under attack without an attack, or one that nothing goes by, is a mistake.
    pub(super) fn check(&self, classifies: Option<&ValidateArgs>, schedule: &AnySchedule) -> Outcome {
        let refuse = |monitor: Monitor, why: &str| Err(Failure::Usage(format!("--monitor {monitor}: {why}")));
        match (self.monitor, classifies) {
            (Some(m @ (Monitor::ValidationAccuracy | Monitor::ValidationRobustAccuracy)), None) => {
                refuse(m, "an autoencoder has train_loss and validation_loss")
            }
            (Some(m @ Monitor::ValidationRobustAccuracy), Some(args)) if args.validate_attack.is_none() => {
                refuse(m, "name the attack with --validate-attack")
            }
            (Some(m), _) if !self.selection().keeps_best() && schedule.plateau().is_none() => {
                refuse(m, "nothing goes by it; add --early-stop, --keep-best or --schedule plateau")
            }
            _ => Ok(()),
        }
    }
    /// How many training images are held out: as many as asked for, else a twelfth where a flag needs them, else the `usual` number.
    pub(super) fn count(
        &self,
        data: &Named,
        (usual, attacked): (usize, bool),
        schedule: &AnySchedule,
    ) -> Outcome<usize> {
        let all = data.set.train.len();
        let needed = match self.monitor {
            Some(Monitor::TrainLoss) => attacked,
            Some(_) => true,
            None => attacked || self.selection().keeps_best() || schedule.plateau().is_some(),
        };
        let n = match self.validation {
            Some(part) => part.of(all),
            None if needed => Part::Share(1.0 / 12.0).of(all).max(1),
            None => usual,
        };
        if n >= all {
            let asked = &data.asked;
            let what = format!(
                "--validation {n}: {asked} has {all} training images, and some must be left to train on"
            );
            return Err(Failure::Usage(what));
        }
        if n == 0 && needed && (attacked || self.monitor.is_some()) {
            return Err(Failure::Usage(
                "--validation 0: --monitor or --validate-attack needs validation images".into(),
            ));
        }
        Ok(n)
    }
}

/// Flags of a classifier.
#[derive(Debug, clap::Args)]
pub(super) struct ValidateArgs {
    /// Attack validation images after each epoch, "pgd(steps=10)" or the like: what shows catastrophic overfitting when it happens.
    #[arg(long, value_name = "ATTACK", value_parser = name::<AnyAttack>())]
    validate_attack: Option<AnyAttack>,
    /// The budget of --validate-attack, in L-inf without a defence. Default: that of the defence.
    #[arg(long, value_name = "EPS", requires = "validate_attack")]
    validate_eps: Option<Budget>,
    /// Validation images that --validate-attack attacks, from the first.
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = count, requires = "validate_attack")]
    validate_n: usize,
}

impl ValidateArgs {
    /// The attack on validation images, where there is one.
    pub(super) fn attack(&self, defense: &AnyDefense) -> Outcome<Option<ValidationAttack>> {
        let Some(attack) = self.validate_attack else { return Ok(None) };
        let usage = |why: String| Failure::Usage(format!("--validate-attack {attack}: {why}"));
        let of_defense = defense.threat();
        let norm = of_defense.map_or(AnyNorm::Linf, |threat| threat.norm);
        let eps = self.validate_eps.map(|eps| eps.0).or(of_defense.map(|threat| threat.eps));
        let eps =
            eps.ok_or_else(|| usage("name its budget with --validate-eps, or train with a defence".into()))?;
        let threat = Threat { norm, eps };
        threat.validate().map_err(|e| usage(e.to_string()))?;
        Ok(Some(ValidationAttack { attack, threat, examples: self.validate_n }))
    }
}
