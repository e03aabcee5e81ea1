// Package jpeg reads JPEG files down to their quantized coefficients.
//
// What lives here: the marker walk, the tables, the entropy decoder for baseline, extended and
// progressive files, and a plain renderer of what was read. What must not: opinions about the
// file (they belong to the checks) and anything that reads or writes folders.
//
// The standard library's decoder gives pixels or an error. The checks need three things it does
// not give: the coefficients and tables as the last writer left them, the exact end of the
// picture in the file, and, for a file that is broken, what can still be read and where it broke.
// A broken entropy stream is therefore not an error here: Read returns a File whose Complete is
// below 1 and whose Problems say what happened.
//
// Three depths, each including the one before:
//
//   - ScanSegments walks the markers and finds the end of the picture. It decodes nothing.
//   - ReadHeader also reads the frame and every table before the first scan.
//   - Read also decodes the scans.
//
// Names follow ITU-T T.81 (ISO/IEC 10918-1): a frame is made of components, a component of
// 8 x 8 blocks, a scan codes blocks of one or more components in minimum coded units (MCU).
// Blocks are stored in row-major (natural) order, not in zigzag order: coefficient (u, v) with
// horizontal frequency u and vertical frequency v stands at v*8+u.
package jpeg
