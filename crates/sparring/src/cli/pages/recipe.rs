//! Facts of a recipe.

use sparring::nn::Clip;
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
    if let Some(clip) = recipe.clip {
        let limit = match clip {
            Clip::Value(limit) => format!("every element to [-{limit}, {limit}]"),
            Clip::GlobalNorm(limit) => format!("Euclidean norm of all at most {limit}"),
        };
        facts.push(("limit on the gradient", limit));
    }
    if recipe.precision != Precision::F32 {
        facts.push(("precision", recipe.precision.to_string()));
    }
    facts
}

/// A defence in words.
fn defense(defense: &AnyDefense) -> String {
    let growing = |warm_up: f64| match warm_up {
        0.0 => String::new(),
        share => format!(", budget growing over the first {:.0} %", 100.0 * share),
    };
    match *defense {
        AnyDefense::default() => "none: clean images".into(),
        defenses::FgsmRs { eps, step_size } => format!("FGSM-RS, eps {eps}, step {step_size}"),
        defenses::Pgd { eps, steps, step_size, warm_up } => {
            format!("PGD-{steps}, eps {eps}, step {step_size:.4}{}", growing(warm_up))
        }
        defenses::NFgsm { eps, noise, step_size, warm_up } => {
            format!("N-FGSM, eps {eps}, noise {noise} eps, step {step_size}{}", growing(warm_up))
        }
        other => other.name().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring::optim::Ema;
    use sparring::train::DEFENSES;

    #[test]
    fn every_defence_is_told() {
        let all = [
            AnyDefense::default(),
            defenses::FgsmRs::new(0.3).into(),
            defenses::NFgsm::new(0.3).into(),
            defenses::Pgd::new(0.3).into(),
        ];
        assert!(
            all.iter().map(AnyDefense::name).eq(DEFENSES.iter().map(|d| d.name)),
            "a new one belongs here"
        );
        for (of, percent) in all.into_iter().zip([None, None, Some(50), Some(30)]) {
            assert_eq!(defense(&of).contains("eps 0.3, "), of != AnyDefense::default(), "{}", defense(&of));
            let grows = percent.map(|p| format!(", budget growing over the first {p} %"));
            let told = defense(&of);
            assert_eq!(told.find(", budget").map(|at| &told[at..]), grows.as_deref(), "{of:?}");
        }
        let at_once = AnyDefense::from(defenses::Pgd { eps: 0.3, steps: 7, step_size: 0.1, warm_up: 0.0 });
        assert_eq!(defense(&at_once), "PGD-7, eps 0.3, step 0.1000");
    }

    #[test]
    fn what_changes_the_weights_is_told() {
        let told = |r: &Recipe| facts(r).into_iter().skip(6).collect::<Vec<_>>();
        assert_eq!(told(&Recipe::default()), []);
        let average = ("average of the weights", "half-life 5 % of the training".to_string());
        assert_eq!(told(&Recipe::hardened(defenses::Pgd::new(0.3))), [average]);
        let asked = |clip| Recipe {
            ema: Some(Ema { half_life: 0.07 }),
            clip: Some(clip),
            precision: Precision::Split6,
            ..Recipe::default()
        };
        let expected = [
            ("average of the weights", "half-life 7 % of the training"),
            ("limit on the gradient", "Euclidean norm of all at most 1.5"),
            ("precision", "split6"),
        ];
        let all = told(&asked(Clip::GlobalNorm(1.5)));
        assert_eq!(all, expected.map(|(name, text)| (name, text.to_string())));
        assert_eq!(told(&asked(Clip::Value(0.5)))[1].1, "every element to [-0.5, 0.5]");
    }
}
