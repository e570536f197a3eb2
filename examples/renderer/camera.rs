//! Where the scene is seen from.

type Vector = [f32; 3];

/// Columns.
pub(crate) type Matrix = [[f32; 4]; 4];

/// Seconds in which the camera goes round once.
const ROUND: f64 = 90.0;

/// The tangent of half the angle that is seen from side to side, and from top to bottom, at least.
const SEEN: [f32; 2] = [0.5, 0.285];

const NEAR: f32 = 0.1;
const FAR: f32 = 10.0;

#[derive(Clone, Copy)]
pub(crate) struct Camera {
    pub(crate) eye: Vector,
    target: Vector,
    up: Vector,
}

impl Camera {
    /// Goes round the scene.
    pub(crate) fn at(seconds: f64) -> Self {
        let turn = (seconds / ROUND).rem_euclid(1.0) * std::f64::consts::TAU;
        let (sin, cos) = (turn + 0.6).sin_cos();
        Self {
            eye: [2.15 * sin as f32, 1.25, 2.15 * cos as f32],
            target: [0.0, -0.05, 0.0],
            up: [0.0, 1.0, 0.0],
        }
    }

    /// Looks straight down, z towards the viewer: hides nothing.
    #[cfg(test)]
    pub(crate) fn above() -> Self {
        Self {
            eye: [0.0, 4.0, 0.0],
            target: [0.0; 3],
            up: [0.0, 0.0, -1.0],
        }
    }

    /// From the scene to the picture, whose width is so many times its height.
    pub(crate) fn view_projection(&self, aspect: f32) -> Matrix {
        let back = normalised(difference(self.eye, self.target));
        let right = normalised(cross(self.up, back));
        let up = cross(back, right);
        // A narrow picture sees as much from side to side, a wide one from top to bottom.
        let tangent = SEEN[1].max(SEEN[0] / aspect);
        let depth = FAR / (NEAR - FAR);
        let column = |axis: usize, last: f32| {
            let [x, y, z] = match axis {
                3 => [right, up, back].map(|direction| -dot(direction, self.eye)),
                _ => [right[axis], up[axis], back[axis]],
            };
            [
                x / (tangent * aspect),
                y / tangent,
                depth * (z + last * NEAR),
                -z,
            ]
        };
        [
            column(0, 0.0),
            column(1, 0.0),
            column(2, 0.0),
            column(3, 1.0),
        ]
    }
}

fn difference(a: Vector, b: Vector) -> Vector {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: Vector, b: Vector) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: Vector, b: Vector) -> Vector {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

fn normalised(a: Vector) -> Vector {
    let length = dot(a, a).sqrt();
    a.map(|component| component / length)
}
