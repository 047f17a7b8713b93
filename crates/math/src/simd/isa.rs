//! The instruction sets and the choice between them.

use crate::grammar::same;
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

/// The variable that forces an instruction set.
const VARIABLE: &str = "SPARRING_ISA";

/// An instruction set that loops are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isa {
    /// What the target of the build guarantees (SSE2 on x86-64, NEON on aarch64).
    Baseline,
    /// AVX2 with FMA: 8 lanes of `f32`.
    Avx2,
    /// AVX-512 F, BW, DQ, VL: 16 lanes of `f32`.
    Avx512,
}

impl Isa {
    /// All, narrowest first.
    pub const ALL: [Isa; 3] = [Isa::Baseline, Isa::Avx2, Isa::Avx512];

    /// Whether this machine has it.
    #[inline]
    pub fn supported(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        return match self {
            Isa::Baseline => true,
            Isa::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            Isa::Avx512 => {
                Isa::Avx2.supported()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
            }
        };
        #[cfg(not(target_arch = "x86_64"))]
        return self == Isa::Baseline;
    }

    /// The widest that this machine has.
    pub fn best() -> Isa {
        if Isa::Avx512.supported() {
            Isa::Avx512
        } else if Isa::Avx2.supported() {
            Isa::Avx2
        } else {
            Isa::Baseline
        }
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Isa::Baseline => "baseline",
            Isa::Avx2 => "avx2",
            Isa::Avx512 => "avx512",
        })
    }
}

impl FromStr for Isa {
    type Err = IsaError;

    fn from_str(name: &str) -> Result<Self, IsaError> {
        Isa::ALL
            .into_iter()
            .find(|isa| same(&isa.to_string(), name))
            .ok_or_else(|| IsaError::Unknown { value: name.to_owned() })
    }
}

/// Why the instruction set asked for cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IsaError {
    /// `SPARRING_ISA` holds something else than a name of an instruction set.
    Unknown {
        /// What it holds.
        value: String,
    },
    /// `SPARRING_ISA` names an instruction set that this machine lacks.
    Unsupported {
        /// What was asked for.
        isa: Isa,
    },
}

impl fmt::Display for IsaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IsaError::Unknown { value } => {
                write!(
                    f,
                    "{VARIABLE}: unknown instruction set {value:?}; use avx512, avx2 or baseline, or unset it"
                )
            }
            IsaError::Unsupported { isa } => {
                write!(f, "{VARIABLE}: this machine has no {isa}; it has {}; unset the variable", Isa::best())
            }
        }
    }
}

impl std::error::Error for IsaError {}

/// The instruction set that the value of `SPARRING_ISA` asks for; the widest one where it is unset or empty.
fn choose(value: Option<&str>) -> Result<Isa, IsaError> {
    match value.map(str::trim) {
        None | Some("") => Ok(Isa::best()),
        Some(name) => {
            let isa: Isa = name.parse()?;
            if isa.supported() { Ok(isa) } else { Err(IsaError::Unsupported { isa }) }
        }
    }
}

/// The instruction set that `SPARRING_ISA` asks for, or the widest one.
///
/// # Errors
/// If the variable holds no known name, or one that this machine lacks. [`isa`] then falls back to the widest: a
/// program should ask here once at its start and tell its user.
pub fn isa_request() -> Result<Isa, IsaError> {
    let value = std::env::var_os(VARIABLE);
    choose(value.as_deref().map(|v| v.to_string_lossy()).as_deref())
}

/// The instruction set in use, chosen at the first call: what [`isa_request`] says, or the widest that the machine has.
#[inline]
pub fn isa() -> Isa {
    static CHOSEN: OnceLock<Isa> = OnceLock::new();
    *CHOSEN.get_or_init(|| isa_request().unwrap_or_else(|_| Isa::best()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_errors_name_the_way_out() {
        for isa in Isa::ALL {
            assert_eq!(isa.to_string().parse(), Ok(isa));
        }
        assert_eq!(choose(None), Ok(Isa::best()));
        assert_eq!(choose(Some("  ")), Ok(Isa::best()));
        assert_eq!(choose(Some("Baseline")), Ok(Isa::Baseline));
        let unknown = choose(Some("sse9")).unwrap_err();
        assert!(unknown.to_string().contains("\"sse9\"") && unknown.to_string().contains("baseline"));
        for isa in Isa::ALL {
            let asked = choose(Some(&isa.to_string()));
            assert_eq!(asked, if isa.supported() { Ok(isa) } else { Err(IsaError::Unsupported { isa }) });
        }
        assert!(isa().supported());
    }
}
