@group(0) @binding(SLOT) var result: texture_storage_2d<FORMAT, write>;
