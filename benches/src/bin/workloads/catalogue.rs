//! The rows: names, units, and who runs them.

use crate::row::Row;
use crate::{activations, attacks, autoencoder, classifiers, critic, gan, gemm, latency, load, peak, vae};
use sparring_tensor::Precision;

/// Every row, in the order of the table.
pub fn all() -> Vec<Row> {
    let mut rows = classifiers::rows();
    rows.extend(attacks::rows());
    rows.extend(autoencoder::rows());
    rows.push(vae::row());
    rows.extend(gan::rows());
    rows.push(critic::row());
    rows.extend(activations::rows());
    rows.extend(gemm::rows());
    rows.push(peak::row());
    rows.extend(latency::rows());
    rows.extend(load::rows());
    rows
}

/// The rows asked for, in the order of the table; all if none is.
///
/// # Errors
/// Names the word that is no row, with the rows there are.
pub fn selected(only: &[String]) -> Result<Vec<Row>, String> {
    let rows = all();
    for word in only {
        if !rows.iter().any(|row| names(word, row)) {
            let mut known: Vec<&str> = rows.iter().map(|r| r.id.as_str()).collect();
            known.dedup();
            return Err(format!("no workload is called {word:?}; there are: {}", known.join(" ")));
        }
    }
    Ok(rows.into_iter().filter(|row| only.is_empty() || only.iter().any(|w| names(w, row))).collect())
}

/// Whether the word is the row's name, its name with a size, the beginning of its name up to a `_`, or the name of its precision. Rows of another
/// precision than `f32` are another arithmetic: the beginning of a name leaves them out.
fn names(word: &str, row: &Row) -> bool {
    let begins = |id: &str| id.strip_prefix(word).is_some_and(|rest| rest.starts_with('_'));
    row.key() == word
        || row.id == word
        || (row.precision == Precision::F32 && begins(&row.id))
        || (row.precision != Precision::F32 && row.precision.to_string() == word)
}

/// The numbers of threads that the rows are run with, largest first.
pub fn thread_counts(rows: &[Row], asked: Option<usize>) -> Vec<usize> {
    let mut counts: Vec<usize> = match asked {
        Some(n) => vec![n],
        None => rows.iter().flat_map(|r| r.threads).copied().collect(),
    };
    counts.sort_unstable_by(|a, b| b.cmp(a));
    counts.dedup();
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(only: &[&str]) -> Result<Vec<String>, String> {
        let only: Vec<String> = only.iter().map(ToString::to_string).collect();
        selected(&only).map(|rows| rows.iter().map(Row::key).collect())
    }

    #[test]
    fn names_select() {
        assert_eq!(keys(&["mlp_train_b128"]).unwrap(), ["mlp_train_b128"]);
        assert_eq!(keys(&["act_relu_fwd"]).unwrap(), ["act_relu_fwd@2^16", "act_relu_fwd@2^24"]);
        assert_eq!(keys(&["act_relu_fwd@2^24"]).unwrap(), ["act_relu_fwd@2^24"]);
        assert_eq!(keys(&["gemm_128x784x128"]).unwrap().len(), 3);
        assert_eq!(keys(&["gemm"]).unwrap().len(), 24);
        assert_eq!(keys(&["gemm_1024x1024x1024_nn_split6"]).unwrap().len(), 1);
        assert!(keys(&["split6"]).unwrap().iter().all(|k| k.ends_with("_split6")));
        let unknown = keys(&["mlp_trai"]).unwrap_err();
        assert!(unknown.contains("mlp_train_b128") && unknown.contains("startup"));
        assert_eq!(keys(&["dcgan_train_b128"]).unwrap(), ["dcgan_train_b128"]);
    }

    #[test]
    fn every_row_has_a_name_of_its_own() {
        let mut all = keys(&[]).unwrap();
        let n = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), n);
    }

    #[test]
    fn matmuls_run_with_one_and_two_threads() {
        assert_eq!(thread_counts(&all(), None), [2, 1]);
        assert_eq!(thread_counts(&all(), Some(3)), [3]);
    }
}
