//! The frozen classifier of handwritten digits whose features samples are compared by.

use crate::TrainError;
use crate::parallel::map_parts;
use sparring_datasets::Split;
use sparring_metrics::ClassHistogram;
use sparring_nn::{Compiled, Graph, Network};
use sparring_seed::Key;
use sparring_store::Weights;
use sparring_tensor::{Array, reduce, softmax};
use std::sync::OnceLock;

/// What the project ships; `crates/train/judge/README.md` has the command that made it.
const WEIGHTS: &[u8] = include_bytes!("../../judge/mnist-judge.safetensors");

/// A convolutional net of 61,098 parameters, trained on the training images of MNIST alone, that never changes: its features, the [`Judge::FEATURES`] numbers before its last layer, and its
/// classes are what figures of samples are made of.
#[derive(Debug)]
pub struct Judge {
    graph: Graph,
    /// Features and logits side by side.
    net: Compiled,
}

/// What a [`Judge`] says of images.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedImages {
    /// [n, [`Judge::FEATURES`]].
    pub features: Vec<f32>,
    /// [n, [`Judge::CLASSES`]]; each row sums to 1.
    pub probabilities: Vec<f32>,
}

impl JudgedImages {
    /// The most likely class of each image.
    pub fn classes(&self) -> Vec<usize> {
        self.probabilities.chunks_exact(Judge::CLASSES).map(reduce::argmax).collect()
    }
}

impl Judge {
    /// Numbers of an image's features.
    pub const FEATURES: usize = 64;
    /// Digits.
    pub const CLASSES: usize = 10;
    /// Channels, height and width of an image.
    pub const SHAPE: [usize; 3] = [1, 28, 28];
    /// SHA-256 of the [shipped file](Judge::shipped_file).
    pub const SHA256: &str = "6364979216adcc3c2396c011c330729b5f527c77ef7f33eba8039068dc0a5ff2";
    /// Share of real test images that it has to read rightly for its classes to mean something there.
    pub const READS: f64 = 0.9;

    /// The one that ships with the project.
    ///
    /// # Panics
    /// Never: a test reads the file, which is part of the program.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Judge> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            let weights = Weights::parse(WEIGHTS).expect("a file of ours");
            let graph = weights.spec("").expect("with its network").clone();
            let mut both = graph.clone();
            let last = both.nodes.len() - 1;
            both.outputs = vec![last - 1, last];
            // Any key does: every number is replaced.
            let mut net: Network<f32> = both.build(Key::new(0)).expect("a network");
            weights.load_into("", &mut net).expect("its weights");
            assert_eq!(both.input, Self::SHAPE);
            let columns = both.output_columns().expect("a network");
            assert_eq!(columns, [0..Self::FEATURES, Self::FEATURES..Self::FEATURES + Self::CLASSES]);
            Self { graph, net: Compiled::new(&net) }
        })
    }
    /// The file it comes from, safetensors with its network's spec.
    pub fn shipped_file() -> &'static [u8] {
        WEIGHTS
    }
    /// Its network, for a classifier of one's own of the same form.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// What it says of `images` in [0, 1]. Each image's row depends on the image alone.
    ///
    /// # Shapes
    /// `images` [n, 1, 28, 28]
    ///
    /// # Errors
    /// [`TrainError::Data`] if these are no whole images, or one is not finite.
    pub fn look(&self, images: &[f32]) -> Result<JudgedImages, TrainError> {
        let dim = self.net.inputs();
        if !images.len().is_multiple_of(dim) {
            return Err(TrainError::Data(format!("{} numbers are no images of {dim} pixels", images.len())));
        }
        if let Some(at) = images.iter().position(|x| !x.is_finite()) {
            return Err(TrainError::Data(format!("a pixel of sample {} is {}", at / dim, images[at])));
        }
        let outputs = self.net.outputs();
        let parts = map_parts(images.len() / dim, |part| {
            let mut y = vec![0.0; part.len() * outputs];
            self.net.forward(&images[part.start * dim..part.end * dim], &mut y);
            y
        });
        let mut found = JudgedImages { features: Vec::new(), probabilities: Vec::new() };
        for y in parts.iter().flat_map(|part| part.chunks_exact(outputs)) {
            let (features, logits) = y.split_at(Self::FEATURES);
            found.features.extend_from_slice(features);
            let p = softmax::softmax(&Array::from_slice([1, Self::CLASSES], logits));
            found.probabilities.extend_from_slice(p.as_slice());
        }
        Ok(found)
    }
    /// Share of each digit among `images` as it reads them: cheap enough for every epoch (a thousand images take a tenth of a second of one core).
    ///
    /// # Errors
    /// As [`look`](Self::look), or no image.
    pub fn class_histogram(&self, images: &[f32]) -> Result<[f64; Self::CLASSES], TrainError> {
        let shares = ClassHistogram::of(&self.look(images)?.classes(), Self::CLASSES)?.shares();
        Ok(std::array::from_fn(|class| shares[class]))
    }
    /// Share of the examples whose label it finds; `None` if they are not images of ten classes that it can look at.
    ///
    /// # Errors
    /// As [`look`](Self::look).
    pub fn accuracy(&self, split: &Split) -> Result<Option<f64>, TrainError> {
        if split.shape() != Self::SHAPE
            || split.is_empty()
            || split.labels().iter().any(|&l| l >= Self::CLASSES)
        {
            return Ok(None);
        }
        let found = self.look(&split.all().x)?.classes();
        let right = found.iter().zip(split.labels()).filter(|(f, l)| **f == *l).count();
        Ok(Some(right as f64 / split.len() as f64))
    }
}
