// Package jumbf reads the boxes of the JPEG universal metadata box format (ISO/IEC 19566-5), in
// which content credentials travel, out of picture files.
//
// What lives here: finding the boxes in a file (APP11 segments of a JPEG, which have to be put together; the
// caBX chunk of a PNG; an application extension of a GIF), and the tree of boxes. What must not:
// any knowledge of what the boxes hold (checks/picture/c2pa has it).
//
// A tree that is damaged is read as far as it goes: the boxes before the damage are returned beside the error.
package jumbf
