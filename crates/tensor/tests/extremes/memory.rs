//! Slices between fences, extents of all sizes, and calls that may panic; the crate's own tests of its kernels use it too.

use super::Elem;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

/// What multiplies to nothing, to a small number, or past the end of `usize`.
const EXTREMES: [usize; 7] = [0, 1, usize::MAX, usize::MAX - 7, 1 << 60, (1 << 61) + 1, isize::MAX as usize];
/// Numbers before and behind a slice: a tile of each instruction set and more.
const FENCE: usize = 600;

/// Deterministic numbers.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(0x9e37_79b9_7f4a_7c15) | 1)
    }
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 20) % n as u64) as usize
    }
    pub fn yes(&mut self) -> bool {
        self.below(2) == 0
    }
    /// Mostly below `most`, one time in `rare` an extreme.
    pub fn size(&mut self, most: usize, rare: usize) -> usize {
        if self.below(rare) == 0 { EXTREMES[self.below(EXTREMES.len())] } else { self.below(most) }
    }
    pub fn sizes<const N: usize>(&mut self, most: usize, rare: usize) -> [usize; N] {
        std::array::from_fn(|_| self.size(most, rare))
    }
}

/// A slice with fences of NaN on both sides. Inputs and what outputs hold before are small whole numbers, so a NaN in a result
/// was read outside.
pub struct Fenced<E> {
    all: Vec<E>,
}

impl<E: Elem> Fenced<E> {
    pub fn new(len: usize) -> Self {
        Self::of(len, |i| E::of(((i * 7919) % 7) as f64 - 3.0))
    }
    /// As long as these extents ask for where that is little, else of any length.
    pub fn exactly(r: &mut Random, extents: &[usize]) -> Self {
        let wanted = extents.iter().try_fold(1usize, |n, &e| n.checked_mul(e)).filter(|&n| n < 1 << 14);
        Self::new(wanted.filter(|_| r.below(8) > 0).unwrap_or_else(|| r.below(4000)))
    }
    /// Mostly zeros.
    pub fn sparse(len: usize) -> Self {
        Self::of(len, |i| E::of(if i % 19 == 3 { 2.0 } else { 0.0 }))
    }
    fn of(len: usize, at: impl Fn(usize) -> E) -> Self {
        let nan = || std::iter::repeat_n(E::of(f64::NAN), FENCE);
        Self { all: nan().chain((0..len).map(at)).chain(nan()).collect() }
    }
    pub fn get(&self) -> &[E] {
        &self.all[FENCE..self.all.len() - FENCE]
    }
    pub fn get_mut(&mut self) -> &mut [E] {
        let end = self.all.len() - FENCE;
        &mut self.all[FENCE..end]
    }
    /// Whether nothing was written to the fences.
    pub fn stands(&self) -> bool {
        let (before, behind) = (&self.all[..FENCE], &self.all[self.all.len() - FENCE..]);
        before.iter().chain(behind).all(|v| v.is_nan())
    }
}

thread_local! { static QUIET: Cell<bool> = const { Cell::new(false) }; }

/// The result of `f`, or the message of its panic, which is not printed.
pub fn caught<R>(f: impl FnOnce() -> R) -> Result<R, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = take_hook();
        set_hook(Box::new(move |info| {
            if !QUIET.get() {
                loud(info);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(f));
    QUIET.set(false);
    result.map_err(|payload| match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload.downcast_ref::<&str>().map_or_else(String::new, |&text| text.to_owned()),
    })
}

/// Calls of one function that came back and that panicked.
pub struct Calls {
    name: &'static str,
    returned: usize,
    panicked: usize,
}

impl Calls {
    pub fn of(name: &'static str) -> Self {
        Self { name, returned: 0, panicked: 0 }
    }
    /// One more call, which writes to `out`. Whatever comes of it the fences stand; if it came back nothing was read from them; if it
    /// panicked that was a check, which names what does not fit, and no arithmetic or index behind it.
    pub fn call<E: Elem>(&mut self, out: &mut Fenced<E>, f: impl FnOnce(&mut [E])) {
        let result = caught(|| f(out.get_mut()));
        assert!(out.stands(), "{}: written outside", self.name);
        match result {
            Ok(()) => {
                assert!(!out.get().iter().any(|v| v.is_nan()), "{}: read outside", self.name);
                self.returned += 1;
            }
            Err(message) => {
                let unchecked = ["attempt to", "index out of", "range ", "slice ", "mid >", "copy_from"];
                let late = unchecked.iter().any(|u| message.starts_with(u));
                assert!(!late, "{}: not found by a check: {message}", self.name);
                self.panicked += 1;
            }
        }
    }
    /// Both must have happened to many calls, or nothing was tried.
    pub fn both(self) {
        let Self { name, returned, panicked } = self;
        let few = (returned + panicked) / 50;
        assert!(returned > few && panicked > few, "{name}: {returned} returned, {panicked} panicked");
    }
}
