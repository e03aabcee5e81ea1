// Package heldcard finds what a photograph of a person with the ID card shows: the people, and the
// card they hold, where each of its fields lies in the picture, and the face on it.
//
// What lives here: the scene all checks of such a photograph share (Of), the card's layout in
// millimetres (layout.go) and fitting it to what was read (fit.go). What must not: the finding of faces
// and the reading, which are in packages faces and reading, and what is wrong with a scene, which is for
// the checks of family holder to say.
//
// Method: the labels and the number of a card stand at the same place on every card. Those that were
// read say where the card lies; the face on it is then looked for where it must be, in a part of the
// picture in which it is large (first the text, then the face: a face of 30 pixels is not found
// in a whole photograph). Where nothing could be read a small face below the holder's says where the card is.
package heldcard
