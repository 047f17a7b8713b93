//! Facts of a recipe.

use sparring::tensor::Precision;
use sparring::train::{AnyDefense, Recipe};

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
    if let Some(ema) = recipe.ema {
        // As f32: 7 %, not 7.000000000000001 %.
        let share = (100.0 * ema.half_life) as f32;
        facts.push(("average of the weights", format!("half-life {share} % of the training")));
    }
    if let Some(displacement) = recipe.displacement {
        facts.push(("displacement of the weights", displacement.to_string()));
    }
    if recipe.label_smoothing != 0.0 {
        facts.push(("label smoothing", recipe.label_smoothing.to_string()));
    }
    if !recipe.transforms.is_empty() {
        let chain: Vec<String> = recipe.transforms.iter().map(ToString::to_string).collect();
        facts.push(("gradients", chain.join(", then ")));
    }
    if recipe.precision != Precision::F32 {
        facts.push(("precision", recipe.precision.to_string()));
    }
    facts
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
    use sparring::optim::Ema;
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
        assert_eq!(told(&Recipe::hardened(defenses::PgdTraining::new(0.3))), [average]);
        let asked = |text: &str| Recipe {
            ema: Some(Ema { half_life: 0.07 }),
            transforms: text.split(" > ").map(|t| t.parse().unwrap()).collect(),
            precision: Precision::Split6,
            displacement: "sam".parse().ok(),
            label_smoothing: 0.1,
            ..Recipe::default()
        };
        let expected = [
            ("average of the weights", "half-life 7 % of the training"),
            ("displacement of the weights", "sam"),
            ("label smoothing", "0.1"),
            ("gradients", "clip-value(limit=0.5), then clip-norm(max=1.5)"),
            ("precision", "split6"),
        ];
        let all = told(&asked("clip-value(limit=0.5) > clip-norm(max=1.5)"));
        assert_eq!(all, expected.map(|(name, text)| (name, text.to_string())));
    }
}
