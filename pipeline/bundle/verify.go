package bundle

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"strconv"

	"dossier/checks"
)

// A Change says in what way a file differs from the bundle that was built.
type Change string

// The ways.
const (
	Missing    Change = "missing"    // listed in the manifest, not in the file
	Added      Change = "added"      // in the file, not listed
	Changed    Change = "changed"    // other bytes than listed
	Structure  Change = "structure"  // the zip around the entries is not as it was written
	Unreadable Change = "unreadable" // the file is no bundle, or too damaged to say more
	Unsigned   Change = "unsigned"   // the signature asked for is missing or wrong
)

// A Difference is one way in which a file differs from the bundle that was built.
type Difference struct {
	What   Change      `json:"what"`
	Entry  string      `json:"entry"`  // the entry it is about; "" for the file as a whole
	Offset int64       `json:"offset"` // of the first such byte in the file; -1 if it has no place
	Text   checks.Text `json:"text"`
}

// A Verification is what Verify found.
type Verification struct {
	OK          bool         `json:"ok"`
	Bytes       int64        `json:"bytes"`
	SHA256      string       `json:"sha256"` // of the whole file; "" if it was too large to read
	Manifest    *Manifest    `json:"manifest,omitempty"`
	Intact      int          `json:"intact"`      // entries that are, byte for byte, what the manifest lists
	Differences []Difference `json:"differences"` // empty exactly when OK
	Signature   *Signature   `json:"signature,omitempty"`
}

func (v *Verification) add(what Change, entry string, offset int64, text checks.Text) {
	v.Differences = append(v.Differences, Difference{What: what, Entry: entry, Offset: offset, Text: text})
}

// Assurance says what the result proves and what it does not.
func (v *Verification) Assurance() checks.Text {
	switch {
	case !v.OK:
		return checks.Text{En: "this is not the bundle that was built", Zh: "这不是当初生成的提交包"}
	case v.Signature != nil && v.Signature.Valid:
		return checks.Text{
			En: "not one bit has changed since the holder of the given key signed it",
			Zh: "自所给密钥的持有人签名以来，没有任何一位数据改变"}
	}
	return checks.Text{
		En: "the bundle agrees with itself to the last bit, so no accident has changed it; somebody who builds another one on purpose is only found out by a signature, or by comparing the SHA-256 of the file",
		Zh: "提交包与其清单逐位相符，说明没有意外损坏；若有人故意另造一份，只有签名或比对文件的 SHA-256 才能发现"}
}

// Verify checks that a file is, to the last bit, a bundle as Dossier writes them. It needs
// nothing but the file. Whatever is wrong with the file is in the result; an error means that it
// could not be read or that ctx has ended.
//
// The entries are compared with the manifest, and then the zip itself is written anew from the
// manifest and compared byte for byte, so that headers, dates, order and padding count as well.
// The file is hostile: at most 1 GiB is looked at, names are never used as paths, and memory
// depends on the manifest (at most 8 MiB) alone.
//
// A file that passes is free of accidents. It is not thereby genuine: the manifest lies in the
// file, and whoever changes both leaves no trace. Against that, sign (see Sign).
func Verify(ctx context.Context, r io.ReaderAt, size int64) (*Verification, error) {
	v := &Verification{Bytes: size, Differences: []Difference{}}
	if size > maxBundleBytes {
		limit := &checks.LimitError{What: "bundle", Value: size, Limit: maxBundleBytes, Unit: "bytes"}
		v.add(Unreadable, "", -1, checks.Textf("the file is too large for a bundle (%v)", "文件过大，不可能是提交包（%v）", limit))
		return v, nil
	}
	x := &inspection{Verification: v, ctx: ctx, r: r, size: size}
	if err := x.run(); err != nil {
		return nil, fmt.Errorf("verifying the bundle: %w", err)
	}
	v.OK = len(v.Differences) == 0
	return v, nil
}

