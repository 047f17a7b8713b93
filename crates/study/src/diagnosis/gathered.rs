//! What is gathered of one node over many passes.

use super::layer::{ActivationFigures, LayerDiagnosis, OutputFigures, WeightFigures};
use super::norm::finite_norm;
use super::walk::{Pulled, Walk};
use super::weights::weight_of;
use sparring_activations::AnyActivation;
use sparring_metrics::{Histogram, RunningMoments, UnitActivity, effective_rank};
use sparring_nn::{Graph, Network, Source};
use sparring_tensor::Array;

/// What is gathered of an activation, or of a layer with weights.
pub(super) struct Gathered {
    node: usize,
    units: usize,
    output: RunningMoments,
    pub(super) gradient: RunningMoments,
    rows: Vec<f32>,
    activation: Option<OfActivation>,
    /// The gradient of the mean loss at the weight.
    weight: Option<(usize, Vec<f64>)>,
}

struct OfActivation {
    /// The function, if it is one of each number by itself.
    function: Option<AnyActivation>,
    bounded: bool,
    /// Largest |f'|; of a function whose constant is not known the largest that was seen.
    steepest: Option<f32>,
    activity: UnitActivity,
    before: Histogram,
    before_moments: RunningMoments,
    after: Histogram,
    /// Gradients before it.
    gradient: RunningMoments,
}

impl Gathered {
    /// For the node at position `node`, whose output for one example has the extents `shape`; `None` of one that is neither an activation nor has weights.
    pub(super) fn begin(net: &Network<f32>, node: usize, shape: &[usize]) -> Option<Self> {
        let layer = &net.graph().nodes[node].layer;
        let units: usize = shape.iter().product();
        let fixed = layer.parameters().is_empty();
        let activation = layer.about().map(|about| OfActivation {
            function: layer.as_activation().copied(),
            bounded: matches!(about.range, (Some(_), Some(_))),
            steepest: about.lipschitz.filter(|_| fixed).map(|c| c as f32),
            activity: UnitActivity::new(if shape.len() == 3 { shape[0] } else { units }, units),
            before: Histogram::default(),
            before_moments: RunningMoments::default(),
            after: Histogram::default(),
            gradient: RunningMoments::default(),
        });
        let params = net.params_of(node);
        let weight = weight_of(params).map(|place| (place, vec![0.0; params[place].value.len()]));
        let (output, gradient) = (RunningMoments::default(), RunningMoments::default());
        let any = activation.is_some() || weight.is_some();
        any.then_some(Self { node, units, output, gradient, rows: Vec::new(), activation, weight })
    }
    /// Takes a pass over `n` of all `total` examples, whose loss was their mean.
    pub(super) fn take(
        &mut self,
        walk: &Walk<'_>,
        pulled: &Pulled,
        [n, total]: [usize; 2],
        rank_rows: usize,
    ) {
        let y = walk.output(self.node);
        self.output.push(y.as_slice());
        let room = rank_rows.saturating_mul(self.units).saturating_sub(self.rows.len());
        self.rows.extend(y.as_slice().iter().take(room));
        // The gradient of each example's own loss.
        let own = |g: &[f32]| g.iter().map(|g| g * n as f32).collect::<Vec<_>>();
        let back = pulled.outputs[self.node].as_ref().map(|g| own(g.as_slice()));
        let back = back.unwrap_or_else(|| vec![0.0; y.len()]);
        self.gradient.push(&back);
        if let Some(of) = &mut self.activation {
            let slopes = walk.slopes(self.node);
            of.take(walk.input(self.node).as_slice(), y.as_slice(), slopes.as_slice(), &back);
        }
        if let Some((place, sum)) = &mut self.weight
            && let Some(g) = &pulled.params[self.node][*place]
        {
            let share = n as f64 / total as f64;
            sum.iter_mut().zip(g.as_slice()).for_each(|(s, &g)| *s += share * f64::from(g));
        }
    }
    /// Of an activation: the function, the mean square of the numbers before it, and the root mean square of the gradients there.
    pub(super) fn before(&self) -> Option<(AnyActivation, f64, f64)> {
        let of = self.activation.as_ref()?;
        Some((of.function?, of.before_moments.mean_square(), of.gradient.rms()))
    }
    /// The mean square of the output.
    pub(super) fn q(&self) -> f64 {
        self.output.mean_square()
    }
    /// Everything that was found.
    pub(super) fn figures(&self, net: &Network<f32>, shape: &[usize]) -> LayerDiagnosis {
        let node = &net.graph().nodes[self.node];
        let rows = self.rows.len() / self.units.max(1);
        let rank = effective_rank(&self.rows, self.units).ok();
        let weight = self
            .weight
            .as_ref()
            .map(|(place, gradient)| weight_figures(&net.params_of(self.node)[*place].value, gradient));
        LayerDiagnosis {
            name: node.name.clone(),
            kind: node.layer.kind().into_owned(),
            shape: shape.to_vec(),
            output: OutputFigures::of(&self.output, rank, rows.saturating_sub(1).min(self.units)),
            gradient_l2: self.gradient.rms() * (self.units as f64).sqrt(),
            gradient_rms: self.gradient.rms(),
            activation: self.activation.as_ref().map(OfActivation::figures),
            weight,
            theory: None,
        }
    }
}

impl OfActivation {
    fn take(&mut self, x: &[f32], y: &[f32], slopes: &[f32], back: &[f32]) {
        let seen = || slopes.iter().fold(0.0f32, |m, s| m.max(s.abs()));
        self.activity.push(slopes, self.steepest.unwrap_or_else(seen));
        self.before.push(x);
        self.before_moments.push(x);
        self.after.push(y);
        let before: Vec<f32> = slopes.iter().zip(back).map(|(s, g)| s * g).collect();
        self.gradient.push(&before);
    }
    fn figures(&self) -> ActivationFigures {
        let of = self.activity.fractions();
        ActivationFigures {
            dead: of.dead,
            dead_positions: of.dead_positions,
            frozen: of.frozen,
            frozen_positions: of.frozen_positions,
            saturated: of.saturated,
            bounded: self.bounded,
            q: self.before_moments.mean_square(),
            before: (&self.before).into(),
            after: (&self.after).into(),
        }
    }
}

fn weight_figures(weight: &Array<f32>, gradient: &[f64]) -> WeightFigures {
    let (l2, weight) = (finite_norm(gradient), weight.as_slice());
    let finite = weight.iter().filter(|w| w.is_finite()).count();
    WeightFigures {
        // 0 of none.
        rms: finite_norm(weight) / (finite.max(1) as f64).sqrt(),
        gradient_l2: l2,
        gradient_rms: l2 / (gradient.len() as f64).sqrt(),
        update_ratio: None,
        spectral_norm: None,
        spectral_bound: None,
        not_finite: (weight.len() - finite) as u64,
    }
}

/// The activation that node `i` reads, directly or through a layer that only changes the view.
pub(super) fn activation_before(graph: &Graph, i: usize) -> Option<usize> {
    let &[Source::Node(j)] = graph.nodes[i].inputs.as_slice() else { return None };
    let layer = &graph.nodes[j].layer;
    match layer.as_layer::<sparring_nn::layers::Flatten>() {
        Some(_) => activation_before(graph, j),
        None => layer.as_activation().map(|_| j),
    }
}
