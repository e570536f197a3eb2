// Each team has a whole row, and reads it once where it is one block.

fn work(team: Team) {
    store_results(team, summary_of(team), settings.blocks == 1u);
}
