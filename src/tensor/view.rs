use super::{BoolView, ClassIndices, ClassType, ImageView, TensorView};
use sealed::{Place, Words};

/// A view on something of the caller's that an operation is prepared with: a [`TensorView`], a [`BoolView`],
/// [`ClassIndices`] or an [`ImageView`].
pub trait View: sealed::Sealed {}

pub(crate) mod sealed {
    use super::{ImageView, TensorView};

    /// What kernels cannot bind is no view.
    pub trait Sealed {
        fn place(&self) -> Place<'_>;
    }

    /// What a view looks on.
    #[derive(Clone, Copy, Debug)]
    pub enum Place<'a> {
        Words(Words<'a>),
        Image(&'a ImageView),
    }

    /// Elements in a buffer.
    #[derive(Clone, Copy, Debug)]
    pub struct Words<'a> {
        /// What kernels bind for them.
        pub bound: &'a TensorView,
        /// Where their first byte is.
        pub start: u64,
        pub len: u64,
        /// What they are.
        pub kind: &'static str,
    }
}

impl View for TensorView {}

impl sealed::Sealed for TensorView {
    fn place(&self) -> Place<'_> {
        Place::Words(Words {
            bound: self,
            start: self.byte_offset(),
            len: self.len(),
            kind: self.dtype().name(),
        })
    }
}

impl View for BoolView {}

impl sealed::Sealed for BoolView {
    fn place(&self) -> Place<'_> {
        Place::Words(Words {
            bound: self.words(),
            start: self.byte_range().start,
            len: self.len(),
            kind: "bool",
        })
    }
}

impl View for ClassIndices {}

impl sealed::Sealed for ClassIndices {
    fn place(&self) -> Place<'_> {
        Place::Words(Words {
            bound: self.words(),
            start: self.words().byte_offset(),
            len: self.len(),
            kind: match self.class_type() {
                ClassType::U32 => "u32",
                ClassType::I32 => "i32",
                ClassType::I64 => "i64",
            },
        })
    }
}

impl View for ImageView {}

impl sealed::Sealed for ImageView {
    fn place(&self) -> Place<'_> {
        Place::Image(self)
    }
}
