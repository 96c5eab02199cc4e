package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// A file that cannot be written to its end leaves the old one as it was.
func TestReplaceFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "labels.tsv")
	if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the query took too long")
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{{"half a file", broken, "old"}, {"a whole file", nil, "new"}} {
		err := replaceFile(name, func(w io.Writer) error {
			_, _ = io.WriteString(w, "new")
			return tt.err
		})
		if got, _ := os.ReadFile(name); !errors.Is(err, tt.err) || string(got) != tt.want {
			t.Errorf("%s: the file holds %q, %v; want %q, %v", tt.name, got, err, tt.want, tt.err)
		}
		if _, err := os.Stat(name + ".part"); err == nil {
			t.Errorf("%s: its part is left", tt.name)
		}
	}
}
