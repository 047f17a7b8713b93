//! Papers' and libraries' own parameters, by name.

use crate::{
    AdamPgd, AnyAttack, AnyNorm, Apgd, ApgdT, Attack, AttackError, AttackInfo, Bim, DiFgsm, Fab, Goal,
    MiFgsm, NiFgsm, Pgd, Settings, Square, SquareSchedule, Start, StepSize, Stop, Threat,
};
use sparring_math::grammar::same;
use sparring_math::named::Named as _;
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// An attack with the parameters of one paper or library: absolute lengths, which make sense at the eps and in the norm they were chosen for.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Name, paper, norm and values.
    pub info: &'static AttackInfo,
    /// The budget it was chosen for, in pixels of [0, 1].
    pub eps: f32,
    attack: fn(f32) -> AnyAttack,
}

const fn info(
    name: &'static str,
    of: &AttackInfo,
    norms: &'static [AnyNorm],
    paper: &'static str,
    defaults: &'static str,
) -> AttackInfo {
    AttackInfo { name, aliases: &[], paper, access: of.access, kind: of.kind, norms, defaults }
}

/// Presets as `name: attack in norms at eps, source, what it is, |eps| the attack`.
macro_rules! presets {
    ($($name:literal: $of:ident in $norms:expr, $eps:expr, $paper:expr, $defaults:literal, |$at:pat_param| $attack:expr;)*) => {
        &[$(Preset {
            info: &info($name, &$of::INFO, $norms, $paper, $defaults),
            eps: $eps,
            attack: |$at| AnyAttack::from($attack),
        }),*]
    };
}

const LINF: &[AnyNorm] = &[AnyNorm::Linf];
const L2: &[AnyNorm] = &[AnyNorm::L2];
const MADRY: &str = "Madry et al. 2018, arXiv:1706.06083";
/// The libraries' default values, read in their source.
const FOOLBOX: &str = "Foolbox 3.3.4 (Rauber et al. 2020, doi:10.21105/joss.02607)";
const ART: &str = "Adversarial Robustness Toolbox 1 (Nicolae et al. 2018, arXiv:1807.01069)";
const TORCHATTACKS: &str = "torchattacks 3.5.1 (Kim 2020, arXiv:2010.01950)";
const E8: f32 = 8.0 / 255.0;
const S2: StepSize = StepSize::Absolute(2.0 / 255.0);

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

/// All presets. Those of libraries walk to the end, as the libraries do; where a cross-entropy's gradient vanishes in theirs, ours does not.
pub const PRESETS: &[Preset] = presets! {
    "bim-kurakin": Bim in LINF, E8, Bim::PAPER, "min(255 eps + 4, 318.75 eps) steps of 1/255 from x", |eps| Bim::kurakin(eps);
    "pgd-madry-mnist": Pgd in LINF, 0.3, MADRY, "40 steps of 0.01, random start, 1 restart; for eps 0.3", |_| Pgd::madry_mnist();
    "pgd-madry-cifar10": Pgd in LINF, E8, MADRY, "20 steps of 2/255, random start, 1 restart; for eps 8/255", |_| Pgd::madry_cifar10();
    "pgd-fast-mnist": Pgd in LINF, 0.3, "Wong et al. 2020, arXiv:2001.03994", "50 steps of 0.01, random start, 10 restarts; for eps 0.3", |_| Pgd::fast_mnist();
    "pgd-foolbox": Pgd in LINF, 0.3, FOOLBOX, "40 steps of eps/30 to the end, random start", |_|
        Pgd { step_size: StepSize::Relative(0.01 / 0.3), stop: Stop::Never, ..Pgd::default() };
    "pgd-l2-foolbox": Pgd in L2, 2.0, FOOLBOX, "50 steps of eps/40 to the end, random start", |_|
        Pgd { steps: 50, step_size: StepSize::Relative(0.025), stop: Stop::Never, ..Pgd::default() };
    "bim-foolbox": Bim in LINF, 0.3, FOOLBOX, "10 steps of eps/5 to the end", |_|
        Bim { step_size: StepSize::Relative(0.2), stop: Stop::Never, ..Bim::default() };
    "adam-pgd-foolbox": AdamPgd in LINF, 0.3, FOOLBOX, "50 steps by Adam at a rate of eps/40 to the end, random start", |_|
        AdamPgd { stop: Stop::Never, ..AdamPgd::default() };
    "pgd-art": Pgd in LINF, 0.3, ART, "100 steps of 0.1 from x to the end; for eps 0.3", |_|
        Pgd { steps: 100, step_size: StepSize::Absolute(0.1), start: Start::Clean, stop: Stop::Never, ..Pgd::default() };
    "square-art": Square in Square::INFO.norms, 0.3, ART, "100 queries, squares that shrink over them", |_|
        Square { queries: 100, rescale: SquareSchedule::Scaled, ..Square::default() };
    "bim-torchattacks": Bim in LINF, E8, TORCHATTACKS, "10 steps of 2/255 to the end; for eps 8/255", |_|
        Bim { step_size: S2, stop: Stop::Never, ..Bim::default() };
    "pgd-torchattacks": Pgd in LINF, E8, TORCHATTACKS, "10 steps of 2/255 to the end, random start; for eps 8/255", |_|
        Pgd { steps: 10, step_size: S2, stop: Stop::Never, ..Pgd::default() };
    "pgd-l2-torchattacks": Pgd in L2, 1.0, TORCHATTACKS, "10 steps of 0.2 to the end, random start; for eps 1", |_|
        Pgd { steps: 10, step_size: StepSize::Absolute(0.2), stop: Stop::Never, ..Pgd::default() };
    "eot-pgd-torchattacks": Pgd in LINF, E8, TORCHATTACKS, "10 steps of 2/255 to the end, each gradient the mean of 2; for eps 8/255", |_|
        Pgd { steps: 10, step_size: S2, eot: 2, stop: Stop::Never, ..Pgd::default() };
    "mi-fgsm-torchattacks": MiFgsm in LINF, E8, TORCHATTACKS, "10 steps of 2/255 with momentum 1; for eps 8/255", |_| MiFgsm { step_size: S2, ..MiFgsm::default() };
    "ni-fgsm-torchattacks": NiFgsm in LINF, E8, TORCHATTACKS, "10 steps of 2/255 with momentum 1, ahead; for eps 8/255", |_| NiFgsm { step_size: S2, ..NiFgsm::default() };
    "di-fgsm-torchattacks": DiFgsm in LINF, E8, TORCHATTACKS, "10 steps of 2/255, half of the gradients at copies; for eps 8/255", |_| DiFgsm { step_size: S2, ..DiFgsm::default() };
    "apgd-torchattacks": Apgd in Apgd::INFO.norms, E8, TORCHATTACKS, "10 steps of APGD", |_| Apgd { steps: 10, ..Apgd::default() };
    "apgd-t-torchattacks": ApgdT in ApgdT::INFO.norms, E8, TORCHATTACKS, "10 steps of APGD towards each of 9 classes", |_| ApgdT { steps: 10, ..ApgdT::default() };
    "fab-torchattacks": Fab in Fab::INFO.norms, E8, TORCHATTACKS, "10 steps of FAB", |_| Fab { steps: 10, ..Fab::default() };
    "square-torchattacks": Square in Square::INFO.norms, E8, TORCHATTACKS, "5000 queries, squares that shrink over them", |_|
        Square { rescale: SquareSchedule::Scaled, ..Square::default() };
};

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
