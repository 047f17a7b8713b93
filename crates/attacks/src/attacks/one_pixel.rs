//! One pixel: a few pixels, found by differential evolution on logits alone.
//!
//! a member    d pixels, each (row, column, a value for each channel);  d = ⌊ε / channels⌋, at most `pixels`
//! start       400 members: places uniform, values normal around the middle of the box with half its width
//! generation  child of each = r₁ + 0.5 (r₂ − r₃) of three others, no crossover;  the better of child and parent survives;  100 times, or until the goal is reached
//! source      Su, Vargas and Sakurai 2019, arXiv:1710.08864, which tries d = 1, 3 and 5; Storn and Price 1997
//!
//! Members are compared by log-odds, which order them as the paper's probabilities do and do not saturate. ε counts elements: of a picture in colours a pixel is three.

use crate::ascent::{Objective, OfClass, Said, logits};
use crate::kept::Kept;
use crate::live::{Live, PerCandidate, Table};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, NamedError, Range};
use sparring_oracle::{Batch, Bounds, Classifier};
use sparring_seed::{Key, Stream};

/// A few pixels, found by differential evolution.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct OnePixel {
    /// Pixels changed at most, whatever the budget.
    pub pixels: usize,
    /// Members of a generation.
    pub population: usize,
    /// Generations after the first.
    pub generations: usize,
    /// Weight of the difference that makes a child.
    pub weight: f32,
}

impl Default for OnePixel {
    fn default() -> Self {
        Self { pixels: 5, population: 400, generations: 100, weight: 0.5 }
    }
}

sparring_math::named! {
    OnePixel: "one-pixel", [], "Su et al. 2019, arXiv:1710.08864";
    pixels: Range::Whole { low: 1, high: 1000 }, "pixels changed at most; the budget allows eps / channels";
    population: Range::Whole { low: 4, high: 100_000 }, "members of a generation, a query each";
    generations: Range::COUNT, "generations after the first";
    weight: Range::above_to(0.0, 2.0).in_f32(), "weight of the difference that makes a child";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            // All members of all examples are kept.
            if self.pixels * self.population <= 100_000 {
                return Ok(());
            }
            Err(NamedError::value(Self::NAME, "population", self.population, "at most 100000 / pixels"))
        }
    }
}

impl OnePixel {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::Black,
        kind: AttackKind::FixedBudget,
        norms: &[AnyNorm::L0],
        defaults: "at most 5 pixels by differential evolution: 100 generations of 400, 40400 queries",
    };
    /// # Errors
    /// If a parameter is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

/// What a member stands for.
#[derive(Clone, Copy)]
struct Genes {
    shape: [usize; 3],
    bounds: Bounds,
}

impl Genes {
    /// Numbers of a pixel.
    fn width(&self) -> usize {
        2 + self.shape[0]
    }
    fn draw(&self, rng: &mut Stream, member: &mut [f32]) {
        let [_, h, w] = self.shape;
        let (lo, hi) = (self.bounds.lo(), self.bounds.hi());
        for pixel in member.chunks_exact_mut(self.width()) {
            pixel[0] = rng.uniform() * h as f32;
            pixel[1] = rng.uniform() * w as f32;
            pixel[2..].fill_with(|| 0.5 * (lo + hi) + 0.5 * (hi - lo) * rng.normal() as f32);
        }
    }
    /// The example with these pixels.
    fn write(&self, x: &[f32], member: &[f32], out: &mut [f32]) {
        let [_, h, w] = self.shape;
        out.copy_from_slice(x);
        for pixel in member.chunks_exact(self.width()) {
            let at = |v: f32, n: usize| (v.max(0.0) as usize).min(n - 1);
            let place = at(pixel[0], h) * w + at(pixel[1], w);
            for (channel, &value) in pixel[2..].iter().enumerate() {
                out[channel * h * w + place] = self.bounds.clip(value);
            }
        }
    }
}

/// The members of each example side by side, those of the next generation, and what the best so far of each are worth.
struct Generation {
    members: Table,
    next: Table,
    worth: Table,
}

impl PerCandidate for Generation {
    fn shift(&mut self, from: usize, to: usize) {
        for table in [&mut self.members, &mut self.next, &mut self.worth] {
            table.shift(from, to);
        }
    }
}

