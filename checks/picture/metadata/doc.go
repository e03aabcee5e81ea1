// Package metadata reads what a picture file says about itself: EXIF, XMP, IPTC, Photoshop's
// image resources and comments.
//
// What lives here: the readers, each behind limits, and one value that holds what they found.
// What must not: judging it. Whether a name is an editor's is for checks/edits.
//
// Metadata are the most hostile part of a picture: offsets that point in circles, counts that
// ask for gigabytes. EXIF is read by goexif only after mendEXIF has walked the block and taken
// out of a copy whatever could hurt; XMP and IPTC by imagemeta, one segment at a time.
package metadata
