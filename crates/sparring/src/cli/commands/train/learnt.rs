//! What is said of a training that learnt nothing, or lost it again.

use super::watch::EpochRow;
use sparring::train::{History, Outputs, Recipe};

/// The share of the best epoch's worth below which a model has lost it.
const LOST: f64 = 0.75;

/// What is right without looking at an image: the most frequent class of the test images, always.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guess {
    /// Classes of the model.
    classes: usize,
    /// The share of that class among the test images.
    share: f64,
    /// Test images.
    n: usize,
}

impl Guess {
    pub(super) fn of(classes: usize, labels: &[usize]) -> Self {
        let of = |class: usize| labels.iter().filter(|&&label| label == class).count();
        let n = labels.len().max(1);
        Self { classes, share: (0..classes).map(of).max().unwrap_or(0) as f64 / n as f64, n }
    }
    /// Accuracies above this are no luck: two standard deviations above the share, a tenth of it or of what is missing at least.
    fn luck(self) -> f64 {
        let deviation = (self.share * (1.0 - self.share) / self.n as f64).sqrt();
        self.share + (2.0 * deviation).max(0.1 * self.share.min(1.0 - self.share))
    }
}

/// Of a classifier with weights of this test accuracy.
pub(super) fn classifier(
    (done, rows): (&History, &[EpochRow]),
    recipe: &Recipe,
    guess: Guess,
    test_accuracy: f64,
) -> Option<String> {
    let Guess { classes, share, .. } = guess;
    let best = best(rows, |a, b| a > b);
    // A quarter of the way from a guess to the truth: what is lost must have been there.
    let learnt = 0.25 + 0.75 / classes as f64;
    let lost = best.filter(|&(_, best)| best > learnt && test_accuracy < LOST * best);
    if let Some((epoch, best)) = lost {
        let (best, is) = (100.0 * best, 100.0 * test_accuracy);
        let after = after(recipe);
        return Some(format!(
            "the test accuracy is {is:.1} %, after epoch {epoch} it was {best:.1} %: what was learnt was lost again; {after}"
        ));
    }
    let like_a_guess = || {
        let budget = if recipe.defense.eps().is_some() { ", or lower the budget" } else { "" };
        (test_accuracy < guess.luck()).then(|| {
            format!(
                "the test accuracy, {:.1} %, is that of a guess among {classes} classes ({:.1} % of the test images are of one): nothing was learnt; {}{budget}",
                100.0 * test_accuracy,
                100.0 * share,
                instead(recipe)
            )
        })
    };
    // The loss of a guess is known for a cross-entropy alone.
    let plan = recipe.defense.plan(1.0);
    if !matches!(plan.outputs, Outputs::One)
        || plan.penalty.is_some()
        || recipe.label_smoothing != 0.0
        || recipe.augment.iter().any(|one| one.mixes())
    {
        return like_a_guess();
    }
    let by_luck = test_accuracy <= guess.luck();
    let guess = (classes as f64).ln();
    let least = done.epochs.iter().map(|e| e.train_loss).fold(f64::INFINITY, f64::min);
    let (kept, told) = (done.train_loss(), format!("that of a guess (ln {classes} = {guess:.4})"));
    let figure = |v: f64| if v < 1e4 { format!("{v:.4}") } else { format!("{v:.1e}") };
    let (least_is, kept_is) = (figure(least), figure(kept));
    // The mean loss of an epoch counts its first steps as well, and under attack that of a good net may be above a guess's: it is no sign where the
    // accuracy says otherwise.
    let defended = recipe.defense.eps().is_some();
    if !by_luck && (defended || least < 2.0 * guess && kept < 2.0 * guess) {
        None
    } else if least >= guess {
        let nothing = if by_luck { ": nothing was learnt" } else { "" };
        Some(format!(
            "the loss never fell below {told}, its best epoch had {least_is}{nothing}; {}",
            instead(recipe)
        ))
    } else if kept >= guess {
        let epoch = done.kept().map_or(0, |e| e.epoch);
        Some(format!(
            "the loss rose to {kept_is} in epoch {epoch}, above {told}, from {least_is}; {}",
            after(recipe)
        ))
    } else {
        like_a_guess()
    }
}

/// Of an autoencoder with weights of this test error, where the mean image has that one.
pub(super) fn autoencoder(
    rows: &[EpochRow],
    recipe: &Recipe,
    mean_image: f64,
    test_mse: f64,
) -> Option<String> {
    let best = best(rows, |a, b| a < b);
    if let Some((epoch, best)) = best.filter(|&(_, best)| best < mean_image && best < LOST * test_mse) {
        return Some(format!(
            "the test error is {test_mse:.4e}, after epoch {epoch} it was {best:.4e}: what was learnt was lost again; {}",
            after(recipe)
        ));
    }
    (test_mse >= mean_image).then(|| {
        format!(
            "the test error {test_mse:.4e} is not below that of the mean image, {mean_image:.4e}: nothing was learnt; {}",
            instead(recipe)
        )
    })
}

/// The epoch with the best figure on the test images, and the figure.
fn best(rows: &[EpochRow], better: fn(f64, f64) -> bool) -> Option<(usize, f64)> {
    let all = rows.iter().map(|row| (row.epoch, row.test.value())).filter(|(_, figure)| figure.is_finite());
    all.reduce(|best, next| if better(next.1, best.1) { next } else { best })
}

/// What to do where nothing was learnt: a rate may be too low as well as too high.
fn instead(recipe: &Recipe) -> String {
    let chain: Vec<String> = recipe.transforms.iter().map(ToString::to_string).collect();
    let chain = match chain.is_empty() {
        true => String::new(),
        false => format!(", or what is done to gradients ({})", chain.join(", ")),
    };
    format!("train longer, or change --lr (it is {:?}){chain}", recipe.lr)
}

