//! Inputs as bit patterns: `0x3f800000` of f32, `0x3c00` of f16.

use half::{bf16, f16};
use wgpu_activations::Dtype;

/// The bits of a value that the type holds.
pub(crate) fn of(dtype: Dtype, value: f32) -> String {
    match dtype {
        Dtype::F16 => format!("{:#06x}", f16::from_f32(value).to_bits()),
        Dtype::Bf16 => format!("{:#06x}", bf16::from_f32(value).to_bits()),
        _ => format!("{:#010x}", value.to_bits()),
    }
}

/// The value of such a text; NaN for anything else.
pub(crate) fn value(dtype: &str, text: &str) -> f64 {
    let bits = text
        .strip_prefix("0x")
        .and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match (dtype, bits) {
        (_, None) => f64::NAN,
        ("f16", Some(bits)) => f16::from_bits(bits as u16).into(),
        ("bf16", Some(bits)) => bf16::from_bits(bits as u16).into(),
        (_, Some(bits)) => f32::from_bits(bits).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_comes_back() {
        for dtype in Dtype::ALL {
            for x in [1.0, -0.0, -0.15625, f32::INFINITY] {
                let bits = of(dtype, x);
                assert_eq!(bits.len() as u64, 2 + 2 * dtype.size());
                let back = value(dtype.name(), &bits);
                assert_eq!(back.to_bits(), f64::from(x).to_bits(), "{dtype} {bits}");
            }
        }
    }
}
