//! What was measured of each activation on software adapters, as it lies under `docs/accuracy/`.

use serde::Deserialize;

/// The measurements of this library's kernels: a file for each adapter.
const FILES: [&str; 3] = [
    include_str!("../../docs/accuracy/vulkan-llvmpipe.json"),
    include_str!("../../docs/accuracy/gl-llvmpipe.json"),
    include_str!("../../docs/accuracy/vulkan-swiftshader.json"),
];

/// The largest error of one activation in one direction on one adapter, in f32, over all inputs.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(crate) struct Measured {
    activation: String,
    /// `forward` or `backward`.
    direction: String,
    dtype: String,
    /// What it was measured on.
    adapter: String,
    /// wgpu's back end.
    backend: String,
    /// 1 where every bit pattern was tried, else every how many-th.
    every: u32,
    /// In units in the last place.
    max_ulp: f64,
}

/// Every measurement in f32.
#[derive(Clone, Debug)]
pub(crate) struct Accuracy(Vec<Measured>);

impl Accuracy {
    /// Reads what the program carries.
    pub(crate) fn load() -> Self {
        let rows = FILES.iter().flat_map(|text| {
            // A test reads each: a file that could not be read counts as not measured.
            serde_json::from_str::<Vec<Measured>>(text).unwrap_or_default()
        });
        Self(rows.filter(|row| row.dtype == "f32").collect())
    }

    /// The worst of an activation in a direction over the adapters, in words.
    pub(crate) fn worst(&self, activation: &str, direction: &str) -> String {
        let rows = self
            .rows(activation)
            .filter(|row| row.direction == direction);
        match rows.max_by(|a, b| a.max_ulp.total_cmp(&b.max_ulp)) {
            None => "not measured yet".to_owned(),
            Some(row) => format!("{:.2} ULP, {}", row.max_ulp, row.inputs()),
        }
    }

    /// The adapters that an activation was measured on.
    pub(crate) fn places(&self, activation: &str) -> Vec<String> {
        let rows = self
            .rows(activation)
            .filter(|row| row.direction == "forward");
        rows.map(Measured::place).collect()
    }

    fn rows<'a>(&'a self, activation: &'a str) -> impl Iterator<Item = &'a Measured> {
        self.0
            .iter()
            .filter(move |row| row.activation == activation)
    }
}

impl Measured {
    /// The adapter in a few words: what stands before the details in parentheses, and the back end.
    fn place(&self) -> String {
        let adapter = self.adapter.split(" (").next().unwrap_or(&self.adapter);
        let backend = match self.backend.as_str() {
            "gl" => "OpenGL",
            "vulkan" => "Vulkan",
            other => other,
        };
        format!("{adapter}, {backend}")
    }

    /// On which inputs.
    fn inputs(&self) -> String {
        match self.every {
            1 => "measured on every f32".to_owned(),
            every => format!("measured on every {every}th f32"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read() {
        for text in FILES {
            let rows: Vec<Measured> = serde_json::from_str(text).unwrap();
            assert!(!rows.is_empty());
        }
    }

    #[test]
    fn the_worst_adapter_counts() {
        let row = |adapter: &str, max_ulp| Measured {
            activation: "gelu".to_owned(),
            direction: "forward".to_owned(),
            dtype: "f32".to_owned(),
            adapter: adapter.to_owned(),
            backend: "vulkan".to_owned(),
            every: 1,
            max_ulp,
        };
        let accuracy = Accuracy(vec![row("a", 2.714), row("b", 1.0)]);
        let worst = accuracy.worst("gelu", "forward");
        assert_eq!(worst, "2.71 ULP, measured on every f32");
        assert_eq!(accuracy.worst("gelu", "backward"), "not measured yet");
        assert_eq!(accuracy.rows("relu").count(), 0);
    }

    #[test]
    fn places_are_short() {
        let accuracy = Accuracy::load();
        let expected = [
            "llvmpipe, Vulkan",
            "llvmpipe, OpenGL",
            "SwiftShader Device, Vulkan",
        ];
        assert_eq!(accuracy.places("relu"), expected);
        assert!(accuracy.places("mine").is_empty());
    }
}
