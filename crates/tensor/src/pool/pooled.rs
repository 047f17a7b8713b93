//! The scalar types that have pools.

use super::local::Local;
use super::shared::{Shared, Sharing};
use std::cell::RefCell;
use std::sync::{LazyLock, Mutex};
use std::thread::LocalKey;

/// A scalar type whose buffers are recycled.
pub(crate) trait Pooled: Sharing {
    /// The buffers of this thread.
    fn local() -> &'static LocalKey<RefCell<Local<Self>>>;
}

macro_rules! pooled {
    ($($t:ty, $local:ident, $shared:ident);*) => {$(
        thread_local! {
            static $local: RefCell<Local<$t>> = const { RefCell::new(Local::new()) };
        }
        static $shared: LazyLock<Mutex<Shared<$t>>> = LazyLock::new(|| Mutex::new(Shared::new()));
        impl Pooled for $t {
            #[inline]
            fn local() -> &'static LocalKey<RefCell<Local<Self>>> { &$local }
        }
        impl Sharing for $t {
            fn shared() -> &'static Mutex<Shared<Self>> { &$shared }
        }
    )*};
}
pooled!(f32, LOCAL_F32, SHARED_F32; f64, LOCAL_F64, SHARED_F64; u32, LOCAL_U32, SHARED_U32);
