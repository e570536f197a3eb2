//! That the interpreter, its compilers and its machines do what they are there for.

use crate::contraction::contracted;
use crate::flatten::flatten;
use crate::machine::{Division, Machine};
use crate::program::Program;
use crate::reassociation::reassociated;

const ROUNDED: &str = "fn rounded(x: f32) -> f32 {
    return bitcast<f32>(min(bitcast<i32>(x), 0x7f800000));
}";

fn program(body: &str) -> Program {
    let text = format!("{ROUNDED} fn f(x: f32) -> f32 {{ {body} }}");
    flatten(&text, "f")
}

fn value(program: &Program, x: f32) -> f32 {
    Machine::default().run(program, &[], &[x]).0[0]
}

fn values_in_any_order(body: &str, x: f32) -> Vec<f32> {
    let program = program(body);
    (0..32)
        .map(|seed| value(&reassociated(&program, seed), x))
        .collect()
}

#[test]
fn branches_vectors_and_variables_are_resolved() {
    let body = "var v = vec3<f32>(x, 2.0 * x, 3.0);
        if x > 1.0 { v.y = v.x + v.z; if x > 2.0 { v.x = 0.0; } } else { v = v.zyx; }
        return v.x + 10.0 * v.y + 100.0 * v.z;";
    let program = program(body);
    // (1.5, 4.5, 3), (0, 5.5, 3) and (3, 1, 0.5)
    let expected = [(1.5, 346.5), (2.5, 355.0), (0.5, 63.0)];
    for (x, y) in expected {
        assert_eq!(value(&program, x), y, "at {x}");
    }
}

#[test]
fn reassociation_takes_a_sum_for_exact() {
    let sum = "return (x + 1e8) - 1e8;";
    assert!(values_in_any_order(sum, 1.5).contains(&1.5));
    assert_eq!(value(&program(sum), 1.5), 0.0);
    let rounded = "return rounded(x + 1e8) - 1e8;";
    assert!(values_in_any_order(rounded, 1.5).iter().all(|&y| y == 0.0));
}

#[test]
fn reassociation_factors_out_and_multiplies_in_any_order() {
    // 3 times 1 and its last bit: exact as two products, and rounded as one.
    let halves = "let hi = bitcast<f32>(bitcast<u32>(x) & 0xfffff000u);
        return (rounded(hi * 3.0) - 3.0) + (x - hi) * 3.0;";
    let x = 1.0_f32.next_up();
    assert_eq!(value(&program(halves), x), 3.0 * f32::EPSILON);
    let factored = "let hi = bitcast<f32>(bitcast<u32>(x) & 0xfffff000u);
        return rounded(hi * 3.0 + rounded(x - hi) * 3.0) - 3.0;";
    assert!(
        values_in_any_order(factored, x)
            .iter()
            .any(|&y| y != 3.0 * f32::EPSILON)
    );
    let product = "return (x * 1e30) * 1e30;";
    assert!(values_in_any_order(product, 1e-30).contains(&f32::INFINITY));
}

#[test]
fn contraction_keeps_the_product_whole() {
    let residue = "let y = x * x; return y - rounded(y);";
    let x = 1.0_f32 + 2.0_f32.powi(-13);
    assert_eq!(value(&program(residue), x), 0.0);
    let fused = contracted(&program(residue), None);
    assert_eq!(value(&fused, x), 2.0_f32.powi(-26));
    let some = (0..8).filter(|&seed| value(&contracted(&program(residue), Some(seed)), x) != 0.0);
    assert!((1..8).contains(&some.count()));
}

#[test]
fn estimates_are_off_by_what_is_allowed() {
    let ulp = f32::EPSILON / 4.0;
    let off = |division, body: &str| {
        let flush = false;
        let machine = Machine { division, flush };
        (machine.run(&program(body), &[], &[3.0]).0[0] - 1.0 / 3.0) / ulp
    };
    assert_eq!(off(Division::Rounded, "return 1.0 / x;"), 0.0);
    assert_eq!(off(Division::TooLarge, "return 1.0 / x;"), 2.0);
    assert_eq!(off(Division::TooSmall, "return 1.0 / x;"), -2.0);
    assert_eq!(off(Division::TooLarge, "return inverseSqrt(x * x);"), 1.0);
    assert!(off(Division::Erratic, "return 1.0 / x;").abs() <= 2.0);
}

#[test]
fn subnormals_are_flushed_where_arithmetic_meets_them() {
    let machine = Machine {
        flush: true,
        ..Machine::default()
    };
    let run = |body: &str, x| machine.run(&program(body), &[], &[x]).0[0];
    assert_eq!(run("return x * 0.5;", 2.0_f32.powi(-126)), 0.0);
    assert_eq!(run("return x * 1e10;", 1e-40), 0.0);
    assert_eq!(run("return select(1.0, 2.0, x > 0.0);", 1e-40), 1.0);
    assert_eq!(run("return -x;", 1e-40), -1e-40);
}

#[test]
fn overflow_is_seen_but_not_in_a_branch_that_is_not_taken() {
    let overflows = |body: &str| {
        let (_, overflows) = Machine::default().run(&program(body), &[], &[1e20]);
        overflows.len()
    };
    assert_eq!(overflows("return select(x * x, 0.0, x > 1.0);"), 1);
    assert_eq!(overflows("return 1.0 / (x - 1e20);"), 1);
    let branch = "var y = 0.0; if x < 1.0 { y = x * x; } return y;";
    assert_eq!(overflows(branch), 0);
}
