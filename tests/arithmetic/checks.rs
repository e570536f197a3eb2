//! That the interpreter, its compilers and its machines do what they are there for.

use crate::contraction::contracted;
use crate::flatten::flatten;
use crate::machine::{Division, Machine};
use crate::mesa::{Driver, rewritten};
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
    value_on(&Machine::default(), program, x)
}

fn value_on(machine: &Machine, program: &Program, x: f32) -> f32 {
    f32::from_bits(machine.run(program, &[], &[x.to_bits()])[0])
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
fn mesa_rewrites_by_rule() {
    let tiny = 2.0_f32.powi(-100);
    // What is written, what comes of it at 1.5, what Mesa makes of it, and what for hardware.
    let cases = [
        ("1e8 + (x - 1e8)", [0.0, 1.5, 1.5]),
        ("1e8 - (x + 1e8)", [0.0, -1.5, -1.5]),
        ("(x + x * 1e8) - x * 1e8", [0.0, 1.5, 1.5]),
        ("1e8 - -(x - 1e8)", [0.0, 1.5, 1.5]),
        ("1e8 + (x + -99999992.0)", [8.0, 9.5, 9.5]),
        ("1e8 - (x + 99999992.0)", [8.0, 6.5, 6.5]),
        (
            "0x1p49f * (x * 0x1p-149f)",
            [2.0 * tiny, 1.5 * tiny, 1.5 * tiny],
        ),
        ("rounded(x + 1e8) - 1e8", [0.0; 3]),
        (
            "(rounded(x * 1e8) + rounded(x * -1e8)) + 1.0",
            [1.0, 0.0, 1.0],
        ),
        (
            "(x * 1e8 + rounded(x) * -1e8) + rounded(x)",
            [1.5, 0.0, 0.0],
        ),
        (
            "x * (x * 0x1p127f) + rounded(-x) * (x * 0x1p127f)",
            [f32::NAN, 0.0, 0.0],
        ),
        (
            "((x * 0x1p-100f) * (x * 0x1p-100f)) * 0x1p100f",
            [0.0, 2.25 * tiny, 2.25 * tiny],
        ),
        (
            "(x * 3e38) * rounded(x * 0.25)",
            [f32::INFINITY, f32::INFINITY, 0.5625 * 3e38],
        ),
        ("rounded(x * 3e38) * rounded(x * 0.25)", [f32::INFINITY; 3]),
        ("select(1.0, 2.0, x + 1e8 > 1e8)", [1.0, 2.0, 2.0]),
        ("select(1.0, 2.0, -(x + 1e8) < -1e8)", [1.0, 2.0, 2.0]),
        (
            "select(1.0, 2.0, rounded(x * 1e8) < x + rounded(x * 1e8))",
            [1.0, 2.0, 2.0],
        ),
        ("1e8 + (rounded(x) - 0.5) * (x - 1e8)", [0.0, 0.0, 1.5]),
        ("sqrt(x) * sqrt(x)", [1.5_f32.next_up(), 1.5, 1.5]),
        ("sqrt(x + 1.5625)", [1.75, 1.75, 1.75_f32.next_down()]),
        (
            "1.0 / (1.0 / (x + 0.25))",
            [1.75_f32.next_down(), 1.75, 1.75],
        ),
        (
            "rounded(41.0) / (x + 39.5)",
            [1.0, 1.0, 1.0_f32.next_down()],
        ),
    ];
    for (expression, expected) in cases {
        let program = program(&format!("return {expression};"));
        let software = rewritten(&program, Driver::Software);
        let hardware = rewritten(&program, Driver::Hardware);
        let values = [&program, &software, &hardware].map(|program| value(program, 1.5));
        let is_same = |(a, b): (&f32, &f32)| a == b || a.is_nan() && b.is_nan();
        let are_as_expected = values.iter().zip(&expected).all(is_same);
        assert!(
            are_as_expected,
            "{expression} is {values:?}, not {expected:?}"
        );
    }
    let difference = program("return select(1.0, 2.0, 0.0 < x + rounded(-1.2e-38));");
    let machine = Machine {
        flush: true,
        ..Machine::default()
    };
    let compared = rewritten(&difference, Driver::Software);
    let values = [difference, compared].map(|program| value_on(&machine, &program, 1.3e-38));
    assert_eq!(values, [1.0, 2.0]);
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
        (value_on(&machine, &program(body), 3.0) - 1.0 / 3.0) / ulp
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
    let run = |body: &str, x| value_on(&machine, &program(body), x);
    assert_eq!(run("return x * 0.5;", 2.0_f32.powi(-126)), 0.0);
    assert_eq!(run("return x * 1e10;", 1e-40), 0.0);
    assert_eq!(run("return select(1.0, 2.0, x > 0.0);", 1e-40), 1.0);
    assert_eq!(run("return -x;", 1e-40), -1e-40);
}

#[test]
fn overflow_is_seen_but_not_in_a_branch_that_is_not_taken() {
    let overflows = |body: &str| {
        let input = 1e20_f32.to_bits();
        let overflows = Machine::default().overflows(&program(body), &[], &[input]);
        overflows.len()
    };
    assert_eq!(overflows("return select(x * x, 0.0, x > 1.0);"), 1);
    assert_eq!(overflows("return 1.0 / (x - 1e20);"), 1);
    let branch = "var y = 0.0; if x < 1.0 { y = x * x; } return y;";
    assert_eq!(overflows(branch), 0);
}
