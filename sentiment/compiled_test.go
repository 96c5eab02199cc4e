package sentiment

import (
	"bytes"
	"slices"
	"testing"
)

// compiledForm makes the compiled form of the files, and returns their checksum.
func compiledForm(t *testing.T) ([]byte, uint32) {
	t.Helper()
	a, err := Open(files, "lexicon")
	if err != nil {
		t.Fatal(err)
	}
	data, err := a.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data, a.model.sum
}

// The compiled form holds what the files say, to the byte.
func TestCompiledLexiconIsCurrent(t *testing.T) {
	data, sum := compiledForm(t)
	if !bytes.Equal(data, compiled) {
		t.Error("the files of the lexicon changed and its compiled form did not: go generate ./sentiment")
	}
	if _, ok := load(compiled, sum); !ok {
		t.Error("the compiled form is not used: every start reads the files")
	}
}

func TestLoadRefuses(t *testing.T) {
	data, sum := compiledForm(t)
	if _, ok := load(data, sum); !ok {
		t.Fatal("the form itself is refused")
	}
	other := func(at int, b byte) []byte {
		d := slices.Clone(data)
		d[at] = b
		return d
	}
	tests := []struct {
		name string
		data []byte
		sum  uint32
	}{
		{"nothing", nil, sum},
		{"other files", data, sum + 1},
		{"another size of a record", other(0, data[0]+1), sum},
		{"more records", other(4, 2), sum},
		{"more than there is", other(7, 0xff), sum},
		{"at an odd address", append([]byte{0}, data...)[1:], sum},
	}
	for n := 1; n < len(data); n += len(data) / 50 {
		tests = append(tests, struct {
			name string
			data []byte
			sum  uint32
		}{"cut", data[:n:n], sum})
	}
	for _, tt := range tests {
		if _, ok := load(tt.data, tt.sum); ok {
			t.Errorf("%s: %d bytes are taken for a compiled lexicon", tt.name, len(tt.data))
		}
	}
}

// An analyzer that reads the files and one that lies in the program say the same.
func TestCompiledLexiconScoresAlike(t *testing.T) {
	read, err := Open(files, "lexicon")
	if err != nil {
		t.Fatal(err)
	}
	loaded := analyzer(t)
	if read.Version() != loaded.Version() {
		t.Errorf("versions %s and %s", read.Version(), loaded.Version())
	}
	if !slices.Equal(read.Entries(), loaded.Entries()) {
		t.Error("the entries differ")
	}
}