// VerifyFile is Verify for a file, and checks its signature: see Options.
func VerifyFile(ctx context.Context, path string, o Options) (*Verification, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	v, err := Verify(ctx, f, info.Size())
	if err != nil {
		return nil, err
	}
	if err := v.verifySignature(ctx, f, path, o); err != nil {
		return nil, err
	}
	v.OK = len(v.Differences) == 0
	return v, nil
}

// An inspection is one run of Verify.
type inspection struct {
	*Verification
	ctx  context.Context
	r    io.ReaderAt
	size int64

	directory    map[string]listed // nil if the zip's own directory cannot be read
	directoryErr error
	extra        []string // names the directory lists a second time
	inflated     int64    // bytes unpacked so far

	parts           []part // the manifest and its entries
	at              layout
	manifestDamaged bool
}

func (x *inspection) run() error {
	sum := sha256.New()
	if _, err := io.Copy(sum, x.section(0, x.size)); err != nil {
		return err
	}
	x.SHA256 = hex.EncodeToString(sum.Sum(nil))

	if err := x.readDirectory(); err != nil {
		return err
	}
	if ok, err := x.readManifest(); !ok {
		return err
	}
	x.at = layoutOf(x.parts)
	for i, e := range x.Manifest.Entries {
		if err := x.verifyEntry(i+1, e); err != nil {
			return err
		}
	}
	if x.inPlace() {
		return x.verifyStructure()
	}
	x.explainSize()
	return nil
}

// inPlace reports whether everything can be looked for where the manifest puts it.
func (x *inspection) inPlace() bool { return x.size == x.at.size }

