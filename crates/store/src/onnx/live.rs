//! A value that depends on the network's input.
//!
//! Shapes and element-wise constants are kept back, and become layers only where the next layer needs them: a chain of Unsqueeze, Reshape and Flatten is one
//! `flatten`, (x − mean) / std is one `normalize`, and what never matters makes no layer at all.

use super::constant::Constant;
use sparring_nn::Source;

/// An output of the graph, and what the file has done to it since. Extents are those of an example.
#[derive(Clone, Debug)]
pub(super) struct Live {
    pub source: Source,
    /// As the layer gives it.
    pub shape: Vec<usize>,
    /// As the file sees it: the same numbers in the same order.
    pub dims: Vec<usize>,
    /// x · scale + shift, not yet a layer; 1 number, one a channel of `shape`, or one each.
    pub scale: Vec<f64>,
    pub shift: Vec<f64>,
    /// Zeros around the image, not yet in a layer: above, left, below, right.
    pub border: [usize; 4],
    /// The node that reshaped it last, for the name of the layer.
    pub reshaped_by: String,
    /// The first node that scaled or shifted it, for the same.
    pub scaled_by: String,
}

/// Most numbers of an example over which a constant is spread.
const MOST_SPREAD: usize = 1 << 20;

impl Live {
    pub fn new(source: Source, shape: Vec<usize>) -> Self {
        let dims = shape.clone();
        Self {
            source,
            shape,
            dims,
            scale: vec![1.0],
            shift: vec![0.0],
            border: [0; 4],
            reshaped_by: String::new(),
            scaled_by: String::new(),
        }
    }
    /// The same value with other extents for the file.
    pub fn seen_as(self, dims: Vec<usize>, by: &str) -> Self {
        Self { dims, reshaped_by: by.to_string(), ..self }
    }
    /// Numbers of an example.
    pub fn numbers(&self) -> usize {
        self.shape.iter().product()
    }
    /// Whether it is what the layer gives, but for its extents.
    pub fn is_plain(&self) -> bool {
        self.border == [0; 4] && self.scale == [1.0] && self.shift == [0.0]
    }
    /// A constant as 1 number, one a channel, or one for each number of an example; or what is wrong with its shape.
    pub fn spread(&self, constant: &Constant) -> Result<Vec<f64>, String> {
        let values: Vec<f64> = constant.floats().into_iter().map(f64::from).collect();
        let wrong =
            || Err(format!("a constant of {:?} does not fit examples of {:?}", constant.dims, self.dims));
        let (rank, given) = (self.dims.len(), &constant.dims);
        // The batch is an axis for the file.
        let own = if given.len() == rank + 1 && given[0] == 1 { &given[1..] } else { &given[..] };
        if own.len() > rank || values.is_empty() {
            return wrong();
        }
        let axes: Vec<usize> = vec![1; rank - own.len()].into_iter().chain(own.iter().copied()).collect();
        if axes.iter().zip(&self.dims).any(|(&c, &d)| c != 1 && c != d) {
            return wrong();
        }
        if values.len() == 1 {
            return Ok(values);
        }
        if self.dims == self.shape && axes[1..].iter().all(|&c| c == 1) {
            return Ok(values);
        }
        let n = self.numbers();
        if n > MOST_SPREAD {
            return Err(format!("a constant of {given:?} over {n} numbers"));
        }
        let place = |mut i: usize| {
            let (mut at, mut step) = (0, 1);
            for (&c, &d) in axes.iter().zip(&self.dims).rev() {
                at += if c == 1 { 0 } else { i % d * step };
                (i, step) = (i / d, step * c);
            }
            at
        };
        Ok((0..n).map(|i| values[place(i)]).collect())
    }
    /// The same value, called by the node that scales or shifts it.
    pub fn scaled_by(mut self, node: &str) -> Self {
        if self.scaled_by.is_empty() {
            self.scaled_by = node.to_string();
        }
        self
    }
    /// y = x · scale + shift behind what is kept back already.
    pub fn then_affine(mut self, scale: &[f64], shift: &[f64]) -> Self {
        let forms = [scale.len(), shift.len(), self.scale.len(), self.shift.len()];
        let n = forms.into_iter().max().unwrap_or(1);
        let each = self.numbers() / self.shape.first().copied().unwrap_or(1).max(1);
        // The number of `values` for place i of n: one for all, one a channel of `each` numbers, or its own.
        let of = |values: &[f64], i: usize| match values.len() {
            1 => values[0],
            own if own == n => values[i],
            _ => values[i / each.max(1)],
        };
        let both =
            |i: usize| (of(&self.scale, i) * of(scale, i), of(&self.shift, i) * of(scale, i) + of(shift, i));
        (self.scale, self.shift) = (0..n).map(both).unzip();
        if self.scale.iter().all(|s| *s == self.scale[0]) && self.shift.iter().all(|s| *s == self.shift[0]) {
            self.scale.truncate(1);
            self.shift.truncate(1);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::super::constant::Numbers;
    use super::*;

    fn constant(dims: &[usize]) -> Constant {
        let n = dims.iter().product::<usize>();
        Constant { dims: dims.to_vec(), numbers: Numbers::Floats((0..n).map(|i| i as f32).collect()) }
    }

    #[test]
    fn constants_are_spread_as_numpy_does() {
        let image = Live::new(Source::Input, vec![2, 1, 3]);
        assert_eq!(image.spread(&constant(&[])), Ok(vec![0.0]));
        assert_eq!(image.spread(&constant(&[1, 2, 1, 1])), Ok(vec![0.0, 1.0]));
        assert_eq!(image.spread(&constant(&[3])), Ok(vec![0.0, 1.0, 2.0, 0.0, 1.0, 2.0]));
        assert_eq!(image.spread(&constant(&[2, 1, 3])), Ok(vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]));
        for wrong in [&[2][..], &[2, 2, 1, 1], &[2, 2, 3], &[1, 1, 1, 1, 1], &[0]] {
            assert!(image.spread(&constant(wrong)).is_err(), "{wrong:?}");
        }
        let flat = image.seen_as(vec![6], "");
        assert_eq!(flat.spread(&constant(&[6])).unwrap().len(), 6);
    }

    #[test]
    fn scales_and_shifts_add_up_in_every_form() {
        let x = Live::new(Source::Input, vec![2, 1, 2])
            .then_affine(&[2.0], &[1.0])
            .then_affine(&[1.0, 10.0], &[0.0]);
        assert_eq!((x.scale.clone(), x.shift.clone()), (vec![2.0, 20.0], vec![1.0, 10.0]));
        let x = x.then_affine(&[1.0], &[0.0, 1.0, 2.0, 3.0]);
        assert_eq!((x.scale, x.shift), (vec![2.0, 2.0, 20.0, 20.0], vec![1.0, 2.0, 12.0, 13.0]));
        let back =
            Live::new(Source::Input, vec![3]).then_affine(&[2.0; 3], &[0.0]).then_affine(&[0.5], &[0.0]);
        assert!(back.is_plain());
    }
}
