//! The attacks that the flags ask for.

use super::Args;
use super::choice::Choice;
use crate::cli::options::twice;
use crate::cli::{Failure, Outcome};
use sparring::attacks::{AnyAttack, Preset, StepSize, Titled};

/// Which flags have found an attack that has them.
#[derive(Default)]
struct Used {
    steps: bool,
    step_size: bool,
    restarts: bool,
    loss: bool,
}

impl Args {
    /// The attacks at this budget, with the flags applied; a flag that fits none of them is a mistake.
    pub(super) fn suite(&self, eps: f32) -> Outcome<Vec<Titled>> {
        let choices: Vec<Choice> = self.attack.iter().flat_map(|list| list.0.iter().copied()).collect();
        let names: Vec<&str> = choices.iter().map(|c| c.name()).collect();
        if let Some(name) = twice(&names) {
            return Err(Failure::Usage(format!("--attack: {name} is named twice; name it once")));
        }
        let mut used = Used::default();
        let mut suite = Vec::new();
        for choice in &choices {
            suite.push(match choice {
                Choice::Attack(attack) => self.tuned(*attack, &mut used).into(),
                Choice::Preset(preset) => self.preset(preset, eps)?,
            });
        }
        for (given, used, flag) in [
            (self.steps.is_some(), used.steps, "--steps"),
            (self.step_size.is_some(), used.step_size, "--step-size"),
            (self.restarts.is_some(), used.restarts, "--restarts"),
            (self.loss.is_some(), used.loss, "--loss"),
        ] {
            if given && !used {
                let names = names.join(", ");
                return Err(Failure::Usage(format!(
                    "{flag}: none of the attacks ({names}) has it; leave it out"
                )));
            }
        }
        Ok(suite)
    }

    /// The attack with the flags that it has.
    fn tuned(&self, mut attack: AnyAttack, used: &mut Used) -> AnyAttack {
        let step_size = self.step_size.map(StepSize::Absolute);
        let loss = match &mut attack {
            AnyAttack::Pgd(a) => {
                a.steps = self.steps.unwrap_or(a.steps);
                a.step_size = step_size.unwrap_or(a.step_size);
                a.restarts = self.restarts.unwrap_or(a.restarts);
                (used.steps, used.step_size, used.restarts) = (true, true, true);
                &mut a.loss
            }
            AnyAttack::Bim(a) => {
                a.steps = self.steps.unwrap_or(a.steps);
                a.step_size = step_size.unwrap_or(a.step_size);
                (used.steps, used.step_size) = (true, true);
                &mut a.loss
            }
            AnyAttack::Ffgsm(a) => {
                a.step_size = step_size.unwrap_or(a.step_size);
                used.step_size = true;
                &mut a.loss
            }
            AnyAttack::Fgsm(a) => &mut a.loss,
            AnyAttack::Rfgsm(a) => &mut a.loss,
            AnyAttack::UniformNoise(a) => &mut a.loss,
            _ => return attack,
        };
        *loss = self.loss.unwrap_or(*loss);
        used.loss = true;
        attack
    }

    /// A preset, in the norm its lengths were chosen for.
    fn preset(&self, preset: &Preset, eps: f32) -> Outcome<Titled> {
        if preset.info.norms.contains(&self.norm) {
            return Ok(preset.at(eps));
        }
        let (name, norms) = (preset.info.name, preset.info.norms);
        let norms = norms.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        Err(Failure::Usage(format!(
            "--attack {name}: its lengths are meant for {norms}, not for {}",
            self.norm
        )))
    }
}
