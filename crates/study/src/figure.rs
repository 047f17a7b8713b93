//! How figures are called, and written, for people.

/// Figures of trainings that say what a model is worth, in the order in which they are read.
pub(crate) const FIRST: [&str; 6] = ["test_accuracy", "test_mse", "pca_mse", "d_real", "d_fake", "diversity"];

/// Whether a figure is a fraction of images.
pub(crate) fn is_accuracy(name: &str) -> bool {
    name.contains("accuracy") || name == "clean" || name.contains('@')
}

/// What a figure is called; those of GANs as their own pages call them.
pub(crate) fn title(name: &str) -> String {
    match name {
        "test_mse" => "test MSE".into(),
        "pca_mse" => "PCA MSE".into(),
        "d_real" => "D(x)".into(),
        "d_fake" => "D(G(z))".into(),
        other => other.replace('_', " "),
    }
}

/// A number with as many digits as can be compared.
pub(crate) fn told(name: &str, v: f64) -> String {
    match () {
        () if is_accuracy(name) => format!("{:.2}\u{a0}%", 100.0 * v),
        () if v == v.trunc() && v.abs() < 1e6 => format!("{v}"),
        () if v.abs() >= 1e-3 && v.abs() < 1e4 => format!("{v:.4}"),
        () => format!("{v:.3e}"),
    }
}

/// A mean with the standard deviation of one, where it is known.
pub(crate) fn with_spread(name: &str, mean: f64, std: Option<f64>) -> String {
    match std {
        None => told(name, mean),
        Some(std) if is_accuracy(name) => format!("{:.2} ± {:.2}\u{a0}%", 100.0 * mean, 100.0 * std),
        Some(std) => format!("{} ± {}", told(name, mean), told(name, std)),
    }
}
