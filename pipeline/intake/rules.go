package intake

import (
	"io/fs"
	"path"
	"strings"

	"dossier/pipeline"
)

// Limits of what is looked at. They guard against accidents (a disk image dropped in, a mount
// that contains itself), not against large agencies.
const (
	// DefaultMaxFile is the largest file that is copied into the vault. The platform takes 10 MB
	// at most, a phone's 200-megapixel raw photo is below 150 MB and a flatbed's uncompressed A3
	// at 600 dpi is 210 MB: whatever is beyond 512 MiB is a film or a backup, not a document.
	DefaultMaxFile = 512 << 20

	// MaxAnswers is the largest answers.yaml that is read: 1 MiB is some five hundred times a
	// filled-in one.
	MaxAnswers = 1 << 20

	// MaxDepth is how many folders may lie between the inbox and a file. People nest four or
	// five; 32 is also where a folder that contains itself through a mount is given up.
	MaxDepth = 32

	// MaxEntries is how many files and folders of the inbox are followed at once, some 400 bytes
	// of memory each. Files leave as they are taken in, so that more than this arrive in turns.
	MaxEntries = 200_000
)

// leavingPrefix begins the name a file has for the instant between being taken in and being
// removed. The watcher makes these names itself and so pays them no attention.
const leavingPrefix = ".dossier-leaving-"

// temporarySuffixes end the names of files that a program is still writing: browsers (.part
// Firefox, .crdownload Chrome, .download Safari, .opdownload Opera), download managers
// (.td .xltd Xunlei, .aria2, .!ut), FTP clients (.filepart WinSCP, .partial), editors.
var temporarySuffixes = []string{
	".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".td", ".xltd", ".td.cfg",
	".aria2", ".!ut", ".!qb", ".tmp", ".temp", ".swp", ".swx", ".lock", ".lck", ".baiduyun.downloading", ".downloading",
}

// temporaryPrefixes begin them: ~$ and ~WRL Office, .~lock. LibreOffice, .~ WPS, .goutputstream
// GNOME, .fuse_hidden and .nfs for files removed while open.
var temporaryPrefixes = []string{
	"~$", "~wrl", ".~", ".goutputstream-", ".fuse_hidden", ".nfs", ".smbdelete", ".syncthing.", "~syncthing~", ".rsync-",
}

// systemNames are made by operating systems and storage boxes for themselves.
var systemNames = map[string]bool{
	"thumbs.db": true, "thumbs.db:encryptable": true, "ehthumbs.db": true, "desktop.ini": true, "folder.jpg:encryptable": true,
	".ds_store": true, ".localized": true, "icon\r": true, ".spotlight-v100": true, ".trashes": true, ".fseventsd": true,
	".temporaryitems": true, ".apdisk": true, ".volumeicon.icns": true, "__macosx": true,
	"$recycle.bin": true, "system volume information": true, "lost+found": true,
	"@eadir": true, "#recycle": true, "#snapshot": true, "@recycle": true, "@recently-snapshot": true, ".@__thumb": true, ".recycle": true,
}

// ignoreName says whether an entry is left alone for its name, and why; reason is empty when it
// is not. folder is true for a folder: a folder's name can be a system's or hidden, but
// "report.tmp" as a folder is somebody's filing.
func ignoreName(base string, folder bool) (reason pipeline.IgnoreReason) {
	lower := strings.ToLower(base)
	// A system's own names first, and "._photo.jpg", the AppleDouble half of a file that macOS
	// leaves on foreign disks: they are hidden too, but this says more.
	if systemNames[lower] || strings.HasPrefix(lower, "._") {
		return pipeline.IgnoreSystem
	}
	if folder {
		// Safari downloads into a folder of this name.
		if strings.HasSuffix(lower, ".download") {
			return pipeline.IgnoreTemporary
		}
	} else {
		for _, p := range temporaryPrefixes {
			if strings.HasPrefix(lower, p) {
				return pipeline.IgnoreTemporary
			}
		}
		for _, s := range temporarySuffixes {
			if strings.HasSuffix(lower, s) {
				return pipeline.IgnoreTemporary
			}
		}
	}
	if strings.HasPrefix(base, ".") {
		return pipeline.IgnoreHidden
	}
	return ""
}

// ignoreEntry says whether the entry at rel (slash-separated, below the inbox) with this mode,
// as lstat gives it, is left alone, and why. It judges the entry alone; its folders are
// judged on the way down.
func ignoreEntry(rel string, mode fs.FileMode) (reason pipeline.IgnoreReason, detail string) {
	switch {
	case mode&fs.ModeSymlink != 0:
		return pipeline.IgnoreSymlink, ""
	case !mode.IsDir() && !mode.IsRegular():
		return pipeline.IgnoreDevice, kindOf(mode)
	}
	if reason := ignoreName(path.Base(rel), mode.IsDir()); reason != "" {
		return reason, ""
	}
	if mode.IsDir() && depth(rel) >= MaxDepth || depth(rel) > MaxDepth {
		return pipeline.IgnoreTooDeep, ""
	}
	if depth(rel) == 0 && !mode.IsDir() && isAnswers(path.Base(rel)) {
		return pipeline.IgnoreMisplaced, "move it into the case's folder"
	}
	return "", ""
}

// kindOf names an irregular file for people.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "pipe"
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeDevice != 0:
		return "device"
	}
	return "irregular"
}
