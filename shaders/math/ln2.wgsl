// 1 / ln 2, and ln 2 in two parts (Cody & Waite 1980, Software manual for the elementary functions):
// 355/512 has nine bits, so that its product with an exponent is exact.
const MATH_LOG2_E: f32 = 1.442695;
const MATH_LN2_HI: f32 = 0.693359375;
const MATH_LN2_LO: f32 = -0.00021219444;
