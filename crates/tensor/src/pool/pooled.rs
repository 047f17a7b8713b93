//! The scalar types that have pools.

use super::local::Local;
use super::shared::Shared;
use std::cell::RefCell;
use std::fmt::Debug;
use std::sync::{LazyLock, Mutex};
use std::thread::LocalKey;

/// A scalar type whose buffers are recycled.
pub(crate) trait Pooled: Copy + Debug + Send + Sync + 'static {
    /// What a new buffer is filled with.
    const NOTHING: Self;
    /// The buffers of this thread.
    fn local() -> &'static LocalKey<RefCell<Local<Self>>>;
    /// The buffers of all threads.
    fn shared() -> &'static Mutex<Shared<Self>>;
}

macro_rules! pooled {
    ($($t:ty, $zero:expr, $local:ident, $shared:ident);*) => {$(
        thread_local! {
            static $local: RefCell<Local<$t>> = const { RefCell::new(Local::new()) };
        }
        static $shared: LazyLock<Mutex<Shared<$t>>> = LazyLock::new(|| Mutex::new(Shared::new()));
        impl Pooled for $t {
            const NOTHING: Self = $zero;
            #[inline]
            fn local() -> &'static LocalKey<RefCell<Local<Self>>> { &$local }
            fn shared() -> &'static Mutex<Shared<Self>> { &$shared }
        }
    )*};
}
pooled!(f32, 0.0, LOCAL_F32, SHARED_F32; f64, 0.0, LOCAL_F64, SHARED_F64; u32, 0, LOCAL_U32, SHARED_U32);
