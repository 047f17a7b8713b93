//! The nearest image that a generator can make.

use super::bpda::Purifier;
use crate::TrainError;
use crate::error::require_positive;
use crate::parallel::on_team;
use sparring_autograd::Tape;
use sparring_models::Gan;
use sparring_nn::Cx;
use sparring_oracle::{Batch, OracleError};
use sparring_seed::Key;
use sparring_tensor::Array;

/// G(z*) with z* = argmin |G(z) − x|², looked for by gradient descent with momentum from several starts: what a generator of clean images would have made. Nothing of it has a useful gradient at x.
/// Of a GAN with classes the starts take the classes in turn, each its own to the end: with as many starts as classes every class is tried.
///
/// Source: Samangouei, Kabkab and Chellappa 2018 (Defense-GAN, arXiv:1805.06605): 200 steps, 10 starts. About 55 % are left under BPDA (Athalye et al. 2018, arXiv:1802.00420).
#[derive(Debug)]
pub struct GanProjection<'a> {
    /// Whose generator it is.
    pub gan: &'a Gan,
    /// Steps of descent, at least 1.
    pub steps: usize,
    /// Starts, of which the nearest end is kept, at least 1.
    pub starts: usize,
    /// Length of a step per unit of the gradient of |G(z) − x|², above 0.
    pub step_size: f32,
    /// Share of the last step that is taken again, in [0, 1).
    pub momentum: f32,
    /// What starts are drawn by, with the ids of the examples.
    pub key: Key,
}

impl<'a> GanProjection<'a> {
    /// Steps of the paper.
    pub const STEPS: usize = 200;
    /// Starts of the paper.
    pub const STARTS: usize = 10;

    /// With the paper's numbers.
    pub fn new(gan: &'a Gan, key: Key) -> Self {
        Self { gan, steps: Self::STEPS, starts: Self::STARTS, step_size: 0.01, momentum: 0.7, key }
    }

    /// Every number is in its range.
    ///
    /// # Errors
    /// [`TrainError::Recipe`] naming the first that is not.
    pub fn validate(&self) -> Result<(), TrainError> {
        for (field, value) in [("steps", self.steps), ("starts", self.starts)] {
            if value == 0 {
                return Err(TrainError::Recipe { field, value: "0".into(), must: "at least 1" });
            }
        }
        require_positive("step_size", f64::from(self.step_size))?;
        if !(0.0..1.0).contains(&self.momentum) {
            let (value, must) = (self.momentum.to_string(), "at least 0 and below 1");
            return Err(TrainError::Recipe { field: "momentum", value, must });
        }
        Ok(())
    }

    /// The images at the ends of a descent, and their squared distances to `x`.
    fn descend(&self, x: &Array<f32>, mut z: Array<f32>) -> (Array<f32>, Vec<f32>) {
        let dim = x.len() / x.shape()[0];
        let mut velocity = vec![0.0; z.len()];
        // The class, behind the noise, stays.
        let (latent, row) = (self.gan.latent(), z.len() / x.shape()[0]);
        for _ in 0..self.steps {
            let tape = Tape::new();
            let at = tape.leaf(z.clone());
            let made = self.gan.generator.forward(&Cx::eval(&tape), at);
            let mut slope = made.value();
            let pairs = slope.as_mut_slice().iter_mut().zip(x.as_slice());
            pairs.for_each(|(y, x)| *y = 2.0 * (*y - x));
            let gradient = tape.backward(made, slope).take(at).expect("it depends on z");
            let numbers = z.as_mut_slice().iter_mut().zip(&mut velocity).zip(gradient.as_slice());
            for (_, ((z, v), g)) in numbers.enumerate().filter(|(i, _)| i % row < latent) {
                *v = self.momentum * *v - self.step_size * g;
                *z += *v;
            }
        }
        let made = self.gan.generate(z);
        let square = |(x, y): (&[f32], &[f32])| x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum();
        let squares =
            x.as_slice().chunks_exact(dim).zip(made.as_slice().chunks_exact(dim)).map(square).collect();
        (made, squares)
    }
}

impl Purifier for GanProjection<'_> {
    fn purify(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        if x.shape() != self.gan.shape() || out.len() != x.data().len() {
            let (given, own) = (x.shape(), self.gan.shape());
            return Err(OracleError::Shape(format!("examples of {given:?}, the generator makes {own:?}")));
        }
        if x.is_empty() {
            return Ok(());
        }
        self.validate().map_err(|e| OracleError::Model(format!("the search: {e}").into()))?;
        let [c, h, w] = x.shape();
        let images = Array::from_slice([x.len(), c, h, w], x.data());
        let mut nearest = vec![f32::INFINITY; x.len()];
        out.copy_from_slice(x.data());
        for start in 0..self.starts {
            let key = self.key.child(start as u64);
            let class = self.gan.class(start as u64).map(|class| vec![class; x.len()]);
            let noise = self.gan.noise_of(key, x.ids(), &class.unwrap_or_default());
            let (made, squares) = on_team(|| self.descend(&images, noise));
            let rows = out.chunks_exact_mut(x.dim()).zip(made.as_slice().chunks_exact(x.dim()));
            for ((out, made), (best, square)) in rows.zip(nearest.iter_mut().zip(squares)) {
                if square < *best {
                    *best = square;
                    out.copy_from_slice(made);
                }
            }
        }
        // An image that no descent came near would pass as it is.
        if nearest.iter().any(|square| !square.is_finite()) {
            let what = "the search for the nearest image of the generator left no finite one: fewer, or shorter, steps";
            return Err(OracleError::Model(what.into()));
        }
        Ok(())
    }
}
