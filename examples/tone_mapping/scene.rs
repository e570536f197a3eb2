//! What the camera sees: radiance over fourteen stops, so that no screen shows all of it.

/// A ray's direction, and points in space: x to the right, y up, z away from the camera.
type Vector = [f32; 3];

/// Where the sun stands, above the horizon and behind the clouds of its own glow.
const SUN: Vector = [0.25, 0.10, 0.963];

/// Lamps over the water: where they are, how large, and what they radiate.
const LAMPS: [(Vector, f32, Vector); 5] = [
    ([-3.4, 0.9, 8.0], 0.62, [0.10, 0.30, 1.20]),
    ([-1.9, 0.7, 7.0], 0.48, [0.30, 3.20, 1.00]),
    ([-0.5, 0.8, 7.6], 0.52, [9.00, 7.00, 1.20]),
    ([1.3, 0.6, 6.6], 0.42, [26.0, 3.60, 0.90]),
    ([3.0, 0.9, 7.8], 0.60, [16.0, 4.00, 30.0]),
];

/// Red, green and blue of the picture's point, in units of a white sheet in the shade.
pub(crate) fn radiance(x: f32, y: f32, aspect: f32) -> Vector {
    let ray = unit([(x - 0.5) * aspect * 1.25, (0.62 - y) * 1.25, 1.35]);
    let origin = [0.0, 1.0, 0.0];
    if let Some(lamp) = lamp(origin, ray) {
        return lamp;
    }
    if ray[1] >= 0.0 {
        return sky(ray);
    }
    // The water lies at y = 0 and moves a little.
    let distance = -origin[1] / ray[1];
    let at = [ray[0] * distance, 0.0, ray[2] * distance];
    let wave =
        0.035 * (at[0] * 7.0 + (at[2] * 5.0).sin() * 1.3).sin() + 0.02 * (at[2] * 23.0).sin();
    let mirrored = unit([ray[0] + wave * 0.6, -ray[1] + wave.abs() * 0.4, ray[2]]);
    let seen = lamp(at, mirrored).unwrap_or_else(|| sky(mirrored));
    // Water mirrors more of what comes in flat (Schlick's approximation).
    let share = 0.03 + 0.97 * (1.0 - mirrored[1].clamp(0.0, 1.0)).powi(5);
    std::array::from_fn(|channel| share * seen[channel] + [0.004, 0.012, 0.018][channel])
}

fn sky(ray: Vector) -> Vector {
    let height = ray[1].clamp(0.0, 1.0);
    let towards_sun = dot(ray, unit(SUN)).clamp(0.0, 1.0);
    let disc = smoothstep(0.99955, 0.9997, towards_sun) * 2000.0;
    let glow =
        6.0 * towards_sun.powi(700) + 0.9 * towards_sun.powi(60) + 0.25 * towards_sun.powi(6);
    let dusk = (-height * 6.0).exp();
    let zenith = [0.02, 0.05, 0.14];
    let horizon = [0.55, 0.28, 0.16];
    let sun = [1.0, 0.72, 0.42];
    std::array::from_fn(|channel| {
        zenith[channel] + horizon[channel] * dusk + sun[channel] * (glow + disc)
    })
}

/// What the nearest lamp radiates towards where a ray comes from.
fn lamp(origin: Vector, ray: Vector) -> Option<Vector> {
    let hits = LAMPS.iter().filter_map(|&(centre, radius, colour)| {
        let to_centre = std::array::from_fn(|axis| centre[axis] - origin[axis]);
        let along = dot(to_centre, ray);
        let beside = dot(to_centre, to_centre) - along * along;
        let inside = radius * radius - beside;
        (along > 0.0 && inside > 0.0).then(|| {
            // Brightest in the middle, as frosted glass is.
            let facing = (inside / (radius * radius)).sqrt();
            (
                along,
                colour.map(|value| value * (0.15 + 0.85 * facing * facing)),
            )
        })
    });
    let nearest = hits.min_by(|(one, _), (other, _)| one.total_cmp(other));
    nearest.map(|(_, colour)| colour)
}

fn dot(a: Vector, b: Vector) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn unit(v: Vector) -> Vector {
    let length = dot(v, v).sqrt();
    v.map(|value| value / length)
}

fn smoothstep(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
