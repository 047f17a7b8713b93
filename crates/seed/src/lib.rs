//! Splittable, portable randomness: a number depends on (seed, path of labels, index), never on threads or order.
//!
//! ```
//! use sparring_seed::Key;
//! let key = Key::new(7);
//! let init = key.named("init");
//! assert_eq!(init.rng(3).uniform(), Key::new(7).named("init").rng(3).uniform());
//! assert_ne!(init.rng(3).uniform(), init.rng(4).uniform());
//! ```
#![forbid(unsafe_code)]

mod key;
mod stream;
pub use key::{Key, ParseKeyError};
pub use stream::Stream;
