// Draws what the library computed: the output lifts the surface, the gradients by x and z tilt it, and the
// gradient by time gives its colour.

// How high an output of 1 is drawn.
const LIFT = 0.13;

const SUN = vec3<f32>(-0.62, 0.70, 0.25);
const SUNLIGHT = vec3<f32>(0.86, 0.80, 0.72);
const SKY = vec3<f32>(0.34, 0.38, 0.44);

// Whether the target stores numbers that are already sRGB's.
override ENCODES: bool;

struct Point {
    @builtin(position) position: vec4<f32>,
    @location(0) world: vec3<f32>,
    @location(1) height: f32,
    @location(2) slope: vec2<f32>,
    @location(3) speed: f32,
}

@vertex
fn vertex(
    @builtin(vertex_index) index: u32,
    @location(0) height: f32,
    @location(1) slope_x: f32,
    @location(2) slope_z: f32,
    @location(3) speed: f32,
) -> Point {
    let at = place(index);
    var point: Point;
    point.world = vec3(at.x, LIFT * height, at.y);
    point.position = frame.view_projection * vec4(point.world, 1.0);
    point.height = height;
    point.slope = LIFT * vec2(slope_x, slope_z);
    point.speed = speed;
    return point;
}

// Linear sRGB of a colour in Oklab, where equal steps look equal.
fn from_oklab(lab: vec3<f32>) -> vec3<f32> {
    let cones = vec3(
        lab.x + 0.3963377774 * lab.y + 0.2158037573 * lab.z,
        lab.x - 0.1055613458 * lab.y - 0.0638541728 * lab.z,
        lab.x - 0.0894841775 * lab.y - 1.2914855480 * lab.z,
    );
    let light = cones * cones * cones;
    return vec3(
        dot(light, vec3(4.0767416621, -3.3077115913, 0.2309699292)),
        dot(light, vec3(-1.2684380046, 2.6097574011, -0.3413193965)),
        dot(light, vec3(-0.0041960863, -0.7034186147, 1.7076147010)),
    );
}

const SINKING = vec3<f32>(0.56, -0.050, -0.135);
const RESTING = vec3<f32>(0.95, 0.002, 0.012);
const RISING = vec3<f32>(0.60, 0.155, 0.100);

// A diverging scale: blue sinks, red rises, as pale as paper is at rest.
fn colour_of(speed: f32) -> vec3<f32> {
    let size = abs(speed) / (1.0 + abs(speed));
    return from_oklab(mix(RESTING, select(SINKING, RISING, speed > 0.0), size));
}

// 1 on a contour line, drawn a pixel wide whatever the slope; none where the surface is level.
fn contour(height: f32) -> f32 {
    let level = 4.0 * height;
    let width = fwidth(level);
    let distance = abs(fract(level) - 0.5) / max(width, 1e-4);
    return (1.0 - smoothstep(0.4, 1.4, distance)) * smoothstep(0.002, 0.02, width);
}

@fragment
fn fragment(point: Point) -> @location(0) vec4<f32> {
    let line = contour(point.height);
    let radius = length(point.world.xz);
    if (radius > 1.0) {
        discard;
    }
    let normal = normalize(vec3(-point.slope.x, 1.0, -point.slope.y));
    let sun = normalize(SUN);
    let diffuse = max(dot(normal, sun), 0.0);
    let middle = normalize(sun + normalize(frame.eye - point.world));
    let glint = pow(max(dot(normal, middle), 0.0), 60.0);
    let paint = colour_of(point.speed) * (1.0 - 0.25 * line);
    let lit = paint * (SKY + SUNLIGHT * diffuse) + 0.15 * glint;
    let mist = smoothstep(0.9, 1.0, radius);
    var shown = clamp(mix(lit, frame.background, mist), vec3(0.0), vec3(1.0));
    if (!ENCODES) {
        shown = pow(shown, vec3(1.0 / 2.2));
    }
    return vec4(shown, 1.0);
}