// section reads a range of the file, and stops when the context ends.
func (x *inspection) section(offset, n int64) io.Reader {
	return &contextReader{ctx: x.ctx, r: io.NewSectionReader(x.r, offset, n)}
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// read returns a range of the file; ok is false if the file does not reach that far.
func (x *inspection) read(offset, n int64) (data []byte, ok bool, err error) {
	if offset < 0 || n < 0 || offset > x.size || n > x.size-offset {
		return nil, false, nil
	}
	data = make([]byte, n)
	if _, err := io.ReadFull(x.section(offset, n), data); err != nil {
		return nil, false, err
	}
	return data, true, nil
}

// uint32At is a number in the zip's structure; 0 beyond the end of the file.
func (x *inspection) uint32At(offset int64) (uint32, error) {
	data, ok, err := x.read(offset, 4)
	if err != nil || !ok {
		return 0, err
	}
	return binary.LittleEndian.Uint32(data), nil
}

// Places of two fields within a local file header.
const (
	headerCRCAt  = 14
	headerSizeAt = 22
)

// readManifest finds the manifest at the beginning of the file, or else through the zip's
// directory. Without one nothing more can be said; ok is then false.
func (x *inspection) readManifest() (ok bool, err error) {
	const contentAt = localHeaderBytes + int64(len(manifestName))
	localCRC, err := x.uint32At(headerCRCAt)
	if err != nil {
		return false, err
	}
	localSize, err := x.uint32At(headerSizeAt)
	if err != nil {
		return false, err
	}
	entry, listed := x.directory[manifestName]
	var why error
	for _, try := range []struct {
		ok   bool
		size int64
	}{{true, int64(localSize)}, {listed, entry.bytes}} {
		if !try.ok || try.size > maxManifestBytes {
			continue
		}
		data, there, err := x.read(contentAt, try.size)
		if err != nil {
			return false, err
		}
		if !there {
			continue
		}
		m, err := parseManifest(data)
		if err != nil {
			why = err
			continue
		}
		x.Manifest = m
		return true, x.takeManifest(m, data, localCRC)
	}
	if listed && entry.bytes <= maxManifestBytes { // a zip packed anew: it lies somewhere else
		data, err := x.readEntry(entry, maxManifestBytes)
		if err != nil {
			return false, err
		}
		m, err := parseManifest(data)
		if err == nil {
			x.Manifest = m
			return true, x.takeManifest(m, data, crc32.ChecksumIEEE(data))
		}
		why = err
	}
	x.unreadable(listed, why)
	return false, nil
}

// takeManifest notes what follows from the manifest, and whether it is itself as it was written.
func (x *inspection) takeManifest(m *Manifest, data []byte, localCRC uint32) error {
	have := crc32.ChecksumIEEE(data)
	first := part{name: manifestName, bytes: int64(len(data)), crc: have}
	other, ok := x.directory[manifestName]
	// One of the two checksums alone differs: that one is damaged, and the comparison of the
	// structure will show it. Both differ: the manifest is.
	if have != localCRC && (!ok || have != other.crc) {
		x.manifestDamaged = true
		first.crc = localCRC
		x.add(Changed, manifestName, -1, checks.Text{
			En: "manifest.json has been changed: its bytes do not agree with its checksum, so what it lists cannot be relied on",
			Zh: "manifest.json 已被改动：内容与校验值不符，其中列出的信息不可信"})
	}
	x.parts = append(x.parts, first)
	for _, e := range m.Entries {
		x.parts = append(x.parts, part{name: e.Name, bytes: e.Bytes})
	}
	return nil
}

// unreadable says why there is no manifest to go by.
func (x *inspection) unreadable(listed bool, why error) {
	signature := make([]byte, 4)
	_, _ = x.r.ReadAt(signature, 0) // a file too short for one has none
	switch {
	case x.directory == nil && string(signature) != "PK\x03\x04":
		x.add(Unreadable, "", 0, checks.Text{En: "the file is not a zip", Zh: "该文件不是 zip 压缩包"})
	case x.directory != nil && !listed:
		x.add(Missing, manifestName, -1, checks.Text{
			En: "the zip holds no manifest.json: it is not a bundle made by Dossier, or the manifest was taken out",
			Zh: "压缩包中没有 manifest.json：它不是由 Dossier 生成的提交包，或清单已被取走"})
	case why != nil:
		x.add(Changed, manifestName, -1, checks.Textf("manifest.json cannot be read, so nothing can be compared with it: %v",
			"无法读取 manifest.json，因而无法比对：%v", why))
	default:
		x.add(Unreadable, "", -1, checks.Textf("the zip is cut off or damaged so far that its manifest cannot be found (%v)",
			"压缩包不完整或损坏严重，找不到清单（%v）", x.directoryErr))
	}
}

// verifyEntry compares one entry with what the manifest says of it and notes its checksum.
func (x *inspection) verifyEntry(i int, e Entry) error {
	var content io.Reader
	offset := x.at.content[i]
	entry, listed := x.directory[e.Name]
	switch {
	case x.inPlace():
		content = x.section(offset, e.Bytes)
	case x.directory == nil: // no directory: what is there lies where it was written
		if offset > x.size || e.Bytes > x.size-offset {
			x.add(Missing, e.Name, x.size, checks.Textf("%[1]s is not whole: the file ends before it does", "%[1]s 不完整：文件在它结束之前就中断了", label(e)))
			return nil
		}
		content = x.section(offset, e.Bytes)
	case !listed:
		x.add(Missing, e.Name, -1, checks.Textf("%s is missing", "缺少 %s", label(e)))
		return nil
	case entry.bytes != e.Bytes:
		if !x.manifestDamaged {
			x.add(Changed, e.Name, entry.headerAt, checks.Textf("%s has been changed: it has %d bytes, the manifest lists %d",
				"%s 已被改动：现有 %d 字节，清单记载 %d 字节", label(e), entry.bytes, e.Bytes))
		}
		return nil
	default:
		offset = entry.headerAt
		var err error
		if content, err = x.open(entry); err != nil {
			x.add(Changed, e.Name, offset, checks.Textf("%s cannot be read: %v", "无法读取 %s：%v", label(e), err))
			return nil
		}
	}
	return x.compare(i, e, content, offset)
}

func (x *inspection) compare(i int, e Entry, content io.Reader, offset int64) error {
	sum, crc := sha256.New(), crc32.NewIEEE()
	n, err := io.Copy(io.MultiWriter(sum, crc), io.LimitReader(content, e.Bytes+1))
	if x.ctx.Err() != nil {
		return x.ctx.Err()
	}
	if err != nil {
		if x.inPlace() || x.directory == nil {
			return err // the disk's, not the zip's
		}
		x.add(Changed, e.Name, offset, checks.Textf("%s cannot be unpacked: %v", "无法解压 %s：%v", label(e), err))
		return nil
	}
	x.parts[i].crc = crc.Sum32()
	have := hex.EncodeToString(sum.Sum(nil))
	if n == e.Bytes && have == e.SHA256 {
		x.Intact++
		return nil
	}
	// The structure is compared with the checksum that was written, not with that of the
	// changed bytes: one fault is to be reported once.
	if x.inPlace() {
		written, err := x.uint32At(x.at.header[i] + headerCRCAt)
		if err != nil {
			return err
		}
		if x.manifestDamaged && written == x.parts[i].crc {
			return nil // it agrees with its own checksum: the manifest is what has changed
		}
		x.parts[i].crc = written
	} else if x.manifestDamaged && x.directory[e.Name].crc == x.parts[i].crc {
		return nil
	}
	x.add(Changed, e.Name, offset, checks.Textf("%[1]s has been changed: its SHA-256 is %[2]s, the manifest lists %[3]s",
		"%[1]s 已被改动：SHA-256 为 %[2]s，清单记载为 %[3]s", label(e), have, e.SHA256))
	return nil
}

// label names an entry for people, a document with the name its sender gave it.
func label(e Entry) string {
	if e.OriginalName != "" {
		return fmt.Sprintf("%s (%s)", e.Name, printable(e.OriginalName))
	}
	return e.Name
}

// printable makes a name from outside safe to print: in one line, of bearable length.
func printable(s string) string {
	const longest = 120
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest]) + "…"
	}
	q := strconv.QuoteToGraphic(s)
	return q[1 : len(q)-1]
}

