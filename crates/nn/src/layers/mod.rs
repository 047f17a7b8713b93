//! One file a layer. A word in `layers!` registers it: the tag in files, the parser, `sparring list layers`, the tests over all.

mod check;

use crate::error::given;
use crate::layer_serde::fields_of;
use crate::{Layer, layer_serde as serde};
use check::{convolution, finite_above_zero, image, is_none, is_true, positive, present, short};
use std::sync::{PoisonError, RwLock};

/// What is known of a kind of layer.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LayerInfo {
    /// The tag in files: `linear`.
    pub tag: &'static str,
    /// The same in PyTorch, `nn.Linear`; nothing where there is no such thing.
    pub torch: &'static str,
    /// Whether the compiled engine has an instruction for it; otherwise it runs on a tape inside the program.
    pub compiled: bool,
    fields: fn() -> &'static [&'static str],
    read: serde::Reader,
}

impl LayerInfo {
    const fn of<L: Layer>() -> Self {
        let (fields, read) = (fields_of::<L> as _, serde::reader::<L> as _);
        Self { tag: L::TAG, torch: L::TORCH, compiled: L::COMPILED, fields, read }
    }
    /// The fields in files, beside the tag.
    pub fn fields(&self) -> &'static [&'static str] {
        (self.fields)()
    }
}

macro_rules! layers {
    ($($file:ident: $layer:ident, $($name:ident),+;)*) => {
        $(mod $file;)*
        $(pub use $file::{$layer, $($name),+};)*
        /// The layers of this crate.
        const BUILT_IN: &[LayerInfo] = &[$(LayerInfo::of::<$layer>()),*];
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
static REGISTERED: RwLock<Vec<LayerInfo>> = RwLock::new(Vec::new());

/// Makes a layer of another crate known to the readers of files, as Keras' `register_keras_serializable` does; a second call changes nothing.
///
/// # Panics
/// If its tag is that of another layer.
#[track_caller]
pub fn register<L: Layer>() {
    assert!(BUILT_IN.iter().all(|e| e.tag != L::TAG), "register: `{}` is a layer of sparring-nn", L::TAG);
    let mut all = REGISTERED.write().unwrap_or_else(PoisonError::into_inner);
    let new = LayerInfo::of::<L>();
    match all.iter().find(|e| e.tag == L::TAG) {
        None => all.push(new),
        Some(old) => {
            assert!(
                std::ptr::fn_addr_eq(old.read, new.read),
                "register: `{}` is registered by another type",
                L::TAG
            );
        }
    }
}

/// What reads the fields of the layer with this tag.
pub(crate) fn reader_of(tag: &str) -> Option<serde::Reader> {
    let registered = REGISTERED.read().unwrap_or_else(PoisonError::into_inner);
    BUILT_IN.iter().chain(&*registered).find(|e| e.tag == tag).map(|e| e.read)
}

/// Every kind of layer, those of other crates last.
pub fn table() -> Vec<LayerInfo> {
    let registered = REGISTERED.read().unwrap_or_else(PoisonError::into_inner);
    BUILT_IN.iter().chain(&*registered).copied().collect()
}

/// The tags of all layers.
pub fn tags() -> Vec<&'static str> {
    table().iter().map(|e| e.tag).collect()
}
