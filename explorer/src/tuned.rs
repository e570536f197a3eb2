//! An activation of the catalogue with its hyper-parameters as a person sets them.

use wgpu_activations::Activation;
use wgpu_activations::activation::Definition;

/// What the sliders of one activation say, and what is drawn of it.
#[derive(Clone, Debug)]
pub struct Tuned {
    definition: &'static Definition,
    wanted: Vec<f64>,
    activation: Activation,
    problem: Option<String>,
}

impl Tuned {
    /// A row of the catalogue with default hyper-parameters.
    pub fn new(definition: &'static Definition) -> Self {
        Self {
            definition,
            wanted: definition.parameters.iter().map(|p| p.default).collect(),
            activation: Activation::from_definition(definition),
            problem: None,
        }
    }

    /// Its row of the catalogue.
    pub fn definition(&self) -> &'static Definition {
        self.definition
    }

    /// The last valid values of its hyper-parameters: what is drawn.
    pub fn activation(&self) -> &Activation {
        &self.activation
    }

    /// What the sliders say, in the order of the definition's hyper-parameters.
    pub fn wanted(&self) -> &[f64] {
        &self.wanted
    }

    /// Why these values are not drawn, where they break a rule.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Moves one slider. Values that break a rule leave what is drawn as it was.
    pub fn set(&mut self, index: usize, value: f64) {
        if let Some(wanted) = self.wanted.get_mut(index) {
            *wanted = value;
            self.apply();
        }
    }

    /// Puts every slider back to its default.
    pub fn reset(&mut self) {
        *self = Self::new(self.definition);
    }

    /// Whether every hyper-parameter has its default.
    pub fn is_default(&self) -> bool {
        let defaults = self.definition.parameters.iter().map(|p| p.default);
        self.wanted.iter().copied().eq(defaults)
    }

    fn apply(&mut self) {
        let names = self.definition.parameters.iter().map(|p| p.name);
        let settings: Vec<_> = names.zip(self.wanted.iter().copied()).collect();
        match Activation::from_definition(self.definition).with_all(&settings) {
            Ok(activation) => {
                self.activation = activation;
                self.problem = None;
            }
            Err(error) => self.problem = Some(error.to_string()),
        }
    }

    /// From where to where a slider goes: around the default, and below 0 only where that is allowed.
    pub fn range(&self, index: usize) -> (f64, f64) {
        let Some(parameter) = self.definition.parameters.get(index) else {
            return (0.0, 1.0);
        };
        let reach = (2.0 * parameter.default.abs()).max(1.0);
        let default = Activation::from_definition(self.definition);
        let allows_negative = default.with(parameter.name, -reach / 2.0).is_ok();
        let low = if allows_negative || parameter.default < 0.0 {
            -reach
        } else {
            0.0
        };
        (low, reach)
    }

    /// Its name, with the hyper-parameters that are drawn.
    pub fn label(&self) -> String {
        let name = self.definition.name;
        if self.definition.parameters.is_empty() {
            return name.to_owned();
        }
        let names = self.definition.parameters.iter().map(|p| p.name);
        let values: Vec<_> = names
            .zip(self.activation.values())
            .map(|(name, value)| format!("{name} {}", short(*value)))
            .collect();
        format!("{name} ({})", values.join(", "))
    }
}

/// A value in at most four significant digits.
fn short(value: f32) -> String {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value.into());
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wgpu_activations::activation::catalogue;

    fn tuned(name: &str) -> Tuned {
        Tuned::new(catalogue().find(|row| row.name == name).unwrap())
    }

    #[test]
    fn a_broken_rule_keeps_the_last_valid_values() {
        let mut hard = tuned("hard_tanh");
        hard.set(0, -0.5);
        assert_eq!(hard.activation().values(), [-0.5, 1.0]);
        hard.set(0, 2.0);
        assert_eq!(hard.activation().values(), [-0.5, 1.0]);
        assert_eq!(hard.wanted(), [2.0, 1.0]);
        let problem = hard.problem().unwrap();
        assert!(problem.contains("min = 2, max = 1"), "{problem}");
        // The other slider makes both valid.
        hard.set(1, 3.0);
        assert_eq!(hard.activation().values(), [2.0, 3.0]);
        assert_eq!(hard.problem(), None);
    }

    #[test]
    fn values_that_are_no_numbers_are_explained() {
        let mut elu = tuned("elu");
        elu.set(0, f64::NAN);
        assert!(elu.problem().unwrap().contains("must be a finite f32"));
        assert!(!elu.is_default());
        elu.reset();
        assert!(elu.is_default() && elu.problem().is_none());
    }

    #[test]
    fn every_range_holds_the_default() {
        for row in catalogue() {
            let tuned = Tuned::new(row);
            for (index, parameter) in row.parameters.iter().enumerate() {
                let (low, high) = tuned.range(index);
                let holds = low <= parameter.default && parameter.default < high;
                assert!(holds, "{} {}: {low}..{high}", row.name, parameter.name);
            }
        }
    }

    #[test]
    fn labels_are_short() {
        assert_eq!(tuned("gelu").label(), "gelu");
        assert_eq!(
            tuned("leaky_relu").label(),
            "leaky_relu (negative_slope 0.01)"
        );
        assert_eq!(
            tuned("hard_sigmoid").label(),
            "hard_sigmoid (alpha 0.1667, beta 0.5)"
        );
    }
}