/// Three different members, none of them `own`.
fn three(rng: &mut Stream, population: usize, own: usize) -> [usize; 3] {
    let mut taken = [own; 4];
    for i in 1..4 {
        loop {
            let one = rng.below(population as u32) as usize;
            if !taken[..i].contains(&one) {
                taken[i] = one;
                break;
            }
        }
    }
    [taken[1], taken[2], taken[3]]
}

impl<M: Classifier + ?Sized> Attack<M> for OnePixel {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("pixels", self.pixels.to_string()),
            ("population", self.population.to_string()),
            ("generations", self.generations.to_string()),
            ("weight", self.weight.to_string()),
        ];
        Settings { others, ..Settings::new(0, 1) }
    }
    fn perturb(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        key: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        self.validate()?;
        Self::INFO.begin(model, x, goal, threat, out)?;
        let [channels, h, w] = x.shape();
        let genes = Genes { shape: x.shape(), bounds: model.bounds() };
        let pixels = self.pixels.min(threat.eps as usize / channels).min(h * w);
        if pixels == 0 {
            return Ok(());
        }
        let (n, population, width) = (x.len(), self.population, pixels * genes.width());
        let objective = OfClass { goal, loss: AnyClassLoss::LogOdds };
        let mut kept = Kept::new(out, x.dim());
        let mut live = Live::of(x, 0..n);
        let (mut points, mut z) = (Table::zeros(n, x.dim()), Table::zeros(n, model.classes()));
        points.first_mut(n).copy_from_slice(x.data());
        let [members, next] = [(); 2].map(|()| Table::zeros(n, population * width));
        let mut all = Generation { members, next, worth: Table::zeros(n, population) };
        all.worth.first_mut(n).fill(f32::NEG_INFINITY);
        let mut dz = vec![0.0; model.classes()];
        let (mut child, mut query) = (vec![0.0; width], x.query());
        // One look at the candidates' points: what they are worth; those that reach the goal leave.
        let mut look =
            |live: &mut Live, points: &mut Table, all: &mut Generation| -> Result<Vec<f32>, AttackError> {
                logits(model, x, live, points, query, &mut z)?;
                query += 1;
                let (mut values, mut gone) = (vec![0.0; live.len()], vec![false; live.len()]);
                for k in 0..live.len() {
                    let (row, z) = (live.row(k), z.row(k));
                    gone[k] = objective.reached(row, z);
                    values[k] = objective.eval(row, z, &mut dz);
                    kept.offer(row, points.row(k), Said { value: values[k], reached: gone[k] });
                }
                live.retain(|k| !gone[k], &mut [points, all, &mut values]);
                values.truncate(live.len());
                Ok(values)
            };
        look(&mut live, &mut points, &mut all)?;
        for generation in 0..=self.generations {
            let key = key.child(generation as u64);
            for member in 0..population {
                if live.is_empty() {
                    return Ok(());
                }
                let key = key.child(member as u64);
                let own = member * width..(member + 1) * width;
                for k in 0..live.len() {
                    let mut rng = key.rng(live.id(k));
                    if generation == 0 {
                        genes.draw(&mut rng, &mut child);
                    } else {
                        let [a, b, c] = three(&mut rng, population, member)
                            .map(|i| &all.members.row(k)[i * width..][..width]);
                        for (child, ((a, b), c)) in child.iter_mut().zip(a.iter().zip(b).zip(c)) {
                            *child = a + self.weight * (b - c);
                        }
                    }
                    genes.write(x.row(live.row(k)), &child, points.row_mut(k));
                    all.next.row_mut(k)[own.clone()].copy_from_slice(&child);
                }
                let values = look(&mut live, &mut points, &mut all)?;
                for (k, value) in values.into_iter().enumerate() {
                    if value > all.worth.row(k)[member] {
                        all.worth.row_mut(k)[member] = value;
                    } else {
                        all.next.row_mut(k)[own.clone()].copy_from_slice(&all.members.row(k)[own.clone()]);
                    }
                }
            }
            all.members.first_mut(live.len()).copy_from_slice(all.next.first(live.len()));
        }
        Ok(())
    }
}
