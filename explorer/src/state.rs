//! What a person has chosen: pure, without egui and without a GPU.

use wgpu_activations::activation::families;

use crate::timings::Timings;
use crate::tuned::Tuned;
use crate::view::View;

/// How many colours there are, so that one more may be selected than is kept for comparison.
pub const COLOURS: usize = 6;
const MOST_KEPT: usize = COLOURS - 1;

/// All of it. It outlives a lost device.
#[derive(Clone, Debug)]
pub struct State {
    /// What is typed into the search field.
    pub search: String,
    /// Dark rather than light.
    pub dark: bool,
    /// Which window is open on top.
    pub window: Option<Window>,
    /// The point whose values are shown where there is no pointer.
    pub probe: Option<f64>,
    /// The width of the plot in the last frame.
    pub width: f64,
    /// Whether the derivatives are drawn.
    pub derivatives: bool,
    /// The part of the plane that the plot is to show from the next frame on, where it is to change.
    pub view: Option<View>,
    /// The milliseconds of each activation.
    pub timings: Timings,
    /// One line of feedback, such as "copied".
    pub notice: Option<String>,
    all: Vec<Tuned>,
    families: Vec<(&'static str, usize)>,
    selected: usize,
    /// What is kept for comparison, each in the place of its colour.
    kept: [Option<usize>; MOST_KEPT],
}

/// A window on top of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The keys.
    Help,
    /// The selected activation's shader.
    Wgsl,
}

/// An activation that is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// Its place in the catalogue.
    pub index: usize,
    /// The number of its colour, which it has as long as it is compared.
    pub colour: usize,
    /// Whether it is the selected one.
    pub is_selected: bool,
    /// Itself.
    pub tuned: &'a Tuned,
}

impl State {
    /// The catalogue with one activation selected: its first where there is no such name.
    pub fn new(selected: &str) -> Self {
        let families: Vec<_> = families().collect();
        let rows = families.iter().flat_map(|family| family.rows);
        let all: Vec<_> = rows.map(|row| Tuned::new(row)).collect();
        let mut named = all.iter();
        let selected = named.position(|tuned| tuned.definition().name == selected);
        let mut state = Self {
            search: String::new(),
            dark: true,
            window: None,
            probe: None,
            width: 1.0,
            derivatives: true,
            view: None,
            timings: Timings::default(),
            notice: None,
            families: families.iter().map(|f| (f.name, f.rows.len())).collect(),
            all,
            selected: selected.unwrap_or(0),
            kept: [None; MOST_KEPT],
        };
        state.fit();
        state
    }

    /// The place of the selected activation in the catalogue.
    pub fn selection(&self) -> usize {
        self.selected
    }

    /// The selected activation.
    pub fn selected(&self) -> &Tuned {
        &self.all[self.selected]
    }

    /// The selected activation, to be tuned.
    pub fn selected_mut(&mut self) -> &mut Tuned {
        &mut self.all[self.selected]
    }

    /// Any activation by its place in the catalogue.
    pub fn tuned(&self, index: usize) -> Option<&Tuned> {
        self.all.get(index)
    }

    /// The families with the places of those of their rows that the search finds; none that are empty.
    pub fn found(&self) -> Vec<(&'static str, Vec<usize>)> {
        let search = self.search.to_lowercase();
        let mut first = 0;
        let mut found = Vec::new();
        for &(family, len) in &self.families {
            let matches = |&index: &usize| {
                let row = self.all[index].definition();
                let (name, spaced) = (row.name, row.name.replace('_', " "));
                let text = format!("{name} {spaced} {family} {}", row.citation).to_lowercase();
                search.split_whitespace().all(|word| text.contains(word))
            };
            let rows: Vec<_> = (first..first + len).filter(matches).collect();
            if !rows.is_empty() {
                found.push((family, rows));
            }
            first += len;
        }
        found
    }

    /// Selects an activation by its place in the catalogue, and shows the part of the plane where it bends.
    pub fn select(&mut self, index: usize) {
        if index < self.all.len() && index != self.selected {
            self.selected = index;
            self.notice = None;
            self.fit();
        }
    }

    /// Selects the one so many places further down among those that the search finds.
    pub fn step(&mut self, places: isize) {
        let found: Vec<_> = self
            .found()
            .into_iter()
            .flat_map(|(_, rows)| rows)
            .collect();
        let at = found.iter().position(|&index| index == self.selected);
        let next = match at {
            Some(at) => at.saturating_add_signed(places).min(found.len() - 1),
            None => 0,
        };
        if let Some(&index) = found.get(next) {
            self.select(index);
        }
    }

    /// Shows the part of the plane where the selected activation bends.
    pub fn fit(&mut self) {
        self.view = Some(View::of(self.selected().activation()));
    }

    /// Moves the point whose values are shown by a hundredth of the plot, times `steps`.
    pub fn move_probe(&mut self, steps: f64) {
        self.probe = Some(self.probe.unwrap_or(0.0) + steps * self.width / 100.0);
    }

    /// Whether an activation is kept for comparison.
    pub fn is_kept(&self, index: usize) -> bool {
        self.kept.contains(&Some(index))
    }

    /// Keeps an activation for comparison, or no longer.
    pub fn toggle_kept(&mut self, index: usize) {
        self.notice = None;
        if let Some(place) = self.kept.iter_mut().find(|kept| **kept == Some(index)) {
            *place = None;
        } else if let Some(free) = self.kept.iter_mut().find(|kept| kept.is_none()) {
            *free = Some(index).filter(|&index| index < self.all.len());
        } else {
            let text = format!("{MOST_KEPT} are kept for comparison already: remove one first");
            self.notice = Some(text);
        }
    }

    /// What is drawn: those kept for comparison, and the selected one, which comes last and so on top.
    pub fn shown(&self) -> Vec<Shown<'_>> {
        let kept = self.kept.iter().enumerate();
        let mut shown: Vec<_> = kept
            .filter_map(|(colour, kept)| {
                let index = (*kept)?;
                Some(self.shown_as(index, colour))
            })
            .collect();
        if !self.is_kept(self.selected) {
            let free = self.kept.iter().position(Option::is_none);
            shown.push(self.shown_as(self.selected, free.unwrap_or(MOST_KEPT)));
        }
        shown.sort_by_key(|shown| shown.is_selected);
        shown
    }

    fn shown_as(&self, index: usize, colour: usize) -> Shown<'_> {
        Shown {
            index,
            colour,
            is_selected: index == self.selected,
            tuned: &self.all[index],
        }
    }
}

#[cfg(test)]
mod tests;
