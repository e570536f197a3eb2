// What is saved of each row: the largest logit, the sum of e^(x - largest) over the others, the target's
// class or what it is instead, and the loss.
const RECORD: u32 = 4u;
const LARGEST_LOGIT: u32 = 0u;
const BESIDE: u32 = 1u;
const CLASS: u32 = 2u;
const LOSS: u32 = 3u;
const IS_IGNORED: u32 = 0xffffffffu;
const IS_NO_CLASS: u32 = 0xfffffffeu;

