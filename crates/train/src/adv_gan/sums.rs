//! What an epoch of AdvGAN adds up.

/// Sums over examples of the present epoch.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub adversarial: f64,
    pub gan: f64,
    pub hinge: f64,
    pub d_loss: f64,
    pub size: f64,
    pub fooled: f64,
    pub seen: f64,
}

impl Sums {
    pub fn array(&self) -> [f64; 7] {
        let Self { adversarial, gan, hinge, d_loss, size, fooled, seen } = *self;
        [adversarial, gan, hinge, d_loss, size, fooled, seen]
    }
    pub fn of(sums: &[f64]) -> Option<Self> {
        let &[adversarial, gan, hinge, d_loss, size, fooled, seen] = sums else { return None };
        Some(Self { adversarial, gan, hinge, d_loss, size, fooled, seen })
    }
    pub fn add(&mut self, other: &Self) {
        self.adversarial += other.adversarial;
        self.gan += other.gan;
        self.hinge += other.hinge;
        self.d_loss += other.d_loss;
        self.size += other.size;
        self.fooled += other.fooled;
        self.seen += other.seen;
    }
}
