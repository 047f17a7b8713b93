use super::*;
use crate::{Graph, layers};
use sparring_seed::Key;
use sparring_tensor::Array;

fn net() -> Network<f32> {
    let layers = vec![layers::conv2d(1, 2, 3, 1, 1), layers::flatten(), layers::linear(32, 3)];
    Graph::chain([1, 4, 4], layers).build(Key::new(1)).unwrap()
}

#[test]
fn a_large_batch_is_cut_without_changing_a_bit() {
    let net = net();
    let x: Vec<f32> = (0..7 * 16).map(|i| (i % 13) as f32 / 13.0).collect();
    let ids: Vec<u64> = (0..7).collect();
    let batch = Batch::new(&x, [1, 4, 4], &ids).unwrap();
    let whole = Victim::new(&net, Bounds::UNIT).unwrap();
    let cut = Victim { most: 3, ..Victim::new(&net, Bounds::UNIT).unwrap() };
    let (mut a, mut b) = ([0.0; 21], [1.0; 21]);
    whole.logits(batch, &mut a).unwrap();
    cut.logits(batch, &mut b).unwrap();
    assert_eq!(a, b);
    let mut grad = vec![0.0; x.len()];
    let e = cut.pullback(batch, &mut |_, dz| dz.fill(1.0), &mut grad).unwrap_err().to_string();
    assert!(e.contains("a batch of 7 examples") && e.contains("allows 3"), "{e}");
}

#[test]
fn a_tensor_of_another_shape_is_an_error_in_every_call() {
    for name in ["0.weight", "0.bias", "2.weight", "2.bias"] {
        let mut net = net();
        net.params.get_mut(name).unwrap().value = Array::zeros([5]);
        let e = Victim::new(&net, Bounds::UNIT).unwrap_err().to_string();
        assert!(e.contains(name) && e.contains("[5]"), "{e}");
        let victim = Victim::of_checked(&net, 3, Bounds::UNIT);
        let x = [0.5; 16];
        let e =
            victim.logits(Batch::new(&x, [1, 4, 4], &[0]).unwrap(), &mut [0.0; 3]).unwrap_err().to_string();
        assert!(e.contains(name), "{e}");
    }
}
