//! Papers' own parameters, by name.

use crate::{
    Access, AnyAttack, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Bim, Goal, Pgd, Settings, Threat,
};
use sparring_math::grammar::same;
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// An attack with the parameters of one paper: absolute lengths, which make sense at the eps and in the norm they were chosen for.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Name, paper, norm and values.
    pub info: &'static AttackInfo,
    /// The budget it was chosen for, in pixels of [0, 1].
    pub eps: f32,
    attack: fn(f32) -> AnyAttack,
}

const fn info(name: &'static str, paper: &'static str, defaults: &'static str) -> AttackInfo {
    AttackInfo {
        name,
        aliases: &[],
        paper,
        access: Access::White,
        kind: AttackKind::FixedBudget,
        norms: &[AnyNorm::Linf],
        defaults,
    }
}

/// The row of an attack under the name that it has in a suite.
pub(crate) const fn suite_info(of: &AttackInfo, name: &'static str, defaults: &'static str) -> AttackInfo {
    AttackInfo {
        name,
        aliases: &[],
        paper: of.paper,
        access: of.access,
        kind: of.kind,
        norms: of.norms,
        defaults,
    }
}

/// All presets.
pub const PRESETS: &[Preset] = &[
    Preset {
        info: &info(
            "bim-kurakin",
            "Kurakin et al. 2017, arXiv:1607.02533",
            "min(255 eps + 4, 318.75 eps) steps of 1/255 from x",
        ),
        eps: 8.0 / 255.0,
        attack: |eps| Bim::kurakin(eps).into(),
    },
    Preset {
        info: &info(
            "pgd-madry-mnist",
            "Madry et al. 2018, arXiv:1706.06083",
            "40 steps of 0.01, random start, 1 restart; for eps 0.3",
        ),
        eps: 0.3,
        attack: |_| Pgd::madry_mnist().into(),
    },
    Preset {
        info: &info(
            "pgd-madry-cifar10",
            "Madry et al. 2018, arXiv:1706.06083",
            "20 steps of 2/255, random start, 1 restart; for eps 8/255",
        ),
        eps: 8.0 / 255.0,
        attack: |_| Pgd::madry_cifar10().into(),
    },
    Preset {
        info: &info(
            "pgd-fast-mnist",
            "Wong et al. 2020, arXiv:2001.03994",
            "50 steps of 0.01, random start, 10 restarts; for eps 0.3",
        ),
        eps: 0.3,
        attack: |_| Pgd::fast_mnist().into(),
    },
];

impl Preset {
    /// The preset of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|p| same(p.info.name, name))
    }
    /// Its attack at this budget, under the preset's name.
    pub fn at(&self, eps: f32) -> Titled {
        Titled { info: self.info, attack: (self.attack)(eps) }
    }
}

/// An attack and the row it is shown under: its own, or that of the preset it came from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Titled {
    /// Name, paper, norms.
    pub info: &'static AttackInfo,
    /// What runs.
    pub attack: AnyAttack,
}

impl From<AnyAttack> for Titled {
    fn from(attack: AnyAttack) -> Self {
        Self { info: attack.info(), attack }
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for Titled {
    fn about(&self) -> &'static AttackInfo {
        self.info
    }
    fn settings(&self) -> Settings {
        Attack::<M>::settings(&self.attack)
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
        self.attack.perturb(model, x, goal, threat, key, out)
    }
}
