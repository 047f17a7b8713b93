//! The attacks that the flags ask for.

use super::args::{Args, SuiteName};
use super::choice::Choice;
use super::suite_attack::SuiteAttack;
use crate::cli::options::{List, Written, twice};
use crate::cli::pages::decimal;
use crate::cli::{Failure, Outcome};
use sparring::attacks::{AnyAttack, AnyNorm, Course, Preset, Threat, Titled, suites};

/// Budgets of a curve up to one.
const POINTS: usize = 20;

/// Attacks where none is named.
fn usual_in(norm: AnyNorm) -> &'static str {
    match norm {
        AnyNorm::L1 => "apgd",
        AnyNorm::L0 => "sigma-zero",
        _ => "fgsm,pgd",
    }
}

impl Args {
    /// Which images an attack is given: in a suite those that are left.
    pub(super) fn course(&self) -> Course {
        if self.suite.is_some() { Course::Cascade } else { Course::Each }
    }
    /// The attack of `--curve` and its budgets, up to the largest of these.
    pub(super) fn curve(&self, threats: &[Threat]) -> Outcome<Option<(SuiteAttack, Vec<f32>)>> {
        let Some(choice) = &self.curve else { return Ok(None) };
        let largest = threats[threats.len() - 1];
        let attack = match choice {
            Choice::Attack(attack) => Titled::from(attack.text.parse::<AnyAttack>()?).into(),
            Choice::Preset(preset) => self.preset(preset, largest.eps)?,
            Choice::Generator(path) => SuiteAttack::of_run(path)?,
        };
        self.trained_in(&attack)?;
        let refused = |e| Failure::Usage(format!("--curve {}: {e}", choice.name()));
        attack.info().admits(&largest).map_err(refused)?;
        let budgets = match threats {
            // In decimals, so that a twentieth of 0.3 is 0.015.
            [only] => (1..=POINTS).map(|k| (decimal(only.eps) * k as f64 / POINTS as f64) as f32).collect(),
            several => several.iter().map(|t| t.eps).collect(),
        };
        Ok(Some((attack, budgets)))
    }
    /// Refuses a generator that was trained in another norm.
    fn trained_in(&self, attack: &SuiteAttack) -> Outcome {
        match attack {
            SuiteAttack::Learnt(one) if one.attack.trained().norm != self.norm => {
                let (call, norm) = (attack.ran().call, one.attack.trained().norm);
                Err(Failure::Usage(format!(
                    "{call}: it was trained in {norm}, not in {}; give --norm {norm}",
                    self.norm
                )))
            }
            _ => Ok(()),
        }
    }
    /// The attacks at this budget, with the flags applied; a flag that fits none of them is a mistake, and so is a norm that one of them does not work in.
    pub(super) fn suite(&self, eps: f32) -> Outcome<Vec<SuiteAttack>> {
        let all = self.attacks(eps)?;
        all.iter().try_for_each(|attack| self.trained_in(attack))?;
        let threat = Threat { norm: self.norm, eps };
        let admitted = all.iter().try_for_each(|attack| attack.info().admits(&threat));
        admitted.map(|()| all).map_err(|e| Failure::Usage(format!("--norm {}: {e}", self.norm)))
    }

    fn attacks(&self, eps: f32) -> Outcome<Vec<SuiteAttack>> {
        if let Some(suite) = self.suite {
            self.parameters.all_belong("--attack", &[])?;
            let own = |attacks: Vec<AnyAttack>| attacks.into_iter().map(Titled::from).collect();
            let all: Vec<Titled> = match suite {
                SuiteName::Quick => own(suites::quick()),
                SuiteName::Standard => suites::standard(self.norm),
                SuiteName::Malt => suites::malt(self.norm),
                SuiteName::Plus => suites::plus(),
                SuiteName::Rand => suites::rand(),
            };
            return Ok(all.into_iter().map(SuiteAttack::from).collect());
        }
        let usual: List<Choice>;
        let mut choices: Vec<&Choice> = self.attack.iter().flat_map(|list| &list.0).collect();
        if choices.is_empty() {
            usual = usual_in(self.norm).parse().map_err(Failure::Usage)?;
            choices = usual.0.iter().collect();
        }
        let names: Vec<&str> = choices.iter().map(|c| c.name()).collect();
        if let Some(name) = twice(&names) {
            return Err(Failure::Usage(format!("--attack: {name} is named twice; name it once")));
        }
        let attacks: Vec<&Written<AnyAttack>> = choices
            .iter()
            .filter_map(|choice| match choice {
                Choice::Attack(attack) => Some(attack),
                Choice::Preset(_) | Choice::Generator(_) => None,
            })
            .collect();
        self.parameters.all_belong("--attack", &attacks)?;
        let titled = |choice: &&Choice| match choice {
            Choice::Attack(attack) => self.parameters.applied(attack).map(|a| Titled::from(a).into()),
            Choice::Preset(preset) => self.preset(preset, eps),
            Choice::Generator(path) => SuiteAttack::of_run(path),
        };
        choices.iter().map(titled).collect()
    }

    /// A preset, in the norm its lengths were chosen for.
    fn preset(&self, preset: &Preset, eps: f32) -> Outcome<SuiteAttack> {
        if preset.info.norms.contains(&self.norm) {
            return Ok(preset.at(eps).into());
        }
        let (name, norms) = (preset.info.name, preset.info.norms);
        let norms = norms.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        Err(Failure::Usage(format!(
            "--attack {name}: its lengths are meant for {norms}, not for {}",
            self.norm
        )))
    }
}
