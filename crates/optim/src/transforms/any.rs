//! The list of transformations: adding one is one file and one word here.

use super::{
    AdaptiveClip, ClipLayer, ClipNorm, ClipValue, ClipWeights, ElasticNet, L1Penalty, L2Penalty, Lookahead,
    MaxNorm, OrthogonalPenalty, Seen, Transform, TransformInfo, WeightDecay,
};
use crate::{Needs, WholeTensor};
use sparring_math::Real;

/// Registers transformations: the enum over all of them is a [`Transform`] itself.
macro_rules! transforms {
    ($($Name:ident $tag:literal),+ $(,)?) => {
        /// Any gradient transformation, with its parameters.
        ///
        /// Parses from `name` or `name(key=value, ..)`, what is not given keeping its default, and prints what it parses from.
        ///
        /// ```
        /// use sparring_optim::{AnyTransform, ClipNorm};
        /// let clip: AnyTransform = "clip-norm(max=0.5)".parse()?;
        /// assert_eq!(clip, ClipNorm { max: 0.5 }.into());
        /// assert_eq!("l2(weight=1e-3)".parse::<AnyTransform>()?.to_string(), "l2(weight=0.001)");
        /// # Ok::<(), sparring_optim::OptimError>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(remote = "Self"))]
        #[allow(missing_docs)] // the variants are the structs of the same names
        #[non_exhaustive]
        pub enum AnyTransform { $(
            // In files as in texts.
            #[cfg_attr(feature = "serde", serde(rename = $tag))]
            $Name($Name)
        ),+ }

        /// Name and facts of every transformation.
        pub const TRANSFORMS: &[TransformInfo] = &[$($Name::INFO),+];

        sparring_math::family! { AnyTransform: "transformation"; $($Name),+ }
        sparring_math::value_by_text!(AnyTransform);
        #[cfg(feature = "serde")]
        sparring_math::text_or_fields!(AnyTransform);

        impl<E: Real> Transform<E> for AnyTransform {
            fn needs(&self) -> Needs {
                match self { $(Self::$Name(one) => Transform::<E>::needs(one)),+ }
            }
            fn decays(&self) -> bool {
                match self { $(Self::$Name(one) => Transform::<E>::decays(one)),+ }
            }
            fn slots(&self) -> usize {
                match self { $(Self::$Name(one) => Transform::<E>::slots(one)),+ }
            }
            #[track_caller]
            fn apply(&self, seen: Seen, w: &mut [E], g: &mut [E]) {
                match self { $(Self::$Name(one) => one.apply(seen, w, g)),+ }
            }
            #[track_caller]
            fn apply_tensor(&self, of: WholeTensor<'_, E>, seen: Seen, w: &mut [E], g: &mut [E]) {
                match self { $(Self::$Name(one) => one.apply_tensor(of, seen, w, g)),+ }
            }
            #[track_caller]
            fn begin(&self, w: &[E], slots: &mut [&mut [E]]) {
                match self { $(Self::$Name(one) => one.begin(w, slots)),+ }
            }
            #[track_caller]
            fn after(&self, seen: Seen, w: &mut [E], slots: &mut [&mut [E]]) {
                match self { $(Self::$Name(one) => one.after(seen, w, slots)),+ }
            }
            #[track_caller]
            fn after_tensor(&self, of: WholeTensor<'_, E>, seen: Seen, w: &mut [E], slots: &mut [&mut [E]]) {
                match self { $(Self::$Name(one) => one.after_tensor(of, seen, w, slots)),+ }
            }
        }
    };
}

transforms!(
    ClipValue "clip-value",
    ClipNorm "clip-norm",
    ClipLayer "clip-layer",
    AdaptiveClip "agc",
    L1Penalty "l1",
    L2Penalty "l2",
    ElasticNet "elastic-net",
    OrthogonalPenalty "orthogonal",
    WeightDecay "weight-decay",
    MaxNorm "max-norm",
    ClipWeights "clip-weights",
    Lookahead "lookahead",
);

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_math::named::Family;

    #[test]
    fn every_name_parses_and_prints() {
        for (info, default) in TRANSFORMS.iter().zip(AnyTransform::TABLE.at_defaults()) {
            assert_eq!(info.name.parse::<AnyTransform>(), Ok(default));
            assert_eq!(default.to_string(), info.name);
            assert!(default.validate().is_ok() && !info.about.is_empty());
        }
        assert_eq!("clip_norm(2)".parse(), Ok(AnyTransform::from(ClipNorm { max: 2.0 })));
        for (text, why) in [
            ("clip-norm(max=0)", "clip-norm.max is 0, but must be a finite number above 0, in f32 too"),
            ("clip-value(limit=-1)", "clip-value.limit is -1"),
            ("clip-layer(limit=1)", "clip-layer has no parameter `limit`; it has: max"),
            ("l2(weight=-1)", "l2.weight is -1, but must be a finite number, at least 0"),
            ("decay(rate=inf)", "weight-decay.rate is inf"),
            ("clipnrm", "did you mean `clip-norm`?"),
        ] {
            let e = text.parse::<AnyTransform>().unwrap_err().to_string();
            assert!(e.contains(why), "{text}: {e}");
        }
    }
}