/// What to do where it was lost.
fn after(recipe: &Recipe) -> String {
    let keep = if recipe.selection.keeps_best() { "" } else { ", or keep the best weights with --keep-best" };
    format!("lower --lr (it is {:?}, {}){keep}", recipe.lr, recipe.schedule)
}

#[cfg(test)]
mod tests {
    use super::super::watch::Test;
    use super::*;
    use sparring::train::Epoch;

    fn trained(figures: &[(f64, Test)]) -> (History, Vec<EpochRow>) {
        let epochs = figures.len();
        let of = |(i, &(train_loss, _)): (usize, &(f64, Test))| Epoch {
            epoch: i + 1,
            epochs,
            train_loss,
            train_accuracy: None,
            validation: None,
            best_epoch: None,
            lr: 0.1,
            seconds: 1.0,
            examples_per_s: 1.0,
        };
        let row = |(i, &(train_loss, test)): (usize, &(f64, Test))| EpochRow {
            epoch: i + 1,
            lr: 0.1,
            train_loss,
            train_accuracy: None,
            validation_loss: None,
            validation_accuracy: None,
            validation_robust_accuracy: None,
            test,
        };
        let all = figures.iter().enumerate();
        let done = History { epochs: all.clone().map(of).collect(), seconds: 1.0, stopped: false };
        (done, all.map(row).collect())
    }

    #[test]
    fn what_was_lost_is_told_apart_from_what_was_never_learnt() {
        let of = |figures: &[(f64, f64)], lr: f64, transforms: &[&str]| {
            let figures: Vec<_> =
                figures.iter().map(|&(loss, share)| (loss, Test::Accuracy(share))).collect();
            let (done, rows) = trained(&figures);
            let transforms = transforms.iter().map(|t| t.parse().unwrap()).collect();
            let recipe = Recipe { lr, transforms, ..Recipe::default() };
            let guess = Guess { classes: 10, share: 0.1, n: 1000 };
            classifier((&done, &rows), &recipe, guess, figures.last().unwrap().1.value())
        };
        let said = of(&[(0.4, 0.88), (1.8, 0.51), (2.9, 0.27)], 0.001, &[]).unwrap();
        assert!(
            said.contains("is 27.0 %, after epoch 1 it was 88.0 %") && said.contains("lost again"),
            "{said}"
        );
        assert!(said.contains("--keep-best"), "{said}");
        assert_eq!(of(&[(0.4, 0.88), (0.5, 0.84)], 0.001, &[]), None);
        // Two guesses differ by chance.
        let said = of(&[(9e3, 0.13), (9e9, 0.088)], 1e6, &[]).unwrap();
        assert!(said.contains("that of a guess") && !said.contains("lost again"), "{said}");
        let said = of(&[(2.31, 0.1), (2.31, 0.1)], 1e-30, &["clip-norm(max=0.001)"]).unwrap();
        assert!(said.contains("nothing was learnt; train longer, or change --lr (it is 1e-30)"), "{said}");
        assert!(said.ends_with("what is done to gradients (clip-norm(max=0.001))"), "{said}");
    }

    #[test]
    fn the_loss_under_attack_is_no_sign_where_the_accuracy_says_otherwise() {
        let of = |defense: &str, (loss, accuracy): (f64, f64), labels: &[usize]| {
            let (done, rows) = trained(&[(loss, Test::Accuracy(accuracy))]);
            let recipe = Recipe { defense: defense.parse().unwrap(), ..Recipe::default() };
            classifier((&done, &rows), &recipe, Guess::of(2, labels), accuracy)
        };
        let (even, odd) = ([0, 1].repeat(150), [0, 0, 0, 1].repeat(75));
        for defense in ["none", "fgsm-rs(eps=0.3)", "pgd(eps=0.3)"] {
            // Two moons: mean losses of one epoch are above ln 2, and four of five points are right.
            assert_eq!(of(defense, (0.72, 0.804), &even), None, "{defense}");
            for (labels, accuracy) in [(&even, 0.5), (&odd, 0.75)] {
                let said = of(defense, (0.72, accuracy), labels).unwrap();
                assert!(said.contains("nothing was learnt") && said.contains("a guess"), "{said}");
            }
        }
        // 95 of 100 images are of one class: what is right above that was learnt.
        let one_sided: Vec<usize> = (0..1000).map(|i| usize::from(i % 20 == 0)).collect();
        for (accuracy, learnt) in [(1.0, true), (0.98, true), (0.95, false)] {
            let said = of("pgd(eps=0.3)", (0.72, accuracy), &one_sided);
            assert_eq!(said.is_none(), learnt, "{accuracy}: {said:?}");
        }
        assert_eq!(of("pgd(eps=0.3)", (2.0, 0.804), &even), None);
        let said = of("none", (2.0, 0.804), &even).unwrap();
        assert!(said.contains("never fell below") && !said.contains("nothing was learnt"), "{said}");
        assert!(of("trades(eps=0.3)", (0.5, 0.75), &odd).unwrap().contains("or lower the budget"));
    }

    #[test]
    fn of_an_autoencoder_too() {
        let of = |errors: &[f64]| {
            let figures: Vec<_> = errors.iter().map(|&e| (e, Test::Mse(e))).collect();
            autoencoder(&trained(&figures).1, &Recipe::default(), 0.07, *errors.last().unwrap())
        };
        assert_eq!(of(&[0.05, 0.03]), None);
        assert!(of(&[0.05, 0.03, 0.06]).unwrap().contains("after epoch 2 it was 3.0000e-2"));
        assert!(of(&[0.05, 0.9]).unwrap().contains("lost again"));
        assert!(of(&[0.09, 0.08]).unwrap().contains("nothing was learnt"));
    }
}
