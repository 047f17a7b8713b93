//! One file a layer. A word in `layers!` registers it: the tag in files, the parser, `sparring list layers`, the tests over all.

mod check;

use crate::error::given;
use crate::{Layer, layer_serde as serde};
use check::{convolution, finite_above_zero, image, is_true, positive, present, short};
use std::sync::{PoisonError, RwLock};

/// Tag and reader of a layer.
type Entry = (&'static str, serde::Reader);

macro_rules! layers {
    ($($file:ident: $layer:ident, $($name:ident),+;)*) => {
        $(mod $file;)*
        $(pub use $file::{$layer, $($name),+};)*
        /// The layers of this crate.
        const BUILT_IN: &[Entry] = &[$(($layer::TAG, serde::reader::<$layer>)),*];
    };
}

layers! {
    activated: Activated, activation;
    add: Add, add;
    batch_norm: BatchNorm, batch_norm;
    concat: Concat, concat;
    conv2d: Conv2d, conv2d;
    conv_transpose2d: ConvTranspose2d, conv_transpose2d;
    dropout: Dropout, dropout;
    flatten: Flatten, flatten;
    global_avg_pool2d: GlobalAvgPool2d, global_avg_pool2d;
    layer_norm: LayerNorm, layer_norm;
    linear: Linear, linear;
    pool: Pool2d, max_pool2d, avg_pool2d;
    reshape: Reshape, reshape;
}

pub(crate) use dropout::words;
pub use pool::Pool;

/// Layers of other crates.
static REGISTERED: RwLock<Vec<Entry>> = RwLock::new(Vec::new());

/// Makes a layer of another crate known to the readers of files, as Keras' `register_keras_serializable` does; a second call changes nothing.
///
/// # Panics
/// If its tag is that of another layer.
#[track_caller]
pub fn register<L: Layer>() {
    assert!(BUILT_IN.iter().all(|e| e.0 != L::TAG), "register: `{}` is a layer of sparring-nn", L::TAG);
    let mut all = REGISTERED.write().unwrap_or_else(PoisonError::into_inner);
    let new: Entry = (L::TAG, serde::reader::<L>);
    match all.iter().find(|e| e.0 == L::TAG) {
        None => all.push(new),
        Some(old) => {
            assert!(
                std::ptr::fn_addr_eq(old.1, new.1),
                "register: `{}` is registered by another type",
                L::TAG
            );
        }
    }
}

/// What reads the fields of the layer with this tag.
pub(crate) fn reader_of(tag: &str) -> Option<serde::Reader> {
    let registered = REGISTERED.read().unwrap_or_else(PoisonError::into_inner);
    BUILT_IN.iter().chain(&*registered).find(|e| e.0 == tag).map(|e| e.1)
}

/// The tags of all layers.
pub fn tags() -> Vec<&'static str> {
    let registered = REGISTERED.read().unwrap_or_else(PoisonError::into_inner);
    BUILT_IN.iter().chain(&*registered).map(|e| e.0).collect()
}
