// Each team has a whole row, and reads it once where it is a single block.

fn work(team: Team) {
    store_results(team, summary_of(team), SINGLE_BLOCK);
}
