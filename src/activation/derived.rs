//! What follows from hyper-parameters and would take a shader long: worked out once, on the CPU.

/// Members of the WGSL struct `Parameters` after the hyper-parameters.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Derived {
    /// Their names.
    pub names: &'static [&'static str],
    /// Puts their values, in this order, after the hyper-parameters' values.
    pub(super) compute: fn(&[f32], &mut [f32]),
    /// The WGSL function that stands in for `forward` where a hyper-parameter is a tensor: from that nothing
    /// is derived.
    pub forward_without: &'static str,
}

/// The zero of xIELU below 0, where the line cancels the curve, and what the function is made of around it.
pub(super) const XIELU: Derived = Derived {
    names: &[
        "zero",
        "zero_rest",
        "slope_there",
        "slope_rest",
        "power_there",
    ],
    compute: |values, derived| {
        if let &[_, alpha, beta] = values {
            derived.copy_from_slice(&xielu_zero(alpha.into(), beta.into()));
        }
    },
    forward_without: "forward_in_parts",
};

/// The x < 0 where α (eˣ − 1 − x) + β x = 0 and the derivative there, each in two parts, and α eˣ. The same
/// of 0 where there is no other zero. By functions that give the same digits on every machine.
fn xielu_zero(alpha: f64, beta: f64) -> [f32; 5] {
    let ratio = beta / alpha;
    // (eˣ − 1 − x) / x rises from −1 to 0.
    if !(ratio > 0.0 && ratio < 1.0) {
        return [0.0, 0.0, beta as f32, 0.0, alpha as f32];
    }
    let gap = alpha - beta;
    let x = bisected(2.0 * ratio, alpha / gap, |size| {
        if size <= 1.0 {
            curve_quotient(-size) <= size.recip() * ratio
        } else {
            libm::expm1(-size) / -size >= gap / alpha
        }
    });
    let slope = alpha
        * if x >= -1.0 {
            libm::expm1(x) + ratio
        } else {
            libm::exp(x) - gap / alpha
        };
    let power = alpha * libm::exp(x);
    // As one step of Newton's method finds it. Far out −α / (α − β) can be an f32 itself, where all that is
    // left is what eˣ adds: its own step, from an exact quotient.
    let Pair { hi: x, lo } = if x < -30.0 {
        let quotient = Pair::of(-alpha).over(gap);
        Pair::sum(quotient.hi, quotient.lo + power / gap)
    } else {
        let sum = Pair::curve(x).times(alpha).plus(Pair::product(beta, x));
        Pair::sum(x, -sum.hi / slope)
    };
    let [zero, zero_rest] = in_f32(x);
    let [slope_there, slope_rest] = in_f32(slope);
    [
        zero as f32,
        (zero_rest + lo) as f32,
        slope_there as f32,
        slope_rest as f32,
        power as f32,
    ]
}

/// The nearest f32, and what it leaves.
fn in_f32(x: f64) -> [f64; 2] {
    let nearest = f64::from(x as f32);
    [nearest, x - nearest]
}

/// (eˣ − 1 − x) / x² for −1 <= x < 0, where the difference would cancel.
fn curve_quotient(x: f64) -> f64 {
    let sum = |rest, n: u32| 1.0 + x / f64::from(n) * rest;
    0.5 * (3..=20).rev().fold(1.0, sum)
}

/// Where the size of a negative x is found by halving: `is_beyond` says whether the zero is further out.
fn bisected(least: f64, most: f64, is_beyond: impl Fn(f64) -> bool) -> f64 {
    let (mut least, mut most) = (libm::log(least), libm::log(most));
    for _ in 0..64 {
        let middle = 0.5 * (least + most);
        if is_beyond(libm::exp(middle)) {
            least = middle;
        } else {
            most = middle;
        }
    }
    -libm::exp(0.5 * (least + most))
}

/// A number in two parts of f64.
#[derive(Clone, Copy)]
struct Pair {
    hi: f64,
    lo: f64,
}

impl Pair {
    fn of(hi: f64) -> Self {
        Self { hi, lo: 0.0 }
    }

    fn sum(a: f64, b: f64) -> Self {
        let hi = a + b;
        let b_part = hi - a;
        let lo = (a - (hi - b_part)) + (b - b_part);
        Self { hi, lo }
    }

    fn product(a: f64, b: f64) -> Self {
        let hi = a * b;
        let lo = a.mul_add(b, -hi);
        Self { hi, lo }
    }

    fn plus(self, other: Self) -> Self {
        let sum = Self::sum(self.hi, other.hi);
        Self::sum(sum.hi, sum.lo + (self.lo + other.lo))
    }

    fn times(self, factor: f64) -> Self {
        let product = Self::product(self.hi, factor);
        Self::sum(product.hi, product.lo + self.lo * factor)
    }

    fn squared(self) -> Self {
        let square = Self::product(self.hi, self.hi);
        Self::sum(square.hi, square.lo + 2.0 * self.hi * self.lo)
    }

    fn over(self, divisor: f64) -> Self {
        let hi = self.hi / divisor;
        let rest = hi.mul_add(-divisor, self.hi) + self.lo;
        Self::sum(hi, rest / divisor)
    }

    /// eˣ − 1 − x for x < 0: by its series for a part of x, which is then doubled; that of 2s is twice that
    /// of s and (eˢ − 1)², which cancels nothing.
    fn curve(x: f64) -> Self {
        const DOUBLINGS: u32 = 14;
        let mut s = x / f64::from(1 << DOUBLINGS);
        let one = Self::of(1.0);
        let series = (3..=12)
            .rev()
            .fold(one, |rest, n| rest.times(s).over(f64::from(n)).plus(one));
        let mut curve = series.times(s).times(0.5 * s);
        for _ in 0..DOUBLINGS {
            let power = curve.plus(Self::of(s));
            curve = curve.plus(curve).plus(power.squared());
            s *= 2.0;
        }
        curve
    }
}
