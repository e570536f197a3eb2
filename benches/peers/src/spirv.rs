//! What a shader costs, counted in instructions of the SPIR-V that naga makes of it.

use std::collections::HashMap;

use naga::back::spv;
use naga::valid::{Capabilities, ValidationFlags, Validator};

use crate::Error;

/// Instructions that one call of a function executes, those of the functions that it calls included;
/// both arms of a branch are counted, and a loop's body once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Instructions {
    /// All of them.
    pub total: usize,
    /// Those that stand for a built-in function (`exp`, `tanh`, `floor` …), of which the driver makes
    /// as many as it likes.
    pub built_in: usize,
}

/// Counts the instructions of the function called `name`.
pub(crate) fn count(wgsl: &str, name: &str) -> Result<Instructions, Error> {
    let module = naga::front::wgsl::parse_str(wgsl).map_err(|error| error.emit_to_string(wgsl))?;
    let info = Validator::new(ValidationFlags::all(), Capabilities::default()).validate(&module)?;
    let options = spv::Options {
        flags: spv::WriterFlags::DEBUG,
        ..Default::default()
    };
    let words = spv::write_vec(&module, &info, &options, None)?;
    let functions = Functions::read(&words);
    let id = functions
        .ids
        .get(name)
        .ok_or_else(|| format!("the SPIR-V has no function {name}"))?;
    Ok(functions.expanded(*id))
}

/// Each function's own instructions and the functions that it calls, by their ids.
#[derive(Default)]
struct Functions {
    ids: HashMap<String, u32>,
    bodies: HashMap<u32, (Instructions, Vec<u32>)>,
}

const HEADER_WORDS: usize = 5;

mod op {
    pub(super) const NAME: u32 = 5;
    pub(super) const EXT_INST: u32 = 12;
    pub(super) const FUNCTION: u32 = 54;
    pub(super) const FUNCTION_PARAMETER: u32 = 55;
    pub(super) const FUNCTION_END: u32 = 56;
    pub(super) const FUNCTION_CALL: u32 = 57;
    pub(super) const VARIABLE: u32 = 59;
    pub(super) const LOOP_MERGE: u32 = 246;
    pub(super) const SELECTION_MERGE: u32 = 247;
    pub(super) const LABEL: u32 = 248;
    /// naga ends the block of a function's variables with one.
    pub(super) const BRANCH: u32 = 249;
    pub(super) const LOAD: u32 = 61;
    pub(super) const STORE: u32 = 62;
    pub(super) const ACCESS_CHAIN: u32 = 65;
    pub(super) const VECTOR_SHUFFLE: u32 = 79;
    pub(super) const COMPOSITE_CONSTRUCT: u32 = 80;
    pub(super) const COMPOSITE_EXTRACT: u32 = 81;
    pub(super) const COMPOSITE_INSERT: u32 = 82;
    pub(super) const BITCAST: u32 = 124;
    pub(super) const RETURN: u32 = 253;
    pub(super) const RETURN_VALUE: u32 = 254;
    /// What stands in a function and is none of the work: a value is only moved, or given another name.
    pub(super) const NO_WORK: [u32; 17] = [
        LOAD,
        STORE,
        ACCESS_CHAIN,
        VECTOR_SHUFFLE,
        COMPOSITE_CONSTRUCT,
        COMPOSITE_EXTRACT,
        COMPOSITE_INSERT,
        BITCAST,
        RETURN,
        RETURN_VALUE,
        FUNCTION_PARAMETER,
        VARIABLE,
        LOOP_MERGE,
        SELECTION_MERGE,
        LABEL,
        BRANCH,
        FUNCTION_CALL,
    ];
}

impl Functions {
    fn read(words: &[u32]) -> Self {
        let mut functions = Self::default();
        let mut current = None;
        let mut rest = words.get(HEADER_WORDS..).unwrap_or_default();
        while let [first, ..] = rest {
            let (opcode, length) = (first & 0xffff, (first >> 16).max(1) as usize);
            let (instruction, after) = rest.split_at(length.min(rest.len()));
            rest = after;
            match (opcode, instruction) {
                (op::NAME, [_, id, text @ ..]) => {
                    functions.ids.insert(string(text), *id);
                }
                (op::FUNCTION, [_, _, id, ..]) => {
                    current = Some(*id);
                    functions.bodies.insert(*id, Default::default());
                }
                (op::FUNCTION_END, _) => current = None,
                _ => {
                    let body = current.and_then(|id| functions.bodies.get_mut(&id));
                    if let Some((own, calls)) = body {
                        own.total += usize::from(!op::NO_WORK.contains(&opcode));
                        own.built_in += usize::from(opcode == op::EXT_INST);
                        if let (op::FUNCTION_CALL, [_, _, _, callee, ..]) = (opcode, instruction) {
                            calls.push(*callee);
                        }
                    }
                }
            }
        }
        functions
    }

    /// SPIR-V has no recursion, so this ends.
    fn expanded(&self, id: u32) -> Instructions {
        let Some((own, calls)) = self.bodies.get(&id) else {
            return Instructions::default();
        };
        calls
            .iter()
            .map(|&callee| self.expanded(callee))
            .fold(*own, |sum, callee| Instructions {
                total: sum.total + callee.total,
                built_in: sum.built_in + callee.built_in,
            })
    }
}

/// A literal string: bytes in little-endian words, up to the first zero.
fn string(words: &[u32]) -> String {
    let bytes = words.iter().flat_map(|word| word.to_le_bytes());
    let bytes: Vec<u8> = bytes.take_while(|&byte| byte != 0).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WGSL: &str = "
        fn square(x: f32) -> f32 { return x * x; }
        fn fourth(x: f32) -> f32 { return square(square(x)) + exp(x); }
        @compute @workgroup_size(1) fn main() { let y = fourth(2.0); }
    ";

    #[test]
    fn calls_are_expanded_and_built_in_functions_told_apart() {
        // A multiplication; what is returned costs nothing.
        let square = count(WGSL, "square").unwrap();
        assert_eq!((square.total, square.built_in), (1, 0));
        // Twice that, an addition and an exponential.
        let fourth = count(WGSL, "fourth").unwrap();
        assert_eq!((fourth.total, fourth.built_in), (4, 1));
    }

    #[test]
    fn a_function_that_does_not_exist_is_named() {
        let error = count(WGSL, "fifth").unwrap_err().to_string();
        assert!(error.contains("fifth"), "{error}");
    }
}
