//! Several answers to one question, averaged: an ensemble of models, or a randomised model asked more than once.

use super::cotangent::filled;
use crate::AttackError;
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};

/// logits(x) = mean of the members' logits, and the mean of their gradients.
///
/// What fools the mean of several models fools others more often (Liu et al. 2017, arXiv:1611.02770, section 5).
#[derive(Clone, Debug)]
pub struct Ensemble<M> {
    members: Vec<M>,
}

impl<M: Classifier> Ensemble<M> {
    /// # Errors
    /// If there is no member, or two of them differ in shape, classes or bounds.
    pub fn new(members: Vec<M>) -> Result<Self, AttackError> {
        let Some(first) = members.first() else {
            return Err(AttackError::Length { what: "members of the ensemble", expected: 1, got: 0 });
        };
        for other in &members {
            if other.shape() != first.shape() {
                return Err(AttackError::Shape { model: first.shape(), batch: other.shape() });
            }
            if other.classes() != first.classes() {
                let (expected, got) = (first.classes(), other.classes());
                return Err(AttackError::Length { what: "classes of a member", expected, got });
            }
            if other.bounds() != first.bounds() {
                let (parameter, value) = ("bounds", format!("{:?}", other.bounds()));
                return Err(AttackError::Parameter {
                    of: "ensemble",
                    parameter,
                    value,
                    need: "those of the first member",
                });
            }
        }
        Ok(Self { members })
    }
}

/// Expectation over transformation: logits and gradients are the means over `samples` queries of a randomised model (Athalye et al. 2018, arXiv:1707.07397).
///
/// Query q of this model is queries q·samples to q·samples + samples − 1 of the one inside, so that no two of its queries share a draw.
#[derive(Clone, Debug)]
pub struct Expectation<M> {
    inner: M,
    samples: usize,
}

impl<M: Classifier> Expectation<M> {
    /// # Errors
    /// If `samples` is 0.
    pub fn new(inner: M, samples: usize) -> Result<Self, AttackError> {
        if samples > 0 {
            return Ok(Self { inner, samples });
        }
        let (of, parameter, value) = ("expectation", "samples", samples.to_string());
        Err(AttackError::Parameter { of, parameter, value, need: "at least 1" })
    }
    fn sample<'b>(&self, x: Batch<'b>, i: usize) -> Batch<'b> {
        // The top bit is the judge's: its queries stay apart from those of attacks.
        let (judge, query) = (x.query() & 1 << 63, x.query() & !(1 << 63));
        let inner = query.wrapping_mul(self.samples as u64).wrapping_add(i as u64);
        x.with_query(inner & !(1 << 63) | judge)
    }
}

/// Adds up `of` answers and divides by their number.
fn mean(
    of: usize,
    out: &mut [f32],
    mut answer: impl FnMut(usize, &mut [f32]) -> Result<(), OracleError>,
) -> Result<(), OracleError> {
    answer(0, out)?;
    if of == 1 {
        return Ok(());
    }
    let mut more = vec![0.0; out.len()];
    for i in 1..of {
        more.fill(0.0);
        answer(i, &mut more)?;
        out.iter_mut().zip(&more).for_each(|(o, m)| *o += m);
    }
    let share = 1.0 / of as f32;
    out.iter_mut().for_each(|o| *o *= share);
    Ok(())
}

macro_rules! averages {
    ($($Model:ident: |$it:ident| $first:expr, $of:expr; |$i:ident, $x:ident| $member:expr, $asked:expr;)*) => {$(
        impl<M: Classifier> Classifier for $Model<M> {
            fn shape(&self) -> [usize; 3] {
                let $it = self;
                $first.shape()
            }
            fn classes(&self) -> usize {
                let $it = self;
                $first.classes()
            }
            fn bounds(&self) -> Bounds {
                let $it = self;
                $first.bounds()
            }
            fn logits(&self, $x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
                let $it = self;
                mean($of, out, |$i, out| $member.logits($asked, out))
            }
        }
        impl<M: Differentiable> Differentiable for $Model<M> {
            fn pullback(
                &self,
                $x: Batch<'_>,
                cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
                grad: &mut [f32],
            ) -> Result<(), OracleError> {
                let $it = self;
                let dz = filled(self, $x, cotangent)?;
                mean($of, grad, |$i, grad| $member.pullback($asked, &mut |_, d| d.copy_from_slice(&dz), grad))
            }
        }
    )*};
}
averages! {
    Ensemble: |it| it.members[0], it.members.len(); |i, x| it.members[i], x;
    Expectation: |it| it.inner, it.samples; |i, x| it.inner, it.sample(x, i);
}
