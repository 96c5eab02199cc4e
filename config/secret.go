package config

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
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
	scheme, name, _ := strings.Cut(reference, ":")
	known := scheme == "credential" || scheme == "env" || scheme == "file"
	switch {
	case reference == "":
		return k, s.Errorf("options."+option, "is missing: %s", secretForms)
	case !known && strings.HasSuffix(option, "_file"):
		k.reference = "file:" + reference
	case !known || name == "":
		return k, s.Errorf("options."+option, "secrets do not stand in this file: %s", secretForms)
	case scheme == "credential" && filepath.Base(name) != name:
		return k, s.Errorf("options."+option, "%s: a credential name has no slash", reference)
	}
	return k, nil
}

const secretForms = "write credential:NAME (systemd LoadCredential), file:/PATH or env:NAME"

// readSecret follows a reference such as credential:slack-token. The reference
// may be shown, unless it is a secret that somebody pasted into the file.
func readSecret(reference string, env func(string) string) (Secret, error) {
	scheme, name, found := strings.Cut(reference, ":")
	if !found || name == "" {
		return Secret{}, fmt.Errorf("secrets do not stand in this file: %s", secretForms)
	}
	switch scheme {
	case "credential":
		dir := env("CREDENTIALS_DIRECTORY")
		if dir == "" {
			return Secret{}, fmt.Errorf("%s: there is no $CREDENTIALS_DIRECTORY outside systemd; use file:/PATH or env:NAME by hand", reference)
		}
		if filepath.Base(name) != name {
			return Secret{}, fmt.Errorf("%s: a credential name has no slash", reference)
		}
		return secretFile(reference, filepath.Join(dir, name))
	case "file":
		return secretFile(reference, name)
	case "env":
		if env(name) == "" {
			return Secret{}, fmt.Errorf("%s: the environment variable is not set", reference)
		}
		return Secret{env(name)}, nil
	}
	return Secret{}, fmt.Errorf("secrets do not stand in this file: %s", secretForms)
}

func secretFile(reference, path string) (Secret, error) {
	if err := private(path); err != nil {
		return Secret{}, fmt.Errorf("%s: %w", reference, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Secret{}, fmt.Errorf("%s: %w", reference, err)
	}
	data = bytes.TrimSpace(data)
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
