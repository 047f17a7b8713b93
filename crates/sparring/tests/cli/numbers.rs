//! Numbers that make no sense: the message says what would.

use crate::{folder, names, refusal};

#[test]
fn a_negative_number_is_a_wrong_number_and_not_a_flag() {
    let dir = folder("negative");
    for (line, flag, must) in [
        ("train classifier --defense pgd --eps -1", "--eps", "above"),
        ("train classifier --lr -1", "--lr", "above 0"),
        ("train classifier --clip-norm -0.5", "--clip-norm", "above 0"),
        ("train classifier --attack-step-size -1", "--attack-step-size", "above 0"),
        ("train classifier --epochs -1", "--epochs", "1 or above"),
        ("train classifier --seed -1", "--seed", "whole number from 0"),
        ("train classifier --defense n-fgsm --attack-noise -1", "--attack-noise", "from 0 to 10"),
        ("train classifier --defense pgd --eps-warm-up -1", "--eps-warm-up", "from 0 to 1"),
        ("train classifier --defense pgd --ema 2", "--ema", "from 0 to 1"),
        ("train classifier --validation -1", "--validation", "whole number from 0"),
        ("train autoencoder --batch -1", "--batch", "1 or above"),
        ("train gan --lr -1", "--lr", "above 0"),
        ("train gan --beta1 -0.1", "--beta1", "at least 0 and below 1"),
        ("train gan --beta1 1", "--beta1", "at least 0 and below 1"),
        ("attack run --eps -1", "--eps", "above"),
        ("attack run --steps -1", "--steps", "1 or above"),
        ("demo --n -1", "--n", "1 or above"),
        ("generate run --seed 1.5", "--seed", "whole number from 0"),
    ] {
        let text = refusal(&dir, line, 2);
        assert!(text.contains(flag) && text.contains(must), "{line}: {text}");
        assert!(!text.contains("unexpected argument"), "{line}: {text}");
    }
    assert!(names(&dir).is_empty());
}