// explainSize says what the file's size tells, when it is not that of the bundle.
func (x *inspection) explainSize() {
	for i, name := range x.added() {
		if i == maxNamed {
			x.add(Added, "", -1, checks.Textf("and %d more have been added", "另外还多出 %d 个", len(x.added())-i))
			break
		}
		x.add(Added, name, x.directory[name].headerAt, checks.Textf("%s has been added", "多出了 %s", printable(name)))
	}
	for _, name := range x.extra[:min(len(x.extra), maxNamed)] {
		x.add(Added, name, -1, checks.Textf("%s is in the zip more than once", "压缩包中有多个 %s", printable(name)))
	}
	have, want := x.size, x.at.size
	switch {
	case x.directory == nil && have < want:
		x.add(Structure, "", have, checks.Textf("the file is cut off: it has %d bytes of %d; fetch or copy it again",
			"文件不完整：只有 %d 字节，应为 %d 字节；请重新下载或复制", have, want))
	case x.directory == nil:
		x.add(Structure, "", want, checks.Textf("the zip is damaged: it has %d bytes, %d were written, and its directory cannot be read (%v)",
			"压缩包已损坏：现有 %d 字节，原有 %d 字节，且无法读取其目录（%v）", have, want, x.directoryErr))
	case len(x.Differences) == 0:
		x.add(Structure, "", -1, checks.Textf("every file in the zip is as listed, but the zip is not the one that was built: it has %d bytes, %d were written; it has been packed anew or something is attached to it",
			"压缩包内的文件均与清单相符，但压缩包本身不是当初生成的那一个：现有 %d 字节，原有 %d 字节；可能被重新打包，或附加了内容", have, want))
	}
}
