//! Puts WGSL text together; knows no GPU.
