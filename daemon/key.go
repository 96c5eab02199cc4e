package daemon

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// PseudonymKey reads the key of the authors' pseudonyms from a file, which it
// makes when it is missing. The key stays beside the database and never in it:
// whoever gets a copy of the database cannot find out who wrote what.
func PseudonymKey(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the key of the pseudonyms: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(data)))
	if err != nil || len(key) < 16 {
		return nil, fmt.Errorf("%s: not a key of at least 32 hexadecimal digits: restore it from a backup; a new one gives every author a new pseudonym", path)
	}
	return key, nil
}

// newKey makes the file whole or not at all: a power cut must not leave half a key
// that keeps the daemon from starting, nor lose one that authors were hidden with.
func newKey(path string) ([]byte, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key)                                        // never fails, says its documentation
	f, err := os.CreateTemp(filepath.Dir(path), ".pantau-key-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("make the key of the pseudonyms: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = fmt.Fprintln(f, hex.EncodeToString(key))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("make the key of the pseudonyms: %w", err)
	}
	if err := os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) {
		return PseudonymKey(path) // another command was faster
	} else if err != nil {
		return nil, fmt.Errorf("make the key of the pseudonyms: %w", err)
	}
	return key, syncDir(filepath.Dir(path))
}

// syncDir makes sure that a new name in a folder survives a power cut.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
