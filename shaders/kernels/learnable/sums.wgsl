//! requires two_product

// Sums in two parts, of which the second holds what the first one's roundings lost: so the error of a
// sum does not grow with the number of its terms.

// a + b, each in two parts. What is infinite or NaN has no second part.
fn sum_of(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let plain = a.x + b.x;
    let sum = math_two_sum(a.x, b.x);
    let exact = math_ordered_sum(sum.x, sum.y + (a.y + b.y));
    let is_finite = (bitcast<u32>(plain) & 0x7fffffffu) < 0x7f800000u;
    return select(vec2<f32>(plain, 0.0), exact, vec2<bool>(is_finite));
}

// A team of THREADS invocations has a sum of its own; a workgroup is made of TEAMS teams. Where what the
// teams add up lies side by side in memory (INTERLEAVED), so do their invocations.

const WORKGROUP: u32 = 256u;
const TEAMS: u32 = WORKGROUP / THREADS;

struct Team {
    // Which of the workgroup's teams, and which of its invocations this is.
    index: u32,
    member: u32,
}

fn team_of(local: u32) -> Team {
    return Team(
        select(local / THREADS, local % TEAMS, INTERLEAVED),
        select(local % THREADS, local / TEAMS, INTERLEAVED),
    );
}

var<workgroup> memory: array<vec2<f32>, WORKGROUP>;

// The sum of the members' sums.
fn team_sum(team: Team, sum: vec2<f32>) -> vec2<f32> {
    if THREADS == 1u {
        return sum;
    }
    let first = team.index * THREADS;
    let at = first + team.member;
    workgroupBarrier();
    memory[at] = sum;
    for (var half = THREADS / 2u; half > 0u; half = half / 2u) {
        workgroupBarrier();
        if team.member < half {
            memory[at] = sum_of(memory[at], memory[at + half]);
        }
    }
    workgroupBarrier();
    return memory[first];
}
