use super::*;

fn names(state: &State) -> Vec<(&str, usize)> {
    let shown = state.shown();
    let names = shown.iter().map(|s| (s.tuned.definition().name, s.colour));
    names.collect()
}

fn find(state: &State, name: &str) -> usize {
    let mut all = (0..).map_while(|index| Some((index, state.tuned(index)?)));
    all.find(|(_, tuned)| tuned.definition().name == name)
        .unwrap()
        .0
}

#[test]
fn the_search_knows_names_families_and_citations() {
    let mut state = State::new("gelu");
    assert_eq!(state.found().len(), 9);
    let all: usize = state.found().iter().map(|(_, rows)| rows.len()).sum();
    assert_eq!(all, wgpu_activations::activation::catalogue().count());
    for (search, expected) in [
        ("leaky relu", "leaky_relu"),
        ("LEAKY_RELU", "leaky_relu"),
        ("hendrycks tanh", "gelu_tanh"),
        ("waves snake", "snake"),
    ] {
        state.search = search.to_owned();
        let found = state.found();
        let index = found[0].1[0];
        assert_eq!(
            state.tuned(index).unwrap().definition().name,
            expected,
            "{search}"
        );
    }
    state.search = "no such thing".to_owned();
    assert!(state.found().is_empty());
    state.step(1);
    assert_eq!(state.selected().definition().name, "gelu");
}

#[test]
fn steps_stay_among_what_is_found() {
    let mut state = State::new("gelu");
    state.search = "sinusoid".to_owned();
    state.step(1);
    assert_eq!(state.selected().definition().name, "sinusoid");
    state.search = "waves".to_owned();
    state.step(1);
    assert_eq!(state.selected().definition().name, "cosine");
    state.step(-7);
    assert_eq!(state.selected().definition().name, "sinusoid");
    state.step(70);
    assert_eq!(state.selected().definition().name, "snake");
}

#[test]
fn what_is_compared_keeps_its_colour() {
    let mut state = State::new("gelu");
    assert_eq!(names(&state), [("gelu", 0)]);
    state.toggle_kept(state.selection());
    state.select(find(&state, "relu"));
    assert_eq!(names(&state), [("gelu", 0), ("relu", 1)]);
    state.toggle_kept(state.selection());
    state.select(find(&state, "mish"));
    assert_eq!(names(&state), [("gelu", 0), ("relu", 1), ("mish", 2)]);
    state.toggle_kept(find(&state, "gelu"));
    assert_eq!(names(&state), [("relu", 1), ("mish", 0)]);
    state.select(find(&state, "relu"));
    assert_eq!(names(&state), [("relu", 1)]);
}

#[test]
fn there_is_an_end_to_comparing() {
    let mut state = State::new("identity");
    for index in 0..MOST_KEPT {
        state.toggle_kept(index);
    }
    assert_eq!(state.notice, None);
    state.select(MOST_KEPT);
    let mut colours: Vec<_> = names(&state).iter().map(|(_, colour)| *colour).collect();
    colours.sort_unstable();
    assert_eq!(colours, [0, 1, 2, 3, 4, 5]);
    state.toggle_kept(MOST_KEPT);
    assert!(state.notice.as_ref().unwrap().contains("remove one first"));
    assert!(!state.is_kept(MOST_KEPT));
}

#[test]
fn selecting_shows_where_the_activation_bends() {
    let mut state = State::new("gelu");
    assert!(state.view.take().is_some());
    state.select(state.selection());
    assert_eq!(state.view, None);
    state.step(1);
    assert!(state.view.is_some());
}
