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

/// Tells whether results were computed by the present WGSL of `function` (`evaluate` or
/// `differentiate`), from inputs of one type to results of another: by all that it calls, with the
/// conversions, but without comments and layout, and without the kernels, which move elements and do not
/// change them; and by what is derived for it from hyper-parameters, whichever these are.
pub(crate) fn fingerprint(
    activation: &Activation,
    function: &str,
    [input, output]: [Dtype; 2],
) -> Result<u64, ShaderError> {
    let text = mathematics(activation, output)? + &conversions(&[input, output]);
    let roots = [
        function.to_owned(),
        format!("{input}_decode"),
        format!("{output}_encode"),
    ];
    let used = reachable(declarations(&text), &roots).concat();
    let derived = derived(activation, &used);
    Ok(hash(used.into_bytes().into_iter().chain(derived)))
}

/// Where functions use what is derived from hyper-parameters: the values for the default ones and for each
/// unusual set.
fn derived(activation: &Activation, functions: &str) -> Vec<u8> {
    let (Some(definition), Some(derived)) = (activation.definition(), activation.derived()) else {
        return Vec::new();
    };
    let is_used = |name: &&str| functions.contains(&format!(".{name}"));
    if !derived.names.iter().any(is_used) {
        return Vec::new();
    }
    let members = Activation::variants(definition).map(|variant| variant.members());
    let range = activation.parameters().len()..activation.member_count();
    members
        .flat_map(|members| members[range.clone()].to_vec())
        .flat_map(f32::to_le_bytes)
        .collect()
}

/// The functions, constants and structs of a text, without comments, each as its words with single
/// spaces between them.
fn declarations(wgsl: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut current = String::new();
    let mut depth = 0_usize;
    for line in wgsl.lines() {
        let code = line.split_once("//").map_or(line, |(code, _)| code);
        for character in code.chars() {
            current.push(character);
            match character {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && matches!(character, '}' | ';') {
                all.push(words(&std::mem::take(&mut current)));
            }
        }
        current.push(' ');
    }
    all.push(words(&current));
    all.retain(|declaration| !declaration.is_empty());
    all
}

fn words(code: &str) -> String {
    let words: Vec<_> = code.split_whitespace().collect();
    words.join(" ")
}

/// What the roots name, and what that names, and so on: sorted, so that the order in a text is of no
/// account.
fn reachable(declarations: Vec<String>, roots: &[String]) -> Vec<String> {
    let mut names: Vec<String> = roots.to_vec();
    let (mut used, mut unused) = (Vec::new(), declarations);
    loop {
        let is_named = |declaration: &String| {
            let name = identifiers(declaration).nth(1);
            name.is_some_and(|name| names.iter().any(|known| known == name))
        };
        let (found, rest): (Vec<_>, Vec<_>) = unused.into_iter().partition(is_named);
        if found.is_empty() {
            used.sort_unstable();
            return used;
        }
        names = found
            .iter()
            .flat_map(|text| identifiers(text))
            .map(str::to_owned)
            .collect();
        used.extend(found);
        unused = rest;
    }
}

/// The words of a declaration; the second one is its name.
fn identifiers(code: &str) -> impl Iterator<Item = &str> {
    let words = code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CustomActivation;

    fn custom(wgsl: &str) -> u64 {
        let custom = CustomActivation::new("mine", wgsl).expect("a valid name");
        fingerprint(&Activation::custom(custom), "evaluate", [Dtype::F32; 2])
            .expect("it requires no module")
    }

    #[test]
    fn it_is_the_published_hash() {
        // From the authors' test vectors.
        assert_eq!(hash(*b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash(*b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(hash(*b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn only_code_matters() {
        let short = custom("fn forward(x: f32) -> f32 {\nreturn x;\n}");
        let long = "// Why.\nfn forward(x: f32) -> f32 {\n\n    return x; // Not x + 1.\n}";
        assert_eq!(short, custom(long));
        assert_ne!(short, custom(&long.replace("return x", "return -x")));
    }

    #[test]
    fn only_what_is_called_matters() {
        let text = "const TWO: f32 = 2.0;\nfn twice(x: f32) -> f32 { return TWO * x; }\n\
                    fn forward(x: f32) -> f32 { return twice(x); }\n\
                    fn derivative(x: f32) -> f32 { return 2.0; }\n";
        let known = custom(text);
        for (old, new) in [("TWO * x", "x * TWO"), ("f32 = 2.0", "f32 = 2.5")] {
            assert_ne!(known, custom(&text.replace(old, new)), "{new}");
        }
        assert_eq!(known, custom(&text.replace("return 2.0", "return 3.0")));
        assert_eq!(known, custom(&format!("fn other() {{}}\n{text}")));
        let lines: Vec<_> = text.lines().rev().collect();
        assert_eq!(known, custom(&lines.join("\n")));
    }

    #[test]
    fn types_have_fingerprints_of_their_own() {
        let of = |input, output| {
            fingerprint(&Activation::linear(), "evaluate", [input, output])
                .expect("its modules exist")
        };
        let types = Dtype::ALL.map(|input| Dtype::ALL.map(|output| of(input, output)));
        let mut all: Vec<_> = types.concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 9, "{all:x?}");
    }

    #[test]
    fn derived_values_belong_to_functions_that_use_them() {
        let xielu = Activation::xielu();
        let text = mathematics(&xielu, Dtype::F32).expect("its modules exist");
        let of = |root: &str| {
            let used = reachable(declarations(&text), &[root.to_owned()]).concat();
            derived(&xielu, &used).len()
        };
        let sets = 1 + xielu.definition().expect("a row").variants.len();
        assert_eq!(of("evaluate"), sets * 5 * size_of::<f32>());
        assert_eq!(of("differentiate"), 0);
    }

    #[test]
    fn modules_belong_to_it() {
        let text = mathematics(&Activation::gelu(), Dtype::F32).expect("its modules exist");
        let roots = ["evaluate".to_owned()];
        let used = reachable(declarations(&text), &roots).concat();
        for name in [
            "fn evaluate",
            "fn forward",
            "fn math_exp_parts",
            "struct MathExp",
            "const PEAK_HI",
        ] {
            assert!(used.contains(name), "{name} in {used}");
        }
        assert!(!used.contains("fn derivative"), "{used}");
    }
}
