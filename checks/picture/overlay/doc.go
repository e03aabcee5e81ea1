// Package overlay draws pictures of evidence: where on the upright picture a check saw something,
// how strongly, and what it looks like at full size beside its surroundings.
//
// What lives here: the drawing. What must not: decisions, and words in any language: the message of
// the finding says what is shown. Letters A and B mark the place and its neighbour, numbers
// stand at the legend.
//
// The colours are a ramp from dark blue over grey to yellow that people with any colour vision read
// alike and that stays in order when printed in grey (after Nuñez, Anderton and Renslow, "Optimizing colormaps
// with consideration for color vision deficiency", PLoS ONE 13(7), 2018). Outlines are white within black, to
// be seen on any ground.
package overlay
