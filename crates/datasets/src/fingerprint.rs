//! A digest of a split.

use crate::digest::Hasher;
use crate::{Pixels, Split};

impl Split {
    /// SHA-256 over shape, ids, classes and inputs of the examples in view: equal for equal data in equal order, wherever they lie.
    pub fn fingerprint(&self) -> String {
        let mut hasher = Hasher::default();
        self.shape().iter().chain([&self.len()]).for_each(|&d| hasher.update(&(d as u64).to_le_bytes()));
        let label_bytes = if self.stored_labels().iter().all(|&k| k < 256) { 1 } else { 2 };
        for i in 0..self.len() {
            hasher.update(&self.id(i).to_le_bytes());
            // A byte where all classes fit in one, as before there were others.
            hasher.update(&(self.label(i) as u16).to_le_bytes()[..label_bytes]);
            match self.pixels() {
                Pixels::U8(bytes) => hasher.update(&bytes[self.place(i)]),
                Pixels::F32(numbers) => {
                    numbers[self.place(i)].iter().for_each(|x| hasher.update(&x.to_le_bytes()));
                }
            }
        }
        hasher.finish()
    }
}
