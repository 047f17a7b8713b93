//! A network in front of a classifier that gives its images back without what an adversary added.

use crate::{ClassifierNet, ModelError};
use sparring_nn::layers;
use sparring_nn::{Graph, Network, Node, Source};
use sparring_seed::Key;

/// The classifier behind a purifier, an autoencoder or a denoiser, as one network: logits C(P(x)). An attack on it goes through both by the whole gradient; attacks on the bare classifier whose images are
/// then judged by this one (a [surrogate](https://arxiv.org/abs/1605.07277)) are what a purifier looks good against, and no measure of it.
///
/// Nodes keep their names behind `purifier.` and `classifier.`.
///
/// # Errors
/// [`ModelError::Role`] if the purifier does not give as many numbers as it takes, or takes other examples than the classifier, or has several outputs.
///
/// Source: Meng and Chen 2017 (MagNet, arXiv:1705.09064) for the defence; Carlini and Wagner 2017 (arXiv:1711.08478) for why it is judged through the purifier.
///
/// ```
/// use sparring_models::{ArticleAutoencoder, ClassifierNet, Mlp, purified};
/// use sparring_seed::Key;
/// let classifier = ClassifierNet::new(Mlp::default().spec(), Key::new(1))?;
/// let denoiser = ArticleAutoencoder::default().spec().0.build::<f32>(Key::new(2))?;
/// let both = purified(&denoiser, &classifier)?;
/// assert_eq!((both.spec().input, both.classes()), ([1, 28, 28], 10));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn purified(purifier: &Network<f32>, classifier: &ClassifierNet) -> Result<ClassifierNet, ModelError> {
    let role = |what: String| ModelError::Role { model: "purifier", what };
    let ([first, second], [c, h, w]) = ([purifier.graph(), classifier.spec()], classifier.spec().input);
    let one_output = |graph: &Graph| match graph.outputs[..] {
        [] => graph.nodes.len().checked_sub(1),
        [at] => Some(at),
        _ => None,
    };
    let Some(end) = one_output(first) else {
        return Err(role(
            "a network with no output, or several: `Graph::up_to` makes a network of one".into(),
        ));
    };
    let given = purifier.output_shape(1)?;
    if first.input != second.input || given.numel() != c * h * w {
        return Err(role(format!(
            "takes examples of {:?} and gives {given}, the classifier takes {:?}",
            first.input, second.input
        )));
    }
    let mut graph = Graph::new(first.input);
    graph.nodes = first.nodes.iter().map(|n| renamed(n, "purifier", |s| s)).collect();
    let image = graph.push_from(layers::reshape(&second.input), &[Source::Node(end)]);
    graph.name_last("purifier.image");
    let offset = graph.nodes.len();
    graph.nodes.extend(second.nodes.iter().map(|n| {
        renamed(n, "classifier", |s| match s {
            Source::Input => image,
            Source::Node(at) => Source::Node(at + offset),
        })
    }));
    graph.outputs = second.outputs.iter().map(|at| at + offset).collect();
    let mut net: Network<f32> = graph.build(Key::new(0))?;
    for (prefix, own) in [("purifier", purifier), ("classifier", &classifier.net)] {
        for p in &own.params {
            let name = format!("{prefix}.{}", p.name());
            net.params.get_mut(&name).expect("the same nodes").value = p.value.clone();
        }
    }
    ClassifierNet::of_network(net)
}

fn renamed(node: &Node, prefix: &str, from: impl Fn(Source) -> Source) -> Node {
    let inputs = node.inputs.iter().map(|s| from(*s)).collect();
    Node { name: format!("{prefix}.{}", node.name), layer: node.layer.clone(), inputs }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ArticleAutoencoder, Autoencoder, ConvAutoencoder, Mlp, ResnetSmall};
    use sparring_oracle::{Batch, Classifier as _, Differentiable as _};
    use sparring_tensor::Array;

    fn images(n: usize) -> Array<f32> {
        let mut rng = Key::new(5).rng(0);
        Array::from_fn([n, 1, 28, 28], |_| rng.uniform())
    }

    fn logits(model: &ClassifierNet, x: &[f32]) -> Vec<f32> {
        let ids: Vec<u64> = (0..x.len() as u64 / 784).collect();
        let mut z = vec![0.0; 10 * ids.len()];
        model.victim().logits(Batch::new(x, [1, 28, 28], &ids).unwrap(), &mut z).unwrap();
        z
    }

    #[test]
    fn logits_are_those_of_the_purified_images() {
        let x = images(3);
        let autoencoders = [ArticleAutoencoder::default().spec(), ConvAutoencoder::default().spec()]
            .map(|(spec, encoder)| Autoencoder::new(spec, encoder, Key::new(2)).unwrap());
        for spec in [Mlp::default().spec(), ResnetSmall::default().spec()] {
            let classifier = ClassifierNet::new(spec, Key::new(1)).unwrap();
            for purifier in &autoencoders {
                let both = purified(&purifier.net, &classifier).unwrap();
                let through = logits(&both, x.as_slice());
                let apart = logits(&classifier, purifier.reconstruct(x.clone()).as_slice());
                for (a, b) in through.iter().zip(&apart) {
                    assert!((a - b).abs() < 1e-4 * b.abs().max(1.0), "{a} {b}");
                }
                assert_ne!(through, logits(&classifier, x.as_slice()));
            }
        }
    }

    #[test]
    fn gradients_go_through_the_purifier() {
        let classifier = ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap();
        let mut purifier = ArticleAutoencoder::default().spec().0.build::<f32>(Key::new(2)).unwrap();
        // Weights of some size, so that the output is no constant.
        purifier.params.iter_mut().for_each(|p| p.value.as_mut_slice().iter_mut().for_each(|w| *w *= 3.0));
        let both = purified(&purifier, &classifier).unwrap();
        let (x, mut gradient) = (images(1), vec![0.0; 784]);
        let batch = Batch::new(x.as_slice(), [1, 28, 28], &[0]).unwrap();
        both.victim().pullback(batch, &mut |_, dz| dz[3] = 1.0, &mut gradient).unwrap();
        // A step along the gradient gains |gradient|² of it.
        let square: f64 = gradient.iter().map(|g| f64::from(g * g)).sum();
        let step = 1e-2 / square.sqrt();
        let at = |sign: f64| {
            let moved: Vec<f32> =
                x.as_slice().iter().zip(&gradient).map(|(x, g)| x + (sign * step) as f32 * g).collect();
            f64::from(logits(&both, &moved)[3])
        };
        let slope = (at(1.0) - at(-1.0)) / (2.0 * step);
        assert!(square > 1e-8 && (slope / square - 1.0).abs() < 0.05, "{slope} {square}");
    }

    #[test]
    fn what_is_no_purifier_is_refused() {
        let classifier = ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap();
        let e = purified(&classifier.net, &classifier).unwrap_err().to_string();
        assert!(e.starts_with("purifier: ") && e.contains("[1, 10]"), "{e}");
        let moons =
            ClassifierNet::new(Mlp { input: [1, 1, 2], ..Mlp::default() }.spec(), Key::new(1)).unwrap();
        let purifier = ArticleAutoencoder::default().spec().0.build::<f32>(Key::new(2)).unwrap();
        assert!(purified(&purifier, &moons).unwrap_err().to_string().contains("[1, 1, 2]"));
    }
}
