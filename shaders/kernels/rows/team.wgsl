//! requires two_product

// A team of THREADS invocations has a row of its own, or a part of one, and takes every THREADS-th element
// of it; a workgroup is made of TEAMS teams. Where rows lie beside one another in memory, element by
// element (INTERLEAVED), so do the teams' invocations.

const WORKGROUP: u32 = 256u;
const TEAMS: u32 = WORKGROUP / THREADS;

struct Team {
    // Which of the team's invocations this is.
    member: u32,
    // Where the team's values begin in the workgroup's memory.
    memory: u32,
    // Whether there is a row for it, which one of the range's, and which part of that.
    has_row: bool,
    row: u32,
    part: u32,
    // Element k of the row lies at start + k * inner.
    start: u32,
    // What goes with it in a mask lies at mask + k * mask_stride.
    mask: u32,
    // The part ends before this element.
    end: u32,
}

fn team_of(workgroup: vec3<u32>, local: u32) -> Team {
    let group = workgroup.y * settings.groups_per_row + workgroup.x;
    let team = select(local / THREADS, local % TEAMS, INTERLEAVED);
    // Neighbours in the workgroup have the same part of neighbouring rows.
    let task = group * TEAMS + team;
    let row = task % settings.rows;
    let part = task / settings.rows;
    return Team(
        select(local % THREADS, local / TEAMS, INTERLEAVED),
        team * THREADS,
        part < settings.parts,
        row,
        part,
        (row / settings.inner) * (settings.len * settings.inner) + row % settings.inner,
        mask_start(row),
        min((part + 1u) * settings.part_len, settings.len),
    );
}

// The blocks that a team takes one after another. Where one is known to be all, compilers see that an
// invocation's elements stay at hand.
fn block_count() -> u32 {
    return select(settings.blocks, 1u, SINGLE_BLOCK);
}

// Which element of its row an invocation takes in a step of a block.
fn element_of(team: Team, block: u32, step: u32) -> u32 {
    return team.part * settings.part_len + (block * STEPS + step) * THREADS + team.member;
}

// Whether there is one.
fn has_element(team: Team, element: u32) -> bool {
    return team.has_row && element < team.end;
}

// Where an element lies.
fn place_of(team: Team, element: u32) -> u32 {
    return team.start + element * settings.inner;
}

var<workgroup> keys: array<i32, WORKGROUP>;
var<workgroup> sums: array<vec2<f32>, WORKGROUP>;

// The largest of the members' keys.
fn team_largest(team: Team, key: i32) -> i32 {
    let near = near_largest(key);
    if THREADS <= lanes {
        return near;
    }
    let at = team.memory + team.member;
    workgroupBarrier();
    keys[at] = near;
    for (var half = THREADS / 2u; half >= lanes; half = half / 2u) {
        workgroupBarrier();
        if team.member < half {
            keys[at] = max(keys[at], keys[at + half]);
        }
    }
    workgroupBarrier();
    return keys[team.memory];
}

// The sum of the members' sums.
fn team_sum(team: Team, sum: vec2<f32>) -> vec2<f32> {
    let near = near_sum(sum);
    if THREADS <= lanes {
        return near;
    }
    let at = team.memory + team.member;
    workgroupBarrier();
    sums[at] = near;
    for (var half = THREADS / 2u; half >= lanes; half = half / 2u) {
        workgroupBarrier();
        if team.member < half {
            sums[at] = sum_of(sums[at], sums[at + half]);
        }
    }
    workgroupBarrier();
    return sums[team.memory];
}

// a + b, each in two parts.
fn sum_of(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let sum = math_two_sum(a.x, b.x);
    return math_ordered_sum(sum.x, sum.y + (a.y + b.y));
}
