package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Secret is a value that must never be shown. It prints as *** in every verb
// and in JSON; only [Secret.Reveal] gives it out.
type Secret struct{ value string }

// NewSecret wraps a value that did not come from a configuration file.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal returns the value itself, for the one call that needs it.
func (s Secret) Reveal() string { return s.value }

// Set reports whether there is a value.
func (s Secret) Set() bool { return s.value != "" }

// String returns ***.
func (s Secret) String() string { return "***" }

// GoString keeps %#v from printing the field.
func (s Secret) GoString() string { return "***" }

// MarshalText keeps the value out of JSON and TOML.
func (s Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

// Key is a secret of a source. It stays a reference until it is needed, so that
// it can be replaced without a restart.
type Key struct {
	option, reference string
	env               func(string) string
}

// Set reports whether there is a reference.
func (k Key) Set() bool { return k.reference != "" }

// Read returns the secret as it is now.
func (k Key) Read() (Secret, error) {
	s, err := readSecret(k.reference, k.env)
	if err != nil {
		return s, fmt.Errorf("%s: %w", k.option, err)
	}
	return s, nil
}

// Key returns the secret that an option refers to. Only the form is checked: the
// secret itself may be there for the daemon alone. An option whose name ends in
// _file may be a path without file: before it.
func (s Source) Key(option, reference string) (Key, error) {
	k := Key{option: option, reference: reference, env: s.env}
	if reference == "" {
		return k, s.Errorf("options."+option, "is missing: %s", secretForms)
	}
	scheme, _, _ := strings.Cut(reference, ":")
	if !slices.Contains(secretSchemes, scheme) && strings.HasSuffix(option, "_file") {
		k.reference = "file:" + reference
	}
	if _, _, err := splitReference(k.reference); err != nil {
		return k, s.Errorf("options."+option, "%v", err)
	}
	return k, nil
}

const secretForms = "write credential:NAME (systemd LoadCredential), file:/PATH or env:NAME"

var secretSchemes = []string{"credential", "file", "env"}

// splitReference checks the form of a reference such as credential:slack-token. It
// may be shown, unless it is a secret that somebody pasted into the file.
func splitReference(reference string) (scheme, name string, err error) {
	scheme, name, _ = strings.Cut(reference, ":")
	switch {
	case name == "" || !slices.Contains(secretSchemes, scheme):
		return "", "", errors.New("secrets do not stand in this file: " + secretForms)
	case scheme == "credential" && filepath.Base(name) != name:
		return "", "", fmt.Errorf("%s: a credential name has no slash", reference)
	}
	return scheme, name, nil
}

// readSecret follows a reference.
func readSecret(reference string, env func(string) string) (Secret, error) {
	scheme, name, err := splitReference(reference)
	switch {
	case err != nil:
		return Secret{}, err
	case scheme == "file":
		return secretFile(reference, name)
	case scheme == "env":
		value := strings.TrimSpace(env(name))
		if value == "" {
			return Secret{}, fmt.Errorf("%s: the environment variable is not set", reference)
		}
		return Secret{value}, nil
	}
	dir := env("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return Secret{}, fmt.Errorf("%s: there is no $CREDENTIALS_DIRECTORY outside systemd; use file:/PATH or env:NAME by hand", reference)
	}
	return secretFile(reference, filepath.Join(dir, name))
}

func secretFile(reference, path string) (Secret, error) {
	if err := private(path); err != nil {
		return Secret{}, fmt.Errorf("%s: %w", reference, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Secret{}, fmt.Errorf("%s: %w", reference, err)
	}
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	if len(data) == 0 {
		return Secret{}, fmt.Errorf("%s: the file is empty", reference)
	}
	return Secret{string(data)}, nil
}

// private refuses a secret that everybody on the machine can read, or that the
// group can change. The group may read: that is how root hands a file to one
// service.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if mode := info.Mode().Perm(); info.Mode().IsRegular() && mode&0o027 != 0 {
		return fmt.Errorf("the mode of the file is %#o: others must not read it, nor the group write it; run chmod 640 %s", mode, path)
	}
	return nil
}
