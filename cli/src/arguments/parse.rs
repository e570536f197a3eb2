//! Values of options.

use std::num::NonZeroU32;

use wgpu_activations::{Gate, Reduction};

/// One `--set name=value`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) value: f64,
}

pub(super) fn parse_every(text: &str) -> Result<NonZeroU32, String> {
    let every = text.parse();
    every.map_err(|_| format!("give a whole number from 1 to {}", u32::MAX))
}

pub(super) fn parse_gate(text: &str) -> Result<Gate, String> {
    match text {
        "first" => Ok(Gate::First),
        "second" => Ok(Gate::Second),
        _ => Err("give first or second".to_owned()),
    }
}

pub(super) fn parse_reduction(text: &str) -> Result<Reduction, String> {
    match text {
        "mean" => Ok(Reduction::Mean),
        "sum" => Ok(Reduction::Sum),
        "none" => Ok(Reduction::None),
        _ => Err("give mean, sum or none".to_owned()),
    }
}

pub(super) fn parse_setting(text: &str) -> Result<Setting, String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write it as name=value, for example negative_slope=0.2")?;
    Ok(Setting {
        name: name.trim().to_owned(),
        value: parse_number(value)?,
    })
}

pub(super) fn parse_number(text: &str) -> Result<f64, String> {
    parse_value(text)
        .ok_or_else(|| format!("{text:?} is not a number; write one such as 0.2, 1e-3 or 1/3"))
}

fn parse_value(text: &str) -> Option<f64> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    match text.split_once('/') {
        Some((numerator, denominator)) => {
            let denominator = number(denominator)?;
            (denominator != 0.0).then_some(number(numerator)? / denominator)
        }
        None => number(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_numbers_or_fractions() {
        let value = |text| parse_setting(text).map(|setting| setting.value);
        assert_eq!(value("a=0.25"), Ok(0.25));
        assert_eq!(value("a=-1e-3"), Ok(-1e-3));
        assert_eq!(value("a=1/3"), Ok(1.0 / 3.0));
        assert_eq!(value("a= -1 / 8 "), Ok(-0.125));
        for wrong in ["a", "a=", "a=x", "a=1/0", "a=1/", "a=1/2/3", "a=1,5"] {
            let error = value(wrong).unwrap_err();
            assert!(
                error.contains("such as") || error.contains("name=value"),
                "{wrong}: {error}"
            );
        }
    }
}
