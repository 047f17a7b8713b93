//! Facts of a recipe.

use sparring::nn::Group;
use sparring::optim::{AnyAverage, AnyTransform};
use sparring::tensor::Precision;
use sparring::train::{
    AdvGanRecipe, AnyDefense, GanRecipe, GanSteps, NonFinitePolicy, Recipe, VaeRecipe, VqVaeRecipe,
};

/// A recipe as facts.
pub(crate) fn facts(recipe: &Recipe) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("optimizer", recipe.rule.to_string()),
        ("learning rate", format!("{}, {}", recipe.lr, recipe.schedule)),
        ("epochs", recipe.epochs.to_string()),
        ("batch", recipe.batch.to_string()),
        ("seed", recipe.seed.to_string()),
    ];
    facts.push(("defence", defense(&recipe.defense)));
    if !recipe.variant.is_plain() {
        facts.push(("variant", recipe.variant.to_string()));
    }
    facts.extend(recipe.average.map(|of| average("average of the weights", of)));
    facts.extend(recipe.displacement.map(|d| ("displacement of the weights", d.to_string())));
    if recipe.label_smoothing != 0.0 {
        facts.push(("label smoothing", recipe.label_smoothing.to_string()));
    }
    if recipe.accumulate > 1 {
        facts.push(("batches of a step", recipe.accumulate.to_string()));
    }
    if !recipe.augment.is_empty() {
        let chain: Vec<String> = recipe.augment.iter().map(ToString::to_string).collect();
        facts.push(("augmentation", chain.join(", then ")));
    }
    let selection = recipe.selection;
    if selection.keeps_best() {
        facts.push(("weights kept", "those of the epoch with the best monitored figure".into()));
    }
    facts.extend(
        selection.early_stop.map(|n| ("early stopping", format!("after {n} epochs without a better figure"))),
    );
    facts.extend(selection.monitor.map(|monitor| ("monitored figure", monitor.to_string())));
    if recipe.on_non_finite != NonFinitePolicy::default() {
        facts.push(("steps that are not finite", recipe.on_non_finite.to_string()));
    }
    facts.extend(around(recipe));
    if recipe.precision != Precision::F32 {
        facts.push(("precision", recipe.precision.to_string()));
    }
    facts
}

/// What is around the rule, as facts.
pub(crate) fn around(recipe: &Recipe) -> impl Iterator<Item = (&'static str, String)> {
    gradients(&recipe.transforms).into_iter().chain(groups(&recipe.groups))
}

/// A recipe of a GAN as facts.
pub(crate) fn gan_facts(recipe: &GanRecipe) -> Vec<(&'static str, String)> {
    let mut facts = vec![("loss", recipe.loss.to_string())];
    if !recipe.penalties.is_empty() {
        let all: Vec<_> = recipe.penalties.iter().map(ToString::to_string).collect();
        let each = match recipe.penalty_every {
            1 => String::new(),
            n => format!(", at each {n} steps of the discriminator"),
        };
        facts.push(("gradient penalties", format!("{}{each}", all.join(", "))));
    }
    let turn = match recipe.steps {
        GanSteps::Alternating => "one of the generator through the discriminator as it is then",
        GanSteps::TwiceGenerator => "two of the generator through the discriminator as it is then",
        GanSteps::Simultaneous => "one of the generator through the discriminator as it was before",
    };
    let of_critic = match recipe.critic_steps {
        1 => "one of the discriminator".to_string(),
        n => format!("{n} of the discriminator, each on other examples"),
    };
    facts.push(("steps", format!("{of_critic}, then {turn}")));
    if recipe.instance_noise > 0.0 {
        facts.push(("instance noise", format!("{} at first, 0 at the end", recipe.instance_noise)));
    }
    facts.extend([
        ("optimizer", recipe.rule.to_string()),
        ("learning rate", format!("{}, {}", recipe.lr, recipe.schedule)),
    ]);
    facts.extend(recipe.d_rule.map(|rule| ("optimizer of the discriminator", rule.to_string())));
    facts.extend(recipe.d_lr.map(|lr| ("learning rate of the discriminator", lr.to_string())));
    facts.extend(recipe.ema.map(|ema| average("average of the generator", ema.into())));
    facts.extend(gradients(&recipe.transforms));
    let own: Vec<_> = recipe.d_transforms.iter().map(ToString::to_string).collect();
    facts.extend((!own.is_empty()).then(|| ("of the discriminator alone", own.join(", "))));
    facts.extend(groups(&recipe.groups));
    facts.extend([
        ("epochs", recipe.epochs.to_string()),
        ("batch", format!("{} real examples, {} samples", recipe.batch, recipe.batch)),
        ("seed", recipe.seed.to_string()),
    ]);
    facts
}

/// A recipe of a variational autoencoder as facts.
pub(crate) fn vae_facts(recipe: &VaeRecipe) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("factor of the divergence", recipe.beta.to_string()),
        ("optimizer", recipe.rule.to_string()),
        ("learning rate", format!("{}, {}", recipe.lr, recipe.schedule)),
    ];
    if recipe.warm_up > 0.0 {
        facts.push((
            "warm-up",
            format!("the factor grows over the first {} %", (100.0 * recipe.warm_up) as f32),
        ));
    }
    if recipe.free_bits > 0.0 {
        facts.push(("free bits", format!("{} nats of each number of the code", recipe.free_bits)));
    }
    facts.extend(gradients(&recipe.transforms));
    facts.extend(groups(&recipe.groups));
    facts.extend([
        ("epochs", recipe.epochs.to_string()),
        ("batch", recipe.batch.to_string()),
        ("seed", recipe.seed.to_string()),
    ]);
    facts
}

