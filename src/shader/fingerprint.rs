use super::ShaderError;
use super::compose::mathematics;
use super::storage::conversions;
use crate::activation::Activation;
use crate::dtype::Dtype;

/// A hash that stays the same on every machine and in every release of the compiler: Fowler, Noll and
/// Vo's FNV-1a of 64 bits.
pub(crate) fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Tells whether results of an activation were computed by its present WGSL, from inputs of one type to
/// results of another: all that computes an element, with the modules and the conversions, but without
/// comments and indentation, and without the kernels, which move elements and do not change them.
///
/// It is the same on every machine.
pub fn wgsl_fingerprint(
    activation: &Activation,
    [input, output]: [Dtype; 2],
) -> Result<u64, ShaderError> {
    let text = mathematics(activation, output)? + &conversions(&[input, output]);
    Ok(hash(code(&text).bytes()))
}

/// WGSL without comments, indentation and empty lines.
fn code(wgsl: &str) -> String {
    let lines = wgsl.lines().map(|line| match line.split_once("//") {
        Some((code, _)) => code.trim(),
        None => line.trim(),
    });
    let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CustomActivation;

    #[test]
    fn it_is_the_published_hash() {
        // From the authors' test vectors.
        assert_eq!(hash(*b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash(*b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(hash(*b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn only_code_matters() {
        let fingerprint = |wgsl: &str| {
            let custom = CustomActivation::new("mine", wgsl).expect("a valid name");
            wgsl_fingerprint(&Activation::custom(custom), [Dtype::F32; 2])
                .expect("it requires no module")
        };
        let short = fingerprint("fn forward(x: f32) -> f32 {\nreturn x;\n}");
        let long = "// Why.\nfn forward(x: f32) -> f32 {\n\n    return x; // Not x + 1.\n}";
        assert_eq!(short, fingerprint(long));
        assert_ne!(short, fingerprint(&long.replace("return x", "return -x")));
    }

    #[test]
    fn types_have_fingerprints_of_their_own() {
        let of = |input, output| {
            wgsl_fingerprint(&Activation::linear(), [input, output]).expect("its modules exist")
        };
        let types = Dtype::ALL.map(|input| Dtype::ALL.map(|output| of(input, output)));
        let mut all: Vec<_> = types.concat();
        all.sort_unstable();
        all.dedup();
        // None, one or both conversions, and results of 32 or 16 bits: the way round does not matter.
        assert_eq!(all.len(), 6, "{all:x?}");
    }

    #[test]
    fn modules_belong_to_it() {
        let text = mathematics(&Activation::gelu(), Dtype::F32).expect("its modules exist");
        assert!(text.contains("fn math_exp"), "{text}");
        assert!(text.contains("fn evaluate"), "{text}");
    }
}
