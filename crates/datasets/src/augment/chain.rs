//! A chain of augmentations, as an epoch applies it.

use super::AnyAugmentation;
use super::image_buffers::with_buffers;
use super::plane_map::PlaneMap;
use crate::{DataError, Pixels, Split};
use sparring_seed::Key;

/// The augmentations of single images in an epoch. What happens to an example is a function of (key, epoch, its id) and of nothing else.
#[derive(Clone, Debug, Default)]
pub(crate) struct Augmenter {
    /// Each with its key of the present epoch.
    chain: Vec<(AnyAugmentation, Key)>,
}

impl Augmenter {
    /// Those of a chain that change single images.
    pub fn new(chain: &[AnyAugmentation]) -> Self {
        let single = chain.iter().filter(|one| !one.mixes());
        Self { chain: single.map(|&one| (one, Key::new(0))).collect() }
    }
    /// The key of an epoch; each augmentation has its own of it.
    pub fn begin(&mut self, key: Key) {
        self.chain.iter_mut().enumerate().for_each(|(i, (_, own))| *own = key.child(i as u64));
    }
    /// Whether nothing is done.
    pub fn is_empty(&self) -> bool {
        self.chain.is_empty()
    }
    /// Changes the image of an example in place. Neighbouring maps of the plane are one sampling.
    pub fn apply(&self, id: u64, shape: [usize; 3], pixels: &mut [f32]) {
        if self.is_empty() {
            return;
        }
        with_buffers(|buffers| {
            let mut waits: Option<PlaneMap> = None;
            for (one, key) in &self.chain {
                let mut rng = key.rng(id);
                if let Some(map) = one.map(&mut rng) {
                    waits = Some(waits.map_or(map, |before| before.then(&map)));
                    continue;
                }
                if let Some(map) = waits.take() {
                    map.sample(pixels, shape, &mut buffers.padded);
                }
                one.apply(pixels, shape, buffers, &mut rng);
            }
            if let Some(map) = waits {
                map.sample(pixels, shape, &mut buffers.padded);
            }
        });
    }
}

/// Refuses a chain that these examples cannot have: they are no images with values in [0, 1], or images are mixed before they are finished, or twice.
///
/// # Errors
/// [`DataError::Augmentation`] or [`DataError::Named`] that says what does not fit.
pub fn check_augmentations(chain: &[AnyAugmentation], train: &Split) -> Result<(), DataError> {
    check_chain(chain)?;
    let Some(first) = chain.first() else { return Ok(()) };
    let [c, h, w] = train.shape();
    let refuse = |why: String| Err(DataError::Augmentation { name: first.name(), why });
    if h < 2 || w < 2 {
        return refuse(format!(
            "examples of shape [{c}, {h}, {w}] (channels, height, width) are no images: leave the augmentations out"
        ));
    }
    if let Pixels::F32(all) = train.pixels()
        && let Some(v) = all.iter().find(|v| !(0.0..=1.0).contains(*v))
    {
        return refuse(format!("images must have values in [0, 1], but one is {v}"));
    }
    chain.iter().try_for_each(|one| {
        one.check_size([h, w]).map_err(|why| DataError::Augmentation { name: one.name(), why })
    })
}

/// The part of [`check_augmentations`] that looks at no example.
///
/// # Errors
/// As there.
pub fn check_chain(chain: &[AnyAugmentation]) -> Result<(), DataError> {
    chain.iter().try_for_each(AnyAugmentation::validate)?;
    let Some(at) = chain.iter().position(AnyAugmentation::mixes) else { return Ok(()) };
    if at + 1 == chain.len() {
        return Ok(());
    }
    let why = "it mixes finished images, so it comes once, behind all others".into();
    Err(DataError::Augmentation { name: chain[at].name(), why })
}
