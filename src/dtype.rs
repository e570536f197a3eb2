use std::fmt;
use std::str::FromStr;

/// What the elements of a tensor are in memory.
///
/// The kernels compute in f32 whatever the type; results of 16 bits are rounded to nearest even,
/// overflow to infinity and keep NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dtype {
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary16.
    F16,
    /// bfloat16: the upper half of an f32.
    Bf16,
}

impl Dtype {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::F32, Self::F16, Self::Bf16];

    /// The size of one element in bytes.
    pub const fn size(self) -> u64 {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }

    /// Its name, as on the command line: `f32`, `f16`, `bf16`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
        }
    }
}

impl FromStr for Dtype {
    type Err = UnknownDtype;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|dtype| dtype.name() == name)
            .ok_or_else(|| UnknownDtype {
                name: name.to_owned(),
            })
    }
}

/// No dtype has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no dtype {name:?}; choose f32, f16 or bf16")]
pub struct UnknownDtype {
    /// The name.
    pub name: String,
}

impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// An element of a tensor on the host: `f32`, [`half::f16`] or [`half::bf16`].
#[cfg(feature = "offload")]
pub trait Element: bytemuck::Pod + Send + Sync + sealed::Sealed {
    /// What it is in a tensor.
    const DTYPE: Dtype;
}

#[cfg(feature = "offload")]
mod sealed {
    /// What the kernels cannot load is no element.
    pub trait Sealed {}
}

#[cfg(feature = "offload")]
macro_rules! elements {
    ($($element:ty: $dtype:ident),*) => {
        $(
            impl sealed::Sealed for $element {}

            impl Element for $element {
                const DTYPE: Dtype = Dtype::$dtype;
            }
        )*
    };
}

#[cfg(feature = "offload")]
elements!(f32: F32, half::f16: F16, half::bf16: Bf16);