pub(crate) fn vq_vae_facts(recipe: &VqVaeRecipe) -> Vec<(&'static str, String)> {
    let restart = match recipe.restart {
        0.0 => "never".to_string(),
        share => format!("vectors chosen less often than {} % of an even use", (100.0 * share) as f32),
    };
    let mut facts = vec![
        ("commitment", recipe.commitment.to_string()),
        ("decay of the averages", recipe.decay.to_string()),
        ("restarted", restart),
        ("optimizer", recipe.rule.to_string()),
        ("learning rate", format!("{}, {}", recipe.lr, recipe.schedule)),
    ];
    facts.extend(gradients(&recipe.transforms));
    facts.extend(groups(&recipe.groups));
    facts.extend([
        ("epochs", recipe.epochs.to_string()),
        ("batch", recipe.batch.to_string()),
        ("seed", recipe.seed.to_string()),
    ]);
    facts
}

/// A recipe of AdvGAN as facts; `bound` is the length that costs nothing.
pub(crate) fn adv_gan_facts(recipe: &AdvGanRecipe, bound: f64) -> Vec<(&'static str, String)> {
    let AdvGanRecipe { fooling, towards, loss, alpha, beta, .. } = recipe;
    let goal = towards.map_or("any class but its own".to_string(), |class| format!("class {class}"));
    let mut facts = vec![
        ("goal of each image", goal),
        ("adversarial loss", format!("{}, up to {}", fooling.loss, fooling.kappa)),
        ("loss between generator and discriminator", format!("{loss}, weight {alpha}")),
        ("hinge on the Euclidean length", format!("from {:.3} on, weight {beta}", bound)),
        ("optimizer", recipe.rule.to_string()),
        ("learning rate", format!("{}, {}", recipe.lr, recipe.schedule)),
    ];
    facts.extend(gradients(&recipe.transforms));
    facts.extend(groups(&recipe.groups));
    facts.extend([
        ("epochs", recipe.epochs.to_string()),
        ("batch", recipe.batch.to_string()),
        ("seed", recipe.seed.to_string()),
    ]);
    facts
}

fn average(of: &'static str, average: AnyAverage) -> (&'static str, String) {
    // As f32: 7 %, not 7.000000000000001 %.
    match average {
        AnyAverage::Ema(ema) => {
            (of, format!("half-life {} % of the training", (100.0 * ema.half_life) as f32))
        }
        other => (of, other.to_string()),
    }
}

/// What is done to gradients and weights around the rule, in order.
fn gradients(transforms: &[AnyTransform]) -> Option<(&'static str, String)> {
    let chain: Vec<String> = transforms.iter().map(ToString::to_string).collect();
    (!chain.is_empty()).then(|| ("gradients", chain.join(", then ")))
}

fn groups(groups: &[Group]) -> Option<(&'static str, String)> {
    let groups: Vec<String> = groups.iter().map(ToString::to_string).collect();
    (!groups.is_empty()).then(|| ("parameters apart", groups.join(", ")))
}

/// A defence with all its parameters, as `--defense` takes it.
fn defense(defense: &AnyDefense) -> String {
    let settings = defense.settings_as_text();
    if settings.is_empty() {
        return format!("{}: clean images", defense.name());
    }
    let pairs: Vec<String> = settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}({})", defense.name(), pairs.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring::math::named::Family;
    use sparring::train::defenses;

    #[test]
    fn every_defence_is_told() {
        assert_eq!(defense(&AnyDefense::default()), "none: clean images");
        for of in AnyDefense::TABLE.at_defaults().into_iter().filter(|d| d.eps().is_some()) {
            let told = defense(&of);
            assert_eq!(told.parse::<AnyDefense>().unwrap(), of, "{told}");
            assert!(told.contains("eps=0.3, "), "{told}");
        }
        let at_once =
            defenses::PgdTraining { eps: 0.3, steps: 7, step_size: 0.1, warm_up: 0.0, ..Default::default() }
                .into();
        assert_eq!(defense(&at_once), "pgd(eps=0.3, steps=7, norm=linf, step_size=0.1, warm_up=0)");
    }

    #[test]
    fn what_changes_the_weights_is_told() {
        let told = |r: &Recipe| facts(r).into_iter().skip(6).collect::<Vec<_>>();
        assert_eq!(told(&Recipe::default()), []);
        let average = ("average of the weights", "half-life 5 % of the training".to_string());
        let smoothed = ("label smoothing", "0.1".to_string());
        assert_eq!(told(&Recipe::hardened(defenses::PgdTraining::new(0.3))), [average, smoothed]);
        let asked = |text: &str| Recipe {
            average: "ema(half_life=0.07)".parse().ok(),
            augment: ["shift", "mixup"].map(|one| one.parse().unwrap()).to_vec(),
            accumulate: 2,
            transforms: text.split(" > ").map(|t| t.parse().unwrap()).collect(),
            groups: vec!["activation(lr=0.1)".parse().unwrap(), "weight(decay=none)".parse().unwrap()],
            precision: Precision::Split6,
            displacement: "sam".parse().ok(),
            label_smoothing: 0.1,
            ..Recipe::default()
        };
        let expected = [
            ("average of the weights", "half-life 7 % of the training"),
            ("displacement of the weights", "sam"),
            ("label smoothing", "0.1"),
            ("batches of a step", "2"),
            ("augmentation", "shift, then mixup"),
            ("gradients", "clip-value(limit=0.5), then clip-norm(max=1.5)"),
            ("parameters apart", "activation(lr=0.1), weight(decay=none)"),
            ("precision", "split6"),
        ];
        let all = told(&asked("clip-value(limit=0.5) > clip-norm(max=1.5)"));
        assert_eq!(all, expected.map(|(name, text)| (name, text.to_string())));
    }
}
