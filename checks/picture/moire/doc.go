// Package moire looks for the pattern that the pixels of a screen leave in a photograph of it.
//
// What lives here: the spectrum of windows of the picture, the narrow peaks in it, and whether windows agree about
// them. What must not: whether a photograph of a screen is acceptable.
//
// The grid of a screen is the same all over it, so its peaks stand at the same frequency in every window, and high
// above what lies around them; where grid and sensor beat against each other the peak is elsewhere, but just as narrow
// (Amidror, "The Theory of the Moiré Phenomenon", vol. I, 2nd ed. 2009; for forensic use Cao and Kot, "Identification
// of recaptured photographs on LCD screens", ICASSP 2010). Print, guilloche and cloth make peaks as well, but each its
// own in each place; the grid of JPEG's blocks stands at multiples of an eighth and is left out.
package moire
