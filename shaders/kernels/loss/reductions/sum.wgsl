fn reduce(total: Total) {
    store_losses(0u, settled_loss(total, total.sum.x + total.sum.y));
}
