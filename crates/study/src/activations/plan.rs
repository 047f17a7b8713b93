//! What a study was asked for.

use serde::{Deserialize, Serialize};

/// What a study trains, and how it attacks. As JSON it is the plan of a manifest, so every shard of a study has the same one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActivationPlan {
    /// Activations of all hidden places, as `sparring train --activation` takes them.
    pub activations: Vec<String>,
    /// Defences, as they were written and are shown.
    pub defenses: Vec<String>,
    /// The same as `sparring train --defense` takes them: with the budget of the study, where they name none.
    pub trained: Vec<String>,
    /// Every net is trained with the seeds 1 to this.
    pub seeds: u64,
    /// The network.
    pub arch: String,
    /// The data.
    pub data: String,
    /// Passes over the training images.
    pub epochs: usize,
    /// Attacks on the first `n` test images.
    pub attacks: Vec<String>,
    /// The budget of all attacks, in L-inf, as a decimal.
    pub eps: String,
    /// Those images.
    pub n: usize,
    /// The first test images of these that the standard suite attacks.
    pub n_suite: usize,
}

/// The attack of the accuracy-eps curve.
const CURVE: &str = "pgd(steps=40)";

/// A text as TOML and JSON write it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn list(texts: &[String]) -> String {
    texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ")
}

impl ActivationPlan {
    /// The kind of its manifests.
    pub const KIND: &str = "activations";

    /// The text of a plan.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).expect("a plan holds texts and numbers") + "\n"
    }
    /// The trainings as a grid, whose axes are activation, defence and seed; the last one varies fastest.
    pub fn grid(&self) -> String {
        let seeds: Vec<String> = (1..=self.seeds).map(|seed| seed.to_string()).collect();
        format!(
            "train = \"classifier\"\n[flags]\narch = {}\ndata = {}\nepochs = {}\n[axes]\nactivation = [{}]\ndefense = [{}]\nseed = [{}]\n",
            quoted(&self.arch),
            quoted(&self.data),
            self.epochs,
            list(&self.activations),
            list(&self.trained),
            seeds.join(", ")
        )
    }
    /// The flags of `sparring attack` for the figure of each attack.
    pub fn attack_flags(&self) -> Vec<String> {
        let named = self.attacks.iter().flat_map(|attack| ["--attack".to_string(), attack.clone()]);
        named.chain(["--eps".into(), self.eps.clone()]).chain(self.images()).collect()
    }
    /// The flags of `sparring attack` for the standard suite and the curve.
    pub fn suite_flags(&self) -> Vec<String> {
        let words = ["--suite", "standard", "--curve", CURVE, "--eps", &self.eps, "--n"];
        words.iter().map(ToString::to_string).chain([self.n_suite.to_string()]).collect()
    }
    /// The flags of `sparring study net`.
    pub fn net_flags(&self) -> Vec<String> {
        self.images()
    }
    fn images(&self) -> Vec<String> {
        vec!["--n".to_string(), self.n.to_string()]
    }
    /// Activation, defence and seed of the cell at this position.
    pub fn place(&self, index: usize) -> (usize, usize, u64) {
        let seeds = self.seeds.max(1) as usize;
        let defenses = self.defenses.len().max(1);
        (index / seeds / defenses, index / seeds % defenses, (index % seeds) as u64 + 1)
    }
}
