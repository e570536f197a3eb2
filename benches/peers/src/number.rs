//! Numbers that JSON has no notation for, and numbers as people read them.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A number in JSON: "inf", "-inf" and "nan" as strings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number(pub f64);

/// Bit by bit, so that rows with NaN can be compared.
impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() {
            serializer.serialize_f64(self.0)
        } else {
            serializer.serialize_str(&self.0.to_string().to_lowercase())
        }
    }
}

impl<'a> Deserialize<'a> for Number {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Text {
            Finite(f64),
            Other(String),
        }
        match Text::deserialize(deserializer)? {
            Text::Finite(value) => Ok(Self(value)),
            Text::Other(text) => text.parse().map(Self).map_err(D::Error::custom),
        }
    }
}

/// ULP: two decimals where they mean something, else the magnitude.
pub(crate) fn ulp(value: f64) -> String {
    match value {
        _ if value.is_nan() => "NaN".to_owned(),
        _ if value.is_infinite() => "∞".to_owned(),
        _ if value < 100.0 => format!("{value:.2}"),
        _ if value < 1e5 => format!("{value:.0}"),
        _ => format!("{value:.1e}"),
    }
}

/// Five significant digits, without an exponent where that is short.
pub(crate) fn decimal(value: f64) -> String {
    let text = match value.abs() {
        _ if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "∞".to_owned(),
        0.0 => "0".to_owned(),
        size if (1e-3..1e5).contains(&size) => {
            let decimals = (4 - size.log10().floor() as i32).max(0) as usize;
            let text = format!("{size:.decimals$}");
            let trimmed = match text.contains('.') {
                true => text.trim_end_matches('0').trim_end_matches('.'),
                false => &text,
            };
            trimmed.to_owned()
        }
        size => {
            let text = format!("{size:.4e}");
            match text.split_once('e') {
                Some((digits, exponent)) => {
                    let digits = digits.trim_end_matches('0').trim_end_matches('.');
                    format!("{digits}e{exponent}")
                }
                None => text,
            }
        }
    };
    if value.is_sign_negative() && !value.is_nan() {
        format!("−{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_survives_json() {
        for value in [
            1.5,
            -0.0,
            1e-320,
            f64::MAX,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
        ] {
            let text = serde_json::to_string(&Number(value)).unwrap();
            let Number(back) = serde_json::from_str(&text).unwrap();
            assert!(back == value || back.is_nan() && value.is_nan(), "{text}");
        }
        assert!(serde_json::from_str::<Number>("\"many\"").is_err());
    }

    #[test]
    fn numbers_are_short() {
        let decimals = [
            (-0.75179, "−0.75179"),
            (2.0, "2"),
            (12_345.678, "12346"),
            (1.175_494_4e-38, "1.1755e-38"),
            (-5e34, "−5e34"),
            (0.0, "0"),
            (f64::NEG_INFINITY, "−∞"),
            (100.0, "100"),
        ];
        for (value, text) in decimals {
            assert_eq!(decimal(value), text);
        }
        let ulps = [
            (0.5, "0.50"),
            (2.714, "2.71"),
            (1234.4, "1234"),
            (16_777_216.0, "1.7e7"),
            (f64::INFINITY, "∞"),
        ];
        for (value, text) in ulps {
            assert_eq!(ulp(value), text);
        }
    }
}
