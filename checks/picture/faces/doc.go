// Package faces finds faces in a picture.
//
// What lives here: a tiny face detector (data in model/, computed by package network), the reading
// of its weights (weights.go), and Find, which looks at a whole picture or at a part of it. Faces
// is the result that all checks of a picture share.
//
// What must not live here: who it is (nothing is compared or remembered), whose face it is (the
// holder's or the one on the card), and what a picture without one means.
//
// Method: a network of the YOLO kind with separable convolutions (Redmon and Farhadi, YOLO9000, 2017;
// Howard et al., MobileNets, 2017) over a grid of 32 x 32 pixels, with five sizes of box at each place.
package faces
