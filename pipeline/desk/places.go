package desk

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/unicode/norm"

	"dossier/checks"
	"dossier/checks/number"
	"dossier/pipeline/durable"
	"dossier/pipeline/ledger"
)

// keyName is the file with the secret under which people's numbers are counted. Without it nobody who
// gets hold of the ledger can find out, by trying all numbers there are, whose places it counts. If the
// file is lost, the places counted so far are no longer recognised as anybody's.
const keyName = "places.key"

const keyBytes = 32 // as long as the hash (RFC 2104, section 3)

// placesKey reads the desk's secret, making it at the first use.
func (d *Desk) placesKey() ([]byte, error) {
	d.keyOnce.Do(func() { d.key, d.keyErr = readOrMakeKey(filepath.Join(d.dir, keyName)) })
	return d.key, d.keyErr
}

func readOrMakeKey(path string) ([]byte, error) {
	lock, err := durable.Exclusive(path + ".lock") // two processes must not make two keys
	if err != nil && !durable.LockUnsupported(err) {
		return nil, err
	}
	defer lock.Release()
	data, err := os.ReadFile(path)
	if err == nil {
		key, err := hex.DecodeString(strings.TrimSpace(string(data)))
		if err != nil || len(key) != keyBytes {
			return nil, fmt.Errorf("%s does not hold a key of %d bytes in hexadecimal: restore it from a backup", path, keyBytes)
		}
		return key, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	key := make([]byte, keyBytes)
	rand.Read(key) // never fails (crypto/rand)
	return key, durable.WriteFile(path, []byte(hex.EncodeToString(key)+"\n"), durable.FileMode)
}

// placesOf are the places that a case's answers stand for.
func (d *Desk) placesOf(values map[string]string) ([]ledger.Place, error) {
	var places []ledger.Place
	for _, field := range []string{checks.FieldIDNumber, checks.FieldMobile, checks.FieldEmail, checks.FieldLicenseNumber} {
		value := number.Normalize(values[field])
		if field == checks.FieldEmail {
			// Upper and lower case lead to the same mailbox with every provider people here use.
			value = strings.ToLower(norm.NFKC.String(strings.TrimSpace(values[field])))
		}
		if value == "" {
			continue
		}
		key, err := d.placesKey()
		if err != nil {
			return nil, err
		}
		h := hmac.New(sha256.New, key)
		fmt.Fprintf(h, "%s\x00%s", field, value)
		places = append(places, ledger.Place{Field: field, Key: hex.EncodeToString(h.Sum(nil)), Masked: masked(value)})
	}
	return places, nil
}

// masked keeps of a value what its owner needs to recognise it: three characters in front and two
// behind, of an address the first and all behind the @.
func masked(value string) string {
	r := []rune(value)
	if at := strings.LastIndexByte(value, '@'); at > 0 {
		return string(r[:1]) + "***" + value[at:]
	}
	if len(r) < 8 {
		return "***"
	}
	return string(r[:3]) + strings.Repeat("*", len(r)-5) + string(r[len(r)-2:])
}
