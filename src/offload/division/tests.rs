use proptest::prelude::*;

use super::*;

/// A tensor of a job: the elements that a column has where it has any, and in how many places it does.
type Shape = (u64, u64);

/// All steps, with as many units in each as it can have.
fn steps(division: &Division) -> impl Iterator<Item = Step> {
    let mut steps = division.steps();
    std::iter::from_fn(move || steps.next(u64::MAX))
}

fn shapes() -> impl Strategy<Value = Vec<Shape>> {
    prop::collection::vec((1_u64..3, 1_u64..20), 1..=3)
}

proptest! {
    #[test]
    fn every_element_moves_once(
        units in 0_u64..60,
        columns in (1_u64..50, any::<bool>()),
        inputs in shapes(),
        output in 1_u64..20,
        largest_piece in 0_u64..200,
        // How many units devices take in turn.
        paces in prop::collection::vec(0_u64..100, 1..=3),
    ) {
        let may_cut = columns.1;
        let unit = |&(width, places): &Shape| width * places * columns.0;
        let lens: Vec<_> = inputs.iter().map(unit).collect();
        let output = output * columns.0;
        let division = Division::new(units, columns, lens.clone(), output, largest_piece);
        let columns = columns.0;
        let mut sent: Vec<_> = lens.iter().map(|len| vec![0; (units * len) as usize]).collect();
        let mut received = vec![0; (units * output) as usize];
        let (large, is_cut) = (division.large_chunk(), division.is_cut());
        prop_assert!(may_cut || !is_cut);
        let mut steps = division.steps();
        let paces = paces.into_iter().cycle();
        for step in paces.map_while(|pace| steps.next(pace)) {
            let each = step.uploads.iter().zip(&lens).zip(&inputs).zip(&mut sent);
            for (((part, &unit), &(width, _)), sent) in each {
                prop_assert!(part.is_empty() || part.start.is_multiple_of(2));
                prop_assert!(part.end - part.start <= division.piece());
                let mut at = part.start;
                for range in division.strips(&step, unit, width, part).ranges() {
                    for element in range {
                        // In which unit and column it lies, and which of the column's it is.
                        prop_assert!(step.units.contains(&(element / unit)));
                        prop_assert!(step.columns.contains(&(element / width % columns)));
                        if is_cut {
                            let block = step.columns.end - step.columns.start;
                            let place = element % unit / (columns * width);
                            let column = element % (columns * width) - step.columns.start * width;
                            prop_assert_eq!(at, place * block * width + column);
                        } else {
                            prop_assert_eq!(at, element - step.units.start * unit);
                        }
                        sent[element as usize] += 1;
                        at += 1;
                    }
                }
                prop_assert_eq!(at, part.end);
            }
            if step.is_complete {
                let (chunk, _) = division.lengths(&step.units, &step.columns);
                let each = chunk.iter().zip(&lens).zip(&inputs).zip(&sent);
                for (((&len, &unit), &(width, _)), sent) in each {
                    let strips = division.strips(&step, unit, width, &(0..len));
                    prop_assert!(strips.ranges().flatten().all(|element| sent[element as usize] == 1));
                }
            }
            for range in division.strips(&step, output, 1, &step.read).ranges() {
                range.for_each(|element| received[element as usize] += 1);
            }
            if large.is_none() {
                prop_assert!(step.is_complete && step.uploads.iter().all(|part| part.start == 0));
            }
        }
        prop_assert!(sent.iter().flatten().chain(&received).all(|&times| times == 1));
    }
}

/// The steps of units of rows, a tensor in and one out.
fn division(units: u64, columns: u64, row: u64) -> Division {
    let unit = columns * row;
    Division::new(units, (columns, true), vec![unit; 2], unit, u64::MAX)
}

#[test]
fn units_larger_than_a_piece_pass_alone() {
    let steps = |units, unit| {
        let division = division(units, 1, unit);
        (steps(&division).count(), division.large_chunk().is_some())
    };
    assert_eq!(steps(3 * MAX_PIECE + 1, 1), (4, false));
    assert_eq!(
        steps(1_000_000, 1000),
        (1_000_000_usize.div_ceil(4194), false)
    );
    assert_eq!(steps(5, MAX_PIECE), (5, false));
    assert_eq!(steps(2, 3 * MAX_PIECE), (2 * 5, true));
}

#[test]
fn a_block_of_columns_passes_in_a_step_unless_rows_are_long() {
    let blocks = |columns, row| {
        let division = division(1, columns, row);
        let block = |step: Step| step.columns.end - step.columns.start;
        let mut widths: Vec<_> = steps(&division).map(block).collect();
        widths.dedup();
        (widths, division.large_chunk().is_some())
    };
    assert_eq!(blocks(1 << 20, 4), (vec![1 << 20], false));
    // Of about one size, which is even or odd.
    assert_eq!(blocks((1 << 20) + 1, 4), (vec![524_289, 524_288], false));
    assert_eq!(blocks(100, 1 << 18), (vec![15, 10], false));
    // As many as share a cache line, on the device once.
    assert_eq!(blocks(100, 1 << 19), (vec![15, 10], true));
    assert_eq!(blocks(100, 1 << 24), (vec![4], true));
    assert_eq!(blocks(100, 1 << 27), (vec![1], true));
}
