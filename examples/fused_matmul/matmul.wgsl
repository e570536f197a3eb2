// A matrix product in tiles of workgroup memory. What becomes of each sum is the epilogue's affair: whoever puts
// this text together adds a function `finish(at: u32, column: u32, sum: f32)`.

struct Sizes {
    rows: u32,
    columns: u32,
    inner: u32,
}

const TILE = 16u;

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> left: array<f32>;
@group(0) @binding(2) var<storage, read> right: array<f32>;

var<workgroup> left_tile: array<array<f32, TILE>, TILE>;
var<workgroup> right_tile: array<array<f32, TILE>, TILE>;

@compute @workgroup_size(TILE, TILE)
fn main(
    @builtin(global_invocation_id) id: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
) {
    let column = id.x;
    let row = id.y;
    var sum = 0.0;
    for (var first = 0u; first < sizes.inner; first += TILE) {
        // Beyond the matrices there are zeros, which add nothing.
        let across = first + local.x;
        let down = first + local.y;
        var of_left = 0.0;
        if (row < sizes.rows && across < sizes.inner) {
            of_left = left[row * sizes.inner + across];
        }
        var of_right = 0.0;
        if (down < sizes.inner && column < sizes.columns) {
            of_right = right[down * sizes.columns + column];
        }
        left_tile[local.y][local.x] = of_left;
        right_tile[local.y][local.x] = of_right;
        workgroupBarrier();
        for (var i = 0u; i < TILE; i += 1u) {
            sum += left_tile[local.y][i] * right_tile[i][local.x];
        }
        workgroupBarrier();
    }
    if (row < sizes.rows && column < sizes.columns) {
        finish(row * sizes.columns + column, column, sum);
    }
}
