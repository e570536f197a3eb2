use super::ShaderError;
use super::compose::mathematics;
use crate::activation::Activation;
use crate::dtype::Dtype;

/// A hash that stays the same on every machine and in every release of the compiler: Fowler, Noll and
/// Vo's FNV-1a of 64 bits.
pub(crate) fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Tells whether results of an activation were computed by its present WGSL: the part that computes
/// an element, with all modules, but without comments and indentation, and without the kernels,
/// which move elements and do not change them.
///
/// It is the same on every machine.
pub fn wgsl_fingerprint(activation: &Activation) -> Result<u64, ShaderError> {
    Ok(hash(code(&mathematics(activation, Dtype::F32)?).bytes()))
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
            wgsl_fingerprint(&Activation::custom(custom)).expect("it requires no module")
        };
        let short = fingerprint("fn forward(x: f32) -> f32 {\nreturn x;\n}");
        let long = "// Why.\nfn forward(x: f32) -> f32 {\n\n    return x; // Not x + 1.\n}";
        assert_eq!(short, fingerprint(long));
        assert_ne!(short, fingerprint(&long.replace("return x", "return -x")));
    }

    #[test]
    fn modules_belong_to_it() {
        let text = mathematics(&Activation::gelu(), Dtype::F32).expect("its modules exist");
        assert!(text.contains("fn math_exp"), "{text}");
        assert!(text.contains("fn evaluate"), "{text}");
    }
}
