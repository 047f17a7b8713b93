//! The attacks: one file each, listed once.

use crate::{Attack, AttackError, AttackInfo, Goal, Settings, Threat};
use sparring_oracle::{Batch, Classifier, Differentiable};
use sparring_seed::Key;

/// Makes the module of each attack, [`AnyBlackBox`], [`AnyAttack`] and their tables.
macro_rules! attacks {
    (black: { $($bfile:ident::$Black:ident $bword:literal),* $(,)? } white: { $($wfile:ident::$White:ident $wword:literal),* $(,)? }) => {
        $(mod $bfile; pub use $bfile::$Black;)*
        $(mod $wfile; pub use $wfile::$White;)*

        one_enum! {
            /// Any attack that needs logits only, as data: parsed from and printed as `name` or `name(key=value, ..)`.
            AnyBlackBox: Classifier { $($Black $bword,)* }
        }
        one_enum! {
            /// Any attack, as data: all that need gradients, and the black-box ones too, since a model with gradients
            /// can be attacked by both.
            AnyAttack: Differentiable { $($Black $bword,)* $($White $wword,)* }
        }
        impl From<AnyBlackBox> for AnyAttack {
            fn from(attack: AnyBlackBox) -> Self {
                match attack { $(AnyBlackBox::$Black(a) => Self::$Black(a)),* }
            }
        }
    };
}

macro_rules! one_enum {
    ($(#[$doc:meta])* $Any:ident: $Model:ident { $($Name:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(remote = "Self", tag = "attack"))]
        #[non_exhaustive]
        pub enum $Any {
            $(#[doc = concat!("[`", stringify!($Name), "`], written `", $word, "`.")]
            #[cfg_attr(feature = "serde", serde(rename = $word))]
            $Name($Name),)*
        }

        impl $Any {
            /// The table of these attacks: name, paper, access, norms, default parameters.
            pub const ALL: &[AttackInfo] = &[$($Name::INFO),*];

            /// The row of this attack.
            pub fn info(&self) -> &'static AttackInfo {
                match self { $(Self::$Name(_) => &$Name::INFO),* }
            }

            /// Each attack with its default parameters.
            pub fn defaults() -> Vec<Self> {
                vec![$(Self::$Name($Name::default())),*]
            }
        }

        sparring_math::family! { $Any: "attack"; $($Name),* }
        sparring_math::value_by_text!($Any);
        #[cfg(feature = "serde")]
        sparring_math::text_or_fields!($Any);

        impl<M: $Model + ?Sized> Attack<M> for $Any {
            fn about(&self) -> &'static AttackInfo {
                self.info()
            }
            fn settings(&self) -> Settings {
                match self { $(Self::$Name(a) => Attack::<M>::settings(a)),* }
            }
            fn perturb(
                &self,
                model: &M,
                x: Batch<'_>,
                goal: Goal<'_>,
                threat: &Threat,
                key: Key,
                out: &mut [f32],
            ) -> Result<(), AttackError> {
                match self { $(Self::$Name(a) => a.perturb(model, x, goal, threat, key, out)),* }
            }
        }
    };
}

pub use cw::CwStop;
pub use ead::EadRule;
pub use spatial::SpatialSearch;
pub use square::SquareSchedule;

attacks! {
    black: {
        uniform_noise::UniformNoise "noise",
        square::Square "square",
        spsa::Spsa "spsa",
        nes::Nes "nes",
        one_pixel::OnePixel "one-pixel",
        boundary_attack::BoundaryAttack "boundary",
        hop_skip_jump::HopSkipJump "hop-skip-jump",
        spatial::Spatial "spatial",
    }
    white: {
        fgsm::Fgsm "fgsm",
        rfgsm::Rfgsm "r+fgsm",
        ffgsm::Ffgsm "ffgsm",
        bim::Bim "bim",
        pgd::Pgd "pgd",
        adam_pgd::AdamPgd "adam-pgd",
        mi_fgsm::MiFgsm "mi-fgsm",
        ni_fgsm::NiFgsm "ni-fgsm",
        di_fgsm::DiFgsm "di-fgsm",
        apgd::Apgd "apgd",
        apgd_t::ApgdT "apgd-t",
        adi::Adi "adi",
        fab::Fab "fab",
        fab_t::FabT "fab-t",
        jsma::Jsma "jsma",
        deepfool::DeepFool "deepfool",
        ddn::Ddn "ddn",
        fmn::Fmn "fmn",
        cw::CarliniWagner "cw",
        cw_linf::CarliniWagnerLinf "cw-linf",
        ead::Ead "ead",
        sigma_zero::SigmaZero "sigma-zero",
        pdpgd::Pdpgd "pdpgd",
    }
}
