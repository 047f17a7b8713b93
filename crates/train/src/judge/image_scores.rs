//! Samples of images beside real ones, each figure beside that of two real sets.

use super::nearest::nearest_training;
use super::net::{Judge, JudgedImages};
use super::settings::JudgeSettings;
use crate::TrainError;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sparring_datasets::Split;
use sparring_metrics::{
    ClassHistogram, FeatureMoments, ManifoldOverlap, MeanStd, Memorisation, NeighbourTest, classifier_score,
    frechet_distance, kernel_distance, manifold_overlap, neighbour_test,
};
use sparring_seed::Key;

/// What generated images are worth. Figures whose name ends in `_floor` are the same of as many real training images in the place of the samples: what a perfect generator would have.
///
/// Features are those of [`Judge`], so the figures compare with no other network's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GenerativeScores {
    /// Samples compared with as many real test images.
    pub samples: usize,
    /// Fréchet distance of the features of samples and test images.
    pub frechet: f64,
    /// That of training and test images.
    pub frechet_floor: f64,
    /// Kernel distance of the features, unbiased: it can be below 0.
    pub kid: f64,
    /// Its standard deviation over subsets.
    pub kid_std: f64,
    /// That of training and test images; 0 but for chance.
    pub kid_floor: f64,
    /// Share of the real test images that the judge reads rightly; `None` where labels are none of ten classes.
    pub judge_accuracy: Option<f64>,
    /// exp of the mean KL(p(y|x) ‖ p(y)), 1 to 10; `None` where the judge cannot read the images, as in the next three.
    pub classifier_score: Option<f64>,
    /// Its standard deviation over parts of the samples.
    pub classifier_score_std: Option<f64>,
    /// That of the test images.
    pub classifier_score_floor: Option<f64>,
    /// Share of each digit among the samples, as the judge reads them.
    pub class_histogram: Option<[f64; Judge::CLASSES]>,
    /// Share of each digit among the test images, as the judge reads them.
    pub class_histogram_floor: Option<[f64; Judge::CLASSES]>,
    /// Samples, and as many test images, among whose features neighbours are looked for.
    pub neighbours: usize,
    /// Which neighbour the balls reach to.
    pub k: usize,
    /// Share of samples within the ball of a test image.
    pub precision: f64,
    /// That of training images.
    pub precision_floor: f64,
    /// Share of test images within the ball of a sample.
    pub recall: f64,
    /// Within that of a training image.
    pub recall_floor: f64,
    /// Balls of test images around a sample, over k.
    pub density: f64,
    /// Around a training image.
    pub density_floor: f64,
    /// Share of test images whose ball holds a sample.
    pub coverage: f64,
    /// A training image.
    pub coverage_floor: f64,
    /// Leave-one-out accuracy of the nearest neighbour at telling samples from test images: 0.5 if they are alike.
    pub two_sample: f64,
    /// Training images from test images.
    pub two_sample_floor: f64,
    /// Samples whose nearest training image was looked for, pixel by pixel, among all of them.
    pub searched: usize,
    /// Median distance of a sample to its nearest training image.
    pub nearest: f64,
    /// Median distance of a test image to its nearest training image.
    pub nearest_floor: f64,
    /// Share of samples nearer to a training image than [`NEARER_THAN`](Self::NEARER_THAN) of the test images are: about as much without copies.
    pub copies: f64,
}

impl GenerativeScores {
    /// Share of the test images that are nearest to the training set.
    pub const NEARER_THAN: f64 = 0.05;

    /// Whether a share of the samples that chance does not give is as near to training images as copies are. Blurred images are near to many: look at them.
    pub fn looks_copied(&self) -> bool {
        self.copies > 0.5
    }
}

/// Everything that is asked of one set of images against the real ones.
struct Compared {
    frechet: f64,
    kid: MeanStd,
    overlap: ManifoldOverlap,
    two_sample: NeighbourTest,
}

