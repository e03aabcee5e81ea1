// Package moire looks for the pattern that the pixels of a screen leave in a photograph of it.
//
// What lives here: the spectrum of windows of the picture, and the narrow peak that they have together. What must not:
// whether a photograph of a screen is acceptable.
//
// The grid of a screen is the same all over it, so its peaks stand at the same frequency in every window, high above
// what lies around them; where grid and sensor beat against each other the peak is elsewhere, but just as narrow
// (Amidror, "The Theory of the Moiré Phenomenon", vol. I, 2nd ed. 2009; for forensic use Cao and Kot, "Identification
// of recaptured photographs on LCD screens", ICASSP 2010). Print, guilloche and cloth make peaks as well, but each its
// own in each place. So the logarithms of the spectra are averaged: a peak that is everywhere stays, however faint; one
// that is in some places does not. A faint one is looked at once more in the mean of the powers themselves, where a period that
// is the same all over stands out sharply. JPEG's blocks have peaks at all multiples of an eighth of the sampling rate, and sensors
// at half of it; there a peak must stand out of those.
package moire
