//! Ready-made studies.

use sparring_study::ActivationPlan;

/// A ready-made study, of which other flags change what they name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Preset {
    /// Seven activations, clean and PGD training within 0.1, three seeds, on the built-in digits: two and a half minutes on two cores.
    Quick,
    /// Sixteen activations, clean, N-FGSM and PGD training within 0.3, three seeds, on MNIST: about 95 minutes on two busy cores, by the clocks of its 144 nets.
    Full,
}

const QUICK: [&str; 7] = ["relu", "leaky_relu", "gelu", "silu", "softplus(beta=4)", "tanh", "sigmoid"];
const FULL: [&str; 16] = [
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "mish",
    "pssilu",
    "tanh",
    "sigmoid",
    "softplus",
    "softplus(beta=4)",
    "softplus(beta=16)",
    "softplus(beta=40)",
    "softplus(beta=100)",
    "k_wta(fraction=0.2)",
];

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

impl Preset {
    /// The study; `trained` is empty yet.
    pub(super) fn plan(self) -> ActivationPlan {
        let attacks = owned(&["fgsm", "pgd(steps=40)"]);
        let (seeds, arch, trained) = (3, "fgsm-rs".to_string(), Vec::new());
        match self {
            Self::Quick => ActivationPlan {
                activations: owned(&QUICK),
                defenses: owned(&["none", "pgd"]),
                data: "mnist-10k".into(),
                epochs: 4,
                eps: "0.1".into(),
                n: 500,
                n_suite: 50,
                trained,
                seeds,
                arch,
                attacks,
            },
            Self::Full => ActivationPlan {
                activations: owned(&FULL),
                defenses: owned(&["none", "n-fgsm", "pgd"]),
                data: "mnist".into(),
                epochs: 6,
                eps: "0.3".into(),
                n: 10_000,
                n_suite: 1000,
                trained,
                seeds,
                arch,
                attacks,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring::models::HiddenActivations;

    #[test]
    fn presets_name_what_there_is() {
        for (preset, activations, defenses) in [(Preset::Quick, 6, 2), (Preset::Full, 12, 3)] {
            let plan = preset.plan();
            assert!(plan.activations.len() >= activations && plan.defenses.len() >= defenses);
            assert!(plan.activations.iter().all(|name| name.parse::<HiddenActivations>().is_ok()));
            assert!(plan.n >= 500);
        }
    }
}
