use super::*;

#[test]
fn a_misfit_names_the_layer() {
    let spec = Spec::new([1, 28, 28], vec![LayerSpec::Flatten, LayerSpec::linear(676, 10)]);
    let e = spec.build::<f32>(Key::new(1)).unwrap_err();
    assert_eq!(e.to_string(), "layer 1 (linear): expected 676 inputs, got 784");
    let spec = Spec::new([1, 28, 28], vec![LayerSpec::Dropout { p: 1.0 }]);
    assert!(spec.build::<f32>(Key::new(1)).unwrap_err().to_string().contains("dropout p 1"));
    let spec = Spec::new([1, 28, 28], vec![LayerSpec::linear(usize::MAX, 2)]);
    assert!(spec.build::<f32>(Key::new(1)).is_err());
}

#[test]
fn numbers_meant_to_overflow_are_refused() {
    let huge = 1 << 40;
    let wide = |inputs, outputs, stride| LayerSpec::ConvTranspose2d {
        inputs,
        outputs,
        kernel: [1, 1],
        stride: [stride; 2],
        padding: [0; 2],
        init: Init::Torch,
    };
    for layers in [
        vec![LayerSpec::Reshape { shape: vec![huge, huge] }],
        vec![wide(1, 1, huge)],
        vec![wide(1, 1, 1 << 16), wide(1, 1, 1 << 16), wide(1, 1, 1 << 16)],
        vec![LayerSpec::conv(1, 1, 3, 1, huge)],
    ] {
        assert!(Spec::new([1, 2, 2], layers).build::<f32>(Key::new(1)).is_err());
    }
}

#[test]
fn what_flows_between_layers_is_bounded() {
    let conv = |padding| LayerSpec::conv(1, 1, 1, 1, padding);
    let pool = |window: usize, stride: usize| LayerSpec::Pool2d {
        pool: Pool::Max,
        kernel: [window; 2],
        stride: [stride; 2],
        padding: [0; 2],
    };
    // Both files of `cases`: 1.7e10 numbers for one example, 1.0e9 for each of a batch; then work without memory, and weights that
    // are too many together.
    for (layers, says) in [
        (
            vec![conv(65_000), pool(65_000, 65_000), LayerSpec::Flatten, LayerSpec::linear(4, 10)],
            "layer 0 (conv2d)",
        ),
        (
            vec![conv(16_000), pool(32_028, 1), LayerSpec::Flatten, LayerSpec::linear(1, 10)],
            "layer 0 (conv2d)",
        ),
        (vec![conv(2_000), pool(2_000, 1)], "layer 1 (max_pool2d)"),
        (vec![LayerSpec::linear(1 << 13, 1 << 14), LayerSpec::linear(1 << 14, 1 << 14)], "layer 1"),
    ] {
        let e = Spec::new([1, 28, 28], layers).build::<f32>(Key::new(1)).unwrap_err().to_string();
        assert!(e.contains(says) && !e.contains("expected"), "{e}");
    }
}

#[test]
fn the_same_key_builds_the_same_network() {
    let spec = Spec::new(
        [1, 8, 8],
        vec![LayerSpec::conv(1, 3, 3, 1, 1), LayerSpec::Flatten, LayerSpec::linear(192, 4)],
    );
    let numbers = |seed| {
        let mut all = Vec::new();
        spec.build::<f32>(Key::new(seed)).unwrap().visit("", &mut |name, p| {
            all.push((name.to_string(), p.value.as_slice().to_vec()));
        });
        all
    };
    assert_eq!(numbers(1), numbers(1));
    assert_ne!(numbers(1), numbers(2));
    let names: Vec<_> = numbers(1).into_iter().map(|n| n.0).collect();
    assert_eq!(names, ["0.weight", "0.bias", "2.weight", "2.bias"]);
}