/// [`GenerativeScores`] of `samples` in [0, 1] against the test images; with fewer test or training images than [`JudgeSettings::samples`], of so many.
///
/// Which real images, and which subsets of the kernel distance, depends on nothing but their number: floors of a set are the same in every run.
///
/// # Shapes
/// `samples` [n, 1, 28, 28]
///
/// # Errors
/// [`TrainError::Data`] for other images, too few of them (more than [`Judge::FEATURES`] are needed) or a number that is not finite; [`TrainError::Recipe`] for settings without a meaning.
pub fn image_scores(
    samples: &[f32],
    [train, test]: [&Split; 2],
    settings: &JudgeSettings,
) -> Result<GenerativeScores, TrainError> {
    settings.validate()?;
    if test.shape() != Judge::SHAPE || train.shape() != Judge::SHAPE {
        let (shape, own) = (test.shape(), Judge::SHAPE);
        return Err(TrainError::Data(format!("images are {shape:?}, the judge looks at {own:?}")));
    }
    let dim = train.dim();
    let n = settings.samples.min(samples.len() / dim).min(test.len()).min(train.len());
    if n <= Judge::FEATURES {
        return Err(TrainError::Data(format!(
            "{n} samples, training or test images are too few: a covariance of {} features takes more",
            Judge::FEATURES
        )));
    }
    let judge = Judge::shipped();
    let key = Key::new(0).named("judge");
    let part = |split: &Split, name: &str| split.subset(&drawn(split.len(), n, key.named(name)));
    let (of_train, of_test) = (part(train, "train"), part(test, "test"));
    let samples = &samples[..n * dim];
    let judge_accuracy = judge.accuracy(&of_test)?;
    let [made, trained, real] =
        [judge.look(samples)?, judge.look(&of_train.all().x)?, judge.look(&of_test.all().x)?];
    let subsets = subsets(n, settings, key.named("kid"));
    let (compared, floor) = rayon::join(
        || compare(&made.features, &real.features, settings, &subsets),
        || compare(&trained.features, &real.features, settings, &subsets),
    );
    let (compared, floor) = (compared?, floor?);
    let reads = judge_accuracy.is_some_and(|a| a >= Judge::READS);
    let scores = |of: &JudgedImages| {
        reads
            .then(|| classifier_score(&of.probabilities, Judge::CLASSES, settings.score_parts.min(n)))
            .transpose()
    };
    let (score, score_floor) = (scores(&made)?, scores(&real)?);
    let histogram = |of: &JudgedImages| -> Result<Option<[f64; Judge::CLASSES]>, TrainError> {
        if !reads {
            return Ok(None);
        }
        let shares = ClassHistogram::of(&of.classes(), Judge::CLASSES)?.shares();
        Ok(Some(std::array::from_fn(|class| shares[class])))
    };
    let searched = settings.copies.min(n);
    let distances = |rows: &[f32]| nearest_training(rows, train).into_iter().map(|d| d.1).collect::<Vec<_>>();
    let near = Memorisation::of_distances(
        distances(&samples[..searched * dim]),
        distances(&of_test.first(searched).all().x),
    )?;
    Ok(GenerativeScores {
        samples: n,
        frechet: compared.frechet,
        frechet_floor: floor.frechet,
        kid: compared.kid.mean,
        kid_std: compared.kid.std,
        kid_floor: floor.kid.mean,
        judge_accuracy,
        classifier_score: score.map(|s| s.mean),
        classifier_score_std: score.map(|s| s.std),
        classifier_score_floor: score_floor.map(|s| s.mean),
        class_histogram: histogram(&made)?,
        class_histogram_floor: histogram(&real)?,
        neighbours: settings.neighbours.min(n),
        k: settings.k,
        precision: compared.overlap.precision,
        precision_floor: floor.overlap.precision,
        recall: compared.overlap.recall,
        recall_floor: floor.overlap.recall,
        density: compared.overlap.density,
        density_floor: floor.overlap.density,
        coverage: compared.overlap.coverage,
        coverage_floor: floor.overlap.coverage,
        two_sample: compared.two_sample.accuracy,
        two_sample_floor: floor.two_sample.accuracy,
        searched,
        nearest: near.median_generated(),
        nearest_floor: near.median_test(),
        copies: near.share_below(GenerativeScores::NEARER_THAN),
    })
}

/// `n` of `all` indices, in an order drawn by `key`.
fn drawn(all: usize, n: usize, key: Key) -> Vec<usize> {
    let mut indices: Vec<usize> = (0..all).collect();
    key.rng(0).shuffle(&mut indices);
    indices.truncate(n);
    indices
}

/// Rows of both sets for each subset of the kernel distance.
fn subsets(n: usize, settings: &JudgeSettings, key: Key) -> Vec<[Vec<usize>; 2]> {
    let size = settings.kid_size.min(n / 2);
    let one = |s: usize| ["first", "second"].map(|name| drawn(n, size, key.child(s as u64).named(name)));
    (0..settings.kid_subsets).map(one).collect()
}

/// `features` against those of real images, as many rows.
fn compare(
    features: &[f32],
    real: &[f32],
    settings: &JudgeSettings,
    subsets: &[[Vec<usize>; 2]],
) -> Result<Compared, TrainError> {
    const DIM: usize = Judge::FEATURES;
    let frechet = frechet_distance(&FeatureMoments::of(features, DIM)?, &FeatureMoments::of(real, DIM)?)?;
    let gathered = |rows: &[f32], subset: &[usize]| -> Vec<f32> {
        subset.iter().flat_map(|&i| rows[i * DIM..(i + 1) * DIM].iter().copied()).collect()
    };
    let one = |[a, b]: &[Vec<usize>; 2]| kernel_distance(&gathered(features, a), &gathered(real, b), DIM);
    let first = |rows: &[f32]| rows[..rows.len().min(settings.neighbours * DIM)].to_vec();
    let (near, near_real) = (first(features), first(real));
    let (kid, (overlap, two_sample)) = rayon::join(
        || subsets.par_iter().map(one).collect::<Result<Vec<f64>, _>>(),
        || {
            rayon::join(
                || manifold_overlap(&near_real, &near, DIM, settings.k),
                || neighbour_test(&near_real, &near, DIM),
            )
        },
    );
    Ok(Compared { frechet, kid: MeanStd::of(&kid?), overlap: overlap?, two_sample: two_sample? })
}
