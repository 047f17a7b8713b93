//! How many samples the figures take.

use crate::TrainError;

/// Sizes of the comparison of samples with real examples. Figures that grow or fall with the number of samples compare only between equal sizes, so all of them are told beside the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JudgeSettings {
    /// Samples compared with as many test images by Fréchet distance, kernel distance, classifier score and class histogram; fewer where there are fewer test or training images.
    pub samples: usize,
    /// Of them those whose nearest neighbours are looked for among features: precision, recall, density, coverage, the two-sample test. The work grows with its square.
    pub neighbours: usize,
    /// Which neighbour the balls of precision, recall, density and coverage reach to: 5 in Naeem et al. 2020 (arXiv:2002.09797).
    pub k: usize,
    /// Subsets that the kernel distance is averaged over.
    pub kid_subsets: usize,
    /// Samples of a subset, at most half of all.
    pub kid_size: usize,
    /// Parts that the classifier score is averaged over.
    pub score_parts: usize,
    /// Samples whose nearest training image is looked for, pixel by pixel, in the whole training set.
    pub copies: usize,
    /// Points of a toy set: 2,500 in PacGAN (arXiv:1712.04086).
    pub toy_samples: usize,
    /// Images of stacked digits: 26,000 in PacGAN.
    pub stacked_samples: usize,
}

impl Default for JudgeSettings {
    fn default() -> Self {
        Self {
            samples: 10_000,
            neighbours: 5_000,
            k: 5,
            kid_subsets: 50,
            kid_size: 1000,
            score_parts: 10,
            copies: 1000,
            toy_samples: 2500,
            stacked_samples: 26_000,
        }
    }
}

impl JudgeSettings {
    /// No figure without samples.
    ///
    /// # Errors
    /// [`TrainError::Recipe`] naming the first field that is 0.
    ///
    /// ```
    /// use sparring_train::JudgeSettings;
    /// assert!(JudgeSettings::default().validate().is_ok());
    /// assert!(JudgeSettings { k: 0, ..JudgeSettings::default() }.validate().is_err());
    /// ```
    pub fn validate(&self) -> Result<(), TrainError> {
        let fields = [
            ("samples", self.samples),
            ("neighbours", self.neighbours),
            ("k", self.k),
            ("kid_subsets", self.kid_subsets),
            ("kid_size", self.kid_size),
            ("score_parts", self.score_parts),
            ("copies", self.copies),
            ("toy_samples", self.toy_samples),
            ("stacked_samples", self.stacked_samples),
        ];
        match fields.into_iter().find(|f| f.1 == 0) {
            Some((field, _)) => Err(TrainError::Recipe { field, value: "0".into(), must: "at least 1" }),
            None => Ok(()),
        }
    }
}
