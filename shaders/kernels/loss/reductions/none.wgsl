// Every row keeps its own loss.
fn reduce(total: Total) {
}
