//! The weights that an observer reads alone are those of the whole state.

use sparring_datasets::Mnist;
use sparring_models::{ClassifierNet, Mlp};
use sparring_nn::Params;
use sparring_seed::Key;
use sparring_train::{Current, Flow, Observer, Recipe, StepMetrics, TrainError, session};

fn bits(params: &Params<f32>) -> Vec<u32> {
    params.iter().flat_map(|p| p.value.as_slice().to_vec()).map(f32::to_bits).collect()
}

/// Compares them at each step, before and after the model was asked for; counts where the model's weights are others.
struct Compares(usize);

impl Observer<ClassifierNet> for Compares {
    fn step(&mut self, s: &StepMetrics, model: &mut dyn Current<ClassifierNet>) -> Result<Flow, TrainError> {
        let trained = bits(&model.trained());
        assert_eq!(trained, bits(&model.state().networks[0].1), "step {}", s.step);
        let kept = bits(&model.current().net.params);
        assert_eq!(bits(&model.trained()), trained, "step {}, after a look", s.step);
        self.0 += usize::from(kept != trained);
        Ok(Flow::Continue)
    }
}

#[test]
fn trained_weights_are_those_of_the_state() {
    let data = Mnist::embedded().train.first(96);
    for (average, apart) in [(None, false), (Some("ema(half_life=0.3)".parse().unwrap()), true)] {
        let recipe = Recipe { average, epochs: 2, batch: 32, lr: 0.01, ..Recipe::default() };
        let spec = Mlp { hidden: vec![16], ..Mlp::default() }.spec();
        let mut model = ClassifierNet::new(spec, Key::new(3)).unwrap();
        let mut observer = Compares(0);
        session(&mut model, &data, &recipe).unwrap().run(&mut observer).unwrap();
        // Only an average is something else than the weights.
        assert_eq!(observer.0 > 0, apart, "{average:?}");
    }
}
