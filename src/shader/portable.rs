//! WGSL to take away: an activation's functions with all that they call, under names of their own.

use std::fmt::Write as _;

use super::ShaderError;
use super::compose::{functions, parameters_struct};
use super::words::{declared, renamed};
use crate::activation::Activation;
use crate::dtype::Dtype;

/// NaN is told by its bits: a compiler may assume that no value is NaN, not that no bits are.
pub(super) const IS_NAN: &str = "fn is_nan(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}
";

impl Activation {
    /// WGSL to put into a shader of your own, such as a matmul's epilogue or a fragment shader:
    /// `NAME_forward(x: f32) -> f32` and `NAME_derivative(x: f32) -> f32`, where NAME is the activation's,
    /// with all that they call. Their results are those of the kernels, bit for bit on one adapter.
    ///
    /// The hyper-parameters' values stand in the text. Where they are to change without another text, there
    /// are `NAME_forward_with(x: f32, p: NAME_Parameters) -> f32` and `NAME_derivative_with` beside them; the
    /// members of the struct are [`Activation::members`].
    ///
    /// Everything that the text declares begins with NAME and an underscore, so that those of several
    /// activations can stand in one module. It needs no bindings and no extension of WGSL.
    ///
    /// ```
    /// use wgpu_activations::Activation;
    ///
    /// let gelu = Activation::gelu().wgsl()?;
    /// let shader = format!(
    ///     "{gelu}
    ///      @fragment fn main(@location(0) height: f32) -> @location(0) vec4<f32> {{
    ///          return vec4<f32>(gelu_forward(height), gelu_derivative(height), 0.0, 1.0);
    ///      }}"
    /// );
    /// naga::front::wgsl::parse_str(&shader)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wgsl(&self) -> Result<String, ShaderError> {
        let mut text = parameters_struct(self) + "\n" + IS_NAN + "\n";
        text.push_str(&functions(&[], self, Dtype::F32)?);
        let text = without_requirements(&text);
        let name = self.name();
        let declared = declared(&text);
        let mut text = renamed(&text, |word| {
            declared.contains(&word).then(|| match word {
                // The functions of numbers: around them stand those that know NaN.
                "forward" | "derivative" => format!("{name}_{word}_of_number"),
                _ => format!("{name}_{word}"),
            })
        });
        self.write_entries(&mut text);
        Ok(text)
    }

    fn write_entries(&self, text: &mut String) {
        let name = self.name();
        let arguments = if self.parameters().is_empty() {
            "number"
        } else {
            "number, p"
        };
        let members: Vec<_> = self.members()[..self.member_count()]
            .iter()
            .map(|value| format!("{value:e}f"))
            .collect();
        let members = members.join(", ");
        for function in ["forward", "derivative"] {
            let body = format!(
                "    let number = select(x, 0.0, {name}_is_nan(x));\n    \
                 return select({name}_{function}_of_number({arguments}), x, {name}_is_nan(x));\n}}\n"
            );
            // Writing to a String cannot fail.
            let _ = if self.parameters().is_empty() {
                write!(text, "\nfn {name}_{function}(x: f32) -> f32 {{\n{body}")
            } else {
                write!(
                    text,
                    "\nfn {name}_{function}_with(x: f32, p: {name}_Parameters) -> f32 {{\n{body}\n\
                     fn {name}_{function}(x: f32) -> f32 {{\n    \
                     return {name}_{function}_with(x, {name}_Parameters({members}));\n}}\n"
                )
            };
        }
    }
}

/// The modules are joined already.
fn without_requirements(wgsl: &str) -> String {
    let lines = wgsl
        .lines()
        .filter(|line| !line.starts_with("//! requires"));
    lines.flat_map(|line| [line, "\n"]).collect()
}
