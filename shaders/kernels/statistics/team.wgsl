const WORKGROUP: u32 = 256u;

// A record has those of the input, of the output and of |f'|, one after another.
const RECORD: u32 = 3u;
const MOMENTS_WORDS: u32 = 12u;

var<workgroup> kept: array<Moments, WORKGROUP>;

// The moments of all of a team's members together; each invocation of the workgroup asks for its team's.
fn team_moments(team: u32, member: u32, moments: Moments) -> Moments {
    let start = team * settings.threads;
    // Others may still be reading what came of the last call.
    workgroupBarrier();
    kept[start + member] = moments;
    for (var half = settings.threads / 2u; half > 0u; half = half / 2u) {
        workgroupBarrier();
        if member < half {
            kept[start + member] = merged(kept[start + member], kept[start + member + half]);
        }
    }
    workgroupBarrier();
    return kept[start];
}
