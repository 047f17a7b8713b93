//! Numbers that every program of the comparison computes alike: inputs and first weights, so that losses can be compared.

use sparring_nn::{Network, ParamKind};
use sparring_tensor::{Shape, Tensor};

/// A number in [0, 1) for `index` of stream `stream`: 24 bits of a 32-bit mix (Wellons' lowbias32).
pub fn unit(stream: u32, index: usize) -> f32 {
    let mut x = (index as u32).wrapping_add(stream.wrapping_mul(0x9E37_79B9));
    x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
    x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
    ((x ^ (x >> 16)) >> 8) as f32 / 16_777_216.0
}

/// `n` numbers in [low, high).
pub fn uniform(stream: u32, n: usize, low: f32, high: f32) -> Vec<f32> {
    (0..n).map(|i| low + (high - low) * unit(stream, i)).collect()
}

/// Draws weights and biases in PyTorch's order, the t-th of them from stream `first + t`, with PyTorch's default spread: uniform in ±1/√fan-in of
/// the layer. What a norm or an activation learns keeps its value and takes no stream.
pub fn fill(net: &mut Network<f32>, first: u32) {
    let (mut stream, mut bound) = (first, 1.0f32);
    net.params.iter_mut().filter(|p| matches!(p.kind(), ParamKind::Weight | ParamKind::Bias)).for_each(|p| {
        let shape = p.value.shape();
        if p.kind() == ParamKind::Weight {
            bound = 1.0 / (shape.dims()[1..].iter().product::<usize>() as f32).sqrt();
        }
        p.value = within(bound, shape, stream);
        stream += 1;
    });
}

/// Uniform in ±`bound`, from this stream.
pub fn within(bound: f32, shape: impl Into<Shape>, stream: u32) -> Tensor {
    Tensor::from_fn(shape, |i| bound * (2.0 * unit(stream, i) - 1.0))
}

/// The mean of the numbers: what rows without a loss report.
pub fn mean(x: &[f32]) -> f64 {
    x.iter().map(|&v| f64::from(v)).sum::<f64>() / x.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_activations::AnyActivation;
    use sparring_models::{ClassifierNet, Mlp};
    use sparring_seed::Key;

    #[test]
    fn streams_are_uniform_and_differ() {
        let (a, b) = (uniform(1, 100_000, -1.0, 1.0), uniform(2, 100_000, -1.0, 1.0));
        assert!(mean(&a).abs() < 0.01 && mean(&b).abs() < 0.01);
        let product: Vec<f32> = a.iter().zip(&b).map(|(a, b)| a * b).collect();
        let square: Vec<f32> = a.iter().map(|a| a * a).collect();
        assert!(mean(&product).abs() < 0.01 && (mean(&square) - 1.0 / 3.0).abs() < 0.01);
    }

    #[test]
    fn weights_have_the_spread_of_their_layer() {
        let mut net = ClassifierNet::new(Mlp::default().spec(), Key::new(1)).unwrap();
        fill(&mut net.net, 100);
        let mut largest = Vec::new();
        net.net.params.iter().for_each(|p| {
            largest.push(p.value.as_slice().iter().fold(0.0f32, |m, v| m.max(v.abs())));
        });
        assert_eq!(largest.len(), 6);
        for (largest, fan_in) in largest.iter().zip([784.0f32, 784.0, 128.0, 128.0, 64.0, 64.0]) {
            assert!(*largest <= 1.0 / fan_in.sqrt() && *largest > 0.5 / fan_in.sqrt());
        }
    }

    #[test]
    fn what_an_activation_learns_keeps_its_value_and_takes_no_stream() {
        let prelu: AnyActivation = "prelu".parse().unwrap();
        let [mut plain, mut learnt] = [Mlp::default(), Mlp::with(prelu)]
            .map(|mlp| ClassifierNet::new(mlp.spec(), Key::new(1)).unwrap());
        let mut numbers = [Vec::new(), Vec::new()];
        for (net, numbers) in [&mut plain, &mut learnt].into_iter().zip(&mut numbers) {
            fill(&mut net.net, 100);
            numbers.extend(net.net.params.iter().map(|p| p.value.as_slice().to_vec()));
        }
        let [plain, mut learnt] = numbers;
        // 784-128, its slope, 128-64, its slope, 64-10.
        assert_eq!((learnt.remove(5), learnt.remove(2)), (vec![0.25], vec![0.25]));
        assert_eq!(plain, learnt);
    }
}
