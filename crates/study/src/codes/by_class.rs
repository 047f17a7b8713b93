//! A law of codes for each class, to draw labelled images from.

use super::sampler::CodeSampler;
use crate::StudyError;
use sparring_seed::Key;

/// Components of a class at most where nobody says how many.
const COMPONENTS: usize = 10;
/// Codes for each number of a code that a component is worth: fewer say little of its covariance.
const CODES: usize = 4;

/// A Gaussian mixture for each class, fitted to the codes of its training images: what a model without classes needs to draw labelled samples.
#[derive(Clone, Debug)]
pub struct ClassCodeSampler {
    /// Of each class; `None` of one without codes.
    samplers: Vec<Option<CodeSampler>>,
}

impl ClassCodeSampler {
    /// Fits mixtures to codes `[n, k]` of images of these classes; `components` a class, or as many as its codes are enough for: one for 4 k codes, 1 to 10.
    ///
    /// # Errors
    /// [`StudyError::Codes`] if there are no codes, not one class for each, or as [`CodeSampler::fit`].
    pub fn fit(
        codes: &[f32],
        k: usize,
        classes: &[usize],
        components: Option<usize>,
        key: Key,
    ) -> Result<Self, StudyError> {
        if k == 0 || classes.is_empty() || codes.len() != k * classes.len() {
            let (codes, n) = (codes.len(), classes.len());
            return Err(StudyError::codes(format!("{codes} numbers are not codes of {k} for {n} classes")));
        }
        let most = classes.iter().max().map_or(0, |class| class + 1);
        let fitted = |class: usize| {
            let own = codes.chunks_exact(k).zip(classes).filter(|(_, c)| **c == class);
            let own: Vec<f32> = own.flat_map(|(code, _)| code).copied().collect();
            if own.is_empty() {
                return Ok(None);
            }
            let enough = (own.len() / k / (CODES * k)).clamp(1, COMPONENTS);
            let components = components.unwrap_or(enough);
            CodeSampler::fit(&own, k, components, key.child(class as u64)).map(Some)
        };
        Ok(Self { samplers: (0..most).map(fitted).collect::<Result<_, _>>()? })
    }
    /// Gaussians of each class, the least and the most.
    pub fn components(&self) -> (usize, usize) {
        let all = || self.samplers.iter().flatten().map(CodeSampler::components);
        (all().min().unwrap_or(0), all().max().unwrap_or(0))
    }
    /// Codes `[ids.len(), k]` of these classes; row i depends on `key`, its class and `ids[i]` alone.
    ///
    /// # Errors
    /// If a class had no codes.
    ///
    /// # Panics
    /// If there is not a class for each id.
    pub fn draw(&self, key: Key, ids: &[u64], classes: &[usize]) -> Result<Vec<f32>, StudyError> {
        assert_eq!(ids.len(), classes.len(), "codes: a class for each id");
        let mut codes = Vec::new();
        for (&id, &class) in ids.iter().zip(classes) {
            let sampler = self.samplers.get(class).and_then(Option::as_ref);
            let sampler = sampler.ok_or_else(|| StudyError::codes(format!("no codes of class {class}")))?;
            codes.extend(sampler.draw(key, &[id])?);
        }
        Ok(codes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Means of two numbers.
    fn means(codes: &[f32]) -> [f64; 2] {
        [0, 1].map(|j| codes.chunks(2).map(|z| f64::from(z[j])).sum::<f64>() / (codes.len() / 2) as f64)
    }

    #[test]
    fn codes_of_a_class_lie_where_those_of_its_images_do() {
        let mut rng = Key::new(1).rng(0);
        let classes: Vec<usize> = (0..600).map(|i| [0, 2, 2][i % 3]).collect();
        let centre = |class: usize| if class == 0 { [-3.0, 1.0] } else { [4.0, -2.0] };
        let codes: Vec<f32> = classes
            .iter()
            .flat_map(|&class| centre(class).map(|c| (c + 0.5 * rng.normal()) as f32))
            .collect();
        let sampler = ClassCodeSampler::fit(&codes, 2, &classes, None, Key::new(2)).unwrap();
        let ids: Vec<u64> = (0..500).collect();
        for class in [0, 2] {
            let drawn = sampler.draw(Key::new(3), &ids, &[class; 500]).unwrap();
            for (got, want) in means(&drawn).iter().zip(centre(class)) {
                assert!((got - want).abs() < 0.15, "class {class}: {got} {want}");
            }
        }
        // A draw is of its id and class alone.
        let one = sampler.draw(Key::new(3), &[7], &[2]).unwrap();
        assert_eq!(one, sampler.draw(Key::new(3), &ids, &[2; 500]).unwrap()[14..16]);
        assert!(sampler.draw(Key::new(3), &[7], &[1]).unwrap_err().to_string().contains("class 1"));
        assert!(sampler.draw(Key::new(3), &[7], &[9]).is_err());
        assert!(ClassCodeSampler::fit(&codes, 2, &classes[1..], None, Key::new(2)).is_err());
    }

    #[test]
    fn few_codes_of_a_class_give_few_gaussians() {
        let mut rng = Key::new(1).rng(0);
        let codes: Vec<f32> = (0..2 * 420).map(|_| rng.normal() as f32).collect();
        let classes: Vec<usize> = (0..420).map(|i| usize::from(i >= 20)).collect();
        let fit = |n| ClassCodeSampler::fit(&codes, 2, &classes, n, Key::new(2)).unwrap().components();
        assert_eq!((fit(None), fit(Some(3))), ((2, 10), (3, 3)));
    }
}
