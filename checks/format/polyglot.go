package format

import (
	"bytes"
	"encoding/binary"

	"dossier/checks"
	"dossier/checks/picture/decode"
)

// secondFormat looks in a picture for a second format that programs would find there wherever
// it stands: archives are read from their end, PDF readers search the first kilobyte, and
// browsers and servers can be talked into running markup. Data that merely follows the picture
// is format/trailing-data's business.
func secondFormat(s *checks.Subject, format decode.Format) []checks.Finding {
	if !format.Picture() {
		return nil // an office document is a ZIP by design
	}
	remedy := checks.Text{
		En: "Do not submit it: ask the client for the plain picture, or run dossier shrink, whose copy holds the picture alone.",
		Zh: "请勿提交：请客户提供普通图片，或运行 dossier shrink 生成只含图片本身的副本。",
	}
	title := format.Title()
	var findings []checks.Finding
	for _, second := range []struct {
		format decode.Format
		at     int
	}{
		{decode.ZIP, zipDirectory(s.Data)},
		{decode.PDF, bytes.Index(s.Data[:min(len(s.Data), 1024)], []byte("%PDF-"))},
		{decode.RAR, archiveMark(s.Data, "Rar!\x1a\x07")},
		{decode.SevenZip, archiveMark(s.Data, "7z\xbc\xaf\x27\x1c\x00")},
	} {
		if second.at < 0 {
			continue
		}
		other := second.format.Title()
		findings = append(findings, checks.Finding{
			Code: "two_formats",
			Message: checks.Textf("The file is %[1]s and at the same time %[3]s, which begins at byte %[5]s.",
				"该文件是%[2]s，同时又是%[4]s（从第 %[5]s 字节开始）。", title.En, title.Zh, other.En, other.Zh, count(second.at)),
			Remedy:   remedy,
			Measures: []checks.Measure{{Name: "offset", Value: float64(second.at), Unit: "bytes"}},
		})
	}
	picture := s.Data
	if end, ok := decode.End(s.Data); ok {
		picture = s.Data[:end]
	}
	if mark, at := activeMark(picture); at >= 0 {
		findings = append(findings, checks.Finding{
			Code: "active_content",
			Message: checks.Textf("Inside %[1]s stands program code (%[3]q at byte %[4]s), which has no business in a picture.",
				"%[2]s内部含有程序代码（第 %[4]s 字节处的 %[3]q），图片中不应出现。", title.En, title.Zh, mark, count(at)),
			Remedy:   remedy,
			Measures: []checks.Measure{{Name: "offset", Value: float64(at), Unit: "bytes"}},
		})
	}
	return findings
}

// zipDirectory returns where a ZIP archive's directory begins, found as every reader finds it:
// from the end-of-directory record in the last 64 KiB. It is -1 unless the record's figures
// lead to a directory, so four bytes of chance in a photo are no archive.
func zipDirectory(data []byte) int {
	const record = 22
	tail := max(0, len(data)-record-1<<16)
	for end := len(data); end > tail; {
		at := bytes.LastIndex(data[tail:end], []byte("PK\x05\x06"))
		if at < 0 {
			return -1
		}
		at += tail
		end = at + 3 // the next search may overlap, but not repeat
		if at+record > len(data) {
			continue
		}
		entries := binary.LittleEndian.Uint16(data[at+10:])
		size := int64(binary.LittleEndian.Uint32(data[at+12:]))
		// The directory lies just before the record, whatever stands before the archive.
		if start := int64(at) - size; entries > 0 && size >= 46 && start >= 0 && bytes.HasPrefix(data[start:], []byte("PK\x01\x02")) {
			return int(start)
		}
	}
	return -1
}

// archiveMark finds the mark of an archive format that may stand behind other data (that is
// how self-extracting archives work). The marks are of six bytes and more: chance makes one in
// a file of 2 MB less often than once in a hundred million files.
func archiveMark(data []byte, mark string) int { return bytes.Index(data, []byte(mark)) }

// activeMarks begin markup that browsers or servers run. A tag's name must be followed by what
// ends it, which keeps chance in compressed data below one in a million files.
var activeMarks = []struct {
	mark string
	ends string
}{
	{"<script", " \t\r\n>"}, {"<iframe", " \t\r\n>"}, {"<html", " \t\r\n>"}, {"<?php", " \t\r\n"},
}

func activeMark(data []byte) (mark string, at int) {
	for from := 0; ; {
		i := bytes.IndexByte(data[from:], '<')
		if i < 0 {
			return "", -1
		}
		i += from
		from = i + 1
		for _, m := range activeMarks {
			end := i + len(m.mark)
			if end < len(data) && bytes.EqualFold(data[i:end], []byte(m.mark)) && bytes.IndexByte([]byte(m.ends), data[end]) >= 0 {
				return m.mark, i
			}
		}
	}
}
