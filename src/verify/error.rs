/// Why results could not be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The activation has no f64 reference.
    #[error("{activation} has no f64 reference; give it one with CustomActivation::with_reference")]
    NoReference {
        /// The activation.
        activation: String,
    },
    /// Not one result for each input.
    #[error("there are {inputs} inputs, but {len} {results}; give one for each input")]
    LengthMismatch {
        /// The number of inputs.
        inputs: usize,
        /// Which results: the outputs, or those that are expected.
        results: &'static str,
        /// The number of results.
        len: usize,
    },
}
