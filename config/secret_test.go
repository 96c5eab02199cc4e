package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKey reads the secret of a source in each of its forms.
func TestKey(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	t.Setenv("PANTAU_TEST_TOKEN", "from the environment")
	path := filepath.Join(dir, "token")
	if err := os.WriteFile(path, []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := ParseSource("config.toml", []byte("[[sources]]\nname = \"x\"\nkind = \"x\"\nbrand = \"b\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, option, reference, want, mistake string }{
		{"credential", "token", "credential:token", "from a file", ""},
		{"environment", "token", "env:PANTAU_TEST_TOKEN", "from the environment", ""},
		{"file", "token", "file:" + path, "from a file", ""},
		{"a path where the option says so", "key_file", path, "from a file", ""},
		{"every form there too", "key_file", "env:PANTAU_TEST_TOKEN", "from the environment", ""},
		{"the secret itself", "token", "s3cret-value", "", "secrets do not stand in this file"},
		{"nothing", "token", "", "", "options.token: is missing"},
		{"no name", "token", "env:", "", "secrets do not stand in this file"},
		{"a way out of the directory", "token", "credential:../token", "", "has no slash"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			key, err := src.Key(tt.option, tt.reference)
			if tt.mistake != "" {
				if err == nil || !strings.Contains(err.Error(), tt.mistake) || strings.Contains(err.Error(), "s3cret") {
					t.Errorf("Key = %v, want %q and no secret", err, tt.mistake)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, err := key.Read(); err != nil || got.Reveal() != tt.want {
				t.Errorf("Read = %q, %v, want %q", got.Reveal(), err, tt.want)
			}
		})
	}
	key, err := src.Key("token", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("replaced"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := key.Read(); err != nil || got.Reveal() != "replaced" || strings.Contains(fmt.Sprintf("%v %+v %#v", key, key, got), "replaced") {
		t.Errorf("Read = %q, %v, want the new secret, and it never printed", got.Reveal(), err)
	}
}
